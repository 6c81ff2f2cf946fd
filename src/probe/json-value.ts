/** What a text holds as JSON, or `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // JSON.parse throws for nothing but the text; there is no cause worth keeping.
    return undefined;
  }
}

/** A field of a JSON object; `undefined` where the value is no object or lacks it. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) {
    return undefined;
  }
  return Reflect.get(value, name);
}
