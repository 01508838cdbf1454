import type { MeasuredNode } from '../../catalog/measured.ts';
import type { ClusterSnapshot } from '../../cluster-port.ts';
import { named, percent } from '../../figures.ts';
import type { Fleet, Service } from '../../fleet/fleet.ts';
import type { ObservedWorkload } from '../../observation.ts';
import { NO_RESOURCES, pairwise, type Resources } from '../../quantity.ts';
import type { LookedAt } from './clusters.ts';
import { workloadIds } from './workload-ids.ts';

interface Said {
  readonly nodes: readonly MeasuredNode[];
  readonly workloads: readonly ObservedWorkload[];
}

/** Where the clusters contradict the fleet file, and what a plan makes of it: one sentence each. */
export function contradictions(
  lookedAt: readonly LookedAt[],
  said: Said,
  fleet: Pick<Fleet, 'services' | 'daemonsets'>,
): readonly string[] {
  const snapshots = lookedAt.flatMap(({ seen }) => (seen.ok ? [seen.value] : []));
  const all = snapshots.length === lookedAt.length;
  return [
    ...fleet.services.flatMap((service) => requestsOver(service, said.workloads)),
    ...daemonsOver(said.nodes, fleet.daemonsets),
    // one that is not seen may run in a cluster that is not
    ...(all && snapshots.length > 0 ? nowhere(snapshots, fleet) : []),
    ...strangers(snapshots, fleet),
  ];
}

function requestsOver({ name, requests }: Service, workloads: readonly ObservedWorkload[]): readonly string[] {
  const over = workloads.filter(
    (seen) => seen.group.startsWith(`${name}/`) && moreOf(seen.requests, requests).length > 0,
  );
  if (over.length === 0) return [];
  const most = over.reduce((sum, seen) => pairwise(sum, seen.requests, Math.max), NO_RESOURCES);
  return [
    `pods of ${named(over.map(({ group }) => group))} ask for ${named(moreOf(most, requests), 9)} ` +
      `that services.${name}.requests states: planned with what they ask for`,
  ];
}

function daemonsOver(nodes: readonly MeasuredNode[], stated: Resources): readonly string[] {
  const over = nodes.filter(({ daemons }) => moreOf(daemons, stated).length > 0);
  if (over.length === 0) return [];
  const most = over.reduce((sum, { daemons }) => pairwise(sum, daemons, Math.max), NO_RESOURCES);
  const types = [...new Set(over.map(({ place, type }) => `${type} in ${place}`))].toSorted();
  return [
    `daemonsets on ${named(types)} take ${named(moreOf(most, stated), 9)} that daemonsets states: ` +
      'planned with what they take there, and with what is stated for types that no cluster runs yet',
  ];
}

function nowhere(snapshots: readonly ClusterSnapshot[], fleet: Pick<Fleet, 'services'>): readonly string[] {
  const there = new Set(snapshots.flatMap(({ workloads }) => workloads.map(({ id }) => id)));
  const missing = workloadIds(fleet).filter(({ id }) => !there.has(id));
  if (missing.length === 0) return [];
  return [
    `no cluster runs ${named(missing.map(({ id }) => id))}: of ${named(missing.map(({ group }) => group))} ` +
      'all that is known is what the fleet file states',
  ];
}

/** Below it they are DNS and the like, which every cluster has. */
const NOTABLE = 0.05;

/** Pods of nobody's service on the nodes that carry the fleet's, where all its services can be told. */
function strangers(snapshots: readonly ClusterSnapshot[], fleet: Pick<Fleet, 'services'>): readonly string[] {
  if (fleet.services.some(({ workload }) => workload === undefined)) return [];
  const own = new Set(workloadIds(fleet).map(({ id }) => id));
  let [taken, room] = [0, 0];
  const whose = new Map<string, number>();
  for (const { nodes, pods } of snapshots) {
    const carrying = new Set(pods.filter(({ workload }) => own.has(workload)).map(({ node }) => node));
    room += nodes.reduce((sum, n) => (carrying.has(n.name) ? sum + (n.allocatable?.cpu ?? 0) : sum), 0);
    for (const { workload, role, node, requests, ending } of pods) {
      if (role !== 'workload' || ending || own.has(workload) || !carrying.has(node)) continue;
      taken += requests.cpu;
      whose.set(workload, (whose.get(workload) ?? 0) + requests.cpu);
    }
  }
  if (taken <= NOTABLE * room) return [];
  const largest = [...whose].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([workload]) => workload);
  return [
    `pods of no service of the fleet file (${named(largest)}) ask for ${percent(taken / room)} of the CPU of the nodes ` +
      'that carry its services: planned as if they were not there',
  ];
}

/** Of which resources one is more than the other, in words; pods aside where the other does not count them. */
function moreOf(seen: Resources, stated: Resources): readonly string[] {
  const rows: readonly (readonly [name: string, seen: number, stated: number, unit: string])[] = [
    ['cpu', seen.cpu, stated.cpu, 'm'],
    ['memory', seen.memory, stated.memory, 'Mi'],
    ['ephemeral-storage', seen.storage ?? 0, stated.storage ?? 0, 'Mi'],
    ['pods', stated.pods === undefined ? 0 : (seen.pods ?? 0), stated.pods ?? 0, ''],
    ...Object.entries(seen.devices ?? {}).map(([name, n]) => [name, n, stated.devices?.[name] ?? 0, ''] as const),
  ];
  return rows
    .filter(([, is, should]) => is > should * (1 + ROUNDING))
    .map(([name, is, should, unit]) => `${name} ${figure(is)}${unit} over the ${figure(should)}${unit}`);
}

/** Bytes that were written as Gi and M do not come out alike. */
const ROUNDING = 1e-6;

const figure = (n: number): string => String(Number(n.toFixed(n < 10 ? 2 : 0)));
