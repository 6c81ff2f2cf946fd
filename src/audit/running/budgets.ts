/** What one UTC day has cost so far: paid for, and set aside for audits that run. Tokens. */
export interface DaySpending {
  readonly settledTokens: number;
  readonly reservedTokens: number;
}

/** Whose tokens, on which UTC day (`2026-11-22`). */
export interface BudgetKey {
  readonly day: string;
  readonly customerId: string;
}

/** Tokens a day; `service` absent: the whole service has no limit. */
export interface BudgetLimits {
  readonly customer: number;
  readonly service?: number;
}

/** The day budgets: nothing may be sent that was not set aside here before. */
export interface Budgets {
  read(key: BudgetKey): Promise<{ readonly customer: DaySpending; readonly service: DaySpending }>;
  /** Sets aside `tokens` in all for this reservation; false where the customer's or the service's day has no room. */
  reserve(key: BudgetKey, reservation: TokenReservation, limits: BudgetLimits): Promise<boolean>;
  /**
   * Ends a reservation with what it cost; `all` where nobody knows. Answers what had been set aside; 0 where there is
   * no such reservation, and then nothing changes.
   */
  settle(key: BudgetKey, reservationId: string, tokens: number | 'all'): Promise<number>;
  /** Deletes the days before `day`. */
  purgeBefore(day: string): Promise<void>;
}

export interface TokenReservation {
  readonly reservationId: string;
  readonly tokens: number;
}
