import { eventsOf } from './event-stream';
import type { StreamTimes } from './exchange';
import { fieldOf, parseJson } from './json-value';

/** A body had come up to (not with) byte `endsAt` at a moment; epoch ms. */
export interface BodyPart {
  readonly endsAt: number;
  readonly atMs: number;
}

/** A sender who writes single bytes must not make us keep one of these for each. */
const mostParts = 20_000;

/** Keeps when a body had come how far: one entry a moment, and no more than 20,000. */
export function noteParts(): { add(part: BodyPart): void; list(): readonly BodyPart[] } {
  const parts: BodyPart[] = [];
  return {
    add(part) {
      const isSameMoment = parts.at(-1)?.atMs === part.atMs;
      if (isSameMoment || parts.length === mostParts) parts.pop();
      parts.push(part);
    },
    list: () => parts,
  };
}

/**
 * When the model's words came, from the events of a stream (one character a byte) and the moments at which its parts
 * came. Parts are cut anywhere: one may hold several events, and an event may come in several; an event counts when it
 * is whole. An event is not a token either: gateways and content filters collect several tokens in one. Null where no
 * event holds words.
 */
export function streamTimesOf(text: string, parts: readonly BodyPart[]): StreamTimes | null {
  const ends = eventsOf(text).flatMap(({ data, endsAt }) => (holdsWords(data) ? [endsAt] : []));
  const [first, last] = [ends[0], ends.at(-1)];
  if (first === undefined || last === undefined) return null;
  const momentOf = (end: number) => parts.find(({ endsAt }) => endsAt >= end)?.atMs ?? parts.at(-1)?.atMs ?? 0;
  return { firstMs: momentOf(first), lastMs: momentOf(last), events: ends.length };
}

/** A chat chunk whose delta says something (a role alone says nothing), or a delta event of the Responses API. */
function holdsWords(data: string): boolean {
  const event = parseJson(data);
  const choices = fieldOf(event, 'choices');
  if (Array.isArray(choices)) return choices.some((choice) => saysSomething(fieldOf(choice, 'delta')));
  return /\.delta$/.test(String(fieldOf(event, 'type'))) && isText(fieldOf(event, 'delta'));
}

function saysSomething(delta: unknown): boolean {
  const texts = ['content', 'refusal', 'reasoning_content'].some((name) => isText(fieldOf(delta, name)));
  return texts || Array.isArray(fieldOf(delta, 'tool_calls'));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
