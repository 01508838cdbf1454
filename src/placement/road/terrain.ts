import type { Resources } from '../../quantity.ts';
import { ruledOut } from '../eligible.ts';
import type { Candidate, Group, Problem } from '../problem.ts';

/** Group number → replicas, none of them zero. */
export type Seats = Map<number, number>;

/** Groups, offerings and resources by number, and what fits where. */
export interface Terrain {
  readonly groups: readonly Group[];
  readonly offerings: readonly Candidate[];
  readonly groupOf: ReadonlyMap<string, number>;
  readonly offeringOf: ReadonlyMap<string, number>;
  /** groups by their largest request beside the largest of all, the largest first; ties by name */
  readonly largestFirst: readonly number[];
  readonly permits: (group: number, offering: number) => boolean;
  /** how many replicas of the group a node has room for beside what is on it; less than 0 never */
  readonly room: (group: number, offering: number, on: ReadonlyMap<number, number>) => number;
}

export function terrainOf({ groups, offerings }: Pick<Problem, 'groups' | 'offerings'>): Terrain {
  const devices = [...new Set(groups.flatMap((g) => Object.keys(g.requests.devices ?? {})))];
  const needs = groups.map(({ requests }) => amountsOf(requests, devices, 0, 1));
  const haves = offerings.map(({ allocatable }) => amountsOf(allocatable, devices, Infinity, Infinity));
  const known = new Map<number, boolean>();

  const permits = (g: number, o: number): boolean => {
    const key = g * offerings.length + o;
    let answer = known.get(key);
    if (answer === undefined) {
      const [group, candidate] = [groups[g], offerings[o]];
      answer = group !== undefined && candidate !== undefined && ruledOut(group, candidate) === undefined;
      known.set(key, answer);
    }
    return answer;
  };

  const room = (g: number, o: number, on: ReadonlyMap<number, number>): number => {
    const need = needs[g];
    const have = haves[o];
    if (!need || !have) return 0;
    let most = (groups[g]?.perNodeAtMost ?? Infinity) - (on.get(g) ?? 0);
    for (let d = 0; d < need.length && most > 0; d++) {
      const each = need[d] as number;
      if (each <= 0) continue;
      let free = withTolerance(have[d] as number);
      for (const [other, n] of on) free -= n * (needs[other]?.[d] as number);
      most = Math.min(most, Math.floor(free / each));
    }
    return Math.max(0, most);
  };

  return {
    groups,
    offerings,
    groupOf: new Map(groups.map((g, i) => [g.name, i])),
    offeringOf: new Map(offerings.map((o, i) => [o.id, i])),
    largestFirst: largestFirst(groups, needs),
    permits,
    room,
  };
}

/** Replicas by the groups' numbers. */
export function seatsOf(terrain: Terrain, replicas: Readonly<Record<string, number>>): Seats {
  const seats: Seats = new Map();
  for (const [name, n] of Object.entries(replicas)) {
    const g = terrain.groupOf.get(name);
    if (g === undefined) throw new RangeError(`${name} is on a node, and no group of the problem has this name`);
    if (n > 0) seats.set(g, n);
  }
  return seats;
}

/** Changes how many replicas of a group there are, by `n`. */
export function add(seats: Seats, g: number, n: number): void {
  const after = (seats.get(g) ?? 0) + n;
  if (after < 0) throw new RangeError(`there would be ${after} replicas of group number ${g}`);
  if (after === 0) seats.delete(g);
  else seats.set(g, after);
}

/** cpu, memory, storage, pods and devices in one row. */
const amountsOf = (r: Resources, devices: readonly string[], storage: number, pods: number): Float64Array =>
  Float64Array.from([
    r.cpu,
    r.memory,
    r.storage ?? storage,
    r.pods ?? pods,
    ...devices.map((d) => r.devices?.[d] ?? 0),
  ]);

function largestFirst(groups: readonly Group[], needs: readonly Float64Array[]): readonly number[] {
  const most = (d: number): number => Math.max(1e-12, ...needs.map((need) => need[d] as number));
  const scale = Array.from(needs[0] ?? [], (_, d) => most(d));
  const size = needs.map((need) => Math.max(0, ...Array.from(need, (x, d) => x / (scale[d] as number))));
  return groups
    .map((_, g) => g)
    .toSorted(
      (a, b) =>
        (size[b] as number) - (size[a] as number) || ((groups[a]?.name ?? '') < (groups[b]?.name ?? '') ? -1 : 1),
    );
}

/** Requests and sizes come from binary fractions of cores and GiB: a shortage this small is none. */
const withTolerance = (amount: number): number => amount * (1 + 1e-9) + 1e-9;
