import { withSecurityHeaders } from '../../src/api/security-headers';

test('no browser guesses, runs, frames or passes on an answer', () => {
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
  expect(withSecurityHeaders(answer)).toEqual({
    status: 200,
    headers: {
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'content-type': 'application/json',
    },
    body: '{}',
  });
});

test('a policy of its own stays: the audit pack has styles', () => {
  const own = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };
  expect(withSecurityHeaders({ status: 200, headers: own, body: '' }).headers).toMatchObject(own);
});
