import type { z } from 'zod';

/** One problem of a file's form as `path: what`, one a key where several are unknown. Never repeats a value. */
export function describeIssue(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${pathOf([...issue.path, key])}: unknown key`);
  return [`${pathOf(issue.path)}: ${describe(issue)}`];
}

/** A place in the file as people write it: `customers[1].gateway`. */
function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'required' : `expected ${nounOf(issue.expected)}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return expectedSize(issue.inclusive === false ? 'more than' : 'at least', issue.origin, issue.minimum);
    case 'too_big':
      return expectedSize(issue.inclusive === false ? 'less than' : 'at most', issue.origin, issue.maximum);
    case 'invalid_key':
      return 'unknown key';
    default:
      return issue.message;
  }
}

function nounOf(expected: string): string {
  switch (expected) {
    case 'int':
      return 'a whole number';
    case 'object':
    case 'record':
      return 'an object';
    case 'array':
      return 'a list';
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'a text';
    default:
      return `a ${expected}`;
  }
}

function expectedSize(comparison: string, origin: string, size: number | bigint): string {
  if (origin === 'array') return `expected ${comparison} ${size} ${size === 1 ? 'entry' : 'entries'}`;
  return `expected ${comparison} ${size}`;
}
