import type { Resources } from '../quantity.ts';
import { resourcesFrom } from '../manifest/amounts.ts';
import { grouped } from './cluster.ts';
import type { Company } from './company.ts';
import { DISKS } from './slots.ts';
import type { Unit } from './units.ts';

/** Units that the placement need not tell apart, as it sees them. */
export interface PodGroup {
  readonly name: string;
  readonly units: readonly Unit[];
  readonly replicas: number;
  readonly requests: Resources;
  /** 0 = never, `replicas` = all may be */
  readonly spotAtMost: number;
  readonly perNodeAtMost?: number;
  readonly zoneSkew?: number;
}

/**
 * Merges units of equal requests that are open to the same hosts, since the fewer groups there are the nearer to the
 * best a placement gets in the same time. A node may take as many pods of a group as its units allow together; which
 * of them it takes is settled when pods are given their seats.
 *
 * @param hostsOf the same for units that are open to the same hosts
 * @param zonal false: spreads over zones are left aside
 */
export function groupsOf(
  units: readonly Unit[],
  company: Company,
  hostsOf: (unit: Unit) => string,
  zonal: boolean,
): readonly PodGroup[] {
  let own = 0;
  const keyOf = (unit: Unit): string => {
    const { pods, requests, disks } = unit;
    const mixed = unit.spotAtMost > 0 && unit.spotAtMost < pods.length;
    if (mixed || (zonal && unit.zoneSkew !== undefined)) return `own ${own++}`;
    const hard = company.perNode.get(unit.partOf ?? unit);
    const { cpu, memory, storage, others } = requests;
    return JSON.stringify([
      hostsOf(unit),
      [cpu, memory, storage, [...others], disks],
      unit.spotAtMost > 0,
      // pods that are few to a node need many nodes, which pods without that limit would hide
      hard ?? 0,
    ]);
  };
  return [...grouped(units, keyOf).values()].flatMap((members, i) => {
    const first = members[0];
    if (!first) return [];
    const replicas = sum(members, (unit) => unit.pods.length);
    const perNode = sum(members, (unit) => Math.min(unit.pods.length, capOf(unit, company)));
    const group: PodGroup = {
      name: `${i}`,
      units: members,
      replicas,
      requests: requestsOf(first),
      spotAtMost: sum(members, (unit) => unit.spotAtMost),
      ...(perNode < replicas && { perNodeAtMost: perNode }),
      ...(zonal && first.zoneSkew !== undefined && { zoneSkew: first.zoneSkew }),
    };
    return [group];
  });
}

const sum = (units: readonly Unit[], of: (unit: Unit) => number): number => units.reduce((n, unit) => n + of(unit), 0);

export function requestsOf(unit: Unit): Resources {
  const requests = resourcesFrom(unit.requests, 1);
  return unit.disks > 0 ? { ...requests, devices: { ...requests.devices, [DISKS]: unit.disks } } : requests;
}

/**
 * Most pods of a unit on one node. Beside the rules of the cluster this is a rule of our own: replicas that are on
 * several nodes today are never put more than half on one, so that no packing makes a single node fatal.
 */
export function capOf(unit: Unit, company: Company): number {
  const whole = unit.partOf ?? unit;
  const half = whole.nodesToday > 1 ? Math.ceil(whole.pods.length / 2) : whole.pods.length;
  return Math.min(half, company.perNode.get(whole) ?? Infinity);
}
