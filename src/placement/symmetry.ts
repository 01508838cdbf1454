import type { Instance } from './instance.ts';
import type { Row } from './rows.ts';

/**
 * Zones of one region that could change places: they sell the same to the same groups at the same price and in the
 * same numbers. Duals are then best alike in them (the bound is concave in the duals, and the mean of what is equally
 * good is no worse), and what a node of one carries one of the other carries as well.
 */
export interface Symmetry {
  /** the zone that stands for each, by `provider/region/zone`: itself where it is like no other */
  readonly zoneLike: ReadonlyMap<string, string>;
  /** the candidate that stands for each */
  readonly like: Int32Array;
  /** for one that stands for others: the others */
  readonly others: readonly (readonly number[])[];
}

export function symmetryOf(instance: Pick<Instance, 'candidates' | 'groupsOn' | 'running'>): Symmetry {
  const { candidates } = instance;
  const inZone = new Map<string, { o: number; sold: string }[]>();
  candidates.forEach((c, o) => {
    const zone = `${c.provider}/${c.region}/${c.zone}`;
    const list = inZone.get(zone) ?? [];
    list.push({ o, sold: soldAs(instance, o) });
    inZone.set(zone, list);
  });
  const zoneLike = new Map<string, string>();
  const first = new Map<string, string>();
  for (const [zone, list] of inZone) {
    list.sort((a, b) => (a.sold < b.sold ? -1 : a.sold > b.sold ? 1 : a.o - b.o));
    const region = zone.slice(0, zone.lastIndexOf('/'));
    const key = `${region} ${list.map((x) => x.sold).join(';')}`;
    if (!first.has(key)) first.set(key, zone);
    zoneLike.set(zone, first.get(key) ?? zone);
  }
  const like = Int32Array.from(candidates, (_, o) => o);
  const others: number[][] = candidates.map(() => []);
  for (const [zone, list] of inZone) {
    const model = inZone.get(zoneLike.get(zone) ?? zone) ?? list;
    if (model === list) continue;
    list.forEach(({ o }, i) => {
      const stands = model[i]?.o ?? o;
      like[o] = stands;
      others[stands]?.push(o);
    });
  }
  return { zoneLike, like, others };
}

/** All that could tell a candidate from its like in another zone. */
function soldAs({ candidates, groupsOn, running }: Pick<Instance, 'candidates' | 'groupsOn' | 'running'>, o: number) {
  const c = candidates[o];
  if (!c) return '';
  const { cpu, memory, storage, pods, devices } = c.allocatable;
  const room = `${cpu} ${memory} ${storage ?? ''} ${pods ?? ''} ${JSON.stringify(devices ?? {})}`;
  const numbers = `${c.atMost ?? ''} ${c.atLeast ?? 0} ${running[o] ?? 0}`;
  return `${c.type} ${c.arch} ${c.purchase} ${c.usdPerHour} ${room} ${numbers} ${groupsOn[o]?.join(',') ?? ''}`;
}

/** Duals that are alike in rows that are: the mean of each such set. */
export function evened(rows: readonly Row[], dual: Float64Array): Float64Array {
  const sums = new Map<string, { sum: number; count: number }>();
  rows.forEach((row, i) => {
    if (row.like === undefined) return;
    const known = sums.get(row.like) ?? { sum: 0, count: 0 };
    known.sum += dual[i] ?? 0;
    known.count++;
    sums.set(row.like, known);
  });
  if (sums.size === 0) return dual;
  return dual.map((y, i) => {
    const alike = sums.get(rows[i]?.like ?? '');
    return alike ? alike.sum / alike.count : y;
  });
}
