/** Says whether a route parameter's text is acceptable. */
export type Constraint = (value: string) => boolean;

const guid =
  /^(?:[\da-f]{32}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\{[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\}|\([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\))$/i;
const wholeNumber = /^\s*[+-]?\d+\s*$/;
const decimalNumber = /^\s*[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/**
 * The inline constraints of ASP.NET Core's routing (its table "route constraints"), by their text, such as `guid` or
 * `range(1,10)`. Null where there is none of that name.
 */
export function toConstraint(text: string): Constraint | null {
  const [, name = '', argument] = /^(\w+)(?:\((.*)\))?$/.exec(text) ?? [];
  const numbers = (argument ?? '').split(',').map(Number);
  const [first = Number.NaN, second = first] = numbers;
  switch (name.toLowerCase()) {
    case 'alpha':
      return (value) => /^[a-z]*$/i.test(value);
    case 'bool':
      return (value) => /^(?:true|false)$/i.test(value);
    case 'datetime':
      return (value) => !Number.isNaN(Date.parse(value));
    case 'decimal':
    case 'double':
    case 'float':
      return (value) => decimalNumber.test(value);
    case 'guid':
      return (value) => guid.test(value);
    case 'int':
      return (value) => wholeNumber.test(value) && isWithin(BigInt(value), 31n);
    case 'long':
      return (value) => wholeNumber.test(value) && isWithin(BigInt(value), 63n);
    case 'length':
      return (value) => value.length >= first && value.length <= second;
    case 'minlength':
      return (value) => value.length >= first;
    case 'maxlength':
      return (value) => value.length <= first;
    case 'min':
      return (value) => wholeNumber.test(value) && Number(value) >= first;
    case 'max':
      return (value) => wholeNumber.test(value) && Number(value) <= first;
    case 'range':
      return (value) => wholeNumber.test(value) && Number(value) >= first && Number(value) <= second;
    case 'regex':
      return toRegexConstraint(argument ?? '');
    case 'required':
      return (value) => value !== '';
    default:
      return null;
  }
}

function toRegexConstraint(pattern: string): Constraint {
  const expression = new RegExp(pattern, 'i');
  return (value) => expression.test(value);
}

function isWithin(value: bigint, bits: bigint): boolean {
  return value >= -(1n << bits) && value < 1n << bits;
}
