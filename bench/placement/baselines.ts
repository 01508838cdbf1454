import type { PlacedNodes } from '../../src/placement/placement.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';

export const STRATEGIES = ['karpenter', 'ca-least-waste', 'ca-price', 'ffd'] as const;
type Strategy = (typeof STRATEGIES)[number];

/** What another scheduler's way would have cost. */
export interface BaselineAnswer {
  readonly strategy: Strategy;
  readonly usdPerHour: number;
  /** its cost over ours */
  readonly ratio: number;
  readonly unplaced: number;
  /** rules of the problem that its answer breaks */
  readonly broken: number;
  readonly wallS: number;
}

type PlaceBy = (
  strategy: Strategy,
  problem: Problem,
) => {
  readonly usdPerHour: number;
  readonly nodes: readonly PlacedNodes[];
  readonly unplaced: Readonly<Record<string, number>>;
};

export async function baselinesOf(problem: Problem, ours: number): Promise<BaselineAnswer[]> {
  const { placeBy } = (await import(new URL('../../src/baselines/place-by.ts', import.meta.url).href)) as {
    placeBy: PlaceBy;
  };
  return STRATEGIES.map((strategy) => {
    const from = performance.now();
    const { usdPerHour, nodes, unplaced } = placeBy(strategy, problem);
    const wallS = (performance.now() - from) / 1000;
    return {
      strategy,
      usdPerHour,
      ratio: usdPerHour / ours,
      unplaced: Object.values(unplaced).reduce((sum, n) => sum + n, 0),
      broken: violations(problem, nodes, unplaced).length,
      wallS,
    };
  });
}
