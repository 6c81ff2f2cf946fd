import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Exam, runExam, toRow } from '../../exam/exam';
import { examMarkdown } from '../../exam/exam-markdown';
import { faults } from '../../simulator/faults';
import { plantedBesideNeighbour, plantedOnCustomers } from '../../simulator/faulty-customers';
import { plantedOnGateways } from '../../simulator/faulty-gateways';
import { zooConfigOf, zooEntries } from '../../simulator/zoo';
import { incidents } from '../../simulator/zoo-incidents';
import { aReportDraft } from '../audit/a-report-draft';

/* The whole zoo, over HTTP, on virtual time. */
jest.setTimeout(300_000);

const entries = zooEntries();
let exam: Exam;
beforeAll(async () => {
  exam = await runExam(entries);
});

test('no verdict on the zoo is wrong, and no fault is missed', () => {
  const { rows, falsePasses, falseFails, missed } = exam;
  const wrong = rows.filter((row) => [...row.falsePasses, ...row.falseFails, ...row.missed].length > 0);
  expect({ wrong, falsePasses, falseFails, missed }).toEqual({ wrong: [], falsePasses: 0, falseFails: 0, missed: 0 });
  expect(rows.map(({ name }) => name)).toEqual(entries.map(({ name }) => name));
});

test('every check that there is something for is run on every gateway', () => {
  // What is due of limit-status, access, usage, token-limit, isolation and client-experience alone.
  const few = exam.rows.filter(({ findings }) => findings.pass + findings.fail + findings.inconclusive < 13);
  expect(few.map(({ name }) => name)).toEqual([]);
});

test("docs/zoo.md is the exam's own output, but for how long it took", () => {
  const doc = readFileSync(join(__dirname, '../../docs/zoo.md'), 'utf8');
  const [, table = ''] = doc.split('## The exam\n\n');
  const fixed = (markdown: string) =>
    markdown
      .trim()
      .split('\n')
      .map((line) =>
        line
          .replace(/ It took .*/, '')
          .split(' | ')
          .slice(0, 4)
          .join(' | '),
      );
  expect(fixed(table)).toEqual(fixed(examMarkdown(exam, entries)));
});

test('the zoo holds every row of the table of faults, each with what it is modelled on and at a path of its own', () => {
  const names = entries.map(({ name }) => name);
  const isThere = (fault: string) => names.some((name) => name === fault || name.startsWith(`${fault}-`));
  const absent = faults.map(({ name }) => name).filter((name) => !isThere(name));
  expect(absent).toEqual([]);
  expect(entries.filter(({ modelledOn }) => modelledOn === '')).toEqual([]);
  expect(faults.map(({ name }) => name).filter((name) => !(name in incidents))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
  const customersOf = (entry: (typeof entries)[number]) => zooConfigOf(entry).customers.map(({ id }) => id);
  expect(entries.map(customersOf)).toEqual(entries.map(() => ['contoso', 'fabrikam']));
});

test('each fault is found by the rule that the table of faults names, or it is said why not', () => {
  const planted = [...plantedOnCustomers, ...plantedBesideNeighbour, ...plantedOnGateways];
  const otherwise = planted.filter(({ fault, fails, ...more }) => {
    const rule = faults.find(({ name }) => name === fault.name)?.rule ?? null;
    const isFound = rule === null ? fails.length === 0 : fails.includes(rule);
    return !isFound && !('insteadBecause' in more);
  });
  expect(otherwise).toEqual([]);
});

test('a pass where a fail must be is false, a fail elsewhere too, and what was not decided is missed', () => {
  const [entry] = entries;
  if (entry === undefined) throw new Error('the zoo is empty');
  const finding = (rule: string, verdict: 'pass' | 'fail' | 'inconclusive') => ({
    rule,
    verdict,
    expected: '',
    observed: '',
    because: '',
  });
  const findings = [
    finding('limit-value', 'pass'),
    finding('recovery', 'fail'),
    finding('limiter-kind', 'inconclusive'),
    finding('limit-enforced', 'fail'),
    finding('remaining-header', 'fail'),
  ];
  const mustFail = [
    'token-limit/limit-enforced',
    'token-limit/limit-value',
    'token-limit/limiter-kind',
    'token-limit/retry-after-honest',
  ];
  const draft = aReportDraft({ check: 'token-limit', findings });
  const mayFail = ['token-limit/remaining-header', 'token-limit/retry-after-present'];
  const row = toRow({ ...entry, mustFail, mayFail }, [{ ...draft, sequence: 0, previousHash: '', hash: '' }]);
  const { falsePasses, falseFails, missed } = row;
  expect(row.findings).toEqual({ pass: 1, fail: 3, inconclusive: 1 });
  expect({ falsePasses, falseFails, missed }).toEqual({
    falsePasses: ['token-limit/limit-value'],
    falseFails: ['token-limit/recovery'],
    missed: ['token-limit/limiter-kind', 'token-limit/retry-after-honest'],
  });
});
