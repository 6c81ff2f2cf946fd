import { InvalidArgumentError } from 'commander';
import { type CheckName, checkNames } from '../audit/declaration';
import type { Verdict } from '../audit/verdict';

/*
 * What the values of options must be. Each throws commander's InvalidArgumentError, which commander shows with the
 * option's name.
 */

export function parseCheckName(text: string): CheckName {
  return oneOf(checkNames, text);
}

export function parseVerdict(text: string): Verdict {
  return oneOf(['pass', 'fail', 'inconclusive'], text);
}

/** Of an option that may be given several times. */
export function collectChecks(text: string, earlier: readonly CheckName[]): readonly CheckName[] {
  return [...earlier, parseCheckName(text)];
}

/** Of an option that may be given several times. */
export function collectTexts(text: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, text];
}

/** A whole number from 1 to `max`. */
export function parseCount(max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > max) throw new InvalidArgumentError(`Expected a whole number from 1 to ${max}.`);
    return value;
  };
}

/** A date or a time with its zone, as ISO 8601 in UTC. */
export function parseMoment(text: string): string {
  const isMoment = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const ms = isMoment ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Expected a moment such as 2026-11-22 or 2026-11-22T14:00:00Z.');
  return new Date(ms).toISOString();
}

function oneOf<Value extends string>(values: readonly Value[], text: string): Value {
  const found = values.find((value) => value === text);
  if (found === undefined) throw new InvalidArgumentError(`Expected one of ${values.join(', ')}.`);
  return found;
}
