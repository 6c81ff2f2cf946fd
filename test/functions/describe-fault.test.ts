import { AuditorError } from '../../src/auditor-error';
import { describeFault } from '../../src/functions/describe-fault';

test('trouble is told with its problems and its causes', () => {
  const cause = new Error('connect ECONNREFUSED');
  cause.stack = 'Error: connect ECONNREFUSED\n    at somewhere';
  const fault = new AuditorError('config-invalid', 'The configuration has 2 problems.', {
    problems: ['customers: missing', 'gateways: missing'],
    cause,
  });
  expect(describeFault(fault)).toBe(
    [
      'config-invalid: The configuration has 2 problems.',
      '- customers: missing',
      '- gateways: missing',
      'caused by Error: connect ECONNREFUSED',
      '    at somewhere',
    ].join('\n'),
  );
});

test('what is thrown but no error is told as text', () => {
  expect(describeFault('oops')).toBe('oops');
});
