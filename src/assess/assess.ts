import type { ProviderName } from '../catalog/offering.ts';
import type { LinearSolver } from '../ports.ts';
import { good, type Checked } from '../trouble.ts';
import { homesOf, type Cluster, type Home } from './cluster.ts';
import type { Source } from './documents.ts';
import type { AssessOptions, HomeOutcome } from './outcome.ts';
import type { ClusterPod } from './pods.ts';
import { cheapestOfEach, comparablePlaces, type PriceLists } from './prices.ts';
import { repacked, repackedAtHome, type Repacked } from './propose.ts';
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

function outcomeFor(
  cluster: Cluster,
  home: Home,
  pods: readonly ClusterPod[],
  lists: PriceLists,
  options: AssessOptions,
  solver: LinearSolver,
): HomeOutcome {
  const { ready, same } = repackedAtHome(cluster, home, pods, lists, options, solver);
  const places = options.across ? comparablePlaces(lists, home) : [home];
  const withOne = new Map<ProviderName, Repacked>();
  if (places.length === 1) return { home, ready, same, withOne };
  // whatever had room at home has it once more places are open; should the solver see it otherwise, home stands
  const across = repacked(ready, lists, places, options, solver);
  for (const place of options.eachCloud ? cheapestOfEach(lists, places.slice(1)) : []) {
    const found = repacked(ready, lists, [home, place], options, solver);
    if (found.ok) withOne.set(place.provider, found.value);
  }
  return { home, ready, same, withOne, ...(across.ok && { across: across.value }) };
}
