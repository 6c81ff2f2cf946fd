import { fromHistoryToken, toHistoryToken } from '../../../src/adapters/storage/history-token';

const scope = { customerId: 'contoso', check: 'access' } as const;
const tableToken = Buffer.from('{"nextPartitionKey":"1!8!Y29u","nextRowKey":"1!8!ci0x"}').toString('base64');

test('a token leads back to the place that it was made for', () => {
  expect(fromHistoryToken(toHistoryToken(tableToken, scope), scope)).toBe(tableToken);
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['of another customer', toHistoryToken(tableToken, { ...scope, customerId: 'northwind' })],
  ['of another filter', toHistoryToken(tableToken, { customerId: 'contoso' })],
  ['made up', 'x'],
  ['empty', ''],
  ['of JSON that is no list', Buffer.from('{"__proto__":[]}').toString('base64url')],
  ['with a binding of its own around no base64', toHistoryToken('x', scope)],
  ['with a binding of its own around nothing', toHistoryToken('', scope)],
  ['with a binding of its own around no JSON', toHistoryToken(base64('{'), scope)],
  ['with a binding of its own around null', toHistoryToken(base64('null'), scope)],
  ['with a binding of its own around another form', toHistoryToken(base64('{"nextPartitionKey":{}}'), scope)],
  [
    'with a binding of its own around a number',
    toHistoryToken(base64('{"nextPartitionKey":"a","nextRowKey":1}'), scope),
  ],
])('a token %s is its bearer\u2019s mistake', (_, token) => {
  expect(() => fromHistoryToken(token, scope)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});
