/** What a test needs of a Bicep file; it is no compiler. */
export interface BicepFile {
  /** Comments, and the text within strings except `${…}`, are blank. */
  readonly code: string;
  readonly parameters: readonly { readonly name: string; readonly isRequired: boolean }[];
  readonly variables: readonly string[];
  readonly resources: readonly { readonly name: string; readonly type: string; readonly apiVersion: string }[];
  readonly modules: readonly BicepModule[];
  readonly outputs: readonly string[];
}

export interface BicepModule {
  readonly name: string;
  readonly path: string;
  readonly given: readonly string[];
}

export function readBicep(text: string): BicepFile {
  const code = withoutTexts(text);
  const all = (pattern: RegExp): readonly RegExpExecArray[] => [...text.matchAll(pattern)];
  return {
    code,
    parameters: all(/^param (\w+) \w+( =)?/gm).map(([, name = '', given]) => ({
      name,
      isRequired: given === undefined,
    })),
    variables: all(/^var (\w+) =/gm).map(([, name = '']) => name),
    resources: all(/^resource (\w+) '([^'@]+)@([^']+)'/gm).map(([, name = '', type = '', apiVersion = '']) => ({
      name,
      type,
      apiVersion,
    })),
    modules: all(/^module (\w+) '([^']+)'[^\n]*\{\n([\s\S]*?)^\}/gm).map(([, name = '', path = '', body = '']) => ({
      name,
      path,
      given: namesGivenIn(body),
    })),
    outputs: all(/^output (\w+) /gm).map(([, name = '']) => name),
  };
}

function namesGivenIn(body: string): readonly string[] {
  const [, params = ''] = /params: \{([\s\S]*?)\}\s*$/.exec(body) ?? [];
  return [...params.matchAll(/(?:^|[{,\n])\s*(\w+):/g)].map(([, name = '']) => name);
}

/** Strings become empty, but for the expressions in them. */
function withoutTexts(text: string): string {
  return text
    .replace(/\\'/g, '')
    .replace(/'([^'\n]|(?<=\$\{[^}\n]*)')*'/g, (string) =>
      [...string.matchAll(/\$\{([^}]*)\}/g)].map(([, inner = '']) => `(${inner})`).join(' '),
    )
    .replace(/\/\/.*$/gm, '')
    .replace(/'[^'\n]*'/g, '');
}
