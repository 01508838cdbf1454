import { place } from '../placement/place.ts';
import type { Candidate, Group, Problem } from '../placement/problem.ts';
import type { LinearSolver } from '../ports.ts';
import { resourcesFrom } from './amounts.ts';
import { grouped } from './cluster.ts';
import type { PodGroup } from './groups.ts';
import { atLeast } from './front.ts';
import { fitsAlone, permissions, worthwhile, type Host } from './hosts.ts';

/** A node of the answer, and how many pods of each group it carries. */
export interface FilledHost {
  readonly host: Host;
  /** hosts it could as well be, in other zones at the same price; itself among them */
  readonly twins: readonly Host[];
  readonly replicas: ReadonlyMap<PodGroup, number>;
}

export interface Packing {
  /** one entry a node; nodes that stay are in it only where something is put on them */
  readonly filled: readonly FilledHost[];
  /** $/h of the new nodes */
  readonly usdPerHour: number;
  /** no packing of the same groups on the same hosts costs less */
  readonly lowerBoundUsdPerHour: number;
  readonly unplaced: ReadonlyMap<PodGroup, number>;
  readonly methods: ReadonlySet<string>;
}

/**
 * Packs groups onto hosts. Groups that share no host are packed apart, which changes nothing about the best and makes
 * each problem small: their costs and bounds add up.
 */
export function packed(groups: readonly PodGroup[], hosts: readonly Host[], solver: LinearSolver): Packing {
  const openTo = permissions(groups);
  const open = hosts.map((host): readonly [Host, readonly PodGroup[]] => [
    host,
    openTo(host).filter((group) => fitsAlone(group, host)),
  ]);
  const filled: FilledHost[] = [];
  const unplaced = new Map<PodGroup, number>();
  const methods = new Set<string>();
  let usdPerHour = 0;
  let lowerBoundUsdPerHour = 0;
  for (const part of partsOf(groups, open)) {
    if (part.hosts.length === 0) {
      for (const group of part.groups) unplaced.set(group, group.replicas);
      continue;
    }
    const answer = packPart(part, solver);
    filled.push(...answer.filled);
    for (const [group, n] of answer.unplaced) unplaced.set(group, n);
    for (const method of answer.methods) methods.add(method);
    usdPerHour += answer.usdPerHour;
    lowerBoundUsdPerHour += answer.lowerBoundUsdPerHour;
  }
  return { filled, usdPerHour, lowerBoundUsdPerHour, unplaced, methods };
}

interface Part {
  readonly groups: readonly PodGroup[];
  readonly hosts: readonly (readonly [Host, readonly PodGroup[]])[];
}

/** Groups that are linked by hosts open to both, with those hosts. */
function partsOf(
  groups: readonly PodGroup[],
  open: readonly (readonly [Host, readonly PodGroup[]])[],
): readonly Part[] {
  const parent = new Map(groups.map((group) => [group, group]));
  const rootOf = (group: PodGroup): PodGroup => {
    let here = group;
    for (let up = parent.get(here); up !== undefined && up !== here; up = parent.get(here)) here = up;
    parent.set(group, here);
    return here;
  };
  for (const [, here] of open) {
    const [first] = here;
    if (first) for (const other of here) parent.set(rootOf(other), rootOf(first));
  }
  const hosts = grouped(
    open.filter(([, here]) => here.length > 0),
    ([, [first]]) => (first ? rootOf(first) : undefined),
  );
  return [...grouped(groups, rootOf)].map(([root, members]) => ({ groups: members, hosts: hosts.get(root) ?? [] }));
}

function packPart(part: Part, solver: LinearSolver): Packing {
  const index = new Map(part.groups.map((group, i) => [group, i]));
  const bits = new Map(part.hosts.map(([host, here]) => [host, maskOf(here, index)]));
  const mask = (host: Host): bigint => bits.get(host) ?? 0n;
  const best = bestVariants(
    part.hosts.map(([host]) => host),
    mask,
  );

  const skewed = maskOf(
    part.groups.filter((g) => g.zoneSkew !== undefined),
    index,
  );
  const mixed = part.groups.some(isMixed);
  const classOf = (host: Host): string => {
    const { provider, region, zone, purchase } = host.offering;
    const where = (mask(host) & skewed) === 0n ? '' : `${provider}/${region}/${zone}`;
    return `${mask(host).toString(36)} ${where} ${mixed ? purchase : ''}`;
  };
  const kept = worthwhile(best, classOf);

  const classes = new Map<bigint, string>();
  for (const host of kept.keys()) {
    if (!classes.has(mask(host))) classes.set(mask(host), `~${classes.size}`);
  }
  const candidates = new Map(
    [...kept.keys()].map((host) => [host.id, { host, candidate: candidateOf(host, classes.get(mask(host)) ?? '') }]),
  );
  const byName = new Map(part.groups.map((group) => [group.name, group]));
  const problem: Problem = {
    groups: part.groups.map((group, i) =>
      problemGroup(
        group,
        [...classes].filter(([m]) => (m >> BigInt(i)) & 1n).map(([, c]) => c),
      ),
    ),
    offerings: [...candidates.values()].map((c) => c.candidate),
    rules: { vendorShareAtMost: new Map(), commitments: [], discounts: [], flows: [], resourceRates: new Map() },
    running: [],
  };
  const answer = place(problem, solver);

  const filled: FilledHost[] = [];
  for (const node of answer.nodes) {
    const host = candidates.get(node.offering)?.host;
    if (!host) throw new Error(`the placement uses ${node.offering}, which it was not offered`);
    const replicas = new Map<PodGroup, number>();
    for (const [name, n] of Object.entries(node.replicas)) {
      const group = byName.get(name);
      if (group && n > 0) replicas.set(group, n);
    }
    if (host.stays && replicas.size === 0) continue;
    const one = { host, twins: kept.get(host) ?? [host], replicas };
    for (let i = 0; i < node.count; i++) filled.push(one);
  }
  const unplaced = new Map<PodGroup, number>();
  for (const [name, n] of Object.entries(answer.unplaced)) {
    const group = byName.get(name);
    if (group && n > 0) unplaced.set(group, n);
  }
  // nodes that stay are in the problem at their price, with a floor of one: a bound scales with prices and would be lost at zero
  const stay = [...kept.keys()].reduce((sum, host) => sum + (host.stays ? host.usdPerHour : 0), 0);
  const usdPerHour = filled.reduce((sum, { host }) => sum + (host.stays ? 0 : host.usdPerHour), 0);
  const lowerBoundUsdPerHour = Math.max(0, Math.min(usdPerHour, answer.lowerBoundUsdPerHour - stay));
  return { filled, usdPerHour, lowerBoundUsdPerHour, unplaced, methods: new Set([answer.method]) };
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

/** The class stands in the type's name, so that a group can name the classes it is allowed. */
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
    allow: { type: classes.map((c) => `*${c}`) },
    ...(group.perNodeAtMost !== undefined && { perNodeAtMost: group.perNodeAtMost }),
    ...(isMixed(group) && { spotAtMost: group.spotAtMost / group.replicas }),
    ...(group.zoneSkew !== undefined && { zoneSkew: { most: group.zoneSkew, within: 'region' as const } }),
  };
}
