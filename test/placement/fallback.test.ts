import { beforeAll, describe, expect, it } from 'vitest';
import { diceOf } from '../../bench/placement/random.ts';
import { ruledProblem } from '../../bench/placement/rules.ts';
import { cheaperOf, fallback } from '../../src/placement/fallback.ts';
import { place } from '../../src/placement/place.ts';
import type { Placement } from '../../src/placement/placement.ts';
import type { Candidate, Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { share } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem, providerOf, replicasBy, zoneOf } from './build.ts';

let highs: LinearSolver;
beforeAll(async () => {
  highs = await loadHighs();
});

/** The rules on those replicas that have a place. */
function broken(p: Problem, { nodes, unplaced }: Placement): readonly string[] {
  const groups = p.groups.map((g) => ({ ...g, replicas: g.replicas - (unplaced[g.name] ?? 0) }));
  return violations({ ...p, groups }, nodes, {});
}

const everywhere = (providers: readonly ('aws' | 'gcp' | 'azure')[], zones = ['a', 'b']): Candidate[] =>
  providers.flatMap((provider, i) =>
    zones.flatMap((zone) => [
      offering(4, 16, 0.2 + 0.01 * i, { provider, zone }),
      offering(8, 32, 0.39 + 0.01 * i, { provider, zone }),
      offering(4, 16, 0.07, { provider, zone, purchase: 'spot' }),
    ]),
  );

