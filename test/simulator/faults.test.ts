import { faults } from '../../simulator/faults';
import { type Asked, anEngine, ask, contoso, start } from './drive';

interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly reset: boolean;
}

/** Another customer, for faults that concern two. */
const northwind = { id: 'northwind', key: 'northwind-key', tokensPerMinute: 100 };

/** Asks, at these seconds, the customer contoso with a fault (or without one). */
function askAt(seconds: readonly number[], fault: object | null, asked: Asked = { tokens: 60 }): readonly Seen[] {
  const engine = engineWith(fault);
  return seconds.map((second) => ask(engine, start + second * 1000, asked));
}

function engineWith(fault: object | null, customer: object = {}) {
  const own = { ...contoso, ...customer, faults: fault ? [fault as { name: string }] : [] };
  return anEngine({ customers: [own, northwind] });
}

const statuses = (answers: readonly Seen[]) => answers.map((answer) => answer.status).join(' ');
const header = (name: string) => (answers: readonly Seen[]) => answers.map((answer) => answer.headers[name]).join(' ');
const retryAfter = header('Retry-After');
const messages = (answers: readonly Seen[]) =>
  answers.map((answer) => /again in (\d+) seconds/.exec(answer.body)?.[1]).join(' ');
const promises = (answers: readonly Seen[]) => `${retryAfter(answers)} | ${messages(answers)}`;
const asking = (seconds: readonly number[], asked?: Asked) => (fault: object | null) => askAt(seconds, fault, asked);
const refusal = asking([0, 1, 20]);
const lastOnly =
  <T>(read: (answers: readonly T[]) => string) =>
  (answers: readonly T[]) =>
    read(answers.slice(-1));
const spending = (fault: object | null) => {
  const engine = engineWith(fault, { tokensPerMinute: 10_000, quota: { tokens: 100, period: 'Hourly' } });
  return [0, 1, 2].map((second) => ask(engine, start + second * 1000, { tokens: 80 }));
};
const both = (fault: object | null) => {
  const engine = engineWith(fault);
  const own = [0, 1].map((second) => ask(engine, start + second * 1000, { tokens: 60 }));
  return [...own, ask(engine, start + 2000, { key: northwind.key })];
};
const metered = (stream: boolean) => (fault: object | null) => {
  const engine = engineWith(fault);
  ask(engine, start, { tokens: 50, stream });
  const rows = engine.meter(start, start + 60_000);
  return [rows.map((row) => `${row.subscriptionId} ${row.totalTokens}`).join() || 'nothing'];
};
const keyed = (key: string | null) => (fault: object | null) => {
  const config = { customers: [contoso], faults: fault ? [fault as { name: string }] : [] };
  return [ask(anEngine(config), start, { key })];
};

interface Case {
  readonly fault: { readonly name: string; readonly [parameter: string]: unknown };
  readonly honest: string;
  readonly faulty: string;
  readonly see: (fault: object | null) => string;
}

function seeing<T>(act: (fault: object | null) => readonly T[], read: (answers: readonly T[]) => string) {
  return (fault: object | null) => read(act(fault));
}
const asIs = (texts: readonly string[]) => texts.join();

