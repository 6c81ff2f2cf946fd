import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { escapeExpressions } from './policy-text';

/** An element of a policy. Text is of no use to us but in what a document's hash covers, and is not kept. */
export interface PolicyElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly PolicyElement[];
}

const attributesKey = ':@';

/** What the library answers with `preserveOrder`: one object an element, its name the only other key. */
type ParsedNode = Readonly<Record<string, unknown>>;

/**
 * A policy's or fragment's root element, from `rawxml`, `xml` or a file; null where it cannot be read even after its
 * expressions were escaped. Documents that define entities are refused: no policy needs them.
 */
export function parsePolicy(text: string): PolicyElement | null {
  const plain = text.replace(/^\uFEFF/, '').trim();
  if (/<!DOCTYPE/i.test(plain)) return null;
  const readable = [plain, escapeExpressions(plain)].find((candidate) => XMLValidator.validate(candidate) === true);
  if (readable === undefined) return null;
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
  });
  // The library's own type is `any`.
  const nodes = parser.parse(readable) as readonly ParsedNode[];
  return elementsOf(nodes)[0] ?? null;
}

function elementsOf(nodes: readonly ParsedNode[]): readonly PolicyElement[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== attributesKey);
    if (name === undefined || name.startsWith('#')) return [];
    const children = node[name];
    return [{ name, attributes: attributesOf(node), children: Array.isArray(children) ? elementsOf(children) : [] }];
  });
}

function attributesOf(node: ParsedNode): Readonly<Record<string, string>> {
  const pairs = Object.entries(node[attributesKey] ?? {});
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}
