import type { Api } from './api-client';

/** What a view gets: the API, the signal that it is left, and a way to tell news to screen readers. */
export interface ViewContext {
  readonly api: Api;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly tell: (news: string) => void;
}

export interface View {
  readonly title: string;
  readonly content: HTMLElement;
}
