import type { Clock } from '../../probe/clock';
import type { BudgetLimits, Budgets, DaySpending } from './budgets';
import { utcDayOf } from './day-budget';

/** What one attempt at an audit has set aside; it grows while the audit runs. */
export interface TokenReserve {
  /** Sets aside so many tokens in all, or more; answers how many are set aside, which are fewer where a day has no room. */
  raiseTo(tokens: number): Promise<number>;
  /**
   * Ends it with what was spent, and gives back the rest; ended twice, it changes nothing. Answers how many tokens were
   * spent beyond what was set aside: a gateway may charge more than a probe asked for.
   */
  settle(tokens: number): Promise<number>;
}

export interface ReserveSetting {
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly customerId: string;
  readonly reservationId: string;
  readonly limits: BudgetLimits;
  /** Set aside at once, where there is room, so that not every probe asks storage first. */
  readonly chunkTokens: number;
}

/** The name of what an attempt sets aside: whoever finds it broken off ends it by that name. */
export function reservationIdOf(auditId: string, attempt: number): string {
  return `${auditId}:${attempt}`;
}

export function createTokenReserve(setting: ReserveSetting): TokenReserve {
  const { budgets, clock, customerId, reservationId, limits, chunkTokens } = setting;
  /** By UTC day, oldest first: past midnight, what is set aside anew is booked on the new day. */
  const reserved = new Map<string, number>();
  const total = () => [...reserved.values()].reduce((sum, tokens) => sum + tokens, 0);

  async function reserveMore(more: number): Promise<boolean> {
    const day = utcDayOf(clock.nowMs());
    const tokens = (reserved.get(day) ?? 0) + more;
    const isReserved = await budgets.reserve({ day, customerId }, { reservationId, tokens }, limits);
    if (isReserved) reserved.set(day, tokens);
    return isReserved;
  }

  return {
    async raiseTo(tokens) {
      const missing = Math.ceil(tokens) - total();
      if (missing > 0 && !(chunkTokens > missing && (await reserveMore(chunkTokens)))) await reserveMore(missing);
      return total();
    },
    async settle(tokens) {
      const days = [...reserved];
      let left = tokens;
      for (const [at, [day, reservedTokens]] of days.entries()) {
        // What a gateway charges beyond any bound is booked too, on the last day.
        const paid = at === days.length - 1 ? left : Math.min(left, reservedTokens);
        await budgets.settle({ day, customerId }, reservationId, paid);
        left -= paid;
      }
      return Math.max(0, tokens - total());
    },
  };
}

/** Tokens that may still be set aside. */
export function leftOf(
  spending: { readonly customer: DaySpending; readonly service: DaySpending },
  limits: BudgetLimits,
): number {
  const customer = limits.customer - spending.customer.settledTokens - spending.customer.reservedTokens;
  const { settledTokens, reservedTokens } = spending.service;
  const service = (limits.service ?? Number.POSITIVE_INFINITY) - settledTokens - reservedTokens;
  return Math.max(0, Math.min(customer, service));
}
