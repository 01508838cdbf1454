import { instant, type Instant } from '../../src/units.ts';

/** What a cloud answered, before it was looked at: nothing in it is trusted to be there or to have its type. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** undefined for the empty text too: the decoder writes it for a field that was not sent */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** 64-bit whole numbers come as text */
export function numberOf(value: unknown): number | undefined {
  const n = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
}

/** RFC 3339 with any offset */
export function timeOf(value: unknown): Instant | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : instant(ms);
}

/** `…/zones/europe-west4-a` → `europe-west4-a` */
export function lastOf(link: unknown): string | undefined {
  const text = textOf(link);
  return text === undefined ? undefined : textOf(text.slice(text.lastIndexOf('/') + 1));
}

/** The text after a collection's name: `(…/zones/europe-west4-a/…, 'zones')` → `europe-west4-a` */
export function partOf(link: unknown, collection: string): string | undefined {
  const parts = textOf(link)?.split('/') ?? [];
  const at = parts.indexOf(collection);
  return at < 0 ? undefined : textOf(parts[at + 1]);
}

/** `…/compute/v1/projects/p/zones/z/…` → `projects/p/zones/z/…`: hosts and versions differ between answers */
export function pathOf(link: unknown): string | undefined {
  const text = textOf(link);
  const at = text?.indexOf('projects/') ?? -1;
  return text === undefined || at < 0 ? undefined : text.slice(at);
}
