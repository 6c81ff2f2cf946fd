import type { WantedAudit } from '../../src/app/assemble';
import type { AuditOptions } from '../../src/app/running';
import type { Report } from '../../src/audit/report';
import type { Verdict } from '../../src/audit/verdict';
import { AuditorError } from '../../src/auditor-error';
import type { CommandApp } from '../../src/cli/command-app';
import { aConfigFile, parsed } from '../a-config';
import { anAppWith, aReport, outputOf } from './command-output';

const config = parsed({
  ...aConfigFile(),
  customers: ['contoso', 'northwind'].map((id) => ({
    id,
    gateway: 'main',
    tokensPerMinute: 100,
    key: { setting: 'CONTOSO_KEY' },
    checks: ['token-limit', 'limit-status'],
  })),
});

/** An app that audits nothing and knows nothing, but for what a test gives it. */
function anAppThat(audit: CommandApp['audit']): CommandApp {
  return anAppWith({ config, audit });
}

/** An app whose audits end with these reports. */
function anAppThatReports(...reports: readonly Report[]): CommandApp {
  return anAppThat(async (_, { onReport }) => {
    for (const report of reports) onReport?.(report);
    return reports;
  });
}

/** An app that answers each audit with a verdict, last one first, and remembers what it was asked. */
function anApp(verdictOf: (wanted: WantedAudit) => Verdict = () => 'pass') {
  const asked: { wanted: readonly WantedAudit[]; options: AuditOptions }[] = [];
  const app = anAppThat(async (wanted, options) => {
    asked.push({ wanted, options });
    const reports = wanted.map((audit) => aReport({ ...audit, verdict: verdictOf(audit) })).toReversed();
    for (const report of reports) options.onReport?.(report);
    return reports;
  });
  return { app, asked };
}

const finding = {
  rule: 'limit-value',
  verdict: 'fail',
  expected: '100 tokens/min, 90 to 110 allowed',
  observed: 'between 181 and 200 tokens/min',
  because: 'the gateway let 181 tokens through before it first refused, which is more than any allowance explains',
} as const;

test("every customer's own checks are run, the quick ones first, and not stored", async () => {
  const { app, asked } = anApp();
  await outputOf(['run'], { app });
  expect(asked.map(({ wanted, options }) => ({ wanted, parallel: options.parallel, store: options.store }))).toEqual([
    {
      wanted: [
        { customerId: 'contoso', check: 'limit-status' },
        { customerId: 'northwind', check: 'limit-status' },
        { customerId: 'contoso', check: 'token-limit' },
        { customerId: 'northwind', check: 'token-limit' },
      ],
      parallel: 4,
      store: false,
    },
  ]);
});

test('customers and checks can be chosen; a check that is named need not be among the customer’s own', async () => {
  const { app, asked } = anApp();
  const args = [
    'run',
    '--customer',
    'northwind',
    '--check',
    'access',
    '--check',
    'token-limit',
    '--parallel',
    '2',
    '--store',
  ];
  await outputOf(args, { app });
  expect(asked.map(({ wanted, options }) => ({ wanted, parallel: options.parallel, store: options.store }))).toEqual([
    {
      wanted: [
        { customerId: 'northwind', check: 'access' },
        { customerId: 'northwind', check: 'token-limit' },
      ],
      parallel: 2,
      store: true,
    },
  ]);
});

test.each<[string, readonly Verdict[], number]>([
  ['all pass', ['pass', 'pass', 'pass', 'pass'], 0],
  ['one fails', ['pass', 'inconclusive', 'fail', 'pass'], 1],
  ['none fails, but one is inconclusive', ['pass', 'inconclusive', 'pass', 'pass'], 2],
])('the exit code tells that %s', async (_, verdicts, expected) => {
  const left = [...verdicts];
  const { app } = anApp(() => left.shift() ?? 'pass');
  expect((await outputOf(['run'], { app })).exitCode).toBe(expected);
});

test('with --json one object stands on stdout and nothing else', async () => {
  const { app } = anApp();
  const { stdout, stderr } = await outputOf(['run', '--check', 'access', '--json'], { app });
  const reports = ['contoso', 'northwind'].map((customerId) =>
    aReport({ customerId, check: 'access', verdict: 'pass' }),
  );
  expect(JSON.parse(stdout)).toEqual({ reports });
  expect(stderr).toBe('');
});

