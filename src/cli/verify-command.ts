import type { DigestProof } from '../app/proving';
import type { Integrity } from '../audit/proof/verify-chain';
import { AuditorError } from '../auditor-error';
import type { CommandApp, CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { describeDigests, readPublicKeys } from './describe-digests';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';
import { renderTable, type TableStyle, tableStyleOf } from './table';

export interface VerifyOptions {
  readonly config?: string;
  readonly json?: true;
  readonly digests?: true;
  /** Files; with digests only. */
  readonly publicKey: readonly string[];
}

type VerifiedCustomer = Integrity & { readonly customerId: string };

/** What was verified; `digests` null: only the histories. */
interface Verified {
  readonly digests: DigestProof | null;
  readonly customers: readonly VerifiedCustomer[];
}

/** `verify`: whether every stored history, or one, is what was once saved. Exit code 1 where one is not. */
export async function verifyCommand(
  customerId: string | undefined,
  options: VerifyOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  if (!options.digests && options.publicKey.length > 0) {
    throw new AuditorError('bad-usage', '--public-key says whose digests are believed: add --digests.');
  }
  const app = await openCommandApp(options.config, io, parts);
  const verified = options.digests
    ? await verifyDigests(customerId, options, { app, io })
    : { digests: null, customers: await verifyHistories(customerId, app, io.signal) };
  if (io.signal.aborted) return exitCodes.interrupted;
  printLine(io.stdout, options.json ? JSON.stringify(toJson(verified)) : render(verified, io));
  return exitCodeOf(verified);
}

async function verifyHistories(
  customerId: string | undefined,
  app: CommandApp,
  signal: AbortSignal,
): Promise<readonly VerifiedCustomer[]> {
  const ids = customerId === undefined ? app.config.customers.map(({ id }) => id) : [customerId];
  const customers: VerifiedCustomer[] = [];
  for (const id of ids) {
    if (signal.aborted) break;
    customers.push({ customerId: id, ...(await app.integrity(id)) });
  }
  return customers;
}

async function verifyDigests(
  customerId: string | undefined,
  { publicKey }: VerifyOptions,
  { app, io }: { readonly app: CommandApp; readonly io: CommandIo },
): Promise<Verified> {
  const publicKeys = publicKey.length === 0 ? null : await readPublicKeys(publicKey, io.folder);
  const digests = await app.verifyDigests({ customerId: customerId ?? null, publicKeys, signal: io.signal });
  return { digests, customers: digests.customers };
}

function exitCodeOf({ digests, customers }: Verified): number {
  if (digests?.digests.intact === false || customers.some(({ intact }) => !intact)) return exitCodes.fail;
  return digests?.digests.digests === 0 ? exitCodes.inconclusive : exitCodes.pass;
}

function toJson({ digests, customers }: Verified): object {
  if (digests === null) return { customers };
  const { container, isContainerImmutable, lastAgeMs, keys } = digests;
  const lastAgeSeconds = lastAgeMs === null ? null : Math.round(lastAgeMs / 1000);
  return { digests: { ...digests.digests, container, isContainerImmutable, lastAgeSeconds, keys }, customers };
}

function render({ digests, customers }: Verified, io: CommandIo): string {
  const table = renderVerified(customers, tableStyleOf(io.stdout, isColoured(io.stdout, io.env)));
  return digests === null ? table : `${table}\n${describeDigests(digests)}`;
}

function renderVerified(customers: readonly VerifiedCustomer[], style: TableStyle): string {
  const columns = [
    { title: 'customer' },
    { title: 'audits' },
    { title: 'history' },
    { title: 'first broken record, or the hash of the newest', isFreeText: true },
  ] as const;
  const rows = customers.map((one) => [
    one.customerId,
    String(one.audits),
    one.intact ? 'intact' : 'BROKEN',
    one.intact ? (one.head?.hash ?? 'no audits yet') : whatIsBroken(one.firstBroken),
  ]);
  return renderTable(columns, rows, style);
}

function whatIsBroken({ sequence, auditId, because }: Extract<Integrity, { intact: false }>['firstBroken']): string {
  return `number ${sequence}${auditId === null ? '' : `, audit ${auditId}`}: ${because}`;
}
