import { InvalidArgumentError } from 'commander';
import { parseDurationMs } from '../audit/duration';
import { smallestPromptTokens } from '../probe/prompt';
import type { CustomerShare } from './load-command';

/*
 * What the values of the options of `load` must be. Each throws commander's InvalidArgumentError, which commander shows
 * with the option's name.
 */

const mostPerSecond = 100_000;
const longestLoadMs = 24 * 3_600_000;
const mostPromptTokens = 1_000_000;

/** Requests a second: above 0, fractions too. */
export function parseRate(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= mostPerSecond) return value;
  throw new InvalidArgumentError(`Expected a number above 0 and up to ${mostPerSecond}.`);
}

/** ISO 8601, answered in milliseconds. */
export function parseLoadDuration(text: string): number {
  const ms = parseDurationMs(text) ?? 0;
  if (ms > 0 && ms <= longestLoadMs) return ms;
  throw new InvalidArgumentError('Expected an ISO 8601 duration such as PT20S or PT5M, a day at most.');
}

/** A size, or the least and the most of a range ("100-2000"). */
export function parsePromptTokens(text: string): { readonly least: number; readonly most: number } {
  const [, first = '', second = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [least, most] = [Number(first || 0), Number(second || 0)];
  if (least >= smallestPromptTokens && least <= most && most <= mostPromptTokens) return { least, most };
  throw new InvalidArgumentError(
    `Expected tokens from ${smallestPromptTokens} on, such as 200, or a range such as 100-2000.`,
  );
}

/** `contoso`, or with its part of the load, `contoso=3`; may be given several times. */
export function collectShares(text: string, earlier: readonly CustomerShare[]): readonly CustomerShare[] {
  const [, id, shareText = '1'] = /^([^=]+)(?:=(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  const share = Number(shareText);
  if (id !== undefined && share > 0) return [...earlier, { id, share }];
  throw new InvalidArgumentError('Expected a customer with its part of the load, such as contoso or contoso=3.');
}
