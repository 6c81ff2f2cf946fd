import { anEngine, ask, contoso, start } from './drive';

const minuteMs = 60_000;
const always = { fromMs: 0, toMs: start + 10 * minuteMs, nowMs: Number.POSITIVE_INFINITY };

function twoCalls(config: object = {}) {
  const engine = anEngine({ customers: [{ ...contoso, tokensPerMinute: 1000 }], ...config });
  const first = ask(engine, start, { tokens: 50 });
  ask(engine, start + 1000, { tokens: 30, completionTokens: 5, stream: true });
  return { engine, firstId: first.headers['apim-request-id'] };
}

test('the three token metrics are added up by the minute and subscription', () => {
  const row = { timestamp: new Date(start).toISOString(), subscriptionId: 'contoso', count: 2 };
  expect(twoCalls().engine.telemetry.metrics(always)).toEqual([
    { ...row, name: 'Prompt Tokens', sum: 65 },
    { ...row, name: 'Completion Tokens', sum: 15 },
    { ...row, name: 'Total Tokens', sum: 80 },
  ]);
});

test('the log of a call has several rows, tokens on one of them, and no caller; the other log knows who called', () => {
  const { engine, firstId } = twoCalls();
  const row = { timeGenerated: new Date(start).toISOString(), correlationId: firstId, isStreamCompletion: false };
  const none = { deploymentName: '', promptTokens: 0, completionTokens: 0, totalTokens: 0 };
  expect(engine.telemetry.llmLog({ ...always, toMs: start + 1000 })).toEqual([
    { ...row, sequenceNumber: 0, deploymentName: 'gpt-4o', promptTokens: 40, completionTokens: 10, totalTokens: 50 },
    { ...row, sequenceNumber: 1, ...none },
    { ...row, sequenceNumber: 2, ...none },
  ]);
  expect(engine.telemetry.gatewayLog({ ...always, toMs: start + 1000 })).toEqual([
    { timeGenerated: row.timeGenerated, correlationId: firstId, apimSubscriptionId: 'contoso', responseCode: 200 },
  ]);
});

test('what was metered is seen only after the delay', () => {
  const { engine } = twoCalls({ meterDelayMs: 120_000 });
  const tokensAt = (ms: number) => engine.meter(start, start + minuteMs, start + ms).map((row) => row.totalTokens);
  expect([tokensAt(119_999), tokensAt(120_000), tokensAt(121_000)]).toEqual([[], [50], [80]]);
});
