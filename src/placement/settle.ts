import type { Instance } from './instance.ts';
import { Lattice } from './lattice.ts';

/** What dynamic programming says of a candidate. */
interface Settled {
  readonly o: number;
  /** the most that a node of it can carry */
  readonly bound: number;
  /** undefined = the best sum of requests rounds into a filling that does not fit */
  readonly filling: Int32Array | undefined;
  readonly value: number;
}

/** What is settled of candidates: one table for all candidates of a location that the same groups may use. */
export function settled(instance: Instance, open: readonly number[], replicaWorth: Float64Array): Settled[] {
  const classes = new Map<string, number[]>();
  for (const o of open) {
    const key = `${instance.locationOf[o]}:${instance.groupsOn[o]?.join(',')}`;
    classes.set(key, [...(classes.get(key) ?? []), o]);
  }
  const size = (o: number): number => instance.candidates[o]?.allocatable.cpu ?? 0;
  return [...classes.values()].flatMap((members) =>
    settledAlike(
      instance,
      members.toSorted((a, b) => size(a) - size(b) || a - b),
      replicaWorth,
    ),
  );
}

/** @param members of one location and for the same groups, the smallest first */
function settledAlike(instance: Instance, members: readonly number[], replicaWorth: Float64Array): Settled[] {
  const { groups, resources, capacity, locationOf, locations, need } = instance;
  const [first] = members;
  if (first === undefined) return [];
  const l = locationOf[first] ?? 0;
  const worthOf = (g: number): number => replicaWorth[g * locations.length + l] ?? 0;
  const here = [...(instance.groupsOn[first] ?? [])].filter((g) => worthOf(g) > 0);
  if (here.length === 0) return [];
  const items = here.map((g) => ({
    value: worthOf(g),
    most: Math.min(groups[g]?.perNodeAtMost ?? Infinity, groups[g]?.replicas ?? 0),
    need: need.subarray(g * resources, (g + 1) * resources),
  }));
  const capacityOf = (o: number): Float64Array => capacity.subarray(o * resources, (o + 1) * resources);
  const lattice = Lattice.of(items, members.map(capacityOf));
  if (!lattice) {
    // too large a table: the smaller nodes may still have one of their own
    const half = Math.floor(members.length / 2);
    return half === 0
      ? []
      : [members.slice(0, half), members.slice(half)].flatMap((part) => settledAlike(instance, part, replicaWorth));
  }
  return members.map((o) => {
    const counts = lattice.filling(capacityOf(o));
    const filling = new Int32Array(groups.length);
    here.forEach((g, i) => (filling[g] = counts[i] ?? 0));
    const value = items.reduce((sum, item, i) => sum + (counts[i] ?? 0) * item.value, 0);
    return {
      o,
      bound: lattice.value(capacityOf(o)),
      filling: fitsOn(instance, o, filling) ? filling : undefined,
      value,
    };
  });
}

/** Whether a filling keeps every resource and limit of a node of candidate o. */
export function fitsOn(instance: Instance, o: number, filling: Int32Array): boolean {
  const { resources, need, capacity, fits, candidates } = instance;
  for (let g = 0; g < filling.length; g++) {
    if ((filling[g] ?? 0) > (fits[g * candidates.length + o] ?? 0)) return false;
  }
  for (let r = 0; r < resources; r++) {
    let used = 0;
    for (let g = 0; g < filling.length; g++) used += (filling[g] ?? 0) * (need[g * resources + r] ?? 0);
    if (used > (capacity[o * resources + r] ?? 0) * (1 + 1e-9)) return false;
  }
  return true;
}
