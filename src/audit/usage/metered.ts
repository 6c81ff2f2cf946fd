import type { Exchange, TokenUsage } from '../../probe/exchange';
import type { Declaration } from '../declaration';
import type { MeterReading, MeterRow, MeterWindow } from '../meter-reading';

/** What a meter booked of one window's calls. */
export interface Metered {
  /** On this customer. */
  readonly own: BookedUsage;
  /** On everybody else, by subscription (empty: on nobody). */
  readonly others: ReadonlyMap<string, BookedUsage>;
  /** Whether the rows name our calls one by one: then other traffic is left out of all this. */
  readonly isByCall: boolean;
  /** Answered calls of ours that the meter doesn't name anywhere; known only by call. */
  readonly missingCalls: readonly number[];
}

export interface BookedUsage {
  readonly tokens: TokenUsage;
  /** Null: the meter counts tokens only. */
  readonly requests: number | null;
}

/** Readings of one window, oldest first. */
export function readingsOf(readings: readonly MeterReading[], window: MeterWindow): readonly MeterReading[] {
  return readings.filter(({ fromMs, toMs }) => fromMs === window.fromMs && toMs === window.toMs);
}

/** What a reading says of the calls that a model answered in its window. */
export function meteredIn(reading: MeterReading, calls: readonly Exchange[], { customer }: Declaration): Metered {
  const ours = new Set(calls.flatMap(callIdsOf));
  const isOurs = ({ callIds = [] }: MeterRow) => callIds.some((id) => ours.has(id.toLowerCase()));
  const isByCall = reading.rows.some(isOurs);
  const rows = isByCall ? reading.rows.filter(isOurs) : reading.rows;
  const isOwn = ({ subscriptionId }: MeterRow) => isSame(subscriptionId, customer.subscriptionId);
  const foreign = rows.filter((row) => !isOwn(row));
  const holders = new Set(foreign.map(({ subscriptionId }) => subscriptionId));
  const named = new Set(rows.flatMap(({ callIds = [] }) => callIds.map((id) => id.toLowerCase())));
  const missing = calls.filter((call) => !callIdsOf(call).some((id) => named.has(id)));
  return {
    own: addUp(rows.filter(isOwn)),
    others: new Map([...holders].map((id) => [id, addUp(foreign.filter((row) => row.subscriptionId === id))])),
    isByCall,
    missingCalls: isByCall ? missing.map(({ probe }) => probe) : [],
  };
}

/** The headers that an answer's id may stand in; meters differ in which of them they keep. */
const idHeaders = ['apim-request-id', 'x-request-id'];

function callIdsOf({ headers }: Exchange): readonly string[] {
  return idHeaders.flatMap((name) => headers[name]?.toLowerCase() ?? []);
}

/** API Management's ids of subscriptions ignore case. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function addUp(rows: readonly MeterRow[]): BookedUsage {
  const sum = (tokens: (row: MeterRow) => number) => rows.reduce((total, row) => total + tokens(row), 0);
  const isCounted = rows.every(({ requests }) => requests !== null);
  return {
    tokens: {
      prompt: sum(({ promptTokens }) => promptTokens),
      completion: sum(({ completionTokens }) => completionTokens),
      total: sum(({ totalTokens }) => totalTokens),
    },
    requests: isCounted ? sum(({ requests }) => requests ?? 0) : null,
  };
}
