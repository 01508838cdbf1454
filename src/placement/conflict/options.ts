import type { Allowed } from '../../fleet/fleet.ts';
import { matchesAny } from '../../fleet/glob.ts';
import type { Resources } from '../../quantity.ts';
import type { Candidate, Group, Problem } from '../problem.ts';
import { cellKeysOf } from './cell-keys.ts';

/** The dimensions in which `allow` may rule an offering out; the bit of each is its place in this list. */
export const DIMENSIONS = ['provider', 'place', 'region', 'zone', 'arch', 'purchase', 'type', 'gpu'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
export const EVERY_DIMENSION = 2 ** DIMENSIONS.length - 1;

/** Where replicas may be, as rules see it: offerings that differ only in type stand at the same location. */
export interface Location {
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
  readonly purchase: string;
}

export interface Grain {
  readonly locations: readonly Location[];
  /** location of offering o */
  readonly of: Int32Array;
}

/**
 * What each group could use, in dense numbers: what fits on a node, and which dimensions of its `allow` stand in the
 * way. Groups without replicas are left out.
 */
export interface Options {
  readonly problem: Problem;
  readonly groups: readonly Group[];
  readonly offerings: readonly Candidate[];
  /** whether an offering is bought as spot */
  readonly onSpot: Uint8Array;
  /** offerings with a minimum of nodes */
  readonly kept: readonly number[];
  /** by provider, region, zone and purchase */
  readonly fine: Grain;
  /** see {@link cellKeysOf} */
  readonly cellKeys: readonly Int32Array[];
  /** by provider and purchase; region and zone are empty */
  readonly coarse: Grain;
  readonly resources: number;
  /** resources of one replica of g at [g × resources + r] */
  readonly need: Float64Array;
  /** resources of one node of o at [o × resources + r]; Infinity where they are not limited */
  readonly have: Float64Array;
  /** dimensions that rule offering o out for group g, as bits, at [g × offerings + o] */
  readonly blocked: Uint8Array;
  /** most replicas of g on one node of o by its resources alone, at [g × offerings + o] */
  readonly fits: Int32Array;
}

/** A shortage this small is none: requests and capacities come from binary fractions of GiB and cores. */
const HAIR = 1e-9;
/** Replicas on a node that nothing limits. */
const LIMITLESS = 1e6;

export function optionsOf(problem: Problem): Options {
  const { offerings } = problem;
  const groups = problem.groups.filter((g) => g.replicas > 0);
  const devices = [...new Set(groups.flatMap((g) => Object.keys(g.requests.devices ?? {})))].toSorted();
  const resources = 4 + devices.length;
  const need = Float64Array.from(groups.flatMap((g) => amounts(g.requests, devices, 0, 1)));
  const have = new Float64Array(offerings.length * resources);
  offerings.forEach((o, i) => have.set(amounts(o.allocatable, devices, Infinity, Infinity), i * resources));
  const fine = grainOf(offerings, ({ provider, region, zone, purchase }) => ({ provider, region, zone, purchase }));
  return {
    problem,
    groups,
    offerings,
    onSpot: Uint8Array.from(offerings, (o) => (o.purchase === 'spot' ? 1 : 0)),
    kept: [...offerings.keys()].filter((o) => (offerings[o]?.atLeast ?? 0) > 0),
    fine,
    cellKeys: cellKeysOf(offerings, fine),
    coarse: grainOf(offerings, ({ provider, purchase }) => ({ provider, region: '', zone: '', purchase })),
    resources,
    need,
    have,
    blocked: blockedOf(groups, offerings),
    fits: fitsOf(groups.length, offerings.length, resources, need, have),
  };
}

function amounts(r: Resources, devices: readonly string[], noStorage: number, noPods: number): number[] {
  return [r.cpu, r.memory, r.storage ?? noStorage, r.pods ?? noPods, ...devices.map((d) => r.devices?.[d] ?? 0)];
}

function grainOf(offerings: readonly Candidate[], at: (o: Candidate) => Location): Grain {
  const locations: Location[] = [];
  const index = new Map<string, number>();
  const of = Int32Array.from(offerings, (o) => {
    const location = at(o);
    const key = `${location.provider}/${location.region}/${location.zone}/${location.purchase}`;
    const known = index.get(key);
    if (known !== undefined) return known;
    index.set(key, locations.length);
    return locations.push(location) - 1;
  });
  return { locations, of };
}

const VALUE: Readonly<Record<Dimension, (o: Candidate) => string>> = {
  provider: (o) => o.provider,
  place: (o) => `${o.provider}/${o.region}`,
  region: (o) => o.region,
  zone: (o) => o.zone,
  arch: (o) => o.arch,
  purchase: (o) => o.purchase,
  type: (o) => o.type,
  gpu: (o) => o.gpu?.name ?? 'none',
};

export const valueOf = (dimension: Dimension, o: Candidate): string => VALUE[dimension](o);

/** Patterns are matched once for each value that occurs: thousands of offerings share a few hundred. */
function blockedOf(groups: readonly Group[], offerings: readonly Candidate[]): Uint8Array {
  const out = new Uint8Array(groups.length * offerings.length);
  DIMENSIONS.forEach((dimension, d) => {
    const patternsOf = (g: Group): Allowed[Dimension] => g.allow[dimension];
    if (!groups.some((g) => patternsOf(g) !== undefined)) return;
    const values: string[] = [];
    const index = new Map<string, number>();
    const valueAt = Int32Array.from(offerings, (o) => {
      const value = valueOf(dimension, o);
      const at = index.get(value) ?? values.push(value) - 1;
      index.set(value, at);
      return at;
    });
    groups.forEach((group, g) => {
      const patterns = patternsOf(group);
      if (patterns === undefined) return;
      const bit = Uint8Array.from(values, (value) => (matchesAny(patterns, value) ? 0 : 2 ** d));
      const from = g * offerings.length;
      for (let o = 0; o < offerings.length; o++) {
        out[from + o] = (out[from + o] as number) | (bit[valueAt[o] as number] as number);
      }
    });
  });
  return out;
}

/** Counted once for each size of node that occurs. */
function fitsOf(
  groups: number,
  offerings: number,
  resources: number,
  need: Float64Array,
  have: Float64Array,
): Int32Array {
  const sizes = new Map<string, number>();
  const firstOf: number[] = [];
  const sizeOf = new Int32Array(offerings);
  for (let o = 0; o < offerings; o++) {
    const key = have.subarray(o * resources, (o + 1) * resources).join(' ');
    const size = sizes.get(key) ?? firstOf.push(o) - 1;
    sizes.set(key, size);
    sizeOf[o] = size;
  }
  const out = new Int32Array(groups * offerings);
  const fits = new Int32Array(firstOf.length);
  for (let g = 0; g < groups; g++) {
    for (let size = 0; size < fits.length; size++) {
      const o = firstOf[size] as number;
      let most = LIMITLESS;
      for (let r = 0; r < resources; r++) {
        const needed = need[g * resources + r] as number;
        if (needed > 0) most = Math.min(most, Math.floor((have[o * resources + r] as number) / needed + HAIR));
      }
      fits[size] = most;
    }
    for (let o = 0; o < offerings; o++) out[g * offerings + o] = fits[sizeOf[o] as number] as number;
  }
  return out;
}
