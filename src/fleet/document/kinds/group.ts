import { z } from 'zod';
import { say } from '../../finding.ts';
import { listed, meant, nearest } from '../../nearest.ts';

/** A set of named fields; a key that is none of them is refused, and the key that was meant is named. */
export function section<S extends z.core.$ZodLooseShape>(
  description: string,
  shape: S,
): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z
    .strictObject(shape, {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => unknownKey(key, known)).join('\n')
          : say('not a set of fields', `write fields such as ${listed(known.slice(0, 3))}, each on a line of its own`),
    })
    .meta({ description });
}

/** One line of a message for each key, in their order. */
export function unknownKey(key: string, known: readonly string[]): string {
  if (key === '<<') return say('YAML 1.2 has no merge keys', 'write the fields out');
  const guess = nearest(key, known);
  return say('no such field', guess === undefined ? `fields here are ${listed(known, 20)}` : `did you mean ${guess}?`);
}

/** Things by name: at least one of them. */
export function named<V extends z.core.SomeType>(
  description: string,
  /** `a market` */
  what: string,
  key: z.ZodType<string, string>,
  value: V,
): z.ZodRecord<z.ZodType<string, string>, V> {
  const remedy = `write the name of ${what}, a colon, and its fields below`;
  return z
    .record(key, value, { error: () => say('not a set of names', remedy) })
    .refine((all) => Object.keys(all).length > 0, { error: () => say('empty', remedy) })
    .meta({ description, minProperties: 1 });
}

/** @param what one item: `a zone` */
export function list<I extends z.core.SomeType>(
  description: string,
  what: string,
  item: I,
  least: 0 | 1 = 1,
): z.ZodArray<I> {
  const remedy = `write a list: ${what} after each dash, or between [ and ] with commas`;
  const array = z.array(item, { error: () => say('not a list', remedy) });
  return (least === 0 ? array : array.min(1, { error: () => say('empty', `name ${what}`) })).meta({ description });
}

/** A list in which nothing stands twice. */
export function set<I extends z.ZodType<string>>(description: string, what: string, item: I): z.ZodArray<I> {
  return list(description, what, item)
    .check((context) => {
      const seen = new Set<string>();
      context.value.forEach((value, index) => {
        if (seen.has(value)) {
          const message = say('stated twice', 'keep one of them');
          context.issues.push({ code: 'custom', input: value, path: [index], message });
        }
        seen.add(value);
      });
    })
    .meta({ description, uniqueItems: true });
}

/** @param what `a provider` */
export function choice<const V extends readonly [string, ...string[]]>(
  what: string,
  values: V,
  description?: string,
): z.ZodEnum<z.core.util.ToEnum<V[number]>> {
  const either = z.enum(values, { error: ({ input }) => say(`not ${what}`, meant(String(input), values)) });
  return description === undefined ? either : either.meta({ description });
}

/** The values a field takes when it is left out, as a person would write them. */
export function otherwise<S extends z.core.SomeType>(schema: S, value: z.core.input<S>): z.ZodPrefault<S> {
  return z.prefault(schema, value);
}
