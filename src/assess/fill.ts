import { place } from '../placement/place.ts';
import type { Candidate, Group, Problem } from '../placement/problem.ts';
import type { LinearSolver } from '../ports.ts';
import { resourcesFrom } from '../manifest/amounts.ts';
import { grouped } from './cluster.ts';
import { atLeast, frontOf } from './front.ts';
import type { PodGroup } from './groups.ts';
import type { Host } from './hosts.ts';

/** A host with the groups that may be on it and fit there. */
export type Open = readonly [host: Host, groups: readonly PodGroup[]];

/** One node of an answer, and how many pods of each group it carries. */
export interface Filled {
  readonly host: Host;
  readonly replicas: ReadonlyMap<PodGroup, number>;
}

export interface Filling {
  /** one entry a node; nodes that stay are in it only where something is put on them */
  readonly filled: readonly Filled[];
  /** $/h that new nodes cost at least, whatever the filling */
  readonly lowerBoundUsdPerHour: number;
  readonly unplaced: ReadonlyMap<PodGroup, number>;
  /** zones of the hosts that were worth offering, added up */
  readonly zones: number;
}

/**
 * States groups and hosts as a placement problem, solves it and reads the answer.
 *
 * Which group may be on which host is told by classes: hosts that are open to the same groups share one, it stands in
 * the name of their instance type, and each group names the classes it is allowed.
 */
export function filling(groups: readonly PodGroup[], open: readonly Open[], solver: LinearSolver): Filling {
  const index = new Map(groups.map((group, i) => [group, i]));
  const masks = new Map(open.map(([host, here]) => [host, maskOf(here, index)]));
  const mask = (host: Host): bigint => masks.get(host) ?? 0n;
  const kept = worthwhile(groups, bestVariants([...masks.keys()], mask), mask, index);
  const classes = new Map<bigint, string>();
  for (const host of kept) if (!classes.has(mask(host))) classes.set(mask(host), `~${classes.size}`);

  const hosts = new Map(kept.map((host) => [host.id, host]));
  const byName = new Map(groups.map((group) => [group.name, group]));
  const problem: Problem = {
    groups: groups.map((group, i) => {
      const bit = 1n << BigInt(i);
      return problemGroup(
        group,
        [...classes].filter(([m]) => (m & bit) !== 0n).map(([, name]) => name),
      );
    }),
    offerings: kept.map((host) => candidateOf(host, classes.get(mask(host)) ?? '')),
    rules: { vendorShareAtMost: new Map(), commitments: [], discounts: [], flows: [], resourceRates: new Map() },
    running: [],
  };
  const answer = place(problem, solver);

  const counted = (replicas: Readonly<Record<string, number>>): Map<PodGroup, number> => {
    const found = new Map<PodGroup, number>();
    for (const [name, n] of Object.entries(replicas)) {
      const group = byName.get(name);
      if (group && n > 0) found.set(group, n);
    }
    return found;
  };
  const filled = answer.nodes.flatMap((node): Filled[] => {
    const host = hosts.get(node.offering);
    if (!host) throw new Error(`the placement uses ${node.offering}, which it was not offered`);
    const replicas = counted(node.replicas);
    return replicas.size === 0 ? [] : Array.from({ length: node.count }, () => ({ host, replicas }));
  });
  // nodes that stay are in the problem at their price, with a floor of one: a bound scales with prices and is lost at zero
  const stay = kept.reduce((sum, host) => sum + (host.stays ? host.usdPerHour : 0), 0);
  return {
    filled,
    lowerBoundUsdPerHour: Math.max(0, answer.lowerBoundUsdPerHour - stay),
    unplaced: counted(answer.unplaced),
    zones: kept.reduce((n, host) => n + host.zones.length, 0),
  };
}

const isMixed = (group: PodGroup): boolean => group.spotAtMost > 0 && group.spotAtMost < group.replicas;

function maskOf(groups: readonly PodGroup[], index: ReadonlyMap<PodGroup, number>): bigint {
  let mask = 0n;
  for (const group of groups) mask |= 1n << BigInt(index.get(group) ?? 0);
  return mask;
}

/** The same offering can be a node of several kinds and colours: one that is open to no more groups than another falls away. */
function bestVariants(hosts: readonly Host[], mask: (host: Host) => bigint): readonly Host[] {
  const best: Host[] = [];
  for (const variants of grouped(hosts, (h) => (h.stays ? h.id : h.offering.id)).values()) {
    variants.forEach((a, i) => {
      const beaten = variants.some((b, j) => {
        if (i === j || (mask(a) & mask(b)) !== mask(a) || !atLeast(b.room, a.room)) return false;
        return mask(a) !== mask(b) || !atLeast(a.room, b.room) || j < i;
      });
      if (!beaten) best.push(a);
    });
  }
  return best;
}

/** Leaves out hosts for which another of their class is no dearer and no smaller. Nodes that stay are all kept. */
function worthwhile(
  groups: readonly PodGroup[],
  hosts: readonly Host[],
  mask: (host: Host) => bigint,
  index: ReadonlyMap<PodGroup, number>,
): readonly Host[] {
  const spread = maskOf(
    groups.filter((g) => g.zoneSkew !== undefined),
    index,
  );
  const mixed = groups.some(isMixed);
  const classOf = (host: Host): string => {
    const { provider, region, zone, purchase } = host.offering;
    const where = (mask(host) & spread) === 0n ? '' : `${provider}/${region}/${zone}`;
    return `${mask(host).toString(36)} ${where} ${mixed ? purchase : ''}`;
  };
  const fresh = hosts.filter((host) => !host.stays);
  return [
    ...hosts.filter((host) => host.stays),
    ...[...grouped(fresh, classOf).values()].flatMap((same) =>
      frontOf(
        same,
        (h) => h.usdPerHour,
        (h) => h.room,
      ),
    ),
  ];
}

function candidateOf(host: Host, hostClass: string): Candidate {
  const { provider, region, zone, type, family, arch, purchase, vcpu, memory, gpu } = host.offering;
  return {
    id: host.id,
    provider,
    region,
    zone,
    type: `${type}${hostClass}`,
    family,
    arch,
    purchase,
    vcpu,
    memory,
    ...(gpu && { gpu }),
    usdPerHour: host.usdPerHour,
    allocatable: resourcesFrom(host.room.amounts, host.room.pods),
    ...(host.stays && { atMost: 1, atLeast: 1 }),
  };
}

function problemGroup(group: PodGroup, classes: readonly string[]): Group {
  return {
    name: group.name,
    replicas: group.replicas,
    requests: group.requests,
    allow: { type: classes.map((name) => `*${name}`) },
    ...(group.perNodeAtMost !== undefined && { perNodeAtMost: group.perNodeAtMost }),
    ...(isMixed(group) && { spotAtMost: group.spotAtMost / group.replicas }),
    ...(group.zoneSkew !== undefined && { zoneSkew: { most: group.zoneSkew, within: 'region' as const } }),
  };
}
