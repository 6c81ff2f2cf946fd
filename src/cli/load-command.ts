import { type LoadOrder, type LoadResult, loadGateways } from '../app/load';
import { openCharges } from '../app/open-charges';
import { AuditorError } from '../auditor-error';
import type { Config } from '../config';
import { loadRequestOf } from '../probe/load-request';
import { countStarts, type Pace } from '../probe/pace';
import { boundTokensOf } from '../probe/prompt';
import { readCliSettings } from './cli-settings';
import type { CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodeOfError, exitCodes } from './exit-code';
import { type LoadTargetOptions, loadConfigOf, loadCustomerId } from './load-config';
import { liveLine, renderLoad } from './load-table';
import { openCommandApp } from './open-app';
import { printError } from './print-error';
import { tableStyleOf } from './table';

export interface CustomerShare {
  readonly id: string;
  readonly share: number;
}

export interface LoadOptions extends LoadTargetOptions {
  readonly config?: string;
  readonly customer: readonly CustomerShare[];
  readonly rate?: number;
  readonly concurrency?: number;
  readonly duration: number;
  readonly poisson?: true;
  readonly rampTo?: number;
  readonly burst?: number;
  readonly seed: number;
  readonly stream?: true;
  readonly promptTokens: { readonly least: number; readonly most: number };
  readonly maxTokens: number;
  readonly json?: true;
}

/**
 * `load`: the load engine by itself. Exit code 0: all that was planned was sent and somebody answered; 1: nobody did; 2:
 * not all was sent, so that this is no measure of what was planned.
 */
export async function loadCommand(options: LoadOptions, io: CommandIo, parts: CommandParts): Promise<number> {
  const arrivals = arrivalsOf(options);
  const settings = await readCliSettings(io);
  const config =
    options.config === undefined
      ? loadConfigOf(options, settings)
      : (await openCommandApp(onlyWithConfig(options).config, io, parts)).config;
  const customers = customersOf(options, config);
  checkPromptSize(options, config, customers);
  const question = {
    customers,
    streamed: options.stream === true,
    promptTokens: options.promptTokens,
    maxCompletionTokens: options.maxTokens,
  };
  const order: LoadOrder = { arrivals, durationMs: options.duration, question };
  const charged = options.config === undefined ? {} : { charges: openCharges(settings) };
  printLine(io.stderr, costNote(order));

  const { isTTY } = io.stderr;
  const load = await loadGateways({ config, settings, ...charged }, order, {
    signal: io.signal,
    ...(isTTY && {
      onTick: (elapsedMs, counts) =>
        io.stderr.write(`\r${liveLine(elapsedMs, counts).slice(0, (io.stderr.columns ?? 80) - 1)}\u001b[K`),
    }),
  });
  if (isTTY) io.stderr.write('\r\u001b[K');
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  printLine(io.stdout, options.json ? JSON.stringify(load.result) : renderLoad(load.result, style));
  for (const note of notesOf(load.result)) printLine(io.stderr, `note: ${note}`);
  if ('fault' in load) {
    printError(load.fault, io);
    return exitCodeOfError(load.fault);
  }
  if (io.signal.aborted) {
    printLine(io.stderr, `interrupted: ${load.result.sent} of ${load.result.planned} probes had been sent`);
    return exitCodes.interrupted;
  }
  return exitCodeOfLoad(load.result);
}

function arrivalsOf({ rate, concurrency, poisson, rampTo, burst, seed }: LoadOptions): LoadOrder['arrivals'] {
  const shapes = [poisson && '--poisson', rampTo !== undefined && '--ramp-to', burst !== undefined && '--burst'];
  const given = shapes.filter((shape) => typeof shape === 'string');
  if ((rate === undefined) === (concurrency === undefined)) {
    throw new AuditorError('bad-usage', 'A load needs either --rate or --concurrency: so many a second, or at once.');
  }
  if (given.length > (rate === undefined ? 0 : 1)) {
    const because =
      rate === undefined
        ? `${given.join(' and ')} has no meaning without --rate`
        : `${given.join(' and ')} exclude each other`;
    throw new AuditorError('bad-usage', `The load cannot start: ${because}.`);
  }
  if (rate === undefined) return { concurrency: concurrency ?? 1 };
  return { pace: paceOf(rate) };

  function paceOf(perSecond: number): Pace {
    if (poisson) return { kind: 'poisson', perSecond, seed };
    if (rampTo !== undefined) return { kind: 'ramp', fromPerSecond: perSecond, toPerSecond: rampTo };
    if (burst !== undefined) return { kind: 'burst', perSecond, size: burst };
    return { kind: 'constant', perSecond };
  }
}

