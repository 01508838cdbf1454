import type { PlacedNodes } from '../../src/placement/placement.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import { type Instance, isLeftOut } from './instance.ts';

export const STRATEGIES = ['karpenter', 'ca-least-waste', 'ca-price', 'ffd'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** What another scheduler's way would have cost. */
export type BaselineAnswer = { readonly strategy: Strategy } & (
  | {
      readonly kind: 'solved';
      readonly usdPerHour: number;
      /** replicas it left out */
      readonly unplaced: number;
      /** rules of the problem that its answer breaks */
      readonly broken: number;
      readonly wallS: number;
    }
  | { readonly kind: 'failed'; readonly reason: string }
);

type PlaceBy = (
  strategy: Strategy,
  problem: Problem,
) => {
  readonly usdPerHour: number;
  readonly nodes: readonly PlacedNodes[];
  readonly unplaced: Readonly<Record<string, number>>;
};

/** One baseline on one instance, in this process, without a warm-up. */
export async function baselineOf(strategy: Strategy, instance: Instance, seed: number): Promise<BaselineAnswer> {
  const { placeBy } = (await import(new URL('../../src/baselines/place-by.ts', import.meta.url).href)) as {
    placeBy: PlaceBy;
  };
  const problem = instance.make(seed);
  if (isLeftOut(problem)) return { strategy, kind: 'failed', reason: problem.leftOut };
  const from = performance.now();
  const { usdPerHour, nodes, unplaced } = placeBy(strategy, problem);
  const wallS = (performance.now() - from) / 1000;
  return {
    strategy,
    kind: 'solved',
    usdPerHour,
    unplaced: Object.values(unplaced).reduce((sum, n) => sum + n, 0),
    broken: violations(problem, nodes, unplaced).length,
    wallS,
  };
}
