import type { Clock } from '../src/probe/clock';
import type { Exchange } from '../src/probe/exchange';
import type { ProbeOrder, SendProbe } from '../src/probe/gateway';
import { boundTokensOf } from '../src/probe/prompt';
import { anExchange } from './probe/an-exchange';

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
    return anExchange({
      probe: order.probe,
      asked: order.request,
      boundTokens: boundTokensOf(order.request),
      intendedMs: order.intendedMs,
      sentMs,
      headersMs: receivedMs,
      receivedMs,
      usage: told.status === undefined ? { prompt: 16, completion: 4, total: 20 } : null,
      ...told,
    });
  };
  return { sendProbe, orders };
}
