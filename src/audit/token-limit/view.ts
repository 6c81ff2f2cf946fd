import type { Evidence } from '../check';
import type { LimiterKind } from '../declaration';
import type { Finding, Verdict } from '../verdict';
import { limiterKinds, type Reading, readAs } from './bounds';
import { refusalsToBelieve } from './facts';
import { kindsOfSeveral } from './kinds-of-several';
import { isAnswered, isTokenLimitRefusal, type Ledger, minuteMs, readLedger } from './ledger';
import { severalSeen } from './several-seen';
import { type Band, bandOf } from './tolerance';
import { showsNobodyElse } from './undisturbed';

/** The evidence of a token-limit audit as all its rules look at it. */
export interface View {
  readonly evidence: Evidence;
  readonly ledger: Ledger;
  readonly limit: number;
  readonly counters: number;
  /** Nobody else can have been on the counter: the key is dedicated, and all charges of ours are in the ledger. */
  readonly alone: boolean;
  /** Alone, or seen to be: the remaining header falls by nothing but our own charges. */
  readonly undisturbed: boolean;
  /** The kinds that the evidence leaves possible, with their intervals. Empty: more than one counter, or company. */
  readonly possible: readonly Reading[];
  readonly all: readonly Reading[];
  /** The one kind left, where somebody else's use cannot have made it look so; else unknown. */
  readonly kind: LimiterKind | 'unknown';
  readonly band: Band;
  /** More was admitted than one counter of the declared limit allows: several counters would look like it. */
  readonly overrun: boolean;
  /** The refusals were believed: so many in a row that no counter had room left. */
  readonly saturated: boolean;
}

export function viewOf(evidence: Evidence): View {
  const { customer, gateway } = evidence.declared;
  const ledger = readLedger(evidence, gateway.headers);
  const counters = gateway.counters;
  const all = limiterKinds.map((kind) => readAs(kind, ledger));
  const saturated = longestRefusedRun(evidence) >= refusalsToBelieve(counters);
  const alone = customer.dedicated && isLedgerComplete(evidence);
  const undisturbed = alone || showsNobodyElse(evidence, ledger);
  // Somebody else's use makes any kind look like another, so then none can be excluded.
  const possible = undisturbed ? kindsLeft(evidence, ledger, all) : all;
  const only = possible.length === 1 ? possible[0] : undefined;
  const overrun =
    counters === 1 && possible.every(({ kind, above }) => above > bandOf(evidence.declared, ledger, kind).high);
  const kind = only !== undefined && saturated && undisturbed && !overrun ? only.kind : 'unknown';
  const bandKind = possible.some((reading) => reading.kind === 'token-bucket') ? 'token-bucket' : 'unknown';
  return {
    evidence,
    ledger,
    limit: customer.tokensPerMinute,
    counters,
    alone,
    undisturbed,
    possible,
    all,
    kind,
    band: bandOf(evidence.declared, ledger, kind === 'unknown' ? bandKind : kind),
    overrun,
    saturated,
  };
}

function kindsLeft(evidence: Evidence, ledger: Ledger, all: readonly Reading[]): readonly Reading[] {
  const { counters } = evidence.declared.gateway;
  if (counters > 1) return kindsOfSeveral(evidence, all, ledger);
  return severalSeen(evidence, ledger) ? [] : all.filter((reading) => reading.possible);
}

/** Charges of ours from before the ledger begins were out of the minute when the first probe was decided. */
function isLedgerComplete(evidence: Evidence): boolean {
  const first = evidence.exchanges[0];
  return first !== undefined && first.sentMs >= evidence.ledgerSinceMs + minuteMs;
}

function longestRefusedRun(evidence: Evidence): number {
  let run = 0;
  let longest = 0;
  for (const exchange of evidence.exchanges) {
    if (isTokenLimitRefusal(exchange)) run += 1;
    if (isAnswered(exchange)) run = 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

export function pass(rule: string, words: Words): Finding {
  return finding(rule, 'pass', words);
}

export function fail(rule: string, words: Words): Finding {
  return finding(rule, 'fail', words);
}

export function inconclusive(rule: string, words: Words): Finding {
  return finding(rule, 'inconclusive', words);
}

/** What blames the gateway for being stricter than sold is a failure only when nobody else can have been there. */
export function failIfAlone(view: View, rule: string, words: Words): Finding {
  if (view.alone) return fail(rule, words);
  return inconclusive(rule, {
    ...words,
    because: `${words.because} Others may be using this key, which looks the same.`,
  });
}

export interface Words {
  readonly expected: string;
  readonly observed: string;
  readonly because: string;
}

function finding(rule: string, verdict: Verdict, words: Words): Finding {
  return { rule, verdict, expected: words.expected, observed: words.observed, because: words.because };
}
