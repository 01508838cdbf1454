import type { JsonSchema } from '../fleet/json-schema.ts';
import { listed, meant, nearest } from '../fleet/nearest.ts';
import type { Path } from '../fleet/finding.ts';
import type { Finding } from './json-text.ts';

/**
 * What may stand at a place of a JSON file: one description that checks the file and is its JSON Schema.
 *
 * Written by hand, because it is asked of hundreds of thousands of fields and before every run: it costs a few
 * milliseconds where a schema library takes longer than that to load.
 */
export interface Shape<T> {
  readonly check: (value: unknown, at: At, found: Finding[]) => void;
  readonly schema: JsonSchema;
  /** what to write where it is missing */
  readonly remedy: string;
  /** never there: carries the type */
  readonly is?: T;
}

/** Where a value stands, from the inside out; it becomes a path only when something is wrong. */
export interface At {
  readonly up?: At;
  readonly key: string | number;
}

export function pathOf(at: At | undefined): Path {
  const path: (string | number)[] = [];
  for (let here = at; here?.up !== undefined; here = here.up) path.unshift(here.key);
  return path;
}

export const TOP: At = { key: '' };

export interface Optional<T> extends Shape<T> {
  readonly optional: true;
}

export const optional = <T>(shape: Shape<T>): Optional<T> => ({ ...shape, optional: true });

