import type { Socket } from 'node:net';
import { openGateway } from '../../../src/adapters/gateway/gateway-http';
import { systemClock } from '../../../src/adapters/system-clock';
import { checks } from '../../../src/audit/checks';
import type { Credential, Exchange } from '../../../src/probe/exchange';
import { aCustomer, aDeclaration, aGateway } from '../../audit/a-declaration';
import { type LocalServer, startWireServer } from '../local-server';
import { anOrder, canaryKey } from './a-probe';
import { answer, brokenGateways, type HostileGateway, json } from './broken-gateways';
import { hostileGateways } from './hostile-gateways';

const unusable = hostileGateways.filter(({ kind }) => kind !== null);
/** One request may be answered by several exchanges of a check: each asks the same, and gets the same. */
const credentials: readonly Credential[] = ['none', 'wrong', 'customer', 'customer', 'customer'];

let server: LocalServer;
let onRequest: (socket: Socket) => void;

beforeAll(async () => {
  server = await startWireServer((socket) => onRequest(socket));
});

afterAll(() => server.close());

const declared = () => aGateway({ endpoint: `http://127.0.0.1:${server.port}` });

function open(shortly: boolean) {
  const timeouts = { connectMs: 1000, headersMs: 40, bodyMs: 40, totalMs: 80 };
  return openGateway({
    declared: declared(),
    auditedCustomerId: 'contoso',
    keyOf: () => canaryKey,
    version: '1.2.3',
    clock: systemClock,
    ...(shortly && { timeouts }),
  });
}

async function exchangesWith({ does, kind, request }: HostileGateway): Promise<readonly Exchange[]> {
  onRequest = does;
  const gateway = open(kind?.endsWith('-timeout') === true);
  try {
    return await Promise.all(
      credentials.map((credential, at) => gateway.send(anOrder({ ...request, credential }, at + 1))),
    );
  } finally {
    await gateway.close();
  }
}

/** What every check makes of them; as `check/rule`: verdict. */
function verdictsOf(exchanges: readonly Exchange[]): readonly (readonly [string, string])[] {
  const customer = aCustomer({ dedicated: true, tokenQuota: { tokens: 1000, period: 'Daily' } });
  const pool = {
    members: [{ id: 'a', answersAs: 'a', priority: 1, weight: 1 }],
    failures: 1,
    interval: 'PT1M',
    tripDuration: 'PT30S',
    acceptRetryAfter: true,
    instances: 1,
    retries: 0,
    exclusive: true,
  };
  const declaration = aDeclaration(customer, { ...declared(), limiter: 'sliding-window', pool });
  return Object.values(checks).flatMap(({ name, judge }) =>
    judge({
      declared: declaration,
      exchanges,
      startedMs: 0,
      finishedMs: systemClock.nowMs(),
      priorCharges: [],
      ledgerSinceMs: 0,
      stoppedBecause: 'it has seen enough',
    }).findings.map(({ rule, verdict }) => [`${name}/${rule}`, verdict] as const),
  );
}

test.each(unusable)('no rule of any check passes by a gateway that $what', async (hostile) => {
  const exchanges = await exchangesWith(hostile);
  expect(exchanges.map(({ error }) => error?.kind)).toEqual(credentials.map(() => hostile.kind));
  const verdicts = verdictsOf(exchanges);
  expect(verdicts.filter(([, verdict]) => verdict === 'pass')).toEqual([]);
  expect(verdicts.map(([rule]) => rule)).toContain('limit-status/reachable');
});

test('the same judges do pass an answer that is fine', async () => {
  const fine = brokenGateways.find(({ kind }) => kind === null);
  if (fine === undefined) throw new Error('One is fine.');
  expect(verdictsOf(await exchangesWith(fine))).toContainEqual(['limit-status/reachable', 'pass']);
});

describe("a customer's SDK", () => {
  const call = async (does: (socket: Socket) => void) => {
    const own = await startWireServer(does);
    const gateway = openGateway({
      declared: aGateway({ endpoint: `http://127.0.0.1:${own.port}` }),
      auditedCustomerId: 'contoso',
      keyOf: () => canaryKey,
      version: '1.2.3',
      clock: systemClock,
    });
    const exchanges = await gateway.callSdk({ ...anOrder(), call: 1 });
    await Promise.all([gateway.close(), own.close()]);
    return exchanges;
  };

  /** Those that the SDK does not try again: what it gets is its answer. */
  const takenForAnswers = unusable.filter(
    ({ what, status, kind, request }) =>
      status === 200 &&
      request === undefined &&
      ['not-json', 'bad-encoding', 'protocol'].includes(kind ?? '') &&
      !what.includes('chunk size'),
  );

  test.each(takenForAnswers)('completes nothing with a gateway that $what', async ({ does, kind }) => {
    const exchanges = await call(does);
    expect(exchanges.map(({ error }) => error?.kind)).toEqual(exchanges.map(() => kind));
    const sdk = verdictsOf(exchanges).filter(([rule]) => rule === 'client-experience/sdk-completes');
    expect(sdk).toEqual([['client-experience/sdk-completes', 'inconclusive']]);
  });

  test.each([
    { what: 'a header beyond ASCII', head: 'X-Note: \u00fc\u6771', status: 200 },
    { what: 'a status without a body, and a body', head: 'X: 1', status: 205 },
  ])('gets an answer with $what', async ({ head, status }) => {
    const exchanges = await call((socket) => socket.end(`HTTP/1.1 ${status} x\r\n${json}\r\n${head}\r\n\r\n${answer}`));
    expect(exchanges.map(({ sdk, ...exchange }) => [exchange.status, sdk?.outcome?.error])).toEqual([[status, null]]);
  });

  test('is not kept waiting beyond the time of one call, however many attempts it makes', async () => {
    let asked = 0;
    const own = await startWireServer((socket) => {
      asked += 1;
      const refusal = '{"error":{"message":"later"}}';
      const headers = `${json}\r\nretry-after-ms: 1\r\nContent-Length: ${refusal.length}`;
      // One refusal, which is tried again at once; then silence.
      if (asked === 1) socket.end(`HTTP/1.1 429 x\r\n${headers}\r\n\r\n${refusal}`);
    });
    const gateway = openGateway({
      declared: aGateway({ endpoint: `http://127.0.0.1:${own.port}` }),
      auditedCustomerId: 'contoso',
      keyOf: () => canaryKey,
      version: '1.2.3',
      clock: systemClock,
      timeouts: { sdkCallMs: 150 },
    });
    const exchanges = await gateway.callSdk({ ...anOrder(), call: 1 });
    await Promise.all([gateway.close(), own.close()]);
    const waited = exchanges.map(({ sentMs, receivedMs }) => receivedMs - sentMs);
    expect(exchanges.map(({ status }) => status)).toEqual([429, null, null]);
    expect(Math.max(...waited)).toBeLessThan(1000);
    expect(exchanges.at(-1)?.sdk?.outcome?.error).toBe('APIConnectionError');
  });
});
