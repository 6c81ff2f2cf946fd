import { anEngine, ask, contoso } from './drive';

/**
 * What a real pool answered to ten calls with a pause of 2 s after each: a small Sweden Central with a breaker in front
 * of France Central, the tripping call answered 503 by the gateway.
 */
const recorded = [
  { region: 'Sweden Central', seconds: 0.84, status: 200 },
  { region: undefined, seconds: 1.23, status: 503 },
  { region: 'France Central', seconds: 2.57, status: 200 },
  { region: 'France Central', seconds: 1.94, status: 200 },
  { region: 'France Central', seconds: 1.97, status: 200 },
  { region: 'France Central', seconds: 2.18, status: 200 },
  { region: 'France Central', seconds: 1.72, status: 200 },
  { region: 'France Central', seconds: 2.17, status: 200 },
  { region: 'France Central', seconds: 1.99, status: 200 },
  { region: 'Sweden Central', seconds: 0.88, status: 200 },
];

test.each([true, false])('repeats the recorded run (acceptRetryAfter: %p)', (acceptRetryAfter) => {
  const breaker = {
    failures: 1,
    interval: 'PT2S',
    statuses: ['429', '500-599'],
    tripDuration: 'PT30S',
    acceptRetryAfter,
  };
  const engine = anEngine({
    customers: [{ ...contoso, tokensPerMinute: 100_000 }],
    backends: [
      { id: 'sweden', region: 'Sweden Central', tokensPerMinute: 1000, breaker },
      { id: 'france', region: 'France Central', breaker },
    ],
    pool: {
      members: [
        { backend: 'sweden', priority: 1 },
        { backend: 'france', priority: 2 },
      ],
      trippingCall: '503',
    },
  });
  // 32.5 s before the minute in which the model's count is reset.
  let nowMs = Date.UTC(2024, 6, 10, 9, 0, 27, 500);
  const seen = recorded.map(({ seconds }) => {
    const { headers, status } = ask(engine, nowMs, { tokens: 620, completionTokens: 600, takesMs: seconds * 1000 });
    nowMs += seconds * 1000 + 2000;
    return { region: headers['x-ms-region'], seconds, status };
  });
  expect(seen).toEqual(recorded);
});
