import type { Instance } from './instance.ts';

/** What a person mistyped: told without a stack trace. */
export class Slip extends Error {}

/**
 * The instances that a person asked for: `=name` is that one, a text with `*` is a pattern for the whole name, any other
 * is part of the name. None given = all. A filter that fits none is told, since it is a slip of the pen.
 */
export function selected(instances: readonly Instance[], filters: readonly string[]): Instance[] {
  const idle = filters.filter((filter) => !instances.some((i) => fits(i.name, filter)));
  if (idle.length > 0) throw new Slip(`no instance is called ${idle.join(' or ')}; --list shows them all`);
  return instances.filter((i) => filters.length === 0 || filters.some((filter) => fits(i.name, filter)));
}

function fits(name: string, filter: string): boolean {
  if (filter.startsWith('=')) return name === filter.slice(1);
  if (!filter.includes('*')) return name.includes(filter);
  const pattern = filter.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${pattern.join('.*')}$`).test(name);
}

/** `3` → [3], `1-4` → [1, 2, 3, 4], `1,5` → [1, 5] */
export function seedsOf(text: string): number[] {
  const seeds = text.split(',').flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map((x) => (x.trim() === '' ? Number.NaN : Number(x)));
    const count = to - from + 1;
    return count > 0 && count <= 1000 ? Array.from({ length: count }, (_, i) => from + i) : [Number.NaN];
  });
  if (!seeds.every((s) => Number.isInteger(s) && s > 0))
    throw new Slip(`--seed is a whole number from 1, a range (1-5) or a list (1,3), got ${text}`);
  return seeds;
}
