import type { ClusterNode, ClusterSnapshot } from '../../cluster-port.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { ObservedPool, PoolFilling, PoolInstance } from '../../ports.ts';
import { secondsBetween, type Instant } from '../../units.ts';
import type { LookedAt } from './clusters.ts';
import { distinct } from './distinct.ts';
import { workloadIds } from './workload-ids.ts';

/**
 * Live pools with what runs on each of their nodes, where all of it is known; the others as they were.
 *
 * It is known of a pool when every service names its workload (the pods of one that does not are like anybody's), every
 * cluster of the pool's region was seen and is not doubted, and every machine of the pool that runs is one of its
 * nodes. A machine that has just begun to run may not have joined yet: it holds nothing.
 */
export function withCarried(
  pools: readonly ObservedPool[],
  lookedAt: readonly LookedAt[],
  fleet: Pick<Fleet, 'services'>,
): readonly ObservedPool[] {
  if (lookedAt.length === 0 || fleet.services.some(({ workload }) => workload === undefined)) return pools;
  const groupOf = new Map(workloadIds(fleet).map(({ id, group }) => [id, group]));
  const regions = new Map<string, Seen | undefined>();
  return pools.map((pool) => {
    if (!pool.live) return pool;
    const place = `${pool.provider}/${pool.region}`;
    if (!regions.has(place)) regions.set(place, seenIn(place, lookedAt, groupOf));
    const seen = regions.get(place);
    const carries = seen && fillingsOf(pool.live.instances, seen);
    return carries ? { ...pool, carries } : pool;
  });
}

type Replicas = ReadonlyMap<string, number>;

interface Host {
  readonly node: ClusterNode;
  readonly replicas: Replicas;
}

/** The nodes of a region, as one may look for them. */
interface Seen {
  readonly byName: ReadonlyMap<string, readonly Host[]>;
  /** by the last part of the provider's id */
  readonly byEnd: ReadonlyMap<string, readonly Host[]>;
  /** the oldest of its clusters' listings */
  readonly asOf: Instant;
}

/** Undefined where a cluster of the region could not be seen whole, or none was asked. */
function seenIn(place: string, lookedAt: readonly LookedAt[], groupOf: ReadonlyMap<string, string>): Seen | undefined {
  const clusters = lookedAt.filter(({ region }) => `${region.provider}/${region.name}` === place);
  const snapshots = clusters.flatMap(({ seen }) => (seen.ok && seen.value.doubts.length === 0 ? [seen.value] : []));
  const [first] = snapshots;
  if (!first || snapshots.length < clusters.length) return undefined;
  const hosts = distinct(snapshots.map((snapshot) => ({ snapshot }))).flatMap(({ snapshot }) =>
    hostsOf(snapshot, groupOf),
  );
  return {
    byName: listedBy(hosts, ({ node }) => node.name),
    byEnd: listedBy(hosts, ({ node }) => endOf(node.providerId ?? '')),
    asOf: snapshots.reduce((oldest, { asOf }) => (asOf < oldest ? asOf : oldest), first.asOf),
  };
}

/** Pods that have been told to go are not counted: whoever comes after them has been asked for elsewhere. */
function hostsOf({ nodes, pods }: ClusterSnapshot, groupOf: ReadonlyMap<string, string>): readonly Host[] {
  const on = new Map(nodes.map(({ name }) => [name, new Map<string, number>()]));
  for (const { node, workload, ending } of pods) {
    const group = groupOf.get(workload);
    const replicas = on.get(node);
    if (group !== undefined && replicas && !ending) replicas.set(group, (replicas.get(group) ?? 0) + 1);
  }
  return nodes.map((node) => ({ node, replicas: on.get(node.name) ?? new Map() }));
}

/** Nodes that hold the same counted together, the fullest first; undefined where one that runs is not to be found. */
function fillingsOf(instances: readonly PoolInstance[], seen: Seen): readonly PoolFilling[] | undefined {
  const alike = new Map<string, PoolFilling>();
  for (const instance of instances) {
    if (instance.state === 'ending') continue;
    const host = hostOf(instance, seen);
    if (!host && instance.state === 'running' && !mayBeJoining(instance, seen.asOf)) return undefined;
    if (!host || host.replicas.size === 0) continue;
    const replicas = Object.fromEntries([...host.replicas].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const key = JSON.stringify(replicas);
    alike.set(key, { nodes: (alike.get(key)?.nodes ?? 0) + 1, replicas });
  }
  return [...alike]
    .toSorted(([a, x], [b, y]) => sizeOf(y) - sizeOf(x) || (a < b ? -1 : 1))
    .map(([, filling]) => filling);
}

/**
 * A machine's node: the one node there whose provider id ends with the machine's id, else the one of its name. Names
 * may come twice in a region (two networks of the same addresses); then nobody knows which is meant.
 */
function hostOf({ id, node }: PoolInstance, { byName, byEnd }: Seen): Host | undefined {
  const tail = `/${id.toLowerCase()}`;
  const ends = (byEnd.get(endOf(id)) ?? []).filter((host) => `/${host.node.providerId}`.toLowerCase().endsWith(tail));
  return onlyOf(ends) ?? onlyOf(byName.get(node?.toLowerCase() ?? '') ?? []);
}

const onlyOf = (hosts: readonly Host[]): Host | undefined => (hosts.length === 1 ? hosts[0] : undefined);

/** Node images that join at all have joined by then. */
const JOINS_WITHIN_S = 900;

const mayBeJoining = ({ startedAt }: PoolInstance, asOf: Instant): boolean =>
  startedAt !== undefined && secondsBetween(startedAt, asOf) < JOINS_WITHIN_S;

const sizeOf = ({ replicas }: PoolFilling): number => Object.values(replicas).reduce((sum, n) => sum + n, 0);

const endOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1).toLowerCase();

function listedBy(hosts: readonly Host[], keyOf: (host: Host) => string): ReadonlyMap<string, readonly Host[]> {
  const lists = new Map<string, Host[]>();
  for (const host of hosts) {
    const key = keyOf(host).toLowerCase();
    const list = lists.get(key);
    if (list) list.push(host);
    else lists.set(key, [host]);
  }
  return lists;
}