describe('a placement without a solver', () => {
  it.each(Array.from({ length: 24 }, (_, i) => i))('keeps every rule there is, and its bound holds: draw %i', (i) => {
    const dice = diceOf(i, 'fallback');
    const p = ruledProblem(dice, {
      groups: dice.whole(2, 8),
      replicas: dice.whole(20, 400),
      clouds: dice.shuffled(['aws', 'azure', 'gcp'] as const).slice(0, dice.whole(2, 3)),
      regions: dice.whole(1, 2),
      types: dice.whole(4, 10),
      all: i % 3 === 0,
    });
    const answer = fallback(p, 'on trial');
    expect(broken(p, answer)).toEqual([]);
    expect(answer.method).toBe('greedy-fallback');
    expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(answer.usdPerHour);
    // the draws all have an answer; where this way finds none, it says which rule it can't keep
    if (answer.status === 'placed') expect(answer.unplaced).toEqual({});
    else expect(answer.conflict.length + Object.keys(answer.unplaced).length).toBeGreaterThan(1);
    const best = place(p, highs);
    if (answer.status === 'placed' && best.status === 'placed') {
      expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(best.usdPerHour * (1 + 1e-9));
    }
  });

  it.each<[string, Problem, (nodes: Placement['nodes']) => void]>([
    [
      'half must remain: two clouds, and no more replicas than asked for',
      problem([group('a', 20, 1, 2, { survive: { loss: 'provider', share: share(0.5) } })], everywhere(['aws', 'gcp'])),
      (nodes) => expect(replicasBy(nodes, 'a', providerOf)).toEqual({ aws: 10, gcp: 10 }),
    ],
    [
      'three quarters must remain of two clouds: half as many again',
      problem(
        [group('a', 20, 1, 2, { survive: { loss: 'provider', share: share(0.75) } })],
        everywhere(['aws', 'gcp']),
      ),
      (nodes) => expect(replicasBy(nodes, 'a', providerOf)).toEqual({ aws: 15, gcp: 15 }),
    ],
    [
      'even over zones',
      problem([group('a', 7, 1, 2, { zoneSkew: { most: 1, within: 'all' } })], everywhere(['aws'], ['a', 'b', 'c'])),
      (nodes) => expect(Object.values(replicasBy(nodes, 'a', zoneOf)).toSorted((x, y) => x - y)).toEqual([2, 2, 3]),
    ],
    [
      'a zone that runs out keeps the others down',
      problem(
        [group('a', 20, 1, 2, { zoneSkew: { most: 2, within: 'all' } })],
        [offering(4, 16, 0.2, { zone: 'a', atMost: 1 }), offering(4, 16, 0.2, { zone: 'b' })],
      ),
      (nodes) => expect(replicasBy(nodes, 'a', zoneOf)).toEqual({ a: 4, b: 6 }),
    ],
  ])('%s', (_, p, holds) => {
    const answer = fallback(p, 'on trial');
    expect(broken(p, answer)).toEqual([]);
    holds(answer.nodes);
  });

  it('keeps a vendor’s share where single groups are tied to that vendor', () => {
    const p = problem(
      [group('tied', 30, 1, 2, { allow: { provider: ['aws'] } }), group('free', 40, 1, 2)],
      everywhere(['aws', 'gcp']),
      { vendorShareAtMost: new Map([['aws', 0.4]]) },
    );
    const answer = fallback(p, 'on trial');
    expect(answer.status).toBe('placed');
    expect(broken(p, answer)).toEqual([]);
  });

  it.each<[string, Problem, Placement['status'], RegExp]>([
    [
      'caps that leave a part of the bill to nobody',
      problem([group('a', 9, 1, 2)], everywhere(['aws', 'gcp']), {
        vendorShareAtMost: new Map([
          ['aws', 0.4],
          ['gcp', 0.4],
        ]),
      }),
      'infeasible',
      /of the \$\/h, over 40%/,
    ],
    [
      'a loss that nothing survives',
      problem([group('a', 9, 1, 2, { survive: { loss: 'zone', share: share(0.5) } })], everywhere(['aws'], ['a'])),
      'infeasible',
      /on trial/,
    ],
    ['too few nodes', problem([group('a', 9, 1, 2)], [offering(4, 16, 0.2, { atMost: 2 })]), 'partial', /on trial/],
  ])('gives up what it can’t place, and breaks nothing: %s', (_, p, status, says) => {
    const answer = fallback(p, 'on trial');
    expect(answer.status).toBe(status);
    expect(broken(p, answer)).toEqual([]);
    expect(Object.values(answer.unplaced).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);
    expect(answer.conflict.join(' ')).toMatch(says);
  });

  it('proves nearly all of its cost where one resource decides', () => {
    const answer = fallback(problem([group('a', 400, 1, 4)], [offering(4, 16, 0.2)]), 'on trial');
    expect(answer.usdPerHour).toBeCloseTo(20, 9);
    expect(answer.lowerBoundUsdPerHour).toBeCloseTo(20, 9);
  });

  it('knows in its bound that only so much may be on spot', () => {
    const half = problem(
      [group('a', 100, 1, 4, { spotAtMost: 0.5 })],
      [offering(4, 16, 0.2), offering(4, 16, 0.1, { purchase: 'spot' })],
    );
    const answer = fallback(half, 'on trial');
    expect(answer.lowerBoundUsdPerHour).toBeCloseTo(50 * 0.05 + 50 * 0.025, 9);
    expect(answer.certificate.rulePrices['spotAtMost/a']).toBeCloseTo(0.025, 9);
  });
});

describe('the better of two answers', () => {
  const p = problem([group('a', 10, 1, 4)], [offering(4, 16, 0.2), offering(8, 32, 0.39)]);

  it('has the cheaper nodes and the higher bound, whoever found them', () => {
    const [one, other] = [fallback(p, 'one'), place(p, highs)];
    const cheap = { ...one, usdPerHour: 0.5, lowerBoundUsdPerHour: 0.2 };
    const proven = { ...other, usdPerHour: 0.6, lowerBoundUsdPerHour: 0.4 };
    const best = cheaperOf(proven, cheap);
    expect(best).toMatchObject({ method: 'greedy-fallback', usdPerHour: 0.5, lowerBoundUsdPerHour: 0.4 });
    expect(best.certificate).toBe(proven.certificate);
    expect(best.gap).toBeCloseTo(0.25, 9);
  });

  it('is the first of equals', () => {
    const one = place(p, highs);
    expect(cheaperOf(one, { ...one, method: 'other' }).method).toBe(one.method);
  });

  it('is that which places more', () => {
    const one = place(p, highs);
    const less: Placement = { ...one, status: 'partial', unplaced: { a: 2 } };
    expect(cheaperOf(less, one)).toBe(one);
    expect(cheaperOf(one, less)).toBe(one);
  });
});
