import { grouped, type Cluster } from './cluster.ts';
import { HOSTNAME } from './labels.ts';
import type { ClusterPod } from './pods.ts';
import type { Rule } from './topology.ts';
import type { Unit } from './units.ts';

/** Which units may share a node, and how many of one may. */
export interface Company {
  /** most pods of a unit on one node */
  readonly perNode: ReadonlyMap<Unit, number>;
  /** units that may not meet on a node, with why */
  readonly apart: readonly (readonly [a: Unit, b: Unit, why: string])[];
  /** unit → pods that stay where they are and beside which it may not be put */
  readonly shuns: ReadonlyMap<Unit, ReadonlySet<ClusterPod>>;
}

/** Rules over single nodes and host ports, as limits on units. Where several units share a rule they are kept apart. */
export function companyOf(cluster: Cluster, units: readonly Unit[], rules: readonly Rule[]): Company {
  const perNode = new Map<Unit, number>();
  const apart: (readonly [Unit, Unit, string])[] = [];
  const shuns = new Map<Unit, Set<ClusterPod>>();
  const unitOf = new Map(units.flatMap((unit) => unit.pods.map((pod) => [pod, unit] as const)));
  const cap = (unit: Unit, most: number): void => void perNode.set(unit, Math.min(perNode.get(unit) ?? Infinity, most));
  const shun = (unit: Unit, pod: ClusterPod): void => void shuns.set(unit, (shuns.get(unit) ?? new Set()).add(pod));

  for (const { term, owners, targets } of rules) {
    if (term.over !== HOSTNAME || term.kind === 'together') continue;
    const most = term.kind === 'spread' ? (term.maxSkew ?? 1) : 1;
    const own = unitsAmong(owners, unitOf);
    const seen = unitsAmong(targets, unitOf);
    for (const a of own) {
      for (const b of seen) {
        if (a === b) cap(a, most);
        else apart.push([a, b, `a rule over nodes (${term.kind})`]);
      }
      if (term.kind === 'spread' && seen.has(a)) cap(a, most);
    }
    if (term.kind === 'spread') for (const b of seen) if (own.size > 0) cap(b, most);
    const keptTargets = [...targets].filter((pod) => !unitOf.has(pod) && pod.node !== undefined);
    const keptOwners = owners.filter((pod) => !unitOf.has(pod) && pod.node !== undefined);
    for (const a of own) for (const pod of keptTargets) shun(a, pod);
    for (const b of seen) for (const pod of keptOwners) shun(b, pod);
  }
  byHostPort(cluster, units, unitOf, cap, apart, shun);
  return { perNode, apart, shuns };
}

function unitsAmong(pods: Iterable<ClusterPod>, unitOf: ReadonlyMap<ClusterPod, Unit>): Set<Unit> {
  const units = new Set<Unit>();
  for (const pod of pods) {
    const unit = unitOf.get(pod);
    if (unit) units.add(unit);
  }
  return units;
}

function byHostPort(
  cluster: Cluster,
  units: readonly Unit[],
  unitOf: ReadonlyMap<ClusterPod, Unit>,
  cap: (unit: Unit, most: number) => void,
  apart: (readonly [Unit, Unit, string])[],
  shun: (unit: Unit, pod: ClusterPod) => void,
): void {
  const claims = units.flatMap((unit) => unit.hostPorts.map((port) => ({ port, unit })));
  for (const [port, holders] of grouped(claims, (c) => c.port)) {
    holders.forEach(({ unit }, i) => {
      cap(unit, 1);
      for (const { unit: other } of holders.slice(i + 1)) apart.push([unit, other, `host port ${port}`]);
    });
    const kept = cluster.pods.filter((pod) => !unitOf.has(pod) && pod.hostPorts.includes(port));
    for (const { unit } of holders) for (const pod of kept) shun(unit, pod);
  }
}

/** Colours beyond which units are not kept apart on new nodes, but left where they are. */
const MOST_COLOURS = 4;

/**
 * Gives units that may not meet different colours; a node takes units of one colour, and any that has none. Fewest
 * choices first, ties by workload. Units that would need yet another colour are answered as `uncoloured`.
 */
export function coloured(
  units: readonly Unit[],
  company: Company,
): {
  readonly colours: ReadonlyMap<Unit, number>;
  readonly count: number;
  readonly uncoloured: readonly (readonly [unit: Unit, why: string])[];
} {
  const neighbours = new Map<Unit, Map<Unit, string>>();
  for (const [a, b, why] of company.apart) {
    neighbours.set(a, (neighbours.get(a) ?? new Map<Unit, string>()).set(b, why));
    neighbours.set(b, (neighbours.get(b) ?? new Map<Unit, string>()).set(a, why));
  }
  const order = units
    .filter((unit) => neighbours.has(unit))
    .toSorted((a, b) => (neighbours.get(b)?.size ?? 0) - (neighbours.get(a)?.size ?? 0));
  const colours = new Map<Unit, number>();
  const uncoloured: (readonly [Unit, string])[] = [];
  for (const unit of order) {
    const near = neighbours.get(unit) ?? new Map<Unit, string>();
    const taken = new Set([...near.keys()].map((other) => colours.get(other)));
    const free = Array.from({ length: MOST_COLOURS }, (_, c) => c).find((c) => !taken.has(c));
    if (free === undefined) uncoloured.push([unit, [...near.values()][0] ?? '']);
    else colours.set(unit, free);
  }
  return { colours, count: Math.max(1, ...[...colours.values()].map((c) => c + 1)), uncoloured };
}
