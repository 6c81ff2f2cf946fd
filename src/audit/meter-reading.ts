/** What a meter shows of one subscription, over the window or over one minute of it; tokens. */
export interface MeterRow {
  /** As the meter knows it; empty: the usage is booked on nobody. */
  readonly subscriptionId: string;
  /** Null: this meter counts tokens only. */
  readonly requests: number | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** The minute that the row adds up, where the meter tells it; epoch ms. */
  readonly minuteMs?: number;
  /** The calls that the row adds up, where the meter names them, by the ids that answers carry. */
  readonly callIds?: readonly string[];
}

/**
 * One look at a meter: the rows of [fromMs, toMs) as they stood at `askedMs`. Rows that are not all there are
 * `partial`, and `trouble` is a meter that could not be asked or understood: neither says anything of a customer.
 */
export interface MeterReading {
  readonly askedMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: 'complete' | 'partial' | 'trouble';
  /** Why it is not complete, for people. */
  readonly because: string | null;
  readonly rows: readonly MeterRow[];
}

export interface MeterWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Asks the gateway's meter. Never throws for what a meter or a network did: that is the reading's state. */
export type ReadMeter = (window: MeterWindow, signal?: AbortSignal) => Promise<MeterReading>;
