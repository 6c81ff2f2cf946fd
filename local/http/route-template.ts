import { AuditorError } from '../../src/auditor-error';
import { type Constraint, toConstraint } from './route-constraint';

/** One `{…}` of a route. */
interface Parameter {
  readonly name: string;
  readonly isCatchAll: boolean;
  readonly isOptional: boolean;
  readonly defaultValue: string | undefined;
  readonly constraints: readonly Constraint[];
}

interface Segment {
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
}

/** A route as ASP.NET Core reads it (the platform's HTTP host): literals, parameters, constraints, defaults. */
export type RouteTemplate = readonly Segment[];

/** Throws `config-invalid` for what the platform refuses, and for the few forms that this host does not know. */
export function parseRoute(template: string): RouteTemplate {
  const texts = splitOutsideBraces(template.replace(/^\/+|\/+$/g, ''), '/');
  if (texts.length === 1 && texts[0] === '') return [];
  const segments = texts.map((text) => parseSegment(text, template));
  const isDangling = segments.some(
    ({ parameters }, index) =>
      parameters.some(({ isOptional }) => isOptional) &&
      !segments.slice(index + 1).every((later) => canBeLeftOut(later)),
  );
  if (isDangling) throw invalid(template, 'an optional parameter must stand at the end');
  return segments;
}

/** The parameters of a path that fits (a missing optional one is absent), or null where it does not fit. */
export function matchRoute(template: RouteTemplate, path: string): Readonly<Record<string, string>> | null {
  const given = path.replace(/^\/|\/$/g, '').split('/');
  const parts = given.length === 1 && given[0] === '' ? [] : given.map(decodePart);
  const values: Record<string, string> = {};

  for (const [index, segment] of template.entries()) {
    const [parameter] = segment.parameters;
    if (parameter?.isCatchAll) {
      const rest = parts.slice(index).join('/');
      if (rest !== '' || parameter.defaultValue !== undefined)
        values[parameter.name] = rest || (parameter.defaultValue ?? '');
      return fits(segment.parameters, values) ? values : null;
    }
    const part = parts[index];
    if (part === undefined) {
      if (!canBeLeftOut(segment)) return null;
      if (parameter?.defaultValue !== undefined) values[parameter.name] = parameter.defaultValue;
      continue;
    }
    const match = segment.pattern.exec(part);
    if (!match) return null;
    for (const [position, { name }] of segment.parameters.entries()) values[name] = match[position + 1] ?? '';
    if (!fits(segment.parameters, values)) return null;
  }
  return parts.length > template.length ? null : values;
}

function parseSegment(text: string, template: string): Segment {
  const parameters: Parameter[] = [];
  let pattern = '';
  for (const piece of text.split(/(\{(?:[^{}]|\{\{|\}\})*\})/)) {
    if (piece.startsWith('{') && piece.endsWith('}')) {
      parameters.push(parseParameter(piece.slice(1, -1), template));
      pattern += '(.+)';
    } else {
      if (/[{}]/.test(piece)) throw invalid(template, `"${text}" has an unmatched brace`);
      pattern += piece.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
    }
  }
  if (text === '') throw invalid(template, 'it has an empty segment');
  const isWhole = parameters.length === 1 && pattern === '(.+)';
  if (!isWhole && parameters.some(({ isCatchAll, isOptional }) => isCatchAll || isOptional)) {
    throw invalid(template, `"${text}" mixes text with an optional or catch-all parameter`);
  }
  return { pattern: new RegExp(`^${pattern}$`, 'i'), parameters };
}

function parseParameter(text: string, template: string): Parameter {
  const isCatchAll = text.startsWith('*');
  const [declaration = '', ...defaults] = splitOutsideBraces(text.replace(/^\*+/, ''), '=');
  const isOptional = declaration.endsWith('?');
  const [name = '', ...constraints] = splitOutsideBraces(isOptional ? declaration.slice(0, -1) : declaration, ':');
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) throw invalid(template, `"{${text}}" has no usable name`);
  return {
    name,
    isCatchAll,
    isOptional,
    defaultValue: defaults.length > 0 ? defaults.join('=') : undefined,
    constraints: constraints.map((constraint) => {
      const known = toConstraint(constraint.replaceAll('{{', '{').replaceAll('}}', '}'));
      if (!known) throw invalid(template, `"${constraint}" is no known constraint`);
      return known;
    }),
  };
}

/** Splits where the separator stands outside braces and parentheses: a regex constraint may hold any character. */
function splitOutsideBraces(text: string, separator: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('{('.includes(character)) depth += 1;
    if ('})'.includes(character)) depth -= 1;
    if (character === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function canBeLeftOut({ parameters }: Segment): boolean {
  const [parameter] = parameters;
  return (
    parameters.length === 1 &&
    parameter !== undefined &&
    (parameter.isOptional || parameter.isCatchAll || parameter.defaultValue !== undefined)
  );
}

function fits(parameters: readonly Parameter[], values: Readonly<Record<string, string>>): boolean {
  return parameters.every(({ name, constraints }) => {
    const value = values[name];
    return value === undefined || constraints.every((accepts) => accepts(value));
  });
}

/** Kestrel decodes a path but for the slash, which would change its segments. */
function decodePart(part: string): string {
  try {
    return part
      .split(/(%2f)/i)
      .map((piece) => (/^%2f$/i.test(piece) ? piece : decodeURIComponent(piece)))
      .join('');
  } catch {
    // Not decodable: Kestrel leaves such text as it came.
    return part;
  }
}

function invalid(template: string, why: string): AuditorError {
  return new AuditorError('config-invalid', `Route "${template}" can not be used: ${why}.`);
}
