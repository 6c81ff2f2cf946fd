import type { Meter } from '../../audit/declaration';
import type { ReadMeter } from '../../audit/meter-reading';
import type { Clock } from '../../probe/clock';
import { openHttpMeter } from './meter-http';
import { openLogAnalyticsMeter } from './meter-log-analytics';

/** The meter that a gateway declares; undefined where it declares none. Nothing is connected to before it is read. */
export function openMeter(meter: Meter, clock: Clock): ReadMeter | undefined {
  switch (meter.kind) {
    case 'none':
      return undefined;
    case 'http':
      return openHttpMeter({ url: meter.url, clock });
    case 'log-analytics':
      return openLogAnalyticsMeter({ meter, clock });
    default:
      return meter satisfies never;
  }
}
