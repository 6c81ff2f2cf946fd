import { type LoadQuestion, loadRequestOf } from '../../src/probe/load-request';

const question: LoadQuestion = {
  customers: [{ id: 'contoso', share: 1 }],
  streamed: false,
  promptTokens: { least: 20, most: 20 },
  maxCompletionTokens: 5,
};

const asked = (changes: Partial<LoadQuestion>, count: number) => {
  const requestOf = loadRequestOf({ ...question, ...changes });
  return Array.from({ length: count }, (_, index) => requestOf(index + 1));
};

test('a load asks what it was told to', () => {
  expect(asked({ streamed: true }, 1)).toEqual([
    {
      step: 'load',
      surface: 'chat',
      streamed: true,
      credential: 'customer',
      customerId: 'contoso',
      promptTokens: 20,
      maxCompletionTokens: 5,
    },
  ]);
});

test.each([[[3, 1]], [[1, 1, 1]], [[70, 20, 10]], [[0.5, 1.5]]])(
  'customers in shares of %p get them, none at the end of the load only',
  (shares) => {
    const customers = shares.map((share, index) => ({ id: `c${index}`, share }));
    const all = shares.reduce((sum, share) => sum + share, 0);
    const requests = asked({ customers }, 1000);
    const counts = customers.map(({ id }) => requests.filter(({ customerId }) => customerId === id).length);
    expect(counts.map((count, index) => Math.abs(count - (1000 * (shares[index] ?? 0)) / all) < 5)).toEqual(
      shares.map(() => true),
    );
    // The least of them is not left for the end.
    const firsts = customers.map(
      ({ id }) => requests.findIndex(({ customerId }) => customerId === id) < 2 * (all / Math.min(...shares)),
    );
    expect(firsts).toEqual(shares.map(() => true));
  },
);

test('prompt sizes cover their range evenly, both ends included', () => {
  const sizes = asked({ promptTokens: { least: 10, most: 19 } }, 1000).map(({ promptTokens }) => promptTokens);
  const counts = Array.from({ length: 10 }, (_, index) => sizes.filter((size) => size === 10 + index).length);
  expect([Math.min(...sizes), Math.max(...sizes), counts.every((count) => Math.abs(count - 100) <= 3)]).toEqual([
    10,
    19,
    true,
  ]);
});
