import type { IncomingMessage } from 'node:http';
import { hasKey } from '../../local/http/has-key';

const key = 'the-key-of-the-host';

test.each([
  { what: 'the key in the header', header: key, query: '', is: true },
  { what: 'the key in the query', query: `?code=${key}`, is: true },
  { what: 'a wrong header beside the right query', header: 'wrong', query: `?code=${key}`, is: true },
  { what: 'nothing', query: '', is: false },
  { what: 'an empty header', header: '', query: '?code=', is: false },
  { what: 'a beginning of the key', header: key.slice(0, -1), query: '', is: false },
  { what: 'the key and more', header: `${key}x`, query: '', is: false },
  { what: 'the key in capitals', header: key.toUpperCase(), query: '', is: false },
  { what: 'the key twice', query: `?code=${key}${key}`, is: false },
  { what: 'the key under another name', query: `?key=${key}`, is: false },
])('a request with $what: $is', ({ header, query, is }) => {
  // Nothing else of a request is looked at.
  const incoming = { headers: header === undefined ? {} : { 'x-functions-key': header } } as unknown as IncomingMessage;
  expect(hasKey(incoming, new URL(`http://127.0.0.1/api/customers${query}`), key)).toBe(is);
});
