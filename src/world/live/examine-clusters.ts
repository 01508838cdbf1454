import type { Fleet } from '../../fleet/fleet.ts';
import { count, counted, named } from '../../figures.ts';
import type { Finding } from '../../ports.ts';
import { printable } from '../../trouble.ts';
import type { LookedAt } from './clusters.ts';
import { workloadIds } from './workload-ids.ts';

/** What a first cycle would see in the clusters, what speaks against it, and workloads of the file that none of them has. */
export function clusterFindings(lookedAt: readonly LookedAt[], fleet: Pick<Fleet, 'services'>): readonly Finding[] {
  if (lookedAt.length === 0) return [];
  const snapshots = lookedAt.flatMap(({ seen }) => (seen.ok ? [seen.value] : []));
  const there = new Set(snapshots.flatMap(({ workloads }) => workloads.map(({ id }) => id)));
  const missing = workloadIds(fleet).filter(({ id }) => !there.has(id));
  return [
    ...lookedAt.flatMap(inCluster),
    ...(missing.length === 0 || snapshots.length < lookedAt.length
      ? []
      : [
          {
            about: 'reach',
            what: named(missing.map(({ id }) => id)),
            state: 'unknown',
            detail: `no cluster runs ${missing.length === 1 ? 'it' : 'them'}: nothing is measured of ${named(missing.map(({ group }) => group))}`,
            remedy: 'write services.<name>.workload as the cluster has it: namespace/Kind/name',
          } as const,
        ]),
  ];
}

function inCluster({ context, seen }: LookedAt): readonly Finding[] {
  const what = `nodes and pods of context ${context}`;
  if (!seen.ok) {
    const { code, message } = seen.failure;
    return [{ about: 'reach', what, state: 'failed', detail: `${code}: ${printable(message)}`, remedy: HELD }];
  }
  const { nodes, pods, pending, doubts } = seen.value;
  const ready = nodes.filter((node) => node.ready).length;
  const waiting = pending.length === 0 ? '' : `, ${count(pending.length)} waiting for a node`;
  const detail = `${counted(nodes.length, 'node')} (${count(ready)} ready), ${counted(pods.length, 'pod')}${waiting}`;
  return [
    { about: 'reach', what, state: 'ok', detail },
    ...doubts.map((doubt): Finding => ({ about: 'reach', what, state: 'failed', detail: doubt, remedy: HELD })),
  ];
}

const HELD = 'until this is cleared up none of its cloud’s pools shrinks';
