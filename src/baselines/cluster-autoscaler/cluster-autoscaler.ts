import type { Outcome } from '../answer.ts';
import { placedAsLoads } from '../loads.ts';
import type { Market } from '../market.ts';
import { nothing, roomFor } from '../room.ts';
import { firstFit, type Load, type Run } from '../runs.ts';
import { standingOf } from '../standing.ts';
import { type Estimate, estimate } from './estimate.ts';
import type { Expander, Option } from './expanders.ts';
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
  const unplaced = placedAsLoads(market, runs, pending, (loads) => {
    for (const load of loads) firstFit(market, runs, load);
    const groups = nodeGroups(market, loads);
    while (scaleUp(market, runs, loads, groups, expander));
  });
  return { nodes: scaleDown(market, runs), unplaced };
}

interface NodeGroup {
  readonly offering: number;
  /** indices of the loads that may use it and fit on it */
  readonly loads: Int32Array;
  /** equal for node groups whose estimates are equal */
  readonly kind: number;
}

function nodeGroups(market: Market, loads: readonly Load[]): NodeGroup[] {
  const { sets, capacity, resources, perNode } = market;
  const empty = nothing(market);
  const kinds = new Map<string, number>();
  return market.offerings.flatMap((_, offering) => {
    const here: number[] = [];
    loads.forEach(({ group, offerings }, l) => {
      if (!sets.has(offerings, offering) || (perNode[group] as number) < 1) return;
      if (roomFor(market, group, capacity, offering, empty, 0) > 0) here.push(l);
    });
    if (here.length === 0) return [];
    const key = `${capacity.subarray(offering * resources, (offering + 1) * resources).join()}|${here.join()}`;
    const kind = kinds.get(key) ?? kinds.size;
    kinds.set(key, kind);
    return [{ offering, loads: Int32Array.from(here), kind }];
  });
}

/** One scale-up; false when no node group helps any pod. */
function scaleUp(
  market: Market,
  runs: Run[],
  loads: readonly Load[],
  groups: readonly NodeGroup[],
  expander: Expander,
): boolean {
  const nodes = new Float64Array(market.offerings.length);
  for (const run of runs) nodes[run.offering] = (nodes[run.offering] as number) + run.count;
  const total = nodes.reduce((a, b) => a + b, 0);
  const known = new Map<string, Estimate>();
  let best: { readonly option: Option; readonly score: number; readonly most: number } | undefined;
  for (const { offering, loads: may, kind } of groups) {
    const most = Math.min(NODES_PER_SCALE_UP, (market.atMost[offering] as number) - (nodes[offering] as number));
    const here = [...may].map((l) => loads[l] as Load).filter((load) => load.replicas > 0);
    if (most <= 0 || here.length === 0) continue;
    const key = `${kind}/${most}`;
    const of = known.get(key) ?? estimate(market, offering, here, most);
    known.set(key, of);
    const option = { ...of, offering, loads: here };
    const score = expander(market, option, total);
    if (option.nodes > 0 && (!best || beats(market, offering, score, best))) best = { option, score, most };
  }
  if (!best) return false;
  const { option, most } = best;
  estimate(market, option.offering, option.loads, most, (run) => runs.push(run));
  option.loads.forEach((load, l) => (load.replicas -= option.placed[l] as number));
  return true;
}

/** Among equal scores the cheapest; Cluster Autoscaler takes any of them, or the first that it lists. */
function beats(
  market: Market,
  offering: number,
  score: number,
  best: { readonly option: Option; readonly score: number },
): boolean {
  if (score !== best.score) return score < best.score;
  return (market.price[offering] as number) < (market.price[best.option.offering] as number);
}
