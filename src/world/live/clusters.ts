import type { MeasuredNode } from '../../catalog/measured.ts';
import { placeOf } from '../../catalog/offering.ts';
import type { ClusterSnapshot } from '../../cluster-port.ts';
import type { Fleet, Region } from '../../fleet/fleet.ts';
import type { Doubt, ObservedWorkload } from '../../observation.ts';
import type { Answer } from '../../failure.ts';
import { printable } from '../../trouble.ts';
import { NO_RESOURCES, pairwise } from '../../quantity.ts';
import { distinct } from './distinct.ts';
import { workloadIds } from './workload-ids.ts';

/** A cluster that was looked at, and where its nodes run. */
export interface LookedAt {
  readonly region: Pick<Region, 'provider' | 'name'>;
  readonly context: string;
  readonly seen: Answer<ClusterSnapshot>;
}

interface SeenCluster {
  readonly region: LookedAt['region'];
  readonly snapshot: ClusterSnapshot;
}

export interface ClustersSaid {
  readonly nodes: readonly MeasuredNode[];
  readonly workloads: readonly ObservedWorkload[];
  readonly doubts: readonly Doubt[];
}

/** What the clusters say of nodes, of the fleet's services, and of how far they are to be believed. */
export function saidBy(lookedAt: readonly LookedAt[], fleet: Pick<Fleet, 'services'>): ClustersSaid {
  const clusters = lookedAt.flatMap(({ region, seen }) => (seen.ok ? [{ region, snapshot: seen.value }] : []));
  const each = distinct(clusters);
  return {
    nodes: clusters.flatMap(measuredIn),
    workloads: workloadIds(fleet).flatMap(({ id, group }) => {
      const seen = workloadOf(id, each);
      return seen ? [{ group, ...seen }] : [];
    }),
    doubts: lookedAt.flatMap(({ region, context, seen }) =>
      doubtsIn(seen).map((reason) => ({ provider: region.provider, reason: `cluster ${context} ${reason}` })),
    ),
  };
}

/** A cluster that cannot be seen may run anything. */
function doubtsIn(seen: Answer<ClusterSnapshot>): readonly string[] {
  if (!seen.ok) return [`could not be looked at (${seen.failure.code}: ${printable(seen.failure.message)})`];
  return seen.value.doubts;
}

/** Nodes that are ready: one that is not has not said yet what it has, or no longer runs what belongs on it. */
function measuredIn({ region, snapshot }: SeenCluster): readonly MeasuredNode[] {
  const place = placeOf({ provider: region.provider, region: region.name });
  return snapshot.nodes.flatMap(({ type, allocatable, daemons, ready }) =>
    ready && type !== undefined && allocatable ? [{ place, type, allocatable, daemons }] : [],
  );
}

/** Over all clusters; undefined where none has it: nothing is known then, which is not the same as none running. */
function workloadOf(id: string, clusters: readonly SeenCluster[]): Omit<ObservedWorkload, 'group'> | undefined {
  const found = clusters.flatMap(({ snapshot }) => snapshot.workloads.filter((workload) => workload.id === id));
  if (found.length === 0) return undefined;
  const reason = clusters
    .flatMap(({ snapshot }) => snapshot.pending)
    .find((pod) => pod.workload === id && pod.reason !== undefined)?.reason;
  return {
    running: found.reduce((sum, { running }) => sum + running, 0),
    pending: found.reduce((sum, { pending }) => sum + pending, 0),
    ...(reason !== undefined && { reason }),
    requests: found.reduce((most, { requests }) => pairwise(most, requests, Math.max), NO_RESOURCES),
  };
}
