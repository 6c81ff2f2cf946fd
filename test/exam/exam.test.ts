import { type Exam, runExam, toRow } from '../../exam/exam';
import { faults } from '../../simulator/faults';
import { seenElsewhere } from '../../simulator/faulty-customers';
import { zooConfigOf, zooEntries } from '../../simulator/zoo';
import { incidents } from '../../simulator/zoo-incidents';
import { aReportDraft } from '../audit/a-report-draft';

/* The whole zoo, over HTTP, on virtual time. */
jest.setTimeout(120_000);

const entries = zooEntries();

test('no verdict on the zoo is wrong, and no fault is missed', async () => {
  const exam: Exam = await runExam(entries);
  const wrong = exam.rows.filter((row) => [...row.falsePasses, ...row.falseFails, ...row.missed].length > 0);
  expect({ ...exam, rows: wrong }).toEqual({ rows: [], falsePasses: 0, falseFails: 0, missed: 0 });
  expect(exam.rows.map(({ name }) => name)).toEqual(entries.map(({ name }) => name));
});

test('the zoo holds every row of the table of faults, each with what it is modelled on and at a path of its own', () => {
  const names = entries.map(({ name }) => name);
  const isThere = (fault: string) => names.some((name) => name === fault || name.startsWith(`${fault}-`));
  const absent = faults.map(({ name }) => name).filter((name) => !isThere(name) && !seenElsewhere.includes(name));
  expect(absent).toEqual([]);
  expect(entries.filter(({ modelledOn }) => modelledOn === '')).toEqual([]);
  expect(faults.map(({ name }) => name).filter((name) => !(name in incidents))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
  expect(entries.map((entry) => zooConfigOf(entry).customers.length)).toEqual(entries.map(() => 1));
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
  ];
  const mustFail = [
    'token-limit/limit-enforced',
    'token-limit/limit-value',
    'token-limit/limiter-kind',
    'token-limit/retry-after-honest',
  ];
  const draft = aReportDraft({ check: 'token-limit', findings });
  const { falsePasses, falseFails, missed } = toRow({ ...entry, mustFail }, [
    { ...draft, sequence: 0, previousHash: '', hash: '' },
  ]);
  expect({ falsePasses, falseFails, missed }).toEqual({
    falsePasses: ['token-limit/limit-value'],
    falseFails: ['token-limit/recovery'],
    missed: ['token-limit/limiter-kind', 'token-limit/retry-after-honest'],
  });
});
