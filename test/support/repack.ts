import { homesOf } from '../../src/assess/cluster.ts';
import type { ClusterPod } from '../../src/assess/pods.ts';
import { repackedAtHome, type Prepared, type ProposeOptions, type Repacked } from '../../src/assess/propose.ts';
import { understand } from '../../src/assess/understand.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { lineOf } from '../../src/trouble.ts';
import { list } from './kube.ts';
import { priceLists } from './price-lists.ts';

export const OPTIONS: ProposeOptions = { includePinned: false, spot: 0, arches: [], types: [] };

/** A repack of the first home at home, down to which pod is on which node. */
export interface Trial {
  readonly ready: Prepared;
  readonly answer: Repacked;
  /** workload or pod → why it stays */
  readonly kept: Readonly<Record<string, string>>;
  readonly leftOut: Readonly<Record<string, string>>;
  /** pods of a Deployment's or StatefulSet's name, node by node: `zone type purchase` and how many */
  readonly nodesOf: (app: string) => readonly {
    readonly zone: string;
    readonly type: string;
    readonly purchase: string;
    readonly pods: number;
    readonly stays: boolean;
  }[];
}

export function trial(items: readonly unknown[], solver: LinearSolver, options: Partial<ProposeOptions> = {}): Trial {
  const lists = priceLists();
  const all = { ...OPTIONS, ...options };
  const read = understand([{ file: 'f', text: list(items) }], lists, {});
  if (!read.ok) throw new Error(read.troubles.map(lineOf).join('\n'));
  const { cluster } = read.value;
  const [home] = homesOf(cluster.priced);
  if (!home) throw new Error('no home');
  const { ready, same } = repackedAtHome(cluster, home, cluster.pods, lists, all, solver);
  if (same.breaches.length > 0) throw new Error(`breaches: ${same.breaches.join('; ')}`);
  const named = (pods: ReadonlyMap<ClusterPod, string>): Record<string, string> =>
    Object.fromEntries([...pods].map(([pod, why]) => [pod.key, why]));
  return {
    ready,
    answer: same,
    kept: named(ready.fates.kept),
    leftOut: named(ready.fates.leftOut),
    nodesOf: (app) =>
      same.packing.seats.flatMap(({ host, pods }) => {
        const here = pods.filter((pod) => pod.workload.endsWith(`/${app}`)).length;
        const { zone, type, purchase } = host.offering;
        return here > 0 ? [{ zone, type, purchase, pods: here, stays: host.stays !== undefined }] : [];
      }),
  };
}
