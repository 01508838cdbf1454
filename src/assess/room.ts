import type { Offering } from '../catalog/offering.ts';
import type { Resources } from '../quantity.ts';
import { copyOf, type Amounts } from '../manifest/amounts.ts';
import type { Cluster, Home } from './cluster.ts';
import { diskSlots, DISKS } from './slots.ts';

/** What a node offers to pods, DaemonSets included. */
export interface Room {
  readonly amounts: Amounts;
  readonly pods: number;
}

/** What the nodes of a home tell about how much room a node has. */
export interface RoomSense {
  /** type → the least that any node of it offers: the truth for today's types */
  readonly measured: ReadonlyMap<string, Room>;
  /** share of what the catalog's formula says that today's nodes really offer, at most 1 */
  readonly cpuShare: number;
  readonly memoryShare: number;
  /** smallest disk for pods, MiB: a new node gets one like it */
  readonly storage?: number;
  /** how the catalog's limit of pods is corrected */
  readonly pods: (limit: number) => number;
}

export function sensed(cluster: Cluster, home: Home): RoomSense {
  const measured = new Map<string, { amounts: Amounts; pods: number; formula: Resources }>();
  let storage = Infinity;
  for (const node of home.nodes) {
    const offering = cluster.priced.get(node);
    const { allocatable, mostPods } = node;
    if (!offering || !allocatable || node.controlPlane) continue;
    if (allocatable.storage > 0) storage = Math.min(storage, allocatable.storage);
    const known = measured.get(offering.type);
    const pods = mostPods ?? offering.allocatable.pods ?? 110;
    if (!known) measured.set(offering.type, { amounts: copyOf(allocatable), pods, formula: offering.allocatable });
    else
      measured.set(offering.type, {
        ...known,
        amounts: least(known.amounts, allocatable),
        pods: Math.min(known.pods, pods),
      });
  }
  const all = [...measured.values()];
  return {
    measured,
    cpuShare: Math.min(1, ...all.map((m) => m.amounts.cpu / Math.max(1, m.formula.cpu))),
    memoryShare: Math.min(1, ...all.map((m) => m.amounts.memory / Math.max(1, m.formula.memory))),
    ...(storage !== Infinity && { storage }),
    pods: podLimit(all.map((m) => ({ measured: m.pods, formula: m.formula.pods ?? 110 }))),
  };
}

/** Room on a new node of an offering: measured where its type runs today, else the formula brought in line with it. */
export function roomOn(offering: Offering, sense: RoomSense, atHome: boolean): Room {
  const measured = atHome ? sense.measured.get(offering.type) : undefined;
  const { allocatable } = offering;
  const amounts: Amounts = measured
    ? copyOf(measured.amounts)
    : {
        cpu: Math.floor(allocatable.cpu * (atHome ? sense.cpuShare : 1)),
        memory: Math.floor(allocatable.memory * (atHome ? sense.memoryShare : 1)),
        storage: allocatable.storage ?? 0,
        others: new Map(Object.entries(allocatable.devices ?? {})),
      };
  if (sense.storage !== undefined) amounts.storage = sense.storage;
  amounts.others.set(DISKS, diskSlots(offering.provider, offering.type, offering.vcpu, measured !== undefined));
  const limit = allocatable.pods ?? 110;
  return { amounts, pods: measured?.pods ?? (atHome ? sense.pods(limit) : limit) };
}

function least(a: Amounts, b: Amounts): Amounts {
  const others = new Map<string, number>();
  for (const [name, value] of a.others) others.set(name, Math.min(value, b.others.get(name) ?? 0));
  return {
    cpu: Math.min(a.cpu, b.cpu),
    memory: Math.min(a.memory, b.memory),
    storage: Math.min(a.storage, b.storage),
    others,
  };
}

/**
 * Clusters set the number of pods on their own: prefix delegation on EKS lifts it above what the type's addresses
 * give, and a low setting caps it. Where every node lies at or above its formula, the least of them holds for all.
 */
function podLimit(seen: readonly { readonly measured: number; readonly formula: number }[]): (limit: number) => number {
  if (seen.length === 0) return (limit) => limit;
  const raised = seen.every((s) => s.measured >= s.formula) && seen.some((s) => s.measured > s.formula);
  const lowered = seen.some((s) => s.measured < s.formula);
  const fewest = Math.min(...seen.map((s) => s.measured));
  const most = Math.max(...seen.map((s) => s.measured));
  if (raised) return (limit) => Math.max(limit, fewest);
  return lowered ? (limit) => Math.min(limit, most) : (limit) => limit;
}
