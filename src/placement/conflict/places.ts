import type { Grain, Location, Options } from './options.ts';
import type { Terms } from './rules.ts';

/** Where one group could run, its `allow` set aside as far as the dimensions say. */
export interface Places {
  readonly grain: Grain;
  /** locations with an offering of which there is no end, and the dimensions of `allow` in the way of it */
  readonly free: readonly { readonly location: number; readonly blocked: number }[];
  /** offerings whose number can run out */
  readonly scarce: readonly number[];
}

/** @param scarce whether an offering's number can run out; undefined where that doesn't matter */
export function placesOf(options: Options, g: number, grain: Grain, scarce: Uint8Array | undefined): Places {
  const { offerings, fits, blocked } = options;
  const ways: number[][] = grain.locations.map(() => []);
  // what nothing blocks settles its location
  const settled = new Uint8Array(grain.locations.length);
  const limited: number[] = [];
  for (let o = 0; o < offerings.length; o++) {
    const at = g * offerings.length + o;
    if ((fits[at] as number) <= 0) continue;
    if (scarce !== undefined && scarce[o] === 1) {
      limited.push(o);
      continue;
    }
    const location = grain.of[o] as number;
    if (settled[location]) continue;
    const bits = blocked[at] as number;
    if (bits === 0) settled[location] = 1;
    const known = ways[location] as number[];
    if (!known.some((other) => (other & bits) === other)) known.push(bits);
  }
  const free = ways.flatMap((masks, location) => masks.map((bits) => ({ location, blocked: bits })));
  return { grain, free, scarce: limited };
}

/** Whether these dimensions of a group's `allow` are set aside at a location. */
export function isOpen(terms: Terms, g: number, blocked: number, at: Location): boolean {
  if ((blocked & ~(terms.allow[g] as number)) !== 0) return false;
  return blocked === 0 || (terms.towards.get(g)?.(at, blocked) ?? true);
}

/** Locations where the group may have replicas under the terms, were no number to run out. */
export function usable(options: Options, places: Places, terms: Terms, g: number): Location[] {
  const { offerings, blocked } = options;
  const { grain, free, scarce } = places;
  const found = new Set<number>();
  for (const f of free) if (isOpen(terms, g, f.blocked, grain.locations[f.location] as Location)) found.add(f.location);
  for (const o of scarce) {
    const l = grain.of[o] as number;
    if (found.has(l)) continue;
    if (isOpen(terms, g, blocked[g * offerings.length + o] as number, grain.locations[l] as Location)) found.add(l);
  }
  return [...found].toSorted((a, b) => a - b).map((l) => grain.locations[l] as Location);
}
