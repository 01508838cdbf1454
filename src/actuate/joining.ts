import type { ProviderName } from '../catalog/offering.ts';
import type { ClusterNode, ClusterSnapshot } from '../cluster-port.ts';
import { counted, duration, named } from '../figures.ts';
import type { ObservedPool, PoolInstance } from '../ports.ts';
import { later, secondsBetween, type Instant } from '../units.ts';
import { NEVER_JOINED_TTL, type Refusal } from './unavailable.ts';

/** How the instances of one pool stand against the nodes of its clusters. */
export interface PoolJoining {
  /** the pool's id at its vendor */
  readonly pool: string;
  readonly name: string;
  /** instances that are ready nodes */
  readonly joined: number;
  /** on their way: started so lately that nobody misses them yet. They are as good as joined for a plan. */
  readonly coming: readonly string[];
  /** past the grace: said aloud, waited for */
  readonly late: readonly string[];
  /** past the deadline: to be ended by name */
  readonly lost: readonly string[];
}

export interface Joining {
  readonly pools: readonly PoolJoining[];
  /** offerings whose nodes do not join: not to be asked for again for a while */
  readonly refusals: readonly Refusal[];
  /** in words, for a person */
  readonly warnings: readonly string[];
  /** since when each instance that has not joined is known, by instance id: hand it in again the next time */
  readonly waiting: ReadonlyMap<string, Instant>;
}

/**
 * Which instances have become nodes, which are on their way and which never came.
 *
 * An instance is not missed before its grace is over: clouds list machines before kubelets register. One that has not
 * joined by the deadline costs money and carries nothing; it is to be ended by name and its offering left alone for a
 * while, or else the next one is bought just the same (karpenter-provider-aws 1905: 235 nodes in 12 hours).
 *
 * Nothing is called late or lost on doubtful facts: while a cluster is not heard, or where none is named. An instance
 * that has run for a day without being a node is some other machine in the pool, and where not one instance of a place
 * is a node, the clusters named are most likely not theirs: both are told and left alone.
 *
 * @param clusters by `provider/region`: the clusters whose nodes run there
 * @param waiting what the last call answered: since when each is missed. Without it nothing is lost the first time it
 *   is looked at, unless it was started within the deadline.
 */
export function joiningOf(
  pools: readonly ObservedPool[],
  clusters: ReadonlyMap<string, readonly ClusterSnapshot[]>,
  now: Instant,
  waiting: ReadonlyMap<string, Instant> = new Map(),
): Joining {
  const since = new Map<string, Instant>();
  const warnings: string[] = [];
  const refusals: Refusal[] = [];
  const answer = [...placesOf(pools)].flatMap(([place, there]) => {
    const heard = clusters.get(place) ?? [];
    const sure = heard.length > 0 && heard.every((c) => !c.stale && c.doubts.length === 0);
    const nodeOf = nodesBy(heard.flatMap((c) => c.nodes));
    const sorted = there.map((pool) => sortedOf(pool, nodeOf, { now, waiting, sure, since }));
    const theirs = sorted.some(({ known }) => known > 0);
    const names = heard.map((c) => c.context);
    return sorted.map(({ pool, lost, strange, joined, coming, late }) => {
      const which = `${pool.name} in ${place}`;
      if (strange.length > 0) {
        warnings.push(
          `${which}: ${counted(strange.length, 'instance')} (${named(strange)}) ran for a day without being a node of ${named(names)}; left alone`,
        );
      }
      if (lost.length > 0) {
        refusals.push(refusalOf(pool, now));
        const { deadlineS } = PATIENCE[pool.provider];
        const what = `${counted(lost.length, 'instance')} (${named(lost)}) did not join ${named(names)} within ${duration(deadlineS)}`;
        warnings.push(
          theirs
            ? `${which}: ${what}: to be ended`
            : `${which}: ${what}, nor is any other instance there a node of it: is it their cluster? They are left alone`,
        );
      }
      return {
        pool: pool.live?.id ?? pool.name,
        name: pool.name,
        joined,
        coming,
        late: theirs ? late : [...late, ...lost],
        lost: theirs ? lost : [],
      };
    });
  });
  return { pools: answer, refusals, warnings, waiting: since };
}

/**
 * Grace: some times the median boot ({@link bootTimeOf}), so that only real stragglers are named. Deadline: 15 minutes,
 * as Karpenter's registration time to live; bare metal takes longer to boot and install.
 */
