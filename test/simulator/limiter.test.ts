import { createLimiter, type LimiterKind } from '../../simulator/limiter';

const minute = Date.UTC(2026, 2, 4, 10, 30);
const admitted = { admitted: true };
const refused = (retryAfterSeconds: number) => ({ admitted: false, retryAfterSeconds });

type Event =
  | { readonly at: number; readonly charge: number }
  | { readonly at: number; readonly decide: object; readonly remaining: number; readonly estimate?: number };

const cases: readonly {
  readonly name: string;
  readonly kind: LimiterKind;
  readonly limit: number;
  readonly events: readonly Event[];
}[] = [
  {
    name: 'a sliding window admits while anything is left, names the oldest entry, and lets go of it after 60 s',
    kind: 'sliding-window',
    limit: 100,
    events: [
      { at: 0, decide: admitted, remaining: 100 },
      { at: 1, charge: 99 },
      { at: 2, decide: admitted, remaining: 1 },
      { at: 5, charge: 50 },
      { at: 6.4, decide: refused(55), remaining: 0 },
      { at: 6.6, decide: refused(54), remaining: 0 },
      { at: 60.9, decide: refused(1), remaining: 0 },
      { at: 61, decide: admitted, remaining: 50 },
    ],
  },
  {
    name: 'a sliding window still refuses after the oldest of several small entries has left',
    kind: 'sliding-window',
    limit: 10,
    events: [
      { at: 0, charge: 1 },
      { at: 1, charge: 20 },
      { at: 30, decide: refused(30), remaining: 0 },
      { at: 60, decide: refused(1), remaining: 0 },
      { at: 61, decide: admitted, remaining: 10 },
    ],
  },
  {
    name: 'a bucket starts full, refills evenly and is never fuller than the limit',
    kind: 'token-bucket',
    limit: 60,
    events: [
      { at: 0, charge: 30 },
      { at: 10, decide: admitted, remaining: 40 },
      { at: 3600, decide: admitted, remaining: 60 },
    ],
  },
  {
    name: 'a bucket of 10 that is 30 in debt promises 180 s, as a recorded gateway did',
    kind: 'token-bucket',
    limit: 10,
    events: [
      { at: 0, charge: 40 },
      { at: 0, decide: refused(180), remaining: 0 },
      { at: 90, decide: refused(90), remaining: 0 },
      { at: 180.1, decide: admitted, remaining: 0 },
    ],
  },
  {
    name: "a fixed window starts afresh with the wall clock's minute",
    kind: 'fixed-window',
    limit: 100,
    events: [
      { at: 50, charge: 130 },
      { at: 50.5, decide: refused(10), remaining: 0 },
      { at: 60, decide: admitted, remaining: 100 },
    ],
  },
  {
    name: 'an estimated prompt must fit into what a sliding window has left',
    kind: 'sliding-window',
    limit: 100,
    events: [
      { at: 0, charge: 60 },
      { at: 10, estimate: 40, decide: admitted, remaining: 40 },
      { at: 10, estimate: 41, decide: refused(50), remaining: 40 },
    ],
  },
  {
    name: 'an estimated prompt must fit into what a bucket holds',
    kind: 'token-bucket',
    limit: 60,
    events: [
      { at: 0, charge: 60 },
      { at: 20, estimate: 20, decide: admitted, remaining: 20 },
      { at: 20, estimate: 25, decide: refused(5), remaining: 20 },
    ],
  },
];

test.each(cases)('$name', ({ kind, limit, events }) => {
  const limiter = createLimiter({ kind, tokensPerMinute: limit });
  for (const event of events) {
    const nowMs = minute + event.at * 1000;
    if ('charge' in event) limiter.charge(nowMs, event.charge);
    else {
      expect({ at: event.at, ...limiter.decide(nowMs, event.estimate) }).toEqual({ at: event.at, ...event.decide });
      expect({ at: event.at, remaining: limiter.remaining(nowMs) }).toEqual({
        at: event.at,
        remaining: event.remaining,
      });
    }
  }
});
