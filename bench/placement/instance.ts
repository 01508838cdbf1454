import type { Candidate, Group, Problem, Rules } from '../../src/placement/problem.ts';

/** One benchmark: a name that stays, what is wanted of the answer, and the problem itself. */
export interface Instance {
  readonly name: string;
  readonly target?: Target;
  /** the same seed gives the same problem, bit for bit */
  make(seed: number): Problem | LeftOut;
  /** published optimum of the seed's problem, in its own price (bins cost 1 each); undefined = not known */
  optimum?(seed: number): number | undefined;
}

export interface Target {
  /** most cost over the proven bound − 1 */
  readonly gap?: number;
  /** most cost over the published optimum, in bins */
  readonly binsOver?: number;
  /** warm wall seconds */
  readonly seconds: number;
}

/** The instance needs data that is not here. */
export interface LeftOut {
  readonly leftOut: string;
}

export const isLeftOut = (made: Problem | LeftOut): made is LeftOut => 'leftOut' in made;

export function problemOf(
  groups: readonly Group[],
  offerings: readonly Candidate[],
  vendorShareAtMost: Rules['vendorShareAtMost'] = new Map(),
): Problem {
  return {
    groups,
    offerings,
    rules: { vendorShareAtMost, commitments: [], discounts: [], flows: [], resourceRates: new Map() },
    running: [],
  };
}
