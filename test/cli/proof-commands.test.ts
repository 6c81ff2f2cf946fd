import { diffReports } from '../../src/audit/history/diff-reports';
import type { HistoryFilter } from '../../src/audit/ports';
import type { Integrity } from '../../src/audit/proof/verify-chain';
import { aConfigFile, parsed } from '../a-config';
import { anAppWith, aReport, outputOf } from './command-output';

const plain = (text: string) => text.split('\n').map((line) => line.replace(/ +/g, ' '));

const config = parsed(
  aConfigFile({
    rest: {
      customers: ['contoso', 'northwind'].map((id) => ({
        id,
        gateway: 'main',
        tokensPerMinute: 100,
        key: { setting: 'CONTOSO_KEY' },
      })),
    },
  }),
);
const intact: Integrity = { intact: true, audits: 2, head: { sequence: 2, hash: 'abc' } };
const broken: Integrity = {
  intact: false,
  audits: 3,
  head: { sequence: 3, hash: 'def' },
  firstBroken: { sequence: 2, auditId: 'a2', row: 'r-1', because: 'its evidence was changed' },
};
const audits = [
  aReport({ customerId: 'contoso', check: 'access', verdict: 'pass', auditId: 'a2', sequence: 2 }),
  aReport({ customerId: 'contoso', check: 'access', verdict: 'fail', auditId: 'a1' }),
] as const;

function verifying(of: Readonly<Record<string, Integrity>>) {
  return anAppWith({ config, integrity: async (customerId) => of[customerId] ?? intact });
}

test('verify of every customer ends with 0 where all histories are intact', async () => {
  const { exitCode, stdout } = await outputOf(['verify', '--json'], { app: verifying({}) });
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    0,
    {
      customers: [
        { customerId: 'contoso', ...intact },
        { customerId: 'northwind', ...intact },
      ],
    },
  ]);
});

test('verify ends with 1 where one is broken, and names the first broken record', async () => {
  const { exitCode, stdout } = await outputOf(['verify'], { app: verifying({ northwind: broken }) });
  expect({ exitCode, lines: plain(stdout).slice(3, 5) }).toEqual({
    exitCode: 1,
    lines: [
      '│ contoso │ 2 │ intact │ abc │',
      '│ northwind │ 3 │ BROKEN │ number 2, audit a2: its evidence was changed │',
    ],
  });
});

test('verify of one customer asks for that one only', async () => {
  const app = verifying({ northwind: broken });
  expect((await outputOf(['verify', 'contoso'], { app })).exitCode).toBe(0);
});

test('export prints all pages as one file', async () => {
  const asked: HistoryFilter[] = [];
  const app = anAppWith({
    async history(_, filter) {
      asked.push(filter);
      const isFirst = filter.continuationToken === undefined;
      return { audits: [audits[isFirst ? 0 : 1]], continuationToken: isFirst ? 'next' : null };
    },
  });
  const csv = await outputOf(['export', 'contoso', '--verdict', 'pass', '--check', 'access'], { app });
  const filter = { check: 'access', verdict: 'pass', top: 500 };
  expect(asked).toEqual([filter, { ...filter, continuationToken: 'next' }]);
  expect([csv.exitCode, csv.stdout.split('\r\n').map((line) => line.split(',')[1])]).toEqual([
    0,
    ['auditId', 'a2', 'a1', undefined],
  ]);
  const ndjson = await outputOf(['export', 'contoso', '--format', 'ndjson'], { app });
  expect(ndjson.stdout).toBe(audits.map((report) => `${JSON.stringify(report)}\n`).join(''));
});

test('export ends cleanly on Ctrl-C', async () => {
  const stopped = new AbortController();
  const app = anAppWith({
    async history() {
      stopped.abort();
      return { audits: [audits[0]], continuationToken: 'next' };
    },
  });
  expect((await outputOf(['export', 'contoso'], { app, signal: stopped.signal })).exitCode).toBe(130);
});

test('export refuses a form that is not there', async () => {
  expect(await outputOf(['export', 'contoso', '--format', 'xml'])).toMatchObject({ exitCode: 3, stdout: '' });
});

test('diff prints what changed as a table or as JSON', async () => {
  const finding = { rule: 'key-works', expected: '2xx', because: 'so it was' } as const;
  const before = { ...audits[1], findings: [{ ...finding, verdict: 'fail', observed: '401' } as const] };
  const after = { ...audits[0], findings: [{ ...finding, verdict: 'pass', observed: '200' } as const] };
  const diff = diffReports(before, after);
  const app = anAppWith({ diff: async () => diff });
  const args = ['diff', 'contoso', 'a2', '--against', 'a1'];
  expect(JSON.parse((await outputOf([...args, '--json'], { app })).stdout)).toEqual(JSON.parse(JSON.stringify(diff)));
  const { exitCode, stdout } = await outputOf(args, { app });
  expect({ exitCode, lines: plain(stdout) }).toEqual({
    exitCode: 0,
    lines: [
      'access of contoso: fail at 2026-11-22T10:00:02.000Z, pass at 2026-11-22T10:00:02.000Z',
      expect.stringMatching(/^┌/),
      '│ what │ before │ after │',
      expect.stringMatching(/^├/),
      '│ key-works │ fail: 401 │ pass: 200 │',
      expect.stringMatching(/^└/),
      '',
    ],
  });
});
