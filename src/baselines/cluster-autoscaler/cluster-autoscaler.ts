import type { Outcome } from '../answer.ts';
import { placedAsLoads } from '../loads.ts';
import type { Market } from '../market.ts';
import { nothing, roomFor } from '../room.ts';
import { firstFit, type Load, type Run } from '../runs.ts';
import { standingOf } from '../standing.ts';
import { byScore, estimate } from './estimate.ts';
import { type Expander, type Machines, machinesOf, type Option, optionOf } from './expanders.ts';
import { scaleDown } from './scale-down.ts';

/** Most nodes of one scale-up (`--max-nodes-per-scaleup`). */
const NODES_PER_SCALE_UP = 1000;

/**
 * Cluster Autoscaler, with a node group for every offering: pods go to the nodes that run; for those that find no room
 * each node group is estimated, an expander picks one, it is scaled up, and so on until no node group helps. Then nodes
 * that are little used go.
 *
 * Source: kubernetes/autoscaler cluster-autoscaler/core/scaleup/orchestrator/orchestrator.go, as of early 2026.
 */
export function clusterAutoscaler(market: Market, expander: Expander): Outcome {
  const { runs, pending } = standingOf(market);
  const machines = machinesOf(market);
  const unplaced = placedAsLoads(market, runs, pending, (loads) => {
    for (const load of loads) firstFit(market, runs, load);
    const kinds = kindsOf(market, loads);
    while (scaleUp(market, runs, kinds, machines, expander));
  });
  return { nodes: scaleDown(market, runs), unplaced };
}

/** Node groups whose estimates are equal: nodes of one size that the same loads may use. */
interface Kind {
  readonly offerings: readonly number[];
  /** those that may use them and fit on them, in the order in which they are packed */
  readonly loads: readonly Load[];
}

function kindsOf(market: Market, loads: readonly Load[]): Kind[] {
  const { sets, capacity, resources, perNode } = market;
  const empty = nothing(market);
  const kinds = new Map<string, { readonly offerings: number[]; readonly loads: readonly Load[] }>();
  market.offerings.forEach((_, offering) => {
    const here = [...loads.keys()].filter((l) => {
      const { group, offerings } = loads[l] as Load;
      if (!sets.has(offerings, offering) || (perNode[group] as number) < 1) return false;
      return roomFor(market, group, capacity, offering, empty, 0) > 0;
    });
    if (here.length === 0) return;
    const size = capacity.subarray(offering * resources, (offering + 1) * resources);
    const key = `${size.join()}|${here.join()}`;
    const known = kinds.get(key);
    if (known) known.offerings.push(offering);
    else
      kinds.set(key, {
        offerings: [offering],
        loads: byScore(
          market,
          offering,
          here.map((l) => loads[l] as Load),
        ),
      });
  });
  return [...kinds.values()];
}

interface Choice {
  readonly option: Option;
  readonly score: number;
  /** nodes it might have had */
  readonly most: number;
}

/** One scale-up; false when no node group helps any pod. */
function scaleUp(market: Market, runs: Run[], kinds: readonly Kind[], machines: Machines, expander: Expander): boolean {
  const nodes = new Float64Array(market.offerings.length);
  for (const run of runs) nodes[run.offering] = (nodes[run.offering] as number) + run.count;
  const total = nodes.reduce((a, b) => a + b, 0);
  let best: Choice | undefined;
  for (const kind of kinds) {
    const loads = kind.loads.filter((load) => load.replicas > 0);
    if (loads.length === 0) continue;
    // a node group near its limit has an estimate of its own
    const known = new Map<number, Omit<Option, 'offering'>>();
    for (const offering of kind.offerings) {
      const most = Math.min(NODES_PER_SCALE_UP, (market.atMost[offering] as number) - (nodes[offering] as number));
      if (most <= 0) continue;
      let of = known.get(most);
      if (!of) known.set(most, (of = optionOf(market, offering, loads, most)));
      if (of.nodes === 0) continue;
      const option = { ...of, offering };
      const score = expander(machines, option, total);
      if (!best || beats(market, offering, score, best)) best = { option, score, most };
    }
  }
  if (!best) return false;
  const { option, most } = best;
  estimate(market, option.offering, option.loads, most, (run) => runs.push(run));
  option.loads.forEach((load, l) => (load.replicas -= option.placed[l] as number));
  return true;
}

/** Among equal scores the cheapest, then the first by id; Cluster Autoscaler takes any of them, or the first it lists. */
function beats(market: Market, offering: number, score: number, best: Choice): boolean {
  if (score !== best.score) return score < best.score;
  const [a, b] = [market.price[offering] as number, market.price[best.option.offering] as number];
  return a !== b ? a < b : offering < best.option.offering;
}
