import type { Allowed, OnNodes, Service } from '../fleet/fleet.ts';
import { matchesAny } from '../fleet/glob.ts';
import type { Resources } from '../quantity.ts';

/** What must be known of a node to say what a replica is worth on it. */
export interface NodeKind {
  readonly provider: string;
  readonly region: string;
  readonly type: string;
  readonly arch: string;
}

export interface Capacity {
  /** load, in the signal's unit, that each replica is counted to carry */
  readonly load: number;
  /** the nodes on which it carries no more than that, where elsewhere it would carry more */
  readonly leastOn?: string;
}

/**
 * What one replica is counted to carry: the least of what it carries on any of the nodes that it may use, so that the
 * load is carried wherever the placement puts it. A placement counts whole replicas, each worth the same: on a node
 * where it carries more, the rest is room to spare. Nothing to spare is left by stating what a replica needs there
 * to carry the same (`requests` instead of `capacityPerReplica`), which placement counts exactly.
 *
 * @param nodes the nodes that can be had; absent = not known, then each that the fleet file names counts
 */
export function capacityOf(
  service: Pick<Service, 'capacityPerReplica' | 'on'>,
  allow: Allowed,
  nodes?: readonly NodeKind[],
): Capacity {
  const base = service.capacityPerReplica;
  const differ = service.on.filter((o) => o.capacityPerReplica !== undefined && !neverArch(o, allow));
  if (differ.length === 0) return { load: base };
  const used = nodes?.filter((node) => mayUse(allow, node));
  const met: ReadonlySet<OnNodes | undefined> = new Set(
    used === undefined || used.length === 0 ? [undefined, ...differ] : used.map((node) => matchOf(service.on, node)),
  );
  const carries = (o: OnNodes | undefined): number => o?.capacityPerReplica ?? base;
  const load = Math.min(...[...met].map(carries));
  const more = [...met].filter((o) => carries(o) > load);
  if (more.length === 0) return { load };
  const least = [...met].filter((o) => o?.capacityPerReplica === load).map((o) => (o ? nodesText(o) : ''));
  const others = `nodes other than ${more.map((o) => (o ? nodesText(o) : '')).join(', ')}`;
  return { load, leastOn: least.length > 0 ? least.join(', ') : others };
}

/** What a replica asks for on a node: `requests`, or what is stated for such nodes. */
export function requestsOn(
  { requests, on }: { readonly requests: Resources; readonly on: readonly OnNodes[] },
  node: Pick<NodeKind, 'type' | 'arch'>,
): Resources {
  return matchOf(on, node)?.requests ?? requests;
}

export const matchOf = (on: readonly OnNodes[], node: Pick<NodeKind, 'type' | 'arch'>): OnNodes | undefined =>
  on.find(
    ({ arch, type }) =>
      (arch === undefined || arch.some((a) => a === node.arch)) && (type === undefined || matchesAny(type, node.type)),
  );

/** `arm64`, `m5.* and n1-*` */
export const nodesText = ({ arch, type }: OnNodes): string =>
  [...(type === undefined ? [] : [type.join(' and ')]), ...(arch === undefined ? [] : [arch.join(' and ')])].join(
    ' on ',
  );

const neverArch = ({ arch }: OnNodes, allow: Allowed): boolean =>
  arch !== undefined && allow.arch !== undefined && !arch.some((a) => allow.arch?.includes(a));

function mayUse(allow: Allowed, { provider, region, type, arch }: NodeKind): boolean {
  return (
    within(allow.provider, provider) &&
    within(allow.place, `${provider}/${region}`) &&
    within(allow.region, region) &&
    within(allow.arch, arch) &&
    within(allow.type, type)
  );
}

const within = (patterns: readonly string[] | undefined, value: string): boolean =>
  patterns === undefined || matchesAny(patterns, value);
