import { type GatewayOptions, type OpenGateway, openGateway } from '../../../src/adapters/gateway/gateway-http';
import type { GatewayDeclaration } from '../../../src/audit/declaration';
import type { Exchange, ProbeRequest } from '../../../src/probe/exchange';
import { aGateway } from '../../audit/a-declaration';
import { type Answer, type LocalServer, type ReceivedRequest, startServer } from '../local-server';
import { anOrder, canaryKey, lookCountingClock } from './a-probe';

export const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };
export const chatAnswer = { choices: [{ index: 0 }], usage };

interface Asked {
  readonly exchange: Exchange;
  readonly received: ReceivedRequest;
}

/** A real local server behind the real client of gateways. */
export interface LocalGateway {
  readonly server: LocalServer;
  /** What it answers from now on; `chatAnswer` at first. */
  answerTo: (request: ReceivedRequest) => Answer;
  readonly open: (declared?: Partial<GatewayDeclaration>, options?: Partial<GatewayOptions>) => OpenGateway;
  /** One probe, by a gateway that is opened for it. */
  readonly ask: (
    request?: Partial<ProbeRequest>,
    declared?: Partial<GatewayDeclaration>,
    options?: Partial<GatewayOptions>,
  ) => Promise<Asked>;
}

export async function startLocalGateway(): Promise<LocalGateway> {
  const server = await startServer((request) => local.answerTo(request));
  const open: LocalGateway['open'] = (declared = {}, options = {}) =>
    openGateway({
      declared: aGateway({ endpoint: `http://127.0.0.1:${server.port}/aoai/`, ...declared }),
      auditedCustomerId: 'contoso',
      keyOf: (customerId) => (customerId === 'contoso' ? canaryKey : `key-of-${customerId}`),
      version: '1.2.3',
      clock: lookCountingClock(),
      ...options,
    });
  const local: LocalGateway = {
    server,
    answerTo: () => ({ body: chatAnswer }),
    open,
    async ask(request = {}, declared = {}, options = {}) {
      const gateway = open(declared, options);
      const exchange = await gateway.send(anOrder(request));
      await gateway.close();
      const received = server.requests.at(-1);
      if (received === undefined) throw new Error('Nothing was sent.');
      return { exchange, received };
    },
  };
  return local;
}
