import type { SimulatorConfig } from './config';
import type { Customer } from './customer';
import type { LimiterKind } from './limiter';
import type { KnownFault } from './planted';
import type { QuotaPeriod } from './quota';

/** What is really true, for whoever grades an auditor. No key is in it. */
export interface Truth {
  readonly customers: readonly {
    readonly id: string;
    readonly subscriptionId: string;
    readonly limiter: LimiterKind;
    /** Null: nothing is enforced. */
    readonly enforcedTokensPerMinute: number | null;
    readonly counters: number;
    readonly counter: string;
    readonly quota: { readonly tokens: number; readonly period: QuotaPeriod } | null;
    readonly faults: readonly KnownFault[];
  }[];
  readonly backends: SimulatorConfig['backends'];
  /** As configured; null: the first backend serves alone. Breakers stand with the backends. */
  readonly pool: SimulatorConfig['pool'] | null;
  readonly faults: readonly KnownFault[];
  /** In the zoo: the rules (`check/rule`) that an auditor must fail of the first customer; no other may fail. */
  readonly mustFail?: readonly string[];
  /** But these, which the fault breaks as well where chance lets it show. */
  readonly mayFail?: readonly string[];
}

export function tellTruth(
  config: SimulatorConfig,
  {
    customers,
    gatewayFaults,
  }: { readonly customers: readonly Customer[]; readonly gatewayFaults: readonly KnownFault[] },
): Truth {
  return {
    customers: customers.map(({ config: customer, behaviour, known }) => ({
      id: customer.id,
      subscriptionId: customer.subscriptionId ?? customer.id,
      limiter: behaviour.limiter,
      enforcedTokensPerMinute: behaviour.enforcesLimit ? behaviour.tokensPerMinute : null,
      counters: behaviour.counters,
      counter: behaviour.counter,
      quota: behaviour.quota,
      faults: known,
    })),
    backends: config.backends,
    pool: config.pool ?? null,
    faults: gatewayFaults,
  };
}
