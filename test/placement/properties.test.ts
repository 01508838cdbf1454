import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { place } from '../../src/placement/place.ts';
import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { share } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const SIZES = [
  [2, 4],
  [2, 8],
  [4, 16],
  [8, 16],
  [8, 32],
  [16, 64],
] as const;
const PROVIDERS = ['aws', 'azure', 'gcp'] as const;

/** Price grows with size, with some noise, as in real lists. */
const candidates = fc
  .array(
    fc.record({
      size: fc.nat(SIZES.length - 1),
      provider: fc.nat(2),
      zone: fc.nat(2),
      spot: fc.boolean(),
      noise: fc.integer({ min: 80, max: 130 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((list): Candidate[] => {
    const byId = new Map<string, Candidate>();
    for (const c of list) {
      const [cores, gib] = SIZES[c.size] ?? [2, 4];
      const provider = PROVIDERS[c.provider] ?? 'aws';
      const price = ((cores * 0.04 + gib * 0.004) * c.noise) / 100;
      const o = offering(cores, gib, c.spot ? price * 0.4 : price, {
        provider,
        zone: `z${c.zone}`,
        purchase: c.spot ? 'spot' : 'on-demand',
      });
      byId.set(o.id, o);
    }
    return [...byId.values()];
  });

const groups = fc
  .array(
    fc.record({
      replicas: fc.integer({ min: 1, max: 40 }),
      cores: fc.integer({ min: 1, max: 8 }),
      gib: fc.integer({ min: 1, max: 16 }),
      spot: fc.constantFrom(undefined, 0, 0.3),
      survive: fc.constantFrom(undefined, 0.5, 0.8),
      skew: fc.constantFrom(undefined, 1, 3),
      perNode: fc.constantFrom(undefined, 1, 3),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((list): Group[] =>
    list.map((g, i) =>
      group(`g${i}`, g.replicas, g.cores / 4, g.gib / 2, {
        ...(g.spot !== undefined && { spotAtMost: g.spot }),
        ...(g.survive !== undefined && { survive: { loss: 'provider', share: share(g.survive) } }),
        ...(g.skew !== undefined && { zoneSkew: { most: g.skew, within: 'region' } }),
        ...(g.perNode !== undefined && { perNodeAtMost: g.perNode }),
      }),
    ),
  );

const problems = fc
  .record({ groups, candidates, cap: fc.constantFrom(undefined, 0.5, 0.7) })
  .map(({ groups: g, candidates: c, cap }) =>
    problem(g, c, cap === undefined ? {} : { vendorShareAtMost: new Map([['aws', cap]]) }),
  );

const RUNS = { numRuns: 60, seed: 20_261_123 };
const bare = (p: Problem): Problem => ({
  ...p,
  rules: { ...p.rules, vendorShareAtMost: new Map() },
  groups: p.groups.map((g) => group(g.name, g.replicas, g.requests.cpu / 1000, g.requests.memory / 1024)),
});

describe('a placement', () => {
  it('keeps every rule, costs at least its bound, and accounts for every replica', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const answer = place(p, solver);
        expect(violations(p, answer.nodes, answer.unplaced)).toEqual([]);
        expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(answer.usdPerHour);
        if (answer.status === 'placed') expect(answer.unplaced).toEqual({});
        else expect(answer.conflict.length).toBeGreaterThan(0);
        if (answer.status === 'placed') expect(answer.usdPerHour).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  it('is the same for the same problem, and for its parts in another order', () => {
    fc.assert(
      fc.property(problems, fc.nat(), (p, turn) => {
        const rotated = { ...p, offerings: rotate(p.offerings, turn) };
        expect(place(p, solver)).toEqual(place(p, solver));
        expect(place(rotated, solver).usdPerHour).toBeCloseTo(place(p, solver).usdPerHour, 9);
      }),
      { ...RUNS, numRuns: 25 },
    );
  });

  it('has a bound that no rule-free answer undercuts: fewer rules never raise the bound above a dearer answer', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const strict = place(p, solver);
        const free = place(bare(p), solver);
        if (strict.status !== 'placed') return;
        expect(free.status).toBe('placed');
        expect(free.lowerBoundUsdPerHour).toBeLessThanOrEqual(strict.usdPerHour + 1e-9);
      }),
      RUNS,
    );
  });

  it('leaves all dual prices non-negative, and the certificate adds up to the bound where no rule binds', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const free = bare(p);
        const answer = place(free, solver);
        if (answer.status !== 'placed') return;
        const prices = answer.certificate.groupPrices;
        const sum = free.groups.reduce((total, g) => total + g.replicas * (prices[g.name] ?? 0), 0);
        expect(sum).toBeCloseTo(answer.lowerBoundUsdPerHour, 6);
        for (const o of free.offerings) {
          for (const g of free.groups) {
            const fits = Math.min(
              Math.floor(o.allocatable.cpu / g.requests.cpu + 1e-9),
              Math.floor(o.allocatable.memory / g.requests.memory + 1e-9),
              g.replicas,
            );
            expect(fits * (prices[g.name] ?? 0)).toBeLessThanOrEqual(o.usdPerHour + 1e-9);
          }
        }
      }),
      RUNS,
    );
  });
});

describe('small problems, against every possible answer', () => {
  it('costs the least there is or proves how near, and the bound is never above the least', () => {
    const small = fc.record({
      replicas: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 })),
      shapes: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
      prices: fc.tuple(
        fc.integer({ min: 8, max: 12 }),
        fc.integer({ min: 16, max: 22 }),
        fc.integer({ min: 30, max: 42 }),
      ),
    });
    fc.assert(
      fc.property(small, ({ replicas, shapes, prices }) => {
        const p = problem(
          [group('a', replicas[0], shapes[0] / 2, 3), group('b', replicas[1], 0.5, shapes[1])],
          [offering(4, 8, prices[0] / 100), offering(8, 16, prices[1] / 100), offering(16, 32, prices[2] / 100)],
        );
        const least = enumerated(p);
        const answer = place(p, solver);
        expect(answer.status).toBe('placed');
        expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(least + 1e-9);
        expect(answer.usdPerHour).toBeGreaterThanOrEqual(least - 1e-9);
        expect(answer.usdPerHour).toBeLessThanOrEqual(least * (1 + answer.gap) + 1e-9);
        expect(answer.usdPerHour).toBeLessThanOrEqual(least * 1.2 + 1e-9);
      }),
      { ...RUNS, numRuns: 80 },
    );
  });
});

/** The least cost over all multisets of nodes, by filling one node after another in every way. */
function enumerated(p: Problem): number {
  const [a, b] = p.groups;
  if (!a || !b) throw new Error('two groups');
  const memo = new Map<string, number>();
  const least = (left: readonly [number, number]): number => {
    if (left[0] <= 0 && left[1] <= 0) return 0;
    const key = left.join(',');
    const known = memo.get(key);
    if (known !== undefined) return known;
    let best = Infinity;
    for (const o of p.offerings) {
      for (let x = 0; x <= left[0]; x++) {
        for (let y = 0; y <= left[1]; y++) {
          const fits =
            x * a.requests.cpu + y * b.requests.cpu <= o.allocatable.cpu &&
            x * a.requests.memory + y * b.requests.memory <= o.allocatable.memory;
          if (x + y === 0 || !fits) continue;
          best = Math.min(best, o.usdPerHour + least([left[0] - x, left[1] - y]));
        }
      }
    }
    memo.set(key, best);
    return best;
  };
  return least([a.replicas, b.replicas]);
}

function rotate<T>(list: readonly T[], turn: number): T[] {
  const k = list.length === 0 ? 0 : turn % list.length;
  return [...list.slice(k), ...list.slice(0, k)];
}
