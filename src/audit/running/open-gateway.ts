import type { CallSdk, SendProbe } from '../../probe/gateway';
import type { ReadApim } from '../apim-reading';
import type { Declaration } from '../declaration';
import type { ReadMeter } from '../meter-reading';

/** A gateway opened for one audit's probes, with its meter where it has one; `close` gives the connections up. */
export interface OpenedGateway {
  readonly send: SendProbe;
  readonly callSdk?: CallSdk;
  readonly readMeter?: ReadMeter;
  readonly readApim?: ReadApim;
  close(): Promise<void>;
}

export type OpenGateway = (declared: Declaration) => OpenedGateway;

/** Does something with an open gateway and closes it, however that ends. */
export async function withGateway<T>(
  openGateway: OpenGateway,
  declared: Declaration,
  work: (sendProbe: SendProbe, more: Pick<OpenedGateway, 'callSdk' | 'readMeter' | 'readApim'>) => Promise<T>,
): Promise<T> {
  const gateway = openGateway(declared);
  try {
    return await work(gateway.send, gateway);
  } finally {
    await gateway.close();
  }
}
