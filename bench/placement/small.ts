import type { Candidate, Problem } from '../../src/placement/problem.ts';
import { CLOUDS, NEIGHBOURS, placesOf, sold } from './clouds.ts';
import { type Instance, problemOf } from './instance.ts';
import { type Dice, diceOf } from './random.ts';
import { shapesOf } from './shapes.ts';

const COUNTS = [10, 30, 100, 300, 1000, 3000];

/**
 * Fleets of one team: under a hundred nodes, where a bound has to be tight to mean anything. Each letter has another
 * draw of shapes and another kind of catalog.
 */
export const SMALL: readonly Instance[] = COUNTS.flatMap((replicas) =>
  Object.entries(KINDS()).map(([letter, offerings]) => {
    const name = `small-${replicas}-${letter}`;
    return {
      name,
      target: { gap: 0.02, seconds: 3 },
      make: (seed: number): Problem => smallProblem(diceOf(seed, name), replicas, offerings),
    };
  }),
);

export function smallProblem(dice: Dice, replicas: number, offerings: (dice: Dice) => Candidate[]): Problem {
  const most = Math.min(30, Math.max(1, Math.floor(replicas / 3)));
  const shapes = dice.whole(1, most);
  return problemOf(
    shapesOf(dice, { shapes, replicas, nice: dice.chance(0.5), most: { cores: 6, gib: 24 } }),
    offerings(dice),
  );
}

function KINDS(): Record<string, (dice: Dice) => Candidate[]> {
  const region = (dice: Dice): Candidate[][] =>
    placesOf(dice.pick(NEIGHBOURS)).map((place) => sold(place, 1, ['on-demand'], (t) => t.vcpu <= 64));
  return {
    /** all that one cloud sells in a region */
    a: (dice) => region(dice)[0] ?? [],
    b: (dice) => region(dice)[1] ?? [],
    c: (dice) => region(dice)[2] ?? [],
    /** all three */
    d: (dice) => region(dice).flat(),
    /** the templates of a careful team: four to twelve types of one cloud */
    e: (dice) => {
      const [cloud, count] = [dice.whole(0, CLOUDS.length - 1), dice.whole(4, 12)];
      const all = dice.shuffled(region(dice)[cloud] ?? []).filter((o) => o.vcpu >= 2);
      const large = all.filter((o) => o.vcpu >= 8 && o.allocatable.memory >= 25 * 1024).slice(0, 1);
      return [...new Set([...large, ...all])].slice(0, count);
    },
  };
}
