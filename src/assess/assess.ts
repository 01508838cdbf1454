import type { LinearSolver } from '../ports.ts';
import { good, type Checked } from '../trouble.ts';
import { homesOf, type Cluster, type Home } from './cluster.ts';
import type { Source } from './documents.ts';
import type { AssessOptions, HomeOutcome } from './outcome.ts';
import type { ClusterPod } from './pods.ts';
import { comparablePlaces, type Place, type PriceLists } from './prices.ts';
import { prepared, repacked } from './propose.ts';
import type { Assessment } from './report.ts';
import { summarised } from './summary.ts';
import { understand } from './understand.ts';

/**
 * From what kubectl printed to what the nodes cost, what the cheapest safe placement of the same pods would cost, and
 * what stands in the way. Pure: the same input, price lists and solver give the same answer.
 */
export function assess(
  sources: readonly Source[],
  lists: PriceLists,
  solver: LinearSolver,
  options: AssessOptions,
): Checked<Assessment> {
  const understood = understand(sources, lists, options);
  if (!understood.ok) return understood;
  const { cluster } = understood.value;
  const homes = homesOf(cluster.priced);
  const outcomes = homes.map((home) =>
    outcomeFor(cluster, home, podsOfHome(cluster, home, homes), lists, options, solver),
  );
  return good(summarised(understood.value, outcomes, options));
}

/** Pods on a home's nodes; those that wait for a node wait for one of the largest home. */
function podsOfHome(cluster: Cluster, home: Home, homes: readonly Home[]): readonly ClusterPod[] {
  const bound = home.nodes.flatMap((node) => cluster.podsOn.get(node) ?? []);
  return home === homes[0] ? [...bound, ...cluster.pods.filter((pod) => pod.node === undefined)] : bound;
}

/** Tries to place; pods for which there is no room on any new node are left where they are, and it is tried again. */
function outcomeFor(
  cluster: Cluster,
  home: Home,
  pods: readonly ClusterPod[],
  lists: PriceLists,
  options: AssessOptions,
  solver: LinearSolver,
): HomeOutcome {
  const kept = new Map<ClusterPod, string>();
  const here: readonly Place[] = [home];
  for (;;) {
    const ready = prepared(cluster, home, pods, options, kept);
    const same = repacked(ready, lists, here, options, solver);
    if (!same.ok) {
      for (const unit of same.roomless)
        for (const pod of unit.pods) kept.set(pod, 'no node that could be bought has room for it');
      continue;
    }
    const places = options.across ? comparablePlaces(lists, home) : here;
    if (places.length === 1) return { home, ready, same: same.value };
    const across = repacked(ready, lists, places, options, solver);
    // the same nodes as at home are open to it, so nothing can be without room
    if (!across.ok) throw new Error('a placement at home has no room once more places are open');
    return { home, ready, same: same.value, across: across.value };
  }
}
