import { readJob } from '../../src/functions/read-job';
import { anOrder } from '../audit/a-report-draft';

test('a job comes out of the queue as it went in', () => {
  const job = { customerId: 'contoso', audits: [anOrder(), anOrder({ check: 'access' })] };
  expect(readJob(JSON.parse(JSON.stringify(job)))).toEqual(job);
});

test.each([
  ['a text', 'hello', ['message: ']],
  ['an object of somebody else', { order: 'pizza' }, ['customerId: ', 'audits: ']],
  ['an unknown check', { customerId: 'c', audits: [{ ...anOrder(), check: 'speed' }] }, ['audits.0.check: ']],
  ['an id that is none', { customerId: 'c', audits: [{ ...anOrder(), auditId: '1' }] }, ['audits.0.auditId: ']],
])('%s is no job, and why is said without repeating it', (_, message, problems) => {
  expect(() => readJob(message)).toThrow(
    expect.objectContaining({
      code: 'message-unusable',
      message: expect.not.stringContaining('pizza'),
      details: { problems: problems.map((problem) => expect.stringContaining(problem)) },
    }),
  );
});
