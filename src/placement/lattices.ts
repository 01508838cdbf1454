import type { Instance } from './instance.ts';
import { Lattice, type LatticeItem } from './lattice.ts';

/** Points of a table, and points × items of all tables of one pricing: some milliseconds, and some tenths of a second. */
const POINTS = 150_000;
const WORK = 80_000_000;

/**
 * Tables of what nodes can carry, for the candidates whose requests have one that is small enough: one for all that
 * the same groups may use in the same location, in ranges of size so that small nodes have a fine one.
 *
 * @param scarcity of the resources of a candidate's node, adding up to one
 */
export function latticesFor(
  instance: Instance,
  open: readonly number[],
  replicaWorth: Float64Array,
  scarcity: (o: number) => ArrayLike<number>,
): ReadonlyMap<number, Lattice> {
  const { resources, capacity } = instance;
  const capacityOf = (o: number): Float64Array => capacity.subarray(o * resources, (o + 1) * resources);
  const cores = (o: number): number => instance.candidates[o]?.allocatable.cpu ?? 0;
  const found = new Map<number, Lattice>();
  let work = 0;
  // the smallest nodes first: the room that requests leave unused is largest there, and the tables are smallest
  const waiting = classesOf(instance, open).map((members) => members.toSorted((a, b) => cores(a) - cores(b) || a - b));
  waiting.sort((a, b) => cores(a[0] ?? 0) - cores(b[0] ?? 0));
  for (let members = waiting.shift(); members; members = waiting.shift()) {
    const items = itemsOf(instance, members[0] ?? 0, replicaWorth);
    if (items.length === 0) continue;
    if (work > WORK) break;
    const largest = Float64Array.from({ length: resources }, (_, r) =>
      Math.max(...members.map((o) => capacityOf(o)[r] ?? 0)),
    );
    const lattice = Lattice.of(items, largest, scarcity(members[0] ?? 0), POINTS);
    if (lattice) {
      work += lattice.best.length * items.length;
      for (const o of members) found.set(o, lattice);
    } else if (members.length > 1) {
      const half = members.length >> 1;
      waiting.unshift(members.slice(0, half), members.slice(half));
    }
  }
  return found;
}

/** Candidates of one location that the same groups may use. */
function classesOf(instance: Instance, open: readonly number[]): readonly number[][] {
  const classes = new Map<string, number[]>();
  for (const o of open) {
    const key = `${instance.locationOf[o]}:${instance.groupsOn[o]?.join(',')}`;
    const known = classes.get(key);
    if (known) known.push(o);
    else classes.set(key, [o]);
  }
  return [...classes.values()];
}

function itemsOf(instance: Instance, o: number, replicaWorth: Float64Array): LatticeItem[] {
  const { groups, resources, need, locations, locationOf, groupsOn } = instance;
  return [...(groupsOn[o] ?? [])].flatMap((g) => {
    const value = replicaWorth[g * locations.length + (locationOf[o] ?? 0)] ?? 0;
    if (value <= 0) return [];
    const most = Math.min(groups[g]?.perNodeAtMost ?? Infinity, groups[g]?.replicas ?? 0);
    return [{ value, most, need: need.subarray(g * resources, (g + 1) * resources) }];
  });
}
