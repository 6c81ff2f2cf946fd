import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { AuditorError } from '../../auditor-error';

/** Proxies in the form of the usual variables of the environment; `none` lists the hosts that need none. */
export interface Proxies {
  readonly http?: string;
  readonly https?: string;
  readonly none?: string;
}

/**
 * `one-a-probe`: every probe opens its own connection. A kept one may be closed by the other side just when we write
 * to it, which looks like a failing gateway and can't be told from one; and it ties all probes to one scale unit
 * behind the gateway's load balancer. `kept`: for load, where a connection a request would cost more than the
 * request; an idle one is given up after 4 s, before gateways usually do.
 */
export type ConnectionUse = 'one-a-probe' | 'kept';

/** Headers beyond this are a trouble of their own; gateways in front of Azure OpenAI send some 3 KB. */
const maxHeaderBytes = 64 * 1024;
const keptIdleMs = 4000;

/** The proxies that the environment names, lower case first, as curl does. */
export function proxiesOf(environment: Readonly<Record<string, string | undefined>>): Proxies {
  const read = (name: string) => environment[name.toLowerCase()] ?? environment[name];
  const [http, https, none] = [read('HTTP_PROXY'), read('HTTPS_PROXY'), read('NO_PROXY')];
  return { ...(http ? { http } : {}), ...(https ? { https } : {}), ...(none ? { none } : {}) };
}

/**
 * What carries requests to one endpoint: straight, or through the proxy for its scheme; never through one to this
 * machine itself. As many connections at once as there are requests. Throws `config-invalid` for an unusable proxy.
 */
export function openDispatcher(
  endpoint: URL,
  options: {
    readonly connectMs: number;
    readonly connections: ConnectionUse;
    readonly proxies: Proxies;
    readonly mostConnections?: number | undefined;
  },
): Dispatcher {
  const connection = {
    pipelining: options.connections === 'kept' ? 1 : 0,
    keepAliveTimeout: keptIdleMs,
    keepAliveMaxTimeout: keptIdleMs,
    maxHeaderSize: maxHeaderBytes,
    connect: { timeout: options.connectMs },
    ...(options.mostConnections !== undefined && { connections: options.mostConnections }),
  };
  const proxy = endpoint.protocol === 'https:' ? options.proxies.https : options.proxies.http;
  if (proxy === undefined || isThisMachine(endpoint.hostname)) return new Agent(connection);
  const { connect, ...rest } = connection;
  try {
    return new EnvHttpProxyAgent({
      ...rest,
      connect,
      requestTls: connect,
      proxyTls: connect,
      httpProxy: proxy,
      httpsProxy: proxy,
      noProxy: options.proxies.none ?? '',
    });
  } catch (cause) {
    // The address is not quoted: it may hold a password.
    throw new AuditorError(
      'config-invalid',
      `Cannot reach ${endpoint.origin} through the proxy of the environment: its address is not a URL. Correct HTTPS_PROXY or HTTP_PROXY, or name the host in NO_PROXY.`,
      { cause },
    );
  }
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
