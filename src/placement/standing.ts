import type { Instance, Location } from './instance.ts';
import { domainOf, survivorsNeeded } from './master.ts';

/** A rule that does not hold, and where a replica more, or one less, would help it. */
export interface Broken {
  readonly more: (location: number) => boolean;
  readonly less?: (location: number) => boolean;
}

/**
 * The first of a group's own rules that replicas, so many in each location, do not keep; undefined when all hold.
 * Plain counting, used when single replicas are moved or taken away.
 */
export function groupRulesHold(instance: Instance, g: number, inLocation: ArrayLike<number>): Broken | undefined {
  const group = instance.groups[g];
  if (!group) return undefined;
  const usable = locationsOf(instance, g);
  const at = (l: number): Location => instance.locations[l] ?? NOWHERE;
  let total = 0;
  let spot = 0;
  for (const l of usable) {
    total += inLocation[l] ?? 0;
    if (at(l).purchase === 'spot') spot += inLocation[l] ?? 0;
  }
  const onDemand = (l: number): boolean => at(l).purchase !== 'spot';
  const ceiling = group.spotAtMost === undefined || group.spotAtMost >= 1 ? Infinity : group.spotAtMost;
  const spotMost = Math.floor(ceiling * group.replicas + 1e-9);
  if (spot > spotMost) return { more: onDemand, less: (l) => !onDemand(l) };
  const spotLeft = spot < spotMost;
  const open = (l: number): boolean => onDemand(l) || spotLeft;
  if (group.zoneSkew) {
    const { most, within } = group.zoneSkew;
    const scopes = new Map<string, Map<string, number>>();
    for (const l of usable) {
      const scope = within === 'all' ? '' : `${at(l).provider}/${at(l).region}`;
      const zones = scopes.get(scope) ?? new Map<string, number>();
      scopes.set(scope, zones);
      zones.set(zoneOf(at(l)), (zones.get(zoneOf(at(l))) ?? 0) + (inLocation[l] ?? 0));
    }
    for (const zones of scopes.values()) {
      const least = Math.min(...zones.values());
      if (Math.max(...zones.values()) - least <= most) continue;
      return { more: (l) => open(l) && zones.get(zoneOf(at(l))) === least };
    }
  }
  if (total < group.replicas) return { more: open };
  if (!group.survive) return undefined;
  const { loss, share } = group.survive;
  const domains = new Map<string, number>();
  for (const l of usable)
    domains.set(domainOf(at(l), loss), (domains.get(domainOf(at(l), loss)) ?? 0) + (inLocation[l] ?? 0));
  const needed = survivorsNeeded(share, group.replicas);
  for (const [domain, lost] of domains) {
    const left = total - lost;
    if (left >= needed && (group.absorb === undefined || group.absorb * left >= lost - 1e-9)) continue;
    return { more: (l) => open(l) && domainOf(at(l), loss) !== domain };
  }
  return undefined;
}

const NOWHERE: Location = { provider: '', region: '', zone: '', purchase: '' };
const zoneOf = (at: Location): string => `${at.provider}/${at.region}/${at.zone}`;

const cache = new WeakMap<Instance, (readonly number[])[]>();

/** Locations where group g may have replicas, ascending. */
export function locationsOf(instance: Instance, g: number): readonly number[] {
  const known = cache.get(instance) ?? [];
  cache.set(instance, known);
  return (known[g] ??= scan(instance, g));
}

function scan(instance: Instance, g: number): number[] {
  const { candidates, fits, locationOf } = instance;
  const found = new Set<number>();
  for (let o = 0; o < candidates.length; o++) {
    if ((fits[g * candidates.length + o] ?? 0) > 0) found.add(locationOf[o] ?? 0);
  }
  return [...found].toSorted((a, b) => a - b);
}
