import type { Candidate, Problem } from '../../src/placement/problem.ts';
import { isBurstable, NEIGHBOURS, placesOf, sold } from './clouds.ts';
import { type Instance, problemOf } from './instance.ts';
import { type Dice, diceOf } from './random.ts';
import { shapesOf } from './shapes.ts';

interface Size {
  readonly name: string;
  readonly replicas: number;
  readonly shapes: number;
  readonly offerings: number;
  readonly nice?: boolean;
  /** without burstable types */
  readonly steady?: boolean;
  readonly target?: Instance['target'];
}

/** Many types of several clouds, no rules beside: what the solver is fastest at. */
export const PLAIN: readonly Instance[] = [
  size({ name: '100k-100-1000', replicas: 100_000, shapes: 100, offerings: 1000, target: { gap: 0.005, seconds: 1 } }),
  size({
    name: '100k-100-1000-nice',
    replicas: 100_000,
    shapes: 100,
    offerings: 1000,
    nice: true,
    target: { gap: 0.005, seconds: 1 },
  }),
  size({
    name: '100k-100-1000-steady',
    replicas: 100_000,
    shapes: 100,
    offerings: 1000,
    steady: true,
    target: { gap: 0.005, seconds: 1 },
  }),
  size({ name: '100k-200-1000', replicas: 100_000, shapes: 200, offerings: 1000, target: { gap: 0.01, seconds: 2 } }),
  size({ name: '10k-100-1000', replicas: 10_000, shapes: 100, offerings: 1000, target: { gap: 0.01, seconds: 1 } }),
  size({
    name: '10k-100-1000-nice',
    replicas: 10_000,
    shapes: 100,
    offerings: 1000,
    nice: true,
    target: { gap: 0.01, seconds: 1 },
  }),
  size({
    name: '10k-100-1000-steady',
    replicas: 10_000,
    shapes: 100,
    offerings: 1000,
    steady: true,
    target: { gap: 0.01, seconds: 1 },
  }),
  size({ name: '1M-200-5000', replicas: 1_000_000, shapes: 200, offerings: 5000, target: { gap: 0.005, seconds: 5 } }),
  homes('1M-200-5000-homes', { replicas: 1_000_000, shapes: 200, offerings: 5000 }),
  scarce('10k-100-1000-scarce', { replicas: 10_000, shapes: 100, offerings: 1000 }),
];

function size(s: Size): Instance {
  return {
    name: s.name,
    ...(s.target && { target: s.target }),
    make: (seed) => plainProblem(diceOf(seed, s.name), seed, s),
  };
}

/** One neighbourhood of regions by seed for up to 1,000 offerings, six for more; one zone each, on-demand. */
export function plainProblem(
  dice: Dice,
  seed: number,
  s: Pick<Size, 'replicas' | 'shapes' | 'offerings' | 'nice' | 'steady'>,
): Problem {
  const places =
    s.offerings > 1000 ? NEIGHBOURS : [NEIGHBOURS[Math.abs(seed - 1) % NEIGHBOURS.length] ?? NEIGHBOURS[0]];
  const each = places
    .flatMap((p) => (p ? placesOf(p) : []))
    .map((place) => dice.shuffled(sold(place, 1, ['on-demand'], (t) => s.steady !== true || !isBurstable(t.name))));
  return problemOf(shapesOf(dice, s), dealt(each, s.offerings));
}

/** Every group is bound to the regions of one neighbourhood, so that no region can be left out for another's price. */
function homes(name: string, s: Pick<Size, 'replicas' | 'shapes' | 'offerings'>): Instance {
  return {
    name,
    make: (seed) => {
      const dice = diceOf(seed, name);
      const problem = plainProblem(dice, seed, s);
      const groups = problem.groups.map((g) => ({ ...g, allow: { region: Object.values(dice.pick(NEIGHBOURS)) } }));
      return { ...problem, groups };
    },
  };
}

/** Nine in ten offerings are short: a few nodes each, so that the cheapest sell out and their stock has a price. */
function scarce(name: string, s: Pick<Size, 'replicas' | 'shapes' | 'offerings'>): Instance {
  return {
    name,
    make: (seed) => {
      const dice = diceOf(seed, name);
      const problem = plainProblem(dice, seed, s);
      const offerings = problem.offerings.map((o) =>
        dice.chance(0.9) ? { ...o, atMost: dice.whole(0, Math.max(2, Math.ceil(160 / o.vcpu))) } : o,
      );
      return { ...problem, offerings };
    },
  };
}

/** As many from each place as there are, in turn, until there are enough: a small cloud is not drowned by a large one. */
function dealt(each: readonly (readonly Candidate[])[], count: number): Candidate[] {
  const out: Candidate[] = [];
  const longest = Math.max(...each.map((list) => list.length));
  for (let i = 0; i < longest && out.length < count; i++) {
    for (const list of each) {
      const one = list[i];
      if (one && out.length < count) out.push(one);
    }
  }
  if (out.length < count) throw new RangeError(`${out.length} offerings are sold where ${count} are wanted`);
  return out;
}
