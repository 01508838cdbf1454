import type { PlacedNodes } from '../placement.ts';
import type { Problem } from '../problem.ts';
import { violations } from '../verify.ts';
import { type Change, changeUsd, nodesUsdPerHour } from './bill.ts';
import type { Timeline } from './stretches.ts';

/** offering → nodes */
export type Counts = ReadonlyMap<string, number>;

/** Nodes of one stretch with the replicas on them, and what these pay for egress in $/h. */
export interface Filled {
  readonly nodes: readonly PlacedNodes[];
  readonly cost: { readonly egress: number };
}

/** Whole nodes for every stretch, with the replicas on them. */
export interface Course {
  readonly counts: readonly Counts[];
  readonly nodes: readonly (readonly PlacedNodes[])[];
  /** $/h of each stretch */
  readonly egress: readonly number[];
  readonly usdPerHour: readonly number[];
  readonly changeUsd: number;
  /** USD of all stretches and all changes */
  readonly usd: number;
}

/** @param counts nodes of each stretch, at least those of its placement; what is more stands idle */
export function courseOf(
  line: Timeline,
  change: Change,
  placements: readonly Filled[],
  counts: readonly Counts[] = placements.map((p) => countsOf(p.nodes)),
): Course {
  const nodes = placements.map((p, at) => withIdle(p.nodes, counts[at] ?? new Map<string, number>()));
  const egress = placements.map((p) => p.cost.egress);
  const usdPerHour = counts.map((c, at) => nodesUsdPerHour(line, c) + (egress[at] ?? 0));
  const changed = changeUsd(line, change, counts);
  return { counts, nodes, egress, usdPerHour, changeUsd: changed, usd: changed + overTime(line, usdPerHour) };
}

export const overTime = ({ stretches }: Timeline, usdPerHour: readonly number[]): number =>
  stretches.reduce((sum, { hours }, at) => sum + hours * (usdPerHour[at] ?? 0), 0);

export function countsOf(nodes: readonly PlacedNodes[]): Counts {
  const counts = new Map<string, number>();
  for (const n of nodes) if (n.count > 0) counts.set(n.offering, (counts.get(n.offering) ?? 0) + n.count);
  return counts;
}

function withIdle(nodes: readonly PlacedNodes[], counts: Counts): PlacedNodes[] {
  const busy = countsOf(nodes);
  const idle = [...counts].flatMap(([offering, n]) => {
    const count = n - (busy.get(offering) ?? 0);
    return count > 0 ? [{ offering, count, replicas: {} }] : [];
  });
  return [...nodes, ...idle].toSorted((a, b) =>
    a.offering < b.offering ? -1 : a.offering > b.offering ? 1 : b.count - a.count,
  );
}

/** The first stretch in which some rule is broken or some node could not be there in time, in words. */
export function brokenIn(line: Timeline, served: readonly Problem[], course: Course): string | undefined {
  for (const [at, problem] of served.entries()) {
    const found = violations(problem, course.nodes[at] ?? [], {})[0];
    if (found !== undefined) return found;
    for (const [id, n] of course.counts[at] ?? []) {
      if (at >= (line.opens.get(id) ?? Infinity)) continue;
      const before = (at === 0 ? line.running : course.counts[at - 1])?.get(id) ?? 0;
      if (n > before + (line.arriving[at]?.get(id) ?? 0)) return `${id} can't serve in time`;
    }
  }
  return undefined;
}