/** What a configuration says cannot be said once more beside it. */
function onlyWithConfig(options: LoadOptions): LoadOptions {
  const doubled = [
    options.endpoint !== undefined && '--endpoint',
    options.deployment !== undefined && '--deployment',
    options.apiVersion !== undefined && '--api-version',
    options.keySetting !== undefined && '--key-setting',
  ].filter((flag) => typeof flag === 'string');
  if (doubled.length === 0) return options;
  throw new AuditorError(
    'bad-usage',
    `The configuration says it already: leave ${doubled.join(', ')} or --config away.`,
  );
}

function customersOf({ config: location, customer: wanted }: LoadOptions, config: Config): readonly CustomerShare[] {
  if (location === undefined) {
    if (wanted.length === 0) return [{ id: loadCustomerId, share: 1 }];
    throw new AuditorError('bad-usage', '--customer names customers of a configuration: give --config as well.');
  }
  const known = config.customers.map(({ id }) => id);
  const problems = wanted.flatMap(({ id }, index) => {
    if (!known.includes(id)) return [`--customer ${id}: no such customer; there are ${known.join(', ')}`];
    return wanted.findIndex((other) => other.id === id) < index ? [`--customer ${id}: given twice`] : [];
  });
  if (wanted.length === 0) problems.push(`--customer: required with --config; there are ${known.join(', ')}`);
  if (problems.length > 0) throw new AuditorError('bad-usage', 'The load cannot start.', { problems });
  return wanted;
}

function checkPromptSize({ promptTokens }: LoadOptions, config: Config, customers: readonly CustomerShare[]): void {
  const gatewayIds = config.customers
    .filter(({ id }) => customers.some((one) => one.id === id))
    .map(({ gateway }) => gateway);
  for (const { id, maxPromptTokens } of config.gateways) {
    if (!gatewayIds.includes(id) || promptTokens.most <= maxPromptTokens) continue;
    throw new AuditorError(
      'bad-usage',
      `--prompt-tokens: gateway ${id} takes no prompt of more than ${maxPromptTokens}.`,
    );
  }
}

/** Before anything is sent: a load spends real tokens. */
function costNote({ arrivals, durationMs, question }: LoadOrder): string {
  const largest = loadRequestOf({
    ...question,
    promptTokens: { least: question.promptTokens.most, most: question.promptTokens.most },
  });
  const each = boundTokensOf(largest(1));
  if ('concurrency' in arrivals) {
    return `note: each probe may cost up to ${each} tokens, and as many are sent as the gateway answers in ${durationMs / 1000} s`;
  }
  const count = countStarts(arrivals.pace, durationMs);
  return `note: ${count.toLocaleString('en')} probes of up to ${each} tokens may cost up to ${(count * each).toLocaleString('en')} tokens`;
}

/** A probe this late says more of us than of the gateway. */
const noticeableLateMs = 20;

function notesOf({ unsent, unfinished, lateMs }: LoadResult): readonly string[] {
  const notes = [];
  if (unsent > 0) notes.push(`${unsent} of the probes planned were not sent`);
  if (unfinished > 0) notes.push(`${unfinished} of the probes sent were not waited for`);
  if (lateMs !== null && lateMs.p99 > noticeableLateMs) {
    notes.push(`this machine was late: 1 % of the probes by ${lateMs.p99} ms or more, which their latency includes`);
  }
  return notes;
}

function exitCodeOfLoad({ unsent, answered, refused }: LoadResult): number {
  if (answered + refused === 0) return exitCodes.fail;
  return unsent > 0 ? exitCodes.inconclusive : exitCodes.pass;
}
