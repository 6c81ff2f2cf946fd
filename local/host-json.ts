import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AuditorError } from '../src/auditor-error';
import { parseJson } from './settings';
import type { LogLevel } from './worker/messages';

/** What the local host reads of host.json, with the platform's defaults. Times in milliseconds. */
export interface HostJson {
  readonly routePrefix: string;
  /** null: unbounded. */
  readonly functionTimeoutMs: number | null;
  readonly logLevel: LogLevel;
  readonly queues: QueuesOptions;
}

export interface QueuesOptions {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  readonly visibilityTimeoutMs: number;
  readonly maxPollingIntervalMs: number;
  readonly messageEncoding: 'base64' | 'none';
}

const timeSpan = z
  .string()
  .regex(/^(\d+\.)?\d{1,2}:\d{2}:\d{2}(\.\d+)?$/, 'must be a time span such as "00:00:30"')
  .transform(timeSpanMs);

const schema = z.object({
  version: z.literal('2.0'),
  functionTimeout: z.union([z.literal('-1').transform(() => null), timeSpan]).default(30 * 60_000),
  logging: z.object({ logLevel: z.object({ default: z.string().default('Information') }).prefault({}) }).prefault({}),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
      queues: z
        .object({
          batchSize: z.number().int().min(1).max(32).default(16),
          newBatchThreshold: z.number().int().min(0).optional(),
          maxDequeueCount: z.number().int().min(1).default(5),
          visibilityTimeout: timeSpan.default(0),
          maxPollingInterval: timeSpan.default(60_000),
          messageEncoding: z
            .string()
            .default('base64')
            .transform((text) => text.toLowerCase())
            .pipe(z.enum(['base64', 'none'])),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** Throws `config-unreadable` where there is no host.json, `config-invalid` where it is not a valid one. */
export function readHostJson(folder: string): HostJson {
  const path = join(folder, 'host.json');
  if (!existsSync(path)) {
    throw new AuditorError(
      'config-unreadable',
      `There is no ${path}: start the host in the folder of a functions app.`,
    );
  }
  const { functionTimeout, logging, extensions } = parseJson(path, schema);
  const { visibilityTimeout, maxPollingInterval, ...queues } = extensions.queues;
  return {
    routePrefix: trimSlashes(extensions.http.routePrefix),
    functionTimeoutMs: functionTimeout,
    logLevel: toLogLevel(logging.logLevel.default),
    queues: {
      ...queues,
      // One core, the least that an instance has: what works with fewer messages at once works with more.
      newBatchThreshold: queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2),
      visibilityTimeoutMs: visibilityTimeout,
      maxPollingIntervalMs: maxPollingInterval,
    },
  };
}

function timeSpanMs(text: string): number {
  const [seconds = 0, minutes = 0, daysAndHours = '0'] = text
    .split(':')
    .reverse()
    .map((part, index) => (index < 2 ? Number(part) : part)) as [number, number, string];
  const [hours = 0, days = 0] = daysAndHours.split('.').reverse().map(Number);
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}

function toLogLevel(text: string): LogLevel {
  const level = text.toLowerCase();
  const known: readonly LogLevel[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical'];
  return known.find((name) => name === level) ?? 'information';
}