/** The shape of each field of T: those that T may lack are optional, and no other. */
type Fields<T> = {
  readonly [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K> ? Optional<Exclude<T[K], undefined>> : Shape<T[K]>;
};

/** Named fields; a name that is none of them is refused, and the one that was meant is told. */
export function fields<T extends object>(description: string, shapes: Fields<T>): Shape<T> {
  const all = Object.entries<Shape<unknown>>(shapes);
  const shapeOf = new Map(all);
  const names = all.map(([name]) => name);
  const required = all.flatMap(([name, shape]) => ('optional' in shape ? [] : [name]));
  const remedy = `write an object with the fields ${listed(names)}`;
  return {
    check(value, at, found) {
      if (!objectAt(value, at, found, remedy)) return;
      const meantHere = new Set<string>();
      for (const [name, inner] of Object.entries(value)) {
        const shape = shapeOf.get(name);
        const here = { up: at, key: name };
        if (shape) shape.check(inner, here, found);
        else found.push(unknownField(here, name, names, meantHere));
      }
      for (const name of required) {
        // a misspelt field is both unknown and missing: the first says it all
        if (Object.hasOwn(value, name) || meantHere.has(name)) continue;
        const missing = shapeOf.get(name)?.remedy ?? remedy;
        found.push({ path: pathOf({ up: at, key: name }), problem: 'missing', remedy: missing });
      }
    },
    schema: {
      type: 'object',
      description,
      properties: Object.fromEntries(all.map(([name, shape]) => [name, shape.schema])),
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    },
    remedy,
  };
}

function unknownField(here: At, name: string, names: readonly string[], meantHere: Set<string>): Finding {
  const guess = nearest(name, names);
  if (guess !== undefined) meantHere.add(guess);
  const remedy = guess === undefined ? `fields here are ${listed(names, 20)}` : `did you mean ${guess}?`;
  return { path: pathOf(here), onKey: true, problem: 'no such field', remedy };
}

/** @param what one of them: `a group` */
export function list<T>(description: string, what: string, item: Shape<T>, least: 0 | 1 = 0): Shape<readonly T[]> {
  const remedy = `write a list between [ and ], ${what} after each comma`;
  return {
    check(value, at, found) {
      if (!Array.isArray(value)) {
        found.push({ path: pathOf(at), problem: nature(value, 'list'), remedy });
        return;
      }
      if (value.length < least) found.push({ path: pathOf(at), problem: 'it is empty', remedy: `name ${what}` });
      value.forEach((inner, key) => item.check(inner, { up: at, key }, found));
    },
    schema: { type: 'array', description, items: item.schema, ...(least > 0 && { minItems: least }) },
    remedy,
  };
}

/**
 * Values by names that only the file knows: groups, offerings.
 *
 * @param what a name and its value: `"aws": 0.6`
 */
export function byName<T>(description: string, what: string, item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  const remedy = `write an object like { ${what} }`;
  return {
    check(value, at, found) {
      if (!objectAt(value, at, found, remedy)) return;
      for (const [key, inner] of Object.entries(value)) item.check(inner, { up: at, key }, found);
    },
    schema: { type: 'object', description, additionalProperties: item.schema },
    remedy,
  };
}

/** Any text but an empty one. */
export function text(description: string, example: string): Shape<string> {
  const remedy = `write a text in double quotes, like ${JSON.stringify(example)}`;
  return {
    check(value, at, found) {
      if (typeof value !== 'string') found.push({ path: pathOf(at), problem: nature(value, 'text'), remedy });
      else if (value === '') found.push({ path: pathOf(at), problem: 'it is empty', remedy });
    },
    schema: { type: 'string', description, minLength: 1, examples: [example] },
    remedy,
  };
}

export function choice<const V extends string>(description: string, values: readonly V[]): Shape<V> {
  return {
    check(value, at, found) {
      if (typeof value !== 'string') {
        found.push({ path: pathOf(at), problem: nature(value, 'text'), remedy: meant('', values) });
      } else if (!values.some((v) => v === value)) {
        found.push({ path: pathOf(at), problem: 'it is none of those known', remedy: meant(value, values) });
      }
    },
    schema: { type: 'string', description, enum: values },
    remedy: meant('', values),
  };
}

interface Range {
  readonly whole?: boolean;
  readonly least?: number;
  readonly most?: number;
  /** strictly more than this */
  readonly above?: number;
}

/** @param unit what is counted, in words that follow a number: `nodes`, `USD an hour` */
export function number(description: string, unit: string, example: number, range: Range = {}): Shape<number> {
  const { whole = false, least = -Infinity, most = Infinity, above = -Infinity } = range;
  const from = least > -Infinity ? ` from ${least}` : above > -Infinity ? ` above ${above}` : '';
  const to = most === Infinity ? '' : ` to ${most}`;
  const remedy = `write a ${whole ? 'whole ' : ''}number of ${unit}${from}${to}, without quotes, like ${example}`;
  const fault = (value: unknown): string | undefined => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return nature(value, 'number');
    if (whole && !Number.isInteger(value)) return 'it is not a whole number';
    if (value < least) return `it is less than ${least}`;
    if (value <= above) return `it is not above ${above}`;
    return value > most ? `it is more than ${most}` : undefined;
  };
  return {
    check(value, at, found) {
      const problem = fault(value);
      if (problem !== undefined) found.push({ path: pathOf(at), problem, remedy });
    },
    schema: {
      type: whole ? 'integer' : 'number',
      description,
      ...(least > -Infinity && { minimum: least }),
      ...(above > -Infinity && { exclusiveMinimum: above }),
      ...(most < Infinity && { maximum: most }),
      examples: [example],
    },
    remedy,
  };
}

/** Every file of ours says which version of the format it is. */
export const version: Shape<1> = {
  check(value, at, found) {
    if (value !== 1) found.push({ path: pathOf(at), problem: 'no such version', remedy: 'write 1' });
  },
  schema: { const: 1, description: 'Version of this format.' },
  remedy: 'write 1',
};

/** What a value is instead, in words. */
export function nature(value: unknown, wanted: string): string {
  if (value === null) return 'nothing stands there';
  const is = Array.isArray(value) ? 'list' : KINDS[typeof value];
  return is === wanted || is === undefined
    ? `it is no ${wanted}`
    : `it is a ${is}, not a ${wanted}`.replace('a o', 'an o');
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
};

/** Whether an object stands there; told where not. */
export function objectAt(
  value: unknown,
  at: At,
  found: Finding[],
  remedy: string,
): value is Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return true;
  found.push({ path: pathOf(at), problem: nature(value, 'object'), remedy });
  return false;
}
