import { withoutSecrets } from '../../src/probe/without-secrets';

const key = 'canary+key/5d41"402abc4b';
const secrets = { keys: [key], prompt: ' apple river stone cloud window garden' };
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  { what: 'the key', text: `No ${key} here`, left: 'No [key] here' },
  { what: 'the key in capitals', text: `No ${key.toUpperCase()} here`, left: 'No [key] here' },
  { what: 'the key in a URL', text: `GET /?k=${encodeURIComponent(key)}`, left: 'GET /?k=[key]' },
  { what: 'the key in JSON', text: JSON.stringify({ key }), left: '{"key":"[key]"}' },
  { what: 'the key in base64', text: `Basic ${base64(key)}`, left: 'Basic [encoded]' },
  { what: 'a name and the key in base64', text: `Basic ${base64(`me:${key}`)}`, left: 'Basic [encoded]' },
  { what: 'the key in base64url', text: Buffer.from(key).toString('base64url'), left: '[encoded]' },
  { what: 'base64 that stands behind other letters', text: `abc${base64(key)}`, left: '[encoded]' },
  { what: 'three words of the prompt', text: 'You said river stone cloud today', left: 'You said [prompt] today' },
  { what: 'the prompt in capitals', text: 'APPLE RIVER STONE CLOUD', left: '[prompt]' },
  { what: 'the prompt in a URL', text: 'q=apple%20river%20stone', left: 'q=[prompt]' },
  { what: 'the prompt in base64', text: base64(secrets.prompt), left: '[encoded]' },
  { what: 'nothing of two words', text: 'apple river, said nobody', left: 'apple river, said nobody' },
  {
    what: 'nothing of other base64',
    text: base64('something else altogether'),
    left: 'c29tZXRoaW5nIGVsc2UgYWx0b2dldGhlcg==',
  },
  { what: 'what comes after 4,000 characters', text: 'x '.repeat(5000), left: 'x '.repeat(2000) },
])('takes out $what', ({ text, left }) => {
  expect(withoutSecrets(text, secrets)).toBe(left);
});

test('a key that stands across the cut is not left in part', () => {
  const text = `${'. '.repeat(1995)}${key}${key}`;
  expect(withoutSecrets(text, secrets)).not.toContain('canary');
});

test('an empty key takes nothing out', () => {
  expect(withoutSecrets('as it is', { keys: [''], prompt: '' })).toBe('as it is');
});