const fourCalls = seeing(asking([0, 1, 2, 3]), statuses);
const streamedCalls = seeing(asking([0, 1, 2], { tokens: 60, stream: true }), statuses);
const miniPath = '/aoai/openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-10-21';
const otherDeployment = seeing(asking([0, 1, 2], { tokens: 60, path: miniPath }), statuses);
const cases: readonly Case[] = [
  { fault: { name: 'surface-escapes' }, see: streamedCalls, honest: '200 429 429', faulty: '200 200 200' },
  { fault: { name: 'deployment-escapes' }, see: otherDeployment, honest: '200 200 429', faulty: '200 200 200' },
  { fault: { name: 'limit-factor', factor: 2 }, see: fourCalls, honest: '200 200 429 429', faulty: '200 200 200 200' },
  {
    fault: { name: 'limit-factor', factor: 0.5 },
    see: fourCalls,
    honest: '200 200 429 429',
    faulty: '200 429 429 429',
  },
  { fault: { name: 'no-limit' }, see: fourCalls, honest: '200 200 429 429', faulty: '200 200 200 200' },
  {
    fault: { name: 'limiter-kind', kind: 'token-bucket' },
    see: seeing(asking([0, 1, 20]), statuses),
    honest: '200 200 429',
    faulty: '200 200 200',
  },
  { fault: { name: 'extra-counters' }, see: fourCalls, honest: '200 200 429 429', faulty: '200 200 200 200' },
  {
    fault: { name: 'never-recovers' },
    see: seeing(asking([0, 1, 2, 300]), (a) => `${statuses(a)} ${retryAfter(a.slice(-1))}`),
    honest: '200 200 429 200 ',
    faulty: '200 200 429 429 30',
  },
  {
    fault: { name: 'retry-after-missing' },
    see: seeing(refusal, lastOnly(promises)),
    honest: '40 | 40',
    faulty: ' | 40',
  },
  {
    fault: { name: 'retry-after-unreadable' },
    see: seeing(refusal, lastOnly(promises)),
    honest: '40 | 40',
    faulty: 'soon | 40',
  },
  {
    fault: { name: 'retry-after-too-short' },
    see: seeing(refusal, lastOnly(promises)),
    honest: '40 | 40',
    faulty: '20 | 20',
  },
  {
    fault: { name: 'retry-after-constant' },
    see: seeing(refusal, lastOnly(promises)),
    honest: '40 | 40',
    faulty: '5 | 5',
  },
  {
    fault: { name: 'retry-after-constant', seconds: 7, message: 'honest' },
    see: seeing(refusal, lastOnly(promises)),
    honest: '40 | 40',
    faulty: '7 | 40',
  },
  {
    fault: { name: 'retry-after-too-long', seconds: 15 },
    see: seeing(refusal, lastOnly(promises)),
    honest: '40 | 40',
    faulty: '55 | 55',
  },
  {
    fault: { name: 'retry-after-unlike-message' },
    see: seeing(refusal, lastOnly(promises)),
    honest: '40 | 40',
    faulty: '40 | 50',
  },
  {
    fault: { name: 'consumed-header-lies' },
    see: seeing(asking([0]), header('consumed-tokens')),
    honest: '60',
    faulty: '30',
  },
  {
    fault: { name: 'remaining-header-lies' },
    see: seeing(asking([0]), header('remaining-tokens')),
    honest: '40',
    faulty: '100',
  },
  {
    fault: { name: 'remaining-header-lies', tokens: 15 },
    see: seeing(asking([0]), header('remaining-tokens')),
    honest: '40',
    faulty: '55',
  },
  {
    fault: { name: 'headers-missing' },
    see: seeing(asking([0]), (a) =>
      Object.keys(a[0]?.headers ?? {})
        .filter((name) => name.endsWith('-tokens'))
        .join(),
    ),
    honest: 'consumed-tokens,remaining-tokens',
    faulty: '',
  },
  {
    fault: { name: 'usage-missing' },
    see: seeing(asking([0]), (a) => String(a[0]?.body.includes('"usage"'))),
    honest: 'true',
    faulty: 'false',
  },
  { fault: { name: 'quota-factor' }, see: seeing(spending, statuses), honest: '200 200 403', faulty: '200 200 200' },
  {
    fault: { name: 'quota-countdown-lies', seconds: -600 },
    see: seeing(spending, lastOnly(retryAfter)),
    honest: '1798',
    faulty: '1198',
  },
  {
    fault: { name: 'shared-counter', with: 'northwind' },
    see: seeing(both, statuses),
    honest: '200 200 200',
    faulty: '200 200 429',
  },
  { fault: { name: 'key-refused' }, see: seeing(asking([0]), statuses), honest: '200', faulty: '401' },
  {
    fault: { name: 'foreign-traffic', tokensPerMinute: 60 },
    see: seeing(asking([0, 1], { tokens: 20 }), header('remaining-tokens')),
    honest: '80 60',
    faulty: '20 0',
  },
  {
    fault: { name: 'connection-resets' },
    see: seeing(asking([0]), (a) => String(a[0]?.reset)),
    honest: 'false',
    faulty: 'true',
  },
  {
    fault: { name: 'garbage-answers', share: 1 },
    see: seeing(asking([0]), (a) => `${a[0]?.status} ${a[0]?.headers['content-type']}`),
    honest: '200 application/json',
    faulty: '200 text/html',
  },
  {
    fault: { name: 'garbage-answers', kind: 'broken-json', share: 1 },
    see: seeing(asking([0]), (a) => String(a[0]?.body.endsWith('}'))),
    honest: 'true',
    faulty: 'false',
  },
  { fault: { name: 'meter-factor' }, see: seeing(metered(false), asIs), honest: 'contoso 50', faulty: 'contoso 45' },
  { fault: { name: 'meter-loses-streams' }, see: seeing(metered(true), asIs), honest: 'contoso 50', faulty: 'nothing' },
  {
    fault: { name: 'meter-loses-prompts' },
    see: seeing(metered(false), asIs),
    honest: 'contoso 50',
    faulty: 'contoso 10',
  },
  {
    fault: { name: 'meter-loses-calls', every: 1 },
    see: seeing(metered(false), asIs),
    honest: 'contoso 50',
    faulty: 'nothing',
  },
  {
    fault: { name: 'meter-counts-twice' },
    see: seeing(metered(false), asIs),
    honest: 'contoso 50',
    faulty: 'contoso 100',
  },
  {
    fault: { name: 'meter-lacks-dimension' },
    see: seeing(metered(false), asIs),
    honest: 'contoso 50',
    faulty: ' 50',
  },
  {
    fault: { name: 'meter-books-on', subscriptionId: 'else' },
    see: seeing(metered(false), asIs),
    honest: 'contoso 50',
    faulty: 'else 50',
  },
  { fault: { name: 'no-key-accepted' }, see: seeing(keyed(null), statuses), honest: '401', faulty: '200' },
  { fault: { name: 'any-key-accepted' }, see: seeing(keyed('stolen'), statuses), honest: '401', faulty: '200' },
  {
    fault: { name: 'extra-latency', ms: 3000 },
    see: (fault) => String(latencyOf(fault) > 3000),
    honest: 'false',
    faulty: 'true',
  },
];

test.each(cases)('$fault does what it says, and nobody else does it', ({ fault, honest, faulty, see }) => {
  expect({ honest: see(null), faulty: see(fault) }).toEqual({ honest, faulty });
});

test('every fault of the table is seen at work in a test', () => {
  const inPoolTests = ['backend-header-missing', 'foreign-region', 'weights-ignored', 'weights-replaced', 'sticky'];
  const more = ['priority-ignored', 'breaker-never-trips', 'breaker-never-resets'];
  const seen = [...cases.map((one) => one.fault.name), ...inPoolTests, ...more];
  expect(faults.map((fault) => fault.name).filter((name) => !seen.includes(name))).toEqual([]);
});

test('names are unique, and every rule is written check/rule', () => {
  const names = faults.map((fault) => fault.name);
  expect(new Set(names).size).toBe(names.length);
  expect(faults.filter((fault) => fault.rule !== null && !/^[a-z-]+\/[a-z-]+$/.test(fault.rule))).toEqual([]);
});

function latencyOf(fault: object | null): number {
  const request = { method: 'POST', path: '/aoai/chat/completions', headers: { 'api-key': contoso.key } };
  return engineWith(fault).arrive(start, { ...request, body: '{"model":"m","messages":[]}' }).latencyMs;
}
