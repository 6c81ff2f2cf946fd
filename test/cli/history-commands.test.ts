import type { LimitStatusView } from '../../src/audit/limit-status';
import type { HistoryFilter } from '../../src/audit/ports';
import { AuditorError } from '../../src/auditor-error';
import { anAppWith, aReport, outputOf } from './command-output';

const plain = (text: string) => text.split('\n').map((line) => line.replace(/ +/g, ' '));

const status: LimitStatusView = {
  customerId: 'contoso',
  gatewayId: 'main',
  declared: { tokensPerMinute: 100 },
  observed: { remainingTokens: 42, consumedTokens: 58, at: '2026-11-22T10:00:00.000Z' },
  throttled: { since: '2026-11-22T10:00:05.000Z', until: null },
  verdicts: {
    'token-limit': {
      verdict: 'fail',
      auditId: 'a2',
      sequence: 2,
      finishedAt: '2026-11-22T10:00:00.000Z',
      stale: false,
    },
    'limit-status': {
      verdict: 'pass',
      auditId: 'a1',
      sequence: 1,
      finishedAt: '2026-11-22T09:00:00.000Z',
      stale: true,
    },
  },
  spentToday: 300,
  maxTokensPerDay: 2000,
};
const passed = aReport({
  customerId: 'contoso',
  check: 'access',
  verdict: 'pass',
  auditId: 'a1',
  findings: [{ rule: 'key-works', verdict: 'pass', expected: '2xx', observed: '200', because: 'it answered' }],
});
const failed = aReport({
  customerId: 'contoso',
  check: 'token-limit',
  verdict: 'fail',
  auditId: 'a2',
  findings: [
    { rule: 'limit-enforced', verdict: 'pass', expected: 'a refusal', observed: 'a refusal', because: 'it refused' },
    { rule: 'limit-value', verdict: 'fail', expected: '100', observed: 'between 181 and 200', because: 'too much' },
  ],
});

/** An app whose history has two pages, and one between them that is empty. */
function anApp() {
  const asked: HistoryFilter[] = [];
  const pages = new Map([
    [undefined, { audits: [failed], continuationToken: 'two' }],
    ['two', { audits: [], continuationToken: 'three' }],
    ['three', { audits: [passed], continuationToken: null }],
  ]);
  const app = anAppWith({
    async limitStatusOf(customerId) {
      if (customerId !== 'contoso') throw new AuditorError('not-found', `There is no customer ${customerId}.`);
      return status;
    },
    async limitStatuses({ continuationToken }) {
      return continuationToken === undefined
        ? { customers: [status], continuationToken: 'more' }
        : { customers: [{ ...status, customerId: 'northwind' }], continuationToken: null };
    },
    async history(_, filter) {
      asked.push(filter);
      return pages.get(filter.continuationToken) ?? { audits: [], continuationToken: null };
    },
  });
  return { app, asked };
}

test('status shows what is known of a customer', async () => {
  const { exitCode, stdout } = await outputOf(['status', 'contoso'], anApp());
  expect({ exitCode, lines: plain(stdout) }).toEqual({
    exitCode: 0,
    lines: [
      expect.stringMatching(/^┌/),
      '│ customer │ tokens/min │ remaining │ throttled │ spent today │ verdicts │',
      expect.stringMatching(/^├/),
      '│ contoso │ 100 │ 42 at 2026-11-22T10:00:00.000Z │ since 2026-11-22T10:00:05.000Z │ 300 of 2000 │ limit-status pass (stale) │',
      '│ │ │ │ │ │ token-limit fail │',
      expect.stringMatching(/^└/),
      '',
    ],
  });
});

test('status prints every customer, of all pages, as JSON', async () => {
  expect(JSON.parse((await outputOf(['status', '--json'], anApp())).stdout)).toEqual({
    customers: [status, { ...status, customerId: 'northwind' }],
  });
});

test('status of a customer that is not configured is bad usage', async () => {
  expect(await outputOf(['status', 'nobody'], anApp())).toEqual({
    exitCode: 3,
    stdout: '',
    stderr: 'error: There is no customer nobody.\n',
  });
});

test('history goes on until the last page, and tells what made a verdict', async () => {
  const { app, asked } = anApp();
  const { exitCode, stdout } = await outputOf(['history', 'contoso', '--top', '10'], { app });
  expect({ exitCode, asked, lines: plain(stdout) }).toEqual({
    exitCode: 0,
    asked: [{ top: 10 }, { top: 9, continuationToken: 'two' }, { top: 9, continuationToken: 'three' }],
    lines: [
      expect.stringMatching(/^┌/),
      '│ finished │ check │ verdict │ what was seen │ audit │',
      expect.stringMatching(/^├/),
      '│ 2026-11-22T10:00:02.000Z │ token-limit │ fail │ limit-value: between 181 and 200 │ a2 │',
      '│ 2026-11-22T10:00:02.000Z │ access │ pass │ 1 of 1 rules pass │ a1 │',
      expect.stringMatching(/^└/),
      '',
    ],
  });
});

test('history hands its filters on, and no more than was asked for is read', async () => {
  const { app, asked } = anApp();
  const filters = [
    '--check',
    'token-limit',
    '--verdict',
    'fail',
    '--from',
    '2026-11-01',
    '--to',
    '2026-11-22T12:00:00+02:00',
  ];
  const { stdout } = await outputOf(['history', 'contoso', ...filters, '--top', '1', '--json'], { app });
  expect({ asked, printed: JSON.parse(stdout) }).toEqual({
    asked: [
      {
        check: 'token-limit',
        verdict: 'fail',
        from: '2026-11-01T00:00:00.000Z',
        to: '2026-11-22T10:00:00.000Z',
        top: 1,
      },
    ],
    printed: { audits: [failed], continuationToken: 'two' },
  });
});

test.each([
  [
    '--from',
    'yesterday',
    "error: option '--from <moment>' argument 'yesterday' is invalid. Expected a moment such as 2026-11-22 or 2026-11-22T14:00:00Z.",
  ],
  [
    '--to',
    '2026-13-01',
    "error: option '--to <moment>' argument '2026-13-01' is invalid. Expected a moment such as 2026-11-22 or 2026-11-22T14:00:00Z.",
  ],
  ['--top', '1001', "error: option '--top <n>' argument '1001' is invalid. Expected a whole number from 1 to 1000."],
  [
    '--verdict',
    'ok',
    "error: option '--verdict <verdict>' argument 'ok' is invalid. Expected one of pass, fail, inconclusive.",
  ],
])('history refuses %s %s', async (option, value, line) => {
  expect(await outputOf(['history', 'contoso', option, value], anApp())).toEqual({
    exitCode: 3,
    stdout: '',
    stderr: `${line}\n(add --help for what is possible)\n`,
  });
});

test('help and version are no mistakes', async () => {
  const help = await outputOf(['--help']);
  expect({ exitCode: help.exitCode, stderr: help.stderr, usage: help.stdout.split('\n')[0] }).toEqual({
    exitCode: 0,
    stderr: '',
    usage: 'Usage: gateway-audit [options] [command]',
  });
  expect(await outputOf(['--version'])).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
});
