import { ARCHES, type Arch } from '../catalog/offering.ts';
import type { Cluster } from './cluster.ts';
import type { Fates } from './fate.ts';
import { ARCH_KEYS } from './labels.ts';
import type { ClusterPod } from './pods.ts';
import { keysOf, type NodeRule } from './selectors.ts';
import type { Toleration } from './taints.ts';
import type { Rule, Skews } from './topology.ts';
import type { Amounts } from '../manifest/amounts.ts';

/** What a pod demands of the node it runs on, alone. */
interface Demand {
  readonly rules: readonly NodeRule[];
  readonly tolerations: readonly Toleration[];
  readonly arches: readonly Arch[];
  /** names of the GPUs it may be given, where it asks for any */
  readonly gpus: readonly string[];
  /** the only zone it may be in */
  readonly zone?: string;
  readonly inRegion: boolean;
  /** the same for two demands that are equal */
  readonly id: string;
}

/** Pods of one workload that are alike in all that decides where they may be. */
export interface Unit {
  readonly workload: string;
  readonly pods: readonly ClusterPod[];
  readonly requests: Amounts;
  /** disks of the cloud that each attaches */
  readonly disks: number;
  readonly demand: Demand;
  readonly hostPorts: readonly string[];
  /** how many of them may be on spot nodes */
  readonly spotAtMost: number;
  readonly zoneSkew?: number;
  /** how many nodes they are on today */
  readonly nodesToday: number;
  /** the unit that these are some pods of */
  readonly partOf?: Unit;
  /** the one zone these are to be in: `provider/region` and its zone */
  readonly within?: { readonly place: string; readonly zone: string };
}

export interface UnitOptions {
  /** largest share of a workload's replicas on spot, where more are not there already */
  readonly spot: number;
  /** architectures that every image is known to run on, beside those it runs on today */
  readonly arches: readonly Arch[];
}

/** The same for two pods that every rule treats alike, apart from their zone. Sorting apart is always safe. */
export function signatures(cluster: Cluster, rules: readonly Rule[]): (pod: ClusterPod) => string {
  const lookedAtBy = new Map<ClusterPod, number[]>();
  rules.forEach(({ targets }, i) => {
    for (const pod of targets) {
      const list = lookedAtBy.get(pod);
      if (list) list.push(i);
      else lookedAtBy.set(pod, [i]);
    }
  });
  const known = new Map<ClusterPod, string>();
  return (pod) => {
    let signature = known.get(pod);
    if (signature === undefined) {
      const { cpu, memory, storage, others } = pod.requests;
      const volumes = cluster.volumesOf(pod);
      signature = JSON.stringify([
        pod.workload,
        [cpu, memory, storage, [...others]],
        [pod.nodeRule, pod.tolerations, volumes.rules, volumes.disks, pod.ownsDisk],
        [pod.terms.map((t) => t.id), lookedAtBy.get(pod) ?? [], pod.hostPorts],
      ]);
      known.set(pod, signature);
    }
    return signature;
  };
}

/** Sorts the pods that may move into units. */
export function unitsOf(
  cluster: Cluster,
  pods: readonly ClusterPod[],
  fates: Fates,
  skews: Skews,
  signatureOf: (pod: ClusterPod) => string,
  options: UnitOptions,
): readonly Unit[] {
  const seen = seenBy(cluster);
  const units = new Map<string, ClusterPod[]>();
  for (const pod of pods) {
    if (pod.role !== 'workload' || fates.kept.has(pod) || fates.leftOut.has(pod)) continue;
    const key = `${signatureOf(pod)} ${fates.zone.get(pod) ?? '*'} ${fates.inRegion.has(pod)}`;
    const unit = units.get(key);
    if (unit) unit.push(pod);
    else units.set(key, [pod]);
  }
  return [...units.values()].flatMap((members) => {
    const first = members[0];
    return first ? [unitOf(cluster, first, members, fates, skews, seen, options)] : [];
  });
}

function unitOf(
  cluster: Cluster,
  first: ClusterPod,
  pods: readonly ClusterPod[],
  fates: Fates,
  skews: Skews,
  seen: Seen,
  options: UnitOptions,
): Unit {
  const volumes = cluster.volumesOf(first);
  const zone = fates.zone.get(first);
  const rules = [first.nodeRule, ...volumes.rules];
  const statesArch = rules.some((rule) => keysOf(rule).some((key) => ARCH_KEYS.includes(key)));
  const run = seen.arches.get(first.workload) ?? seen.allArches;
  const demand = {
    rules,
    tolerations: first.tolerations,
    arches: statesArch ? ARCHES : ARCHES.filter((arch) => run.has(arch) || options.arches.includes(arch)),
    gpus: first.requests.others.size === 0 ? [] : [...(seen.gpus.get(first.workload) ?? seen.allGpus)].toSorted(),
    ...(zone !== undefined && { zone }),
    inRegion: fates.inRegion.has(first),
  };
  const nodes = pods.map((p) => (p.node === undefined ? undefined : cluster.nodeOf.get(p.node)));
  const onSpot = nodes.filter((node) => node?.purchase === 'spot').length;
  const zoneSkew = skews.get(first);
  return {
    workload: first.workload,
    pods,
    requests: first.requests,
    disks: volumes.disks + (first.ownsDisk ? 1 : 0),
    demand: { ...demand, id: JSON.stringify(demand) },
    hostPorts: first.hostPorts,
    spotAtMost: Math.max(onSpot, Math.floor(options.spot * pods.length + 1e-9)),
    ...(zoneSkew !== undefined && { zoneSkew }),
    nodesToday: new Set(nodes.filter((node) => node !== undefined)).size,
  };
}

/** Architectures and GPUs that workloads are seen to run on: the input does not tell what their images are built for. */
interface Seen {
  readonly arches: ReadonlyMap<string, ReadonlySet<Arch>>;
  readonly gpus: ReadonlyMap<string, ReadonlySet<string>>;
  /** what a workload of which nothing runs yet is taken to need: the commonest */
  readonly allArches: ReadonlySet<Arch>;
  readonly allGpus: ReadonlySet<string>;
}

function seenBy(cluster: Cluster): Seen {
  const arches = new Map<string, Set<Arch>>();
  const gpus = new Map<string, Set<string>>();
  const allGpus = new Set<string>();
  const count = { amd64: 0, arm64: 0 };
  for (const [node, pods] of cluster.podsOn) {
    const gpu = cluster.priced.get(node)?.gpu?.name;
    if (gpu !== undefined) allGpus.add(gpu);
    if (node.arch) count[node.arch]++;
    for (const { workload } of pods) {
      if (node.arch) arches.set(workload, (arches.get(workload) ?? new Set()).add(node.arch));
      if (gpu !== undefined) gpus.set(workload, (gpus.get(workload) ?? new Set()).add(gpu));
    }
  }
  return { arches, gpus, allArches: new Set([count.arm64 > count.amd64 ? 'arm64' : 'amd64']), allGpus };
}