describe('the table', () => {
  const report = aReport({ customerId: 'contoso', check: 'token-limit', verdict: 'fail', findings: [finding] });
  const nothing = aReport({ customerId: 'northwind', check: 'token-limit', verdict: 'inconclusive' });
  const app = anAppThatReports(report, nothing);
  const args = ['run', '--check', 'token-limit'];

  test('is as wide as its text in a pipe, and says why an audit decided nothing', async () => {
    expect((await outputOf(args, { app })).stdout.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      expect.stringMatching(/^┌─/),
      '│ customer │ check │ rule │ verdict │ expected │ observed │ because │',
      expect.stringMatching(/^├─/),
      `│ contoso │ token-limit │ limit-value │ fail │ ${finding.expected} │ ${finding.observed} │ ${finding.because} │`,
      '│ northwind │ token-limit │ – │ inconclusive │ │ nothing that decides │ the gateway answered │',
      expect.stringMatching(/^└─/),
      '',
    ]);
  });

  test.each([70, 80, 100, 140, 200])('fits a terminal of %d columns and loses no word', async (columns) => {
    const { stdout } = await outputOf(args, { app, columns, env: { NO_COLOR: '1' } });
    const lines = stdout.trimEnd().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    const words = [...Object.values(finding), ...Object.values(nothing.stoppedBecause.split(' '))].join(' ').split(' ');
    const shown = new Set(stdout.split(/[\s│]+/));
    expect(words.filter((word) => !shown.has(word))).toEqual([]);
  });

  test.each([
    ['on a terminal', { columns: 200 }, true],
    ['not with NO_COLOR', { columns: 200, env: { NO_COLOR: '1' } }, false],
    ['not in a pipe', {}, false],
  ])('is coloured %s', async (_, surroundings, isColoured) => {
    const { stdout } = await outputOf(args, { app, ...surroundings });
    expect(stdout.includes('\u001b[31mfail')).toBe(isColoured);
    expect(stdout.includes('\u001b[')).toBe(isColoured);
  });
});

test.each<[string, readonly string[], string]>([
  [
    'a customer that is not configured',
    ['run', '--customer', 'fabrikam'],
    'error: The configuration has no customer fabrikam; it has contoso, northwind.\n',
  ],
  [
    'a check that cannot be run',
    ['run', '--check', 'load-balance', '--customer', 'contoso'],
    'error: No audit is left to be run.\n  load-balance is left out for contoso: its gateway declares no pool\n',
  ],
  [
    'an unknown check',
    ['run', '--check', 'latency'],
    "error: option '--check <name>' argument 'latency' is invalid. Expected one of limit-status, access, load-balance, usage, config-drift, token-limit, isolation, client-experience, token-quota.\n(add --help for what is possible)\n",
  ],
  [
    'no number',
    ['run', '--parallel', 'all'],
    "error: option '--parallel <n>' argument 'all' is invalid. Expected a whole number from 1 to 64.\n(add --help for what is possible)\n",
  ],
  ['an unknown option', ['run', '--fast'], "error: unknown option '--fast'\n(add --help for what is possible)\n"],
  ['an unknown command', ['walk'], "error: unknown command 'walk'\n(add --help for what is possible)\n"],
])('%s is bad usage: exit code 3, one clear line, nothing on stdout', async (_, args, stderr) => {
  expect(await outputOf(args, { app: anApp().app })).toEqual({ exitCode: 3, stdout: '', stderr });
});

test('what is left out beside audits that are run is said on stderr', async () => {
  const { stderr, exitCode } = await outputOf(
    ['run', '--customer', 'contoso', '--check', 'usage', '--check', 'access'],
    {
      app: anApp().app,
    },
  );
  expect({ stderr, exitCode }).toEqual({
    stderr: 'note: usage is left out for contoso: its gateway declares no meter\n',
    exitCode: 0,
  });
});

test.each([
  [
    new AuditorError('storage-unavailable', 'Cannot reach the storage. Start it.'),
    'error: Cannot reach the storage. Start it.\n',
  ],
  [new TypeError('x is not a function'), 'error: this is a mistake of ours: x is not a function\n'],
])('our own fault is exit code 4, without a stack', async (error, stderr) => {
  const app = anAppThat(() => Promise.reject(error));
  expect(await outputOf(['run'], { app })).toEqual({ exitCode: 4, stdout: '', stderr });
});

test('AUDIT_DEBUG adds the stack', async () => {
  const app = anAppThat(() => Promise.reject(new TypeError('x is not a function')));
  const { stderr } = await outputOf(['run'], { app, env: { AUDIT_DEBUG: '1' } });
  expect(stderr).toMatch(
    /^error: this is a mistake of ours: x is not a function\nTypeError: x[\s\S]*run-command\.test\.ts/,
  );
});

test('audits that ended are printed even where trouble of ours ended the others', async () => {
  const report = aReport({ customerId: 'contoso', check: 'limit-status', verdict: 'pass' });
  const app = anAppThat(async (_, { onReport }) => {
    onReport?.(report);
    throw new AuditorError('storage-unavailable', 'Cannot reach the storage. Start it.');
  });
  expect(await outputOf(['run', '--json'], { app })).toEqual({
    exitCode: 4,
    stdout: `${JSON.stringify({ reports: [report] })}\n`,
    stderr: 'error: Cannot reach the storage. Start it.\n',
  });
});

test('an interrupted run prints the audits that had begun and says that it is not all', async () => {
  const stop = new AbortController();
  const report = aReport({ customerId: 'contoso', check: 'limit-status', verdict: 'inconclusive' });
  const app = anAppThat(async (_, { signal, onReport }) => {
    stop.abort();
    if (signal?.aborted) onReport?.(report);
    return [report];
  });
  expect(await outputOf(['run', '--json'], { app, signal: stop.signal })).toEqual({
    exitCode: 130,
    stdout: `${JSON.stringify({ reports: [report] })}\n`,
    stderr: 'interrupted: 1 of 4 audits had begun\n',
  });
});
