/**
 * Reads JSON whose shape is not trusted. Only own properties count, so that `__proto__` or `constructor` in a file
 * are keys like any other; a value of another type than asked for is answered as absent.
 */
export function member(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return here ?? undefined;
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = member(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = member(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = member(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  return listAt(value, ...path).filter((entry) => typeof entry === 'string');
}

export function entriesAt(value: unknown, ...path: readonly string[]): readonly (readonly [string, unknown])[] {
  const found = member(value, ...path);
  return isObject(found) ? Object.entries(found) : [];
}

/** Labels and annotations: the entries whose value is text. */
export function labelsAt(value: unknown, ...path: readonly string[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [key, text] of entriesAt(value, ...path)) if (typeof text === 'string') labels.set(key, text);
  return labels;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands there, for a trouble's line. */
export function shown(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
