import type { Resources } from '../quantity.ts';
import { locationOf as placeOf, toldApart } from './classes.ts';
import { ruledOut } from './eligible.ts';
import type { Candidate, Group, Problem } from './problem.ts';
import { type Symmetry, symmetryOf } from './symmetry.ts';

/**
 * A problem with names turned into dense numbers, for the loops of the solver.
 *
 * A location is (provider, region, zone, purchase), each as far as some rule tells it apart: every rule about where
 * replicas are is a rule on replicas of a group in a location.
 */
export interface Instance {
  readonly groups: readonly Group[];
  readonly candidates: readonly Candidate[];
  readonly resources: number;
  /** resources of one replica of group g at [g × resources + r] */
  readonly need: Float64Array;
  /** resources of one node of candidate o at [o × resources + r] */
  readonly capacity: Float64Array;
  readonly locations: readonly Location[];
  /** location of candidate o */
  readonly locationOf: Int32Array;
  /** most replicas of g alone on one node of o, 0 where it may not be, at [g × candidates + o] */
  readonly fits: Int32Array;
  /** groups that may use candidate o */
  readonly groupsOn: readonly Int32Array[];
  /** nodes of candidate o that run now */
  readonly running: Int32Array;
  readonly symmetry: Symmetry;
}

export interface Location {
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
  readonly purchase: string;
}

/** Requests and capacities come from binary fractions of GiB and cores: a shortage this small is none. */
const TOLERANCE = 1e-9;
const PODS_UNLIMITED = 1e6;

export function instanceOf(problem: Problem, candidates: readonly Candidate[]): Instance {
  const { groups } = problem;
  const devices = deviceNames(problem);
  const resources = 4 + devices.length;
  const need = vectors(
    groups.map((g) => g.requests),
    devices,
    1,
  );
  const capacity = vectors(
    candidates.map((c) => c.allocatable),
    devices,
    PODS_UNLIMITED,
    1e15,
  );

  const told = toldApart(problem);
  const locations: Location[] = [];
  const locationIndex = new Map<string, number>();
  const locationOf = new Int32Array(candidates.length);
  candidates.forEach((c, o) => {
    const place = placeOf(told, c);
    const key = `${place.provider}/${place.region}/${place.zone}/${place.purchase}`;
    let l = locationIndex.get(key);
    if (l === undefined) {
      l = locations.length;
      locationIndex.set(key, l);
      locations.push(place);
    }
    locationOf[o] = l;
  });

  const fits = new Int32Array(groups.length * candidates.length);
  const groupsOn: Int32Array[] = [];
  const shape = { resources, need, capacity };
  candidates.forEach((candidate, o) => {
    const here: number[] = [];
    groups.forEach((group, g) => {
      if (group.replicas <= 0 || ruledOut(group, candidate) !== undefined) return;
      const most = Math.min(replicasPerNode(shape, g, o), group.perNodeAtMost ?? Infinity);
      if (most <= 0) return;
      fits[g * candidates.length + o] = most;
      here.push(g);
    });
    groupsOn.push(Int32Array.from(here));
  });

  const running = new Int32Array(candidates.length);
  const byId = new Map(candidates.map((c, o) => [c.id, o]));
  for (const r of problem.running) {
    const o = byId.get(r.offering);
    if (o !== undefined) running[o] = (running[o] ?? 0) + r.count;
  }
  const symmetry = symmetryOf({ candidates, groupsOn, running });
  return { groups, candidates, ...shape, locations, locationOf, fits, groupsOn, running, symmetry };
}

function deviceNames(problem: Problem): string[] {
  const names = new Set<string>();
  for (const g of problem.groups) for (const name of Object.keys(g.requests.devices ?? {})) names.add(name);
  return [...names].toSorted();
}

function vectors(
  rows: readonly Resources[],
  devices: readonly string[],
  defaultPods: number,
  defaultStorage = 0,
): Float64Array {
  const width = 4 + devices.length;
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    out[i * width] = row.cpu;
    out[i * width + 1] = row.memory;
    out[i * width + 2] = row.storage ?? defaultStorage;
    out[i * width + 3] = row.pods ?? defaultPods;
    devices.forEach((name, d) => (out[i * width + 4 + d] = row.devices?.[name] ?? 0));
  });
  return out;
}

function replicasPerNode(
  shape: { readonly resources: number; readonly need: Float64Array; readonly capacity: Float64Array },
  g: number,
  o: number,
): number {
  let most = Infinity;
  for (let r = 0; r < shape.resources; r++) {
    const need = shape.need[g * shape.resources + r] ?? 0;
    if (need <= 0) continue;
    const have = shape.capacity[o * shape.resources + r] ?? 0;
    most = Math.min(most, Math.floor(have / need + TOLERANCE));
  }
  return most === Infinity ? 0 : most;
}
