import type { SendProbe } from '../probe/gateway';
import type { Declaration } from './declaration';

/** Opens the gateway for one audit's probes; `close` gives its connections up. */
export type OpenGateway = (declared: Declaration) => { readonly send: SendProbe; close(): Promise<void> };

/** Does something with an open gateway and closes it, however that ends. */
export async function withGateway<T>(
  openGateway: OpenGateway,
  declared: Declaration,
  work: (sendProbe: SendProbe) => Promise<T>,
): Promise<T> {
  const gateway = openGateway(declared);
  try {
    return await work(gateway.send);
  } finally {
    await gateway.close();
  }
}
