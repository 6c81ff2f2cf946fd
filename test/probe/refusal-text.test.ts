import { readRefusalText } from '../../src/probe/refusal-text';
import { withoutSecrets } from '../../src/probe/without-secrets';

test.each([
  { text: '', contentType: null, message: null, isReadable: true },
  { text: '{"statusCode":429,"message":"slow"}', contentType: 'application/json', message: 'slow', isReadable: true },
  { text: '{"error":{"message":"no"}}', contentType: null, message: 'no', isReadable: true },
  { text: '{"title":"Forbidden"}', contentType: null, message: '{"title":"Forbidden"}', isReadable: true },
  { text: '{"message":5}', contentType: null, message: '{"message":5}', isReadable: true },
  { text: 'Service Unavailable', contentType: 'text/plain', message: 'Service Unavailable', isReadable: true },
  { text: '{"broken', contentType: 'application/problem+json', message: '{"broken', isReadable: false },
  { text: '<html>Blocked</html>', contentType: null, message: '<html>Blocked</html>', isReadable: false },
])('reads $text', ({ text, contentType, ...read }) => {
  const { json: _, ...rest } = readRefusalText(text, contentType);
  expect(rest).toEqual(read);
});

const secrets = { keys: ['k3y-of-contoso'], prompt: ' able ace acid act acts' };

test.each([
  { text: 'Key k3y-of-contoso is unknown, k3y-of-contoso!', left: 'Key [key] is unknown, [key]!' },
  { text: 'You said "able ace acid act acts".', left: 'You said "[prompt]".' },
  { text: '{"content":" ace acid act","x":1}', left: '{"content":" [prompt]","x":1}' },
  { text: 'able ace acid act acts', left: '[prompt]' },
  { text: 'It was able to act', left: 'It was able to act' },
  { text: 'disable ace acid', left: 'disable ace acid' },
  { text: '', left: '' },
])('leaves neither key nor prompt in "$text"', ({ text, left }) => {
  expect(withoutSecrets(text, secrets)).toBe(left);
});
