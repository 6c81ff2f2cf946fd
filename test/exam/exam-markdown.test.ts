import type { ExamRow } from '../../exam/exam';
import { examMarkdown } from '../../exam/exam-markdown';
import { zooEntries } from '../../simulator/zoo';

const row: ExamRow = {
  name: 'no-limit',
  truth: 'no token limit is enforced',
  mustFail: ['token-limit/limit-enforced', 'token-limit/limit-value'],
  mayFail: [],
  failed: [],
  falsePasses: ['token-limit/limit-enforced'],
  falseFails: ['access/key-works'],
  missed: ['token-limit/limit-value'],
  findings: { pass: 12, fail: 1, inconclusive: 6 },
  limitsSpent: 2,
  seconds: 62,
};

test('what is wrong with a verdict stands where "found" would', () => {
  const exam = { rows: [row], falsePasses: 1, falseFails: 1, missed: 1, wallSeconds: 3 };
  const lines = examMarkdown(exam, zooEntries().slice(0, 1)).split('\n');
  expect(lines).toEqual([
    '1 gateways: 1 false pass, 1 false fail, 1 missed. It took 3 s.',
    '',
    '| gateway | truth | must fail | verdict | pass / fail / open | tokens ÷ L | s |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    '| no-limit | no token limit is enforced | token-limit/limit-enforced, token-limit/limit-value | false pass: token-limit/limit-enforced, false fail: access/key-works, missed: token-limit/limit-value | 12 / 1 / 6 | 2.00 | 62 |',
    '',
    '## What each is modelled on',
    '',
    'Those that name a public thread were reported there; the others are ways in which such gateways are known to be set up.',
    '',
    '| gateway | modelled on |',
    '| --- | --- |',
    '| healthy-sliding-window | llm-token-limit in the classic tiers |',
  ]);
});
