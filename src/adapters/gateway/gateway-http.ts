import type { GatewayDeclaration } from '../../audit/declaration';
import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import type { CallSdk, ProbeOrder, SendProbe } from '../../probe/gateway';
import { completionCapOf } from '../../probe/prompt';
import { postOnce } from '../post-once';
import { type ConnectionUse, openDispatcher, type Proxies } from './gateway-dispatcher';
import { type CapParameter, makeProbeBody } from './probe-body';
import { type CredentialSource, showCredential } from './probe-credential';
import type { HttpAnswer, HttpTimeouts } from './record-answer';
import { callWithSdk } from './sdk-client';
import { toExchange } from './to-exchange';

export interface GatewayOptions extends CredentialSource {
  readonly declared: GatewayDeclaration;
  /** Of this program; probes say it in their User-Agent. */
  readonly version: string;
  readonly clock: Clock;
  readonly timeouts?: Partial<GatewayTimeouts>;
  /** None where absent; `proxiesOf(process.env)` reads the environment's. */
  readonly proxies?: Proxies;
  /** Default `one-a-probe`. */
  readonly connections?: ConnectionUse;
  /** At once; as many as there are requests where absent. */
  readonly mostConnections?: number;
}

/** `sdkCallMs`: of one call of the SDK with all its attempts, ms; its waits between them are its own, at most a minute each. */
export interface GatewayTimeouts extends HttpTimeouts {
  readonly sdkCallMs: number;
}

export interface OpenGateway {
  readonly send: SendProbe;
  readonly callSdk: CallSdk;
  close(): Promise<void>;
}

/** A model may think for a minute; a gateway that needs three is no longer waited for. */
const defaultTimeouts: GatewayTimeouts = {
  connectMs: 10_000,
  headersMs: 120_000,
  bodyMs: 60_000,
  totalMs: 180_000,
  // Three attempts of a probe's length would outlast the invocation that they are made in.
  sdkCallMs: 240_000,
};

/** Room for an answer: 1 MiB (an embedding is 60 KB) and, for streams, some 300 bytes a token, taken for 1 KiB. */
const maxBodyBytes = 1024 * 1024;
const maxBytesPerToken = 1024;

/**
 * Opens a gateway for the probes of one customer's audits. `send` throws an AuditorError only for what is our own
 * fault: a missing key or identity. `close` gives the connections up.
 */
export function openGateway(options: GatewayOptions): OpenGateway {
  const { declared, clock } = options;
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const endpoint = endpointOf(declared);
  const dispatcher = openDispatcher(endpoint, {
    connectMs: timeouts.connectMs,
    connections: options.connections ?? 'one-a-probe',
    mostConnections: options.mostConnections,
    proxies: options.proxies ?? {},
  });
  const declaredCap = declared.completionTokensParameter;
  let capParameter: CapParameter = declaredCap === 'auto' ? 'max_tokens' : declaredCap;

  return { send, callSdk, close: () => dispatcher.destroy() };

  async function send(order: ProbeOrder) {
    const credential = await showCredential(declared.auth, order, options);
    const usedParameter = capParameter;
    const seedText = `${order.auditId}/${order.probe}`;
    const probe = makeProbeBody(declared, { request: order.request, seedText, capParameter: usedParameter });
    const answer = await postOnce(
      { dispatcher, clock, timeouts },
      {
        origin: endpoint.origin,
        path: probe.path,
        headers: { ...headersOf(order, options.version), ...credential.header },
        body: probe.body,
        maxBodyBytes: maxBodyBytes + maxBytesPerToken * completionCapOf(order.request),
      },
    );
    if (declaredCap === 'auto' && usedParameter === 'max_tokens' && namesNewerParameter(answer)) {
      capParameter = 'max_completion_tokens';
      return send(order);
    }
    const secrets = { keys: credential.secrets, prompt: probe.prompt };
    return toExchange({ order, declared: declared.headers, secrets }, answer);
  }

  async function callSdk(order: Parameters<CallSdk>[0]): ReturnType<CallSdk> {
    const credential = await showCredential(declared.auth, order, options);
    const usedParameter = capParameter;
    const seedText = `${order.auditId}/${order.probe}`;
    const probe = makeProbeBody(declared, { request: order.request, seedText, capParameter: usedParameter });
    const secrets = { keys: credential.secrets, prompt: probe.prompt };
    let saysNewerParameter = false;
    const endsMs = clock.nowMs() + timeouts.sdkCallMs;
    const leftOfCall = () => ({
      ...timeouts,
      totalMs: Math.max(1, Math.min(timeouts.totalMs, endsMs - clock.nowMs())),
    });
    const attempts = await callWithSdk(order, {
      body: JSON.parse(probe.body),
      gateway: { ...declared, secret: credential.secrets[0] ?? '', isEntra: 'entraScope' in declared.auth },
      headers: { ...credential.header, ...saidBy(order, options.version) },
      nowMs: () => clock.nowMs(),
      post: ({ url, headers, body }) =>
        postOnce(
          { dispatcher, clock, timeouts: leftOfCall() },
          { origin: url.origin, path: `${url.pathname}${url.search}`, headers, body, maxBodyBytes },
        ),
      record(attempt, answer) {
        saysNewerParameter ||= namesNewerParameter(answer);
        return toExchange({ order: attempt, declared: declared.headers, secrets }, answer);
      },
    });
    if (!saysNewerParameter || declaredCap !== 'auto' || usedParameter !== 'max_tokens') return attempts;
    capParameter = 'max_completion_tokens';
    return callSdk(order);
  }
}

function endpointOf({ id, endpoint }: GatewayDeclaration): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new AuditorError(
    'config-invalid',
    `Cannot open gateway ${id}: its endpoint is not an http or https URL. Correct gateways[].endpoint.`,
  );
}

function headersOf(order: ProbeOrder, version: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: order.request.streamed ? 'text/event-stream, application/json' : 'application/json',
    'accept-encoding': 'identity',
    ...saidBy(order, version),
  };
}

/** Probes say what they are. */
function saidBy(order: ProbeOrder, version: string): Record<string, string> {
  return {
    'user-agent': `gateway-audit/${version}`,
    'x-audit-id': order.auditId,
    'x-audit-probe': String(order.probe),
  };
}

/** Newer models refuse `max_tokens` with a 400 that names the parameter to use; it costs nothing and is no probe. */
function namesNewerParameter(answer: HttpAnswer): boolean {
  return answer.status === 400 && answer.error === null && answer.body.includes('max_completion_tokens');
}
