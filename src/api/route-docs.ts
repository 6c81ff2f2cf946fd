import type { z } from 'zod';
import { diffQuery, exportQuery, historyQuery, pageQuery, periodQuery, startAuditBody } from './read-request';
import {
  auditRecord,
  diff,
  health,
  history,
  integrity,
  limitStatus,
  limitStatuses,
  openApi,
  refreshedLimitStatus,
  startedAudit,
  usage,
} from './response-schemas';
import type { RouteName } from './routes';

/** What a route answers when all goes well; a schema where it is JSON, else the types that it may be of. */
export interface DocumentedAnswer {
  readonly status: number;
  readonly says: string;
  readonly schema?: z.ZodType;
  readonly contentTypes?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteDoc {
  readonly summary: string;
  /** The schemas that check the request. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answers: readonly DocumentedAnswer[];
  /** Statuses of problems that are the caller's, beside 400 and 404. */
  readonly problems?: readonly number[];
}

const etag = { ETag: 'Of this answer; with it in If-None-Match an unchanged answer is a 304 without a body' } as const;

function ok(says: string, schema: z.ZodType): readonly DocumentedAnswer[] {
  return [{ status: 200, says, schema, headers: etag }];
}

/** Routes by name, as openapi.json describes them. */
export const routeDocs: Readonly<Partial<Record<RouteName, RouteDoc>>> = {
  health: {
    summary: 'Whether the service can do its work',
    answers: [
      { status: 200, says: 'It can', schema: health },
      { status: 503, says: 'It cannot: the part that fails', schema: health },
    ],
  },
  customers: {
    summary: 'Every customer: what was promised, what was last seen, the latest verdicts',
    query: pageQuery,
    answers: ok('A page, in the order of the ids', limitStatuses),
  },
  limits: { summary: 'The current limit status of a customer', answers: ok('The status', limitStatus) },
  'limits-refresh': {
    summary: 'The limit status after one probe, or as it is while that counter is being audited',
    answers: [{ status: 200, says: 'The status', schema: refreshedLimitStatus }],
    problems: [429],
  },
  audits: {
    summary: 'The audits of a customer that ended, newest first; a page may be short while there is a token',
    query: historyQuery,
    answers: ok('A page', history),
  },
  'audits-export': {
    summary: 'The same as a file, in pages: one after the other they are one file',
    query: exportQuery,
    answers: [
      {
        status: 200,
        says: 'A page of the file',
        contentTypes: ['text/csv', 'application/x-ndjson'],
        headers: { ...etag, Link: 'The address of the next page, rel="next"; absent with the last one' },
      },
    ],
  },
  audit: {
    summary: 'One audit in any state, with its evidence',
    answers: ok('The audit', auditRecord),
  },
  'audit-diff': {
    summary: 'What changed from another audit of the same check (against) to this one',
    query: diffQuery,
    answers: ok('What changed; what is the same is left out', diff),
    problems: [409],
  },
  'audit-start': {
    summary: 'Queues one audit',
    body: startAuditBody,
    answers: [
      {
        status: 202,
        says: 'It is queued',
        schema: startedAudit,
        headers: { Location: 'Where the audit is read', 'Retry-After': 'Seconds until a look at it may be worth it' },
      },
    ],
    problems: [409, 429],
  },
  integrity: {
    summary: 'Whether the stored history is what was once saved; if not, the first record that is not',
    answers: ok('What verification found', integrity),
  },
  usage: {
    summary: "What our audits used of a customer's allowance, by UTC day and backend",
    query: periodQuery,
    answers: ok('The days with audits, oldest first, and their sum', usage),
  },
  report: {
    summary: 'The audit pack: one HTML page that needs nothing else',
    query: periodQuery,
    answers: [{ status: 200, says: 'The page', contentTypes: ['text/html'], headers: etag }],
  },
  metrics: {
    summary: "What is known of all customers in Prometheus' text format",
    answers: [{ status: 200, says: 'Metrics', contentTypes: ['text/plain'], headers: etag }],
  },
  openapi: {
    summary: 'This document',
    answers: ok('OpenAPI 3.1', openApi),
  },
};
