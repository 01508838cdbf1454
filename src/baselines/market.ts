import { globMatch } from '../fleet/glob.ts';
import type { Candidate, Group, Problem } from '../placement/problem.ts';
import type { Resources } from '../quantity.ts';
import { OfferingSets } from './offering-sets.ts';

/**
 * A problem as the autoscalers see it, in dense numbers: groups g and offerings o, both in the order of their names, so
 * that no answer depends on the order of the file.
 */
export interface Market {
  readonly problem: Problem;
  readonly groups: readonly Group[];
  readonly offerings: readonly Candidate[];
  /** cpu in millicores, memory and storage in MiB, pods, then devices */
  readonly resources: number;
  /** what one replica of g asks for at [g × resources + r] */
  readonly need: Float64Array;
  /** what a node of o has at [o × resources + r]; Infinity where it is not limited */
  readonly capacity: Float64Array;
  readonly price: Float64Array;
  readonly atMost: Float64Array;
  readonly atLeast: Float64Array;
  /** most replicas of g on one node, Infinity where there is no limit */
  readonly perNode: Float64Array;
  readonly sets: OfferingSets;
  /** the set of offerings g may use, by what its rules say; not by size */
  readonly allowed: Int32Array;
  /** provider/region/zone, by number */
  readonly zones: readonly Zone[];
  readonly zoneOf: Int32Array;
}

export interface Zone {
  readonly name: string;
  /** provider/region */
  readonly region: string;
  /** the set of its offerings */
  readonly offerings: number;
}

export function marketOf(problem: Problem): Market {
  const groups = problem.groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const offerings = problem.offerings.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const devices = [...new Set(groups.flatMap((g) => Object.keys(g.requests.devices ?? {})))].toSorted();
  const resources = FIXED + devices.length;
  const capacity = rows(
    offerings.map((o) => o.allocatable),
    devices,
    Infinity,
    Infinity,
  );
  const price = Float64Array.from(offerings, (o) => o.usdPerHour);
  const atMost = Float64Array.from(offerings, (o) => o.atMost ?? Infinity);
  const sets = new OfferingSets(capacity, price, atMost, resources);
  const { zones, zoneOf } = zonesOf(offerings, sets);
  return {
    problem,
    groups,
    offerings,
    resources,
    need: rows(
      groups.map((g) => g.requests),
      devices,
      0,
      1,
    ),
    capacity,
    price,
    atMost,
    atLeast: Float64Array.from(offerings, (o) => o.atLeast ?? 0),
    perNode: Float64Array.from(groups, (g) => g.perNodeAtMost ?? Infinity),
    sets,
    allowed: allowedSets(groups, offerings, sets),
    zones,
    zoneOf,
  };
}

/** cpu, memory, storage, pods */
const FIXED = 4;

function rows(of: readonly Resources[], devices: readonly string[], storage: number, pods: number): Float64Array {
  const width = FIXED + devices.length;
  const out = new Float64Array(of.length * width);
  of.forEach((r, i) => {
    out.set([r.cpu, r.memory, r.storage ?? storage, r.pods ?? pods], i * width);
    devices.forEach((name, d) => (out[i * width + FIXED + d] = r.devices?.[name] ?? 0));
  });
  return out;
}

function zonesOf(offerings: readonly Candidate[], sets: OfferingSets): Pick<Market, 'zones' | 'zoneOf'> {
  const names = offerings.map((o) => `${o.provider}/${o.region}/${o.zone}`);
  const known = [...new Set(names)];
  const index = new Map(known.map((name, z) => [name, z]));
  const members: number[][] = known.map(() => []);
  names.forEach((name, o) => members[index.get(name) as number]?.push(o));
  return {
    zones: known.map((name, z) => ({
      name,
      region: name.split('/').slice(0, 2).join('/'),
      offerings: sets.of(members[z] ?? []),
    })),
    zoneOf: Int32Array.from(names, (name) => index.get(name) as number),
  };
}

/** Groups with the same rules share one set, and each pattern is matched once for each distinct value. */
function allowedSets(groups: readonly Group[], offerings: readonly Candidate[], sets: OfferingSets): Int32Array {
  const matches = new Map<string, boolean>();
  const one = (patterns: readonly string[] | undefined, value: string): boolean =>
    patterns === undefined ||
    patterns.some((pattern) => {
      const key = `${pattern}\n${value}`;
      let answer = matches.get(key);
      if (answer === undefined) matches.set(key, (answer = globMatch(pattern, value)));
      return answer;
    });
  const byRules = new Map<string, number>();
  return Int32Array.from(groups, ({ allow, spotAtMost }) => {
    const key = JSON.stringify([allow, spotAtMost === 0]);
    let set = byRules.get(key);
    if (set === undefined) {
      const here: number[] = [];
      offerings.forEach((o, i) => {
        if (
          !(o.purchase === 'spot' && spotAtMost === 0) &&
          one(allow.provider, o.provider) &&
          one(allow.place, `${o.provider}/${o.region}`) &&
          one(allow.region, o.region) &&
          one(allow.zone, o.zone) &&
          one(allow.arch, o.arch) &&
          one(allow.purchase, o.purchase) &&
          one(allow.type, o.type) &&
          one(allow.gpu, o.gpu?.name ?? 'none')
        )
          here.push(i);
      });
      byRules.set(key, (set = sets.of(here)));
    }
    return set;
  });
}
