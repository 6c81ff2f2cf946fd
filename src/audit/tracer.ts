/** What a span says of its work. Never a key, a prompt or an address's query. */
export type SpanFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface NewSpan {
  readonly name: string;
  readonly kind: 'internal' | 'client' | 'producer' | 'consumer';
  readonly facts: SpanFacts;
  /** W3C `traceparent` of the span in another process that this one follows; else the one around it is its parent. */
  readonly parent?: string | undefined;
  /** The spans right under this one each start a trace of their own. */
  readonly eachStartsTrace?: boolean;
}

/** What becomes known while the work goes on. `error.type` among the facts makes the span one of an error. */
export type AddFacts = (facts: SpanFacts) => void;

/** Where work is told of as spans of a trace (OpenTelemetry's words). What goes wrong with that changes no work. */
export interface Tracer {
  inSpan<T>(span: NewSpan, work: (add: AddFacts) => Promise<T>): Promise<T>;
  /** W3C `traceparent` of the span around the caller; undefined outside of one. */
  traceparent(): string | undefined;
}
