import type { Market } from '../market.ts';
import { firstFit, type Load, part, type Run } from '../runs.ts';

/** A node used less than this, in cpu and in memory, may go (`--scale-down-utilization-threshold`). */
const THRESHOLD = 0.5;

/**
 * Scale-down: a node that is used by less than half goes when all its pods find room on others; empty ones go at once.
 * The least used comes first. Pools keep their smallest size.
 *
 * Source: kubernetes/autoscaler cluster-autoscaler/core/scaledown (planner, eligibility) and simulator/utilization, as
 * of early 2026: utilization is the larger of cpu and memory. Time does not pass here, so whatever is unneeded goes at
 * once instead of after ten minutes.
 */
export function scaleDown(market: Market, runs: readonly Run[]): Run[] {
  let fleet = withoutEmpty(market, runs);
  const nodes = new Float64Array(market.offerings.length);
  for (const run of fleet) nodes[run.offering] = (nodes[run.offering] as number) + run.count;
  const tried = new Set<Run>();
  for (let candidates = candidatesOf(market, fleet, tried); candidates.length > 0;) {
    for (const candidate of candidates) {
      // one that has taken pods of another since is no longer what it was, and comes up again if it is little used still
      for (let run: Run | undefined = candidate; run && fleet.includes(run);) {
        tried.add(run);
        if ((nodes[run.offering] as number) <= (market.atLeast[run.offering] as number)) break;
        const [rest, after]: [Run | undefined, Run[] | undefined] = withoutOne(market, fleet, run);
        // what one node cannot give away, its equals cannot either
        if (!after) break;
        nodes[run.offering] = (nodes[run.offering] as number) - 1;
        fleet = after;
        run = rest;
      }
    }
    candidates = candidatesOf(market, fleet, tried);
  }
  return fleet;
}

/** Without the nodes on which nothing stands, as far as pools may shrink. */
export function withoutEmpty(market: Market, runs: readonly Run[]): Run[] {
  const kept = new Float64Array(market.offerings.length);
  for (const run of runs) if (run.filling.size > 0) kept[run.offering] = (kept[run.offering] as number) + run.count;
  return runs.flatMap((run) => {
    if (run.filling.size > 0) return [run];
    const o = run.offering;
    const stay = Math.min(run.count, Math.max(0, (market.atLeast[o] as number) - (kept[o] as number)));
    kept[o] = (kept[o] as number) + stay;
    return stay > 0 ? [part(run, stay)] : [];
  });
}

function candidatesOf(market: Market, fleet: readonly Run[], tried: ReadonlySet<Run>): Run[] {
  return fleet
    .map((run, i) => ({ run, i, used: utilization(market, run) }))
    .filter(({ run, used }) => used < THRESHOLD && run.filling.size > 0 && !tried.has(run))
    .toSorted((a, b) => a.used - b.used || a.i - b.i)
    .map(({ run }) => run);
}

function utilization(market: Market, run: Run): number {
  const { capacity, resources } = market;
  const share = (r: number): number => {
    const have = capacity[run.offering * resources + r] as number;
    return have > 0 ? (run.used[r] as number) / have : 0;
  };
  return Math.max(share(0), share(1));
}

/**
 * The fleet with the pods of one node of the run moved to the first other nodes with room, and what is left of the run;
 * no fleet when some pod finds no room.
 */
function withoutOne(market: Market, fleet: readonly Run[], run: Run): [Run | undefined, Run[] | undefined] {
  const rest = run.count > 1 ? part(run, run.count - 1) : undefined;
  const after = fleet.flatMap((other) => (other !== run ? [other] : rest ? [rest] : []));
  const zone = market.zones[market.zoneOf[run.offering] as number]?.offerings ?? market.sets.empty;
  for (const [group, replicas] of run.filling) {
    const allowed = market.allowed[group] as number;
    // a group that spreads over zones stays in its zone
    const offerings = market.groups[group]?.zoneSkew ? market.sets.meet(allowed, zone) : allowed;
    const load: Load = { group, offerings, replicas };
    firstFit(market, after, load);
    if (load.replicas > 0) return [rest, undefined];
  }
  return [rest, after];
}