const PATIENCE: Readonly<Record<ProviderName, { readonly graceS: number; readonly deadlineS: number }>> = {
  aws: { graceS: 5 * 60, deadlineS: 15 * 60 },
  azure: { graceS: 7 * 60, deadlineS: 15 * 60 },
  gcp: { graceS: 5 * 60, deadlineS: 15 * 60 },
  kubernetes: { graceS: 15 * 60, deadlineS: 45 * 60 },
};

const STRANGE_S = 24 * 3600;

interface Sorted {
  readonly pool: ObservedPool;
  /** instances that are nodes, ready or not */
  readonly known: number;
  readonly joined: number;
  readonly coming: readonly string[];
  readonly late: readonly string[];
  readonly lost: readonly string[];
  readonly strange: readonly string[];
}

interface Circumstances {
  readonly now: Instant;
  readonly waiting: ReadonlyMap<string, Instant>;
  /** the clusters are heard */
  readonly sure: boolean;
  /** filled with those that have not joined */
  readonly since: Map<string, Instant>;
}

function sortedOf(pool: ObservedPool, nodeOf: NodeOf, { now, waiting, sure, since }: Circumstances): Sorted {
  const sorted = { pool, known: 0, joined: 0, coming: [], late: [], lost: [], strange: [] } as {
    -readonly [K in keyof Sorted]: Sorted[K] extends readonly string[] ? string[] : Sorted[K];
  };
  const { graceS, deadlineS } = PATIENCE[pool.provider];
  for (const instance of pool.live?.instances ?? []) {
    if (instance.state === 'ending') continue;
    const node = nodeOf(instance);
    if (node) sorted.known += 1;
    if (node?.ready) {
      sorted.joined += 1;
      continue;
    }
    const from = startOf(instance, deadlineS, waiting, now);
    since.set(instance.id, from);
    const ageS = secondsBetween(from, now);
    const runsS = secondsBetween(instance.startedAt ?? from, now);
    // whether its vendor calls it pending or running does not matter: some say running only once it is a node
    if (ageS < graceS || !sure) sorted.coming.push(instance.id);
    // a node that is not ready has joined, and is a matter of its health
    else if (node || ageS < deadlineS) sorted.late.push(instance.id);
    else (runsS < STRANGE_S ? sorted.lost : sorted.strange).push(instance.id);
  }
  return sorted;
}

/**
 * Since when it is waited for: from its start, where that is not long ago. One that is older and was not waited for
 * until now was a node before, or ran while nobody looked: it is given the whole time once more. Never in the future,
 * whatever clocks say.
 */
function startOf(
  { id, startedAt }: PoolInstance,
  deadlineS: number,
  waiting: ReadonlyMap<string, Instant>,
  now: Instant,
): Instant {
  const started = startedAt !== undefined && secondsBetween(startedAt, now) < deadlineS ? startedAt : now;
  const from = waiting.get(id) ?? started;
  return from <= now ? from : now;
}

type NodeOf = (instance: PoolInstance) => ClusterNode | undefined;

/** Finds an instance's node: by the node's name where the vendor tells it, else by the end of its provider id. */
function nodesBy(nodes: readonly ClusterNode[]): NodeOf {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const byLastPart = new Map<string, ClusterNode[]>();
  for (const node of nodes) {
    const last = lastPart(node.providerId ?? '');
    if (last !== '') byLastPart.set(last, [...(byLastPart.get(last) ?? []), node]);
  }
  return ({ id, node }) =>
    (node === undefined ? undefined : byName.get(node)) ??
    byLastPart.get(lastPart(id))?.find(({ providerId }) => endsWithPart(providerId ?? '', id));
}

// Azure writes the same id in different cases in different answers
const lastPart = (id: string): string => id.slice(id.lastIndexOf('/') + 1).toLowerCase();
const endsWithPart = (providerId: string, id: string): boolean =>
  `/${providerId}`.toLowerCase().endsWith(`/${id.replace(/^\/+/, '')}`.toLowerCase());

function placesOf(pools: readonly ObservedPool[]): ReadonlyMap<string, readonly ObservedPool[]> {
  const places = new Map<string, ObservedPool[]>();
  for (const pool of pools) {
    const place = `${pool.provider}/${pool.region}`;
    places.set(place, [...(places.get(place) ?? []), pool]);
  }
  return places;
}

const refusalOf = ({ provider, region, zone, type, purchase, name }: ObservedPool, now: Instant): Refusal => ({
  provider,
  region,
  zone,
  type,
  purchase,
  why: 'never-joined',
  said: name,
  at: now,
  until: later(now, NEVER_JOINED_TTL),
});
