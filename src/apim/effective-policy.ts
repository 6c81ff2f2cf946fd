import { type ApimConfiguration, nameOfPlace, type PlacedPolicy, type PolicyPlace } from './apim-configuration';
import type { PolicyElement } from './policy-element';
import { namesIn, shortened, statedIn } from './stated';

/** An element that a request comes by, or may come by. */
export interface EffectiveElement {
  readonly element: PolicyElement;
  /** For people: where it stands. */
  readonly where: string;
  /** What must hold for it to be run; null: it always is. */
  readonly condition: string | null;
}

/** Something on the way that cannot be looked into: whatever is there may stand in it. */
export interface Blind {
  readonly where: string;
  readonly because: string;
  readonly part: 'policies' | 'fragments';
}

export interface EffectiveSection {
  readonly elements: readonly EffectiveElement[];
  readonly blind: readonly Blind[];
}

type Section = 'inbound' | 'backend';
type Sources = Pick<ApimConfiguration, 'policies' | 'fragments' | 'namedValues'>;

/** Fragments may not hold fragments; whoever's do is followed so far. */
const deepestFragments = 5;

interface Walk {
  readonly where: string;
  readonly condition: string | null;
  readonly depth: number;
  /** What `<base/>` stands for. */
  readonly outer: EffectiveSection;
}

const nothing: EffectiveSection = { elements: [], blind: [] };

/**
 * What a request comes by in a section, in order. `places` are the scopes that apply to it, the outermost first: each
 * one's policy stands where the next one says `<base/>`, and nowhere if it does not say so. A scope without a policy
 * hands on what is outside of it; so, perhaps, does one whose policy lacks the section.
 */
export function effectiveSection(section: Section, places: readonly PolicyPlace[], sources: Sources): EffectiveSection {
  return places.reduce<EffectiveSection>((outer, place) => {
    const policy = sources.policies.find((candidate) => isSamePlace(candidate.place, place));
    return policy === undefined ? outer : sectionOf(section, policy, outer, sources);
  }, nothing);
}

function sectionOf(
  section: Section,
  policy: PlacedPolicy,
  outer: EffectiveSection,
  sources: Sources,
): EffectiveSection {
  const where = nameOfPlace(policy.place);
  switch (policy.state) {
    case 'none':
      return outer;
    case 'unreadable':
      return joined([
        perhaps(outer, `if ${where} says so`),
        { elements: [], blind: [{ where, because: policy.because, part: 'policies' }] },
      ]);
    case 'read': {
      const found = policy.root.children.find(({ name }) => name === section);
      if (found === undefined) return perhaps(outer, `if ${where}, which has no ${section} section, hands it on`);
      return walk(found.children, { where, condition: null, depth: 0, outer }, sources);
    }
    default:
      return policy satisfies never;
  }
}

function walk(elements: readonly PolicyElement[], from: Walk, sources: Sources): EffectiveSection {
  return joined(elements.map((element) => step(element, from, sources)));
}

function step(element: PolicyElement, from: Walk, sources: Sources): EffectiveSection {
  const { where, condition, outer } = from;
  switch (element.name) {
    case 'base':
      return condition === null ? outer : perhaps(outer, condition);
    case 'include-fragment':
      return fragmentOf(element, from, sources);
    case 'choose':
      return joined(element.children.map((branch) => branchOf(branch, from, sources)));
    case 'retry':
    case 'limit-concurrency':
      return joined([{ elements: [{ element, where, condition }], blind: [] }, walk(element.children, from, sources)]);
    default:
      return { elements: [{ element, where, condition }], blind: [] };
  }
}

function branchOf(branch: PolicyElement, from: Walk, sources: Sources): EffectiveSection {
  const text = branch.attributes.condition ?? '';
  const inside = branch.name === 'when' ? `when ${shortened(text)}` : 'when no other branch applies';
  const condition = from.condition === null ? inside : `${from.condition}, and ${inside}`;
  return walk(branch.children, { ...from, condition }, sources);
}

function fragmentOf(element: PolicyElement, from: Walk, sources: Sources): EffectiveSection {
  const stated = statedIn(element.attributes['fragment-id'], sources);
  const id = stated?.kind === 'known' ? stated.text : shortened(element.attributes['fragment-id'] ?? '?');
  const where = `fragment ${id} in ${from.where}`;
  const blind = (because: string) => ({ elements: [], blind: [{ where, because, part: 'fragments' as const }] });
  const fragment = sources.fragments.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
  if (fragment === undefined || fragment.state === 'none') return blind('it is not there');
  if (fragment.state === 'unreadable') return blind(fragment.because);
  if (from.depth >= deepestFragments) return blind('fragments include each other without end');
  return walk(fragment.root.children, { ...from, where, depth: from.depth + 1 }, sources);
}

function perhaps({ elements, blind }: EffectiveSection, condition: string): EffectiveSection {
  const both = (own: string | null) => (own === null ? condition : `${condition}, and ${own}`);
  return { elements: elements.map((one) => ({ ...one, condition: both(one.condition) })), blind };
}

function joined(sections: readonly EffectiveSection[]): EffectiveSection {
  return {
    elements: sections.flatMap(({ elements }) => elements),
    blind: sections.flatMap(({ blind }) => blind),
  };
}

export function isSamePlace(a: PolicyPlace, b: PolicyPlace): boolean {
  if (a.scope === 'global' || b.scope === 'global') return a.scope === b.scope;
  return a.scope === b.scope && a.id.toLowerCase() === b.id.toLowerCase();
}

/** The fragments that a policy includes, by their ids as they are written. */
export function fragmentsIn(element: PolicyElement): readonly string[] {
  const own = element.name === 'include-fragment' ? [element.attributes['fragment-id'] ?? ''] : [];
  return [...own.filter((id) => id !== ''), ...element.children.flatMap(fragmentsIn)];
}

/** The named values that a policy's attributes name. */
export function namedValuesIn(element: PolicyElement): readonly string[] {
  const own = Object.values(element.attributes).flatMap(namesIn);
  return [...new Set([...own, ...element.children.flatMap(namedValuesIn)])];
}
