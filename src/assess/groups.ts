import { resourcesFrom } from './amounts.ts';
import type { Resources } from '../quantity.ts';
import { grouped } from './cluster.ts';
import type { Company } from './company.ts';
import type { ClusterPod } from './pods.ts';
import { DISKS } from './slots.ts';
import type { Demand, Unit } from './units.ts';

/** Units that the placement need not tell apart, as it sees them. */
export interface PodGroup {
  readonly name: string;
  readonly units: readonly Unit[];
  readonly replicas: number;
  readonly requests: Resources;
  readonly demand: Demand;
  /** a node takes groups of one colour only; absent = any */
  readonly colour?: number;
  /** 0 = never, `replicas` = all may be */
  readonly spotAtMost: number;
  readonly perNodeAtMost?: number;
  readonly zoneSkew?: number;
  /** pods beside which it may not be put */
  readonly shuns: ReadonlySet<ClusterPod>;
}

/**
 * Merges units of equal requests and demands, since the fewer groups there are the nearer to the best a placement
 * gets in the same time.
 *
 * Limits per node survive the merge: with caps c_w for units of n_w pods, N in all, a node may take as many of the
 * group as min_w c_w·N / n_w. Sharing each node's pods out in proportion to n_w then keeps every cap in fractions, and
 * what holds in fractions holds in whole pods too, because the shares form a transport problem with whole bounds.
 */
export function groupsOf(
  units: readonly Unit[],
  company: Company,
  colours: ReadonlyMap<Unit, number>,
): readonly PodGroup[] {
  let own = 0;
  const keyOf = (unit: Unit): string => {
    const { pods, requests, disks, demand } = unit;
    const mixed = unit.spotAtMost > 0 && unit.spotAtMost < pods.length;
    if (mixed || unit.zoneSkew !== undefined || company.shuns.has(unit)) return `own ${own++}`;
    const hard = company.perNode.get(unit);
    const { cpu, memory, storage, others } = requests;
    return JSON.stringify([
      demand.id,
      [cpu, memory, storage, [...others], disks],
      unit.spotAtMost > 0,
      colours.get(unit) ?? -1,
      hard === undefined ? 0 : [hard, pods.length],
    ]);
  };
  return [...grouped(units, keyOf).values()].flatMap((members, i) => {
    const first = members[0];
    return first ? [groupOf(`${i}`, first, members, company, colours.get(first))] : [];
  });
}

function groupOf(
  name: string,
  first: Unit,
  units: readonly Unit[],
  company: Company,
  colour: number | undefined,
): PodGroup {
  const replicas = units.reduce((n, unit) => n + unit.pods.length, 0);
  const perNode = Math.floor(
    Math.min(...units.map((unit) => (capOf(unit, company) * replicas) / unit.pods.length)) + 1e-9,
  );
  const spot = units.reduce((n, unit) => n + unit.spotAtMost, 0);
  const requests = resourcesFrom(first.requests, 1);
  const devices = first.disks > 0 ? { ...requests.devices, [DISKS]: first.disks } : requests.devices;
  return {
    name,
    units,
    replicas,
    requests: { ...requests, ...(devices && { devices }) },
    demand: first.demand,
    ...(colour !== undefined && { colour }),
    spotAtMost: spot,
    ...(perNode < replicas && { perNodeAtMost: perNode }),
    ...(first.zoneSkew !== undefined && { zoneSkew: first.zoneSkew }),
    shuns: company.shuns.get(first) ?? new Set(),
  };
}

/**
 * Most pods of a unit on one node. Beside the rules of the cluster this is a rule of our own: replicas that are on
 * several nodes today are never put more than half on one, so that no packing makes a single node fatal.
 */
export function capOf(unit: Unit, company: Company): number {
  const half = unit.nodesToday > 1 ? Math.ceil(unit.pods.length / 2) : unit.pods.length;
  return Math.min(half, company.perNode.get(unit) ?? Infinity);
}
