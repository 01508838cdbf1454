import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { placeBy, STRATEGIES } from '../../src/baselines/place-by.ts';
import { problemOf } from '../../src/interchange/to-problem.ts';
import { place } from '../../src/placement/place.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { RULES, type Rule, smallFiles } from '../placement/small-files.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

type Strategy = (typeof STRATEGIES)[number];

/** What the placement costs over what a strategy pays, − 1; Infinity where only the strategy finds a place for all. */
interface Compared {
  readonly strategy: Strategy;
  readonly over: number;
  readonly problem: string;
}

const SIZES = [
  { size: 'a handful of replicas', most: { each: 5, all: 8 }, each: 10 },
  { size: 'some fifty replicas', most: { each: 25, all: 60 }, each: 6 },
  { size: 'some hundred replicas', most: { each: 300, all: 900 }, each: 4 },
] as const;
const KINDS: readonly (readonly Rule[])[] = [[], ...RULES.map((rule) => [rule]), RULES];
const HAIR = 1e-9;

const known = new Map<string, readonly Compared[]>();
function comparedAt({ size, most, each }: (typeof SIZES)[number]): readonly Compared[] {
  const all =
    known.get(size) ??
    KINDS.flatMap((rules) =>
      fc.sample(smallFiles(rules, most), { numRuns: each, seed: 20_261_127 }).flatMap((file): Compared[] => {
        const problem = problemOf(file);
        const { status, usdPerHour } = place(problem, solver);
        return STRATEGIES.flatMap((strategy): Compared[] => {
          const theirs = placeBy(strategy, problem);
          const fair = theirs.status === 'placed' && violations(problem, theirs.nodes, theirs.unplaced).length === 0;
          const over = status === 'placed' ? usdPerHour / theirs.usdPerHour - 1 : Infinity;
          return fair ? [{ strategy, over, problem: JSON.stringify(file) }] : [];
        });
      }),
    );
  known.set(size, all);
  return all;
}

/** Only answers that place everything and keep every rule are compared: nobody is beaten for doing less. */
describe('the placement against every strategy', () => {
  it.each(SIZES)('there are answers to compare with, with $size', (at) => {
    for (const strategy of STRATEGIES)
      expect(comparedAt(at).filter((c) => c.strategy === strategy).length, strategy).toBeGreaterThan(15);
  });

  it.each(SIZES)('it costs more in one comparison of thirty at the most, with $size', (at) => {
    const all = comparedAt(at);
    expect(all.filter(({ over }) => over > HAIR).length).toBeLessThanOrEqual(all.length / 30);
  });

  it('it never costs more', () => {
    const dearer = SIZES.flatMap(comparedAt).filter(({ over }) => over > HAIR);
    expect(
      dearer.map(({ strategy, over, problem }) => `${(over * 100).toFixed(2)}% over ${strategy}: ${problem}`),
    ).toEqual([]);
  });
});
