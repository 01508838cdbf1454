import type { Offering } from '../catalog/offering.ts';

/** A Kubernetes label's value may have this many characters. */
const LONGEST = 63;

/**
 * The name of a new pool: template, zone, type and purchase, as a Kubernetes label may spell it. The region is put
 * before a zone that does not tell it (Azure's are `1`, `2`, `3` everywhere). A name that is taken gets a number; one
 * that is too long is cut and ends in a hash of what it would have been, so that two never become one.
 */
export function poolName(template: string, offering: Offering, taken: ReadonlySet<string>): string {
  const { region, zone, type, purchase } = offering;
  const place = zone.startsWith(region) ? zone : `${region}-${zone}`;
  const full = [template, place, type, purchase].join('-');
  for (let number = 1; ; number++) {
    const name = fitted(full, number === 1 ? '' : `-${number}`);
    if (!taken.has(name)) return name;
  }
}

function fitted(full: string, suffix: string): string {
  const safe = safeName(full);
  if (safe !== '' && safe.length + suffix.length <= LONGEST) return safe + suffix;
  const hash = hashOf(full);
  const room = LONGEST - suffix.length - hash.length - 1;
  return `${safeName(safe.slice(0, room)) || 'pool'}-${hash}${suffix}`;
}

const safeName = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');

/** FNV-1a, 32 bits, in hex: Fowler, Noll and Vo, isthe.com/chongo/tech/comp/fnv */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
