import type { Objective } from './columns.ts';
import type { Instance } from './instance.ts';
import type { Master } from './master.ts';
import type { Problem } from './problem.ts';

/** Zones that cost the same are told apart by this share. */
const HAIR = 1e-3;
/** Share of a running node's price that is taken as spent when staying is tried. */
const STAYING = 0.9;

/** What nodes are billed. */
export const billObjective = (master: Master): Objective => ({
  nodePrice: master.nodeCost,
  keptCredit: new Float64Array(master.nodeCost.length),
});

/**
 * What whole nodes are looked for with: a node that has to be launched first costs its launch on top, spread over the
 * time in which it must pay for itself; and zones that cost the same are told apart by a hair, so that what no rule
 * spreads stands together instead of leaving a part-filled node in every zone.
 */
export function roundingObjective(problem: Problem, instance: Instance, master: Master): Objective {
  const launch = problem.change ? problem.change.launchUsd / problem.change.horizonHours : 0;
  const zones = new Map<string, string[]>();
  for (const { provider, region, zone } of instance.locations) {
    const known = zones.get(`${provider}/${region}`) ?? [];
    if (!known.includes(zone)) zones.set(`${provider}/${region}`, [...known, zone].toSorted());
  }
  const rank = (o: number): number => {
    const c = instance.candidates[o];
    return c ? (zones.get(`${c.provider}/${c.region}`)?.indexOf(c.zone) ?? 0) : 0;
  };
  return {
    nodePrice: master.nodeCost.map((cost, o) => cost * (1 + HAIR * rank(o)) + launch),
    keptCredit: new Float64Array(instance.candidates.length).fill(launch),
  };
}

/**
 * As if nearly all of what runs were paid for anyway. Rounding from the relaxation misses the best whole nodes by one
 * here and there, and would then move for a cost that is no lower; this looks for what can be had by staying.
 */
export function stayingObjective(problem: Problem, instance: Instance, master: Master): Objective {
  const { nodePrice, keptCredit } = roundingObjective(problem, instance, master);
  return { nodePrice, keptCredit: keptCredit.map((credit, o) => credit + STAYING * (master.nodeCost[o] ?? 0)) };
}

/** The problem with starts so dear that what runs is kept wherever it can carry the replicas. */
export function reluctant(problem: Problem): Problem {
  const { change } = problem;
  if (!change) return problem;
  const dearest = Math.max(0, ...problem.offerings.map((c) => c.usdPerHour));
  return { ...problem, change: { ...change, launchUsd: change.launchUsd + STAYING * dearest * change.horizonHours } };
}
