import type { Clock } from '../src/probe/clock';
import type { Exchange } from '../src/probe/exchange';
import type { ProbeOrder, SendProbe } from '../src/probe/gateway';

/** What a fake gateway says to a probe, and after how long; a 200 with 20 tokens after 100 ms unless told. */
export type FakeAnswer = Partial<Exchange> & { readonly afterMs?: number };

/** A gateway on a clock of the test's own, with a list of what it was asked. */
export function fakeGateway(clock: Clock, answer: (order: ProbeOrder) => FakeAnswer = () => ({})) {
  const orders: ProbeOrder[] = [];
  const sendProbe: SendProbe = async (order) => {
    orders.push(order);
    const { afterMs = 100, ...told } = answer(order);
    const sentMs = clock.nowMs();
    await clock.sleepUntil(sentMs + afterMs);
    const receivedMs = clock.nowMs();
    return {
      probe: order.probe,
      asked: order.request,
      boundTokens: order.request.promptTokens + order.request.maxCompletionTokens,
      intendedMs: order.intendedMs,
      sentMs,
      headersMs: receivedMs,
      receivedMs,
      status: 200,
      error: null,
      usage: told.status === undefined ? { prompt: 16, completion: 4, total: 20 } : null,
      consumedTokens: null,
      remainingTokens: null,
      remainingQuotaTokens: null,
      retryAfterMs: null,
      messageWait: null,
      backend: null,
      refusedBy: null,
      message: null,
      headers: {},
      ...told,
    };
  };
  return { sendProbe, orders };
}
