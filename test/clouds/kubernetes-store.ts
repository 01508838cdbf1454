import type { Json } from './kubernetes-cluster-api.ts';

/** What an API server keeps: objects by resource, each with the version at which it last changed, and what changed since. */
export interface Store {
  /** Puts an object in its place; one that is the same as before changes nothing. */
  put(resource: string, object: Json): Json;
  remove(resource: string, key: string): Json | undefined;
  get(resource: string, key: string): Json | undefined;
  /** in the order of their keys */
  list(resource: string): readonly Json[];
  version(): number;
  /** Forgets what changed before now: whoever comes with an older version is told 410. */
  compact(): void;
  isForgotten(version: number): boolean;
  since(resource: string, version: number): readonly Change[];
  onChange(listener: (resource: string, change: Change) => void): () => void;
}

export interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Json;
}

export const metaOf = (object: Json): { name: string; namespace?: string; resourceVersion?: string } =>
  object.metadata as { name: string; namespace?: string; resourceVersion?: string };

export const keyOf = (object: Json): string => `${metaOf(object).namespace ?? ''}/${metaOf(object).name}`;

export function store(): Store {
  const kept = new Map<string, Map<string, Json>>();
  const log: { readonly resource: string; readonly change: Change }[] = [];
  const listeners = new Set<(resource: string, change: Change) => void>();
  let version = 1000;
  let forgotten = 0;
  const of = (resource: string): Map<string, Json> => {
    const objects = kept.get(resource) ?? new Map<string, Json>();
    kept.set(resource, objects);
    return objects;
  };
  const tell = (resource: string, type: Change['type'], object: Json): Json => {
    version += 1;
    const versioned = { ...object, metadata: { ...metaOf(object), resourceVersion: String(version) } };
    const change: Change = { version, type, object: versioned };
    log.push({ resource, change });
    for (const listener of listeners) listener(resource, change);
    return versioned;
  };
  return {
    put(resource, object) {
      const objects = of(resource);
      const before = objects.get(keyOf(object));
      if (before && same(before, object)) return before;
      const after = tell(resource, before ? 'MODIFIED' : 'ADDED', object);
      objects.set(keyOf(object), after);
      return after;
    },
    remove(resource, key) {
      const before = of(resource).get(key);
      if (!before) return undefined;
      of(resource).delete(key);
      return tell(resource, 'DELETED', before);
    },
    get: (resource, key) => of(resource).get(key),
    list: (resource) => [...of(resource)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object),
    version: () => version,
    compact() {
      version += 1;
      forgotten = version;
      log.length = 0;
    },
    isForgotten: (asked) => asked < forgotten,
    since: (resource, asked) =>
      log.filter((entry) => entry.resource === resource && entry.change.version > asked).map((entry) => entry.change),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Two objects that differ in their version alone are the same. */
function same(a: Json, b: Json): boolean {
  const bare = (object: Json): string =>
    JSON.stringify({ ...object, metadata: { ...metaOf(object), resourceVersion: undefined } });
  return bare(a) === bare(b);
}

/** `a=b`, `a in (b,c)`, `a`, joined by commas. */
export function selected(selector: string | null, object: Json): boolean {
  if (selector === null || selector === '') return true;
  const labels = (object.metadata as { labels?: Record<string, string> }).labels ?? {};
  return selector.split(/,(?![^(]*\))/).every((term) => {
    const among = /^(\S+) in \(([^)]*)\)$/.exec(term.trim());
    if (among) return (among[2] ?? '').split(',').includes(labels[among[1] ?? ''] ?? '\0');
    const [key = '', value] = term.split('=');
    return value === undefined ? key in labels : labels[key] === value;
  });
}

/** RFC 7386: null takes a member away. */
export function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete base[key];
    else base[key] = merged(base[key], value);
  }
  return base;
}
