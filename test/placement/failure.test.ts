import { beforeAll, describe, expect, it } from 'vitest';
import { entryOf } from '../../src/placement/enter.ts';
import { place } from '../../src/placement/place.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearAnswer, LinearModel, LinearSolver } from '../../src/ports.ts';
import { share } from '../../src/units.ts';
import { accepted, loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

let highs: LinearSolver;
beforeAll(async () => {
  highs = await loadHighs();
});

/** A solver that works `good` times and then answers `then`. */
function failing(good: number, then: LinearAnswer): LinearSolver {
  let solved = 0;
  return {
    name: 'failing',
    open: (rows) => {
      const model = highs.open(rows);
      const solve: LinearModel['solve'] = () => (solved++ < good ? model.solve() : then);
      return { ...model, solve };
    },
  };
}

const P = problem(
  [
    group('a', 12, 1, 2, { survive: { loss: 'provider', share: share(0.5) } }),
    group('b', 7, 0.5, 4, { spotAtMost: 0 }),
  ],
  ['aws', 'gcp'].flatMap((provider) => [
    offering(4, 16, 0.2, { provider: provider as 'aws' }),
    offering(4, 16, 0.08, { provider: provider as 'aws', purchase: 'spot' }),
  ]),
);

describe('a solver that fails never leads to a fleet of zero cost', () => {
  const failures: readonly (readonly [string, LinearAnswer])[] = [
    ['fails', { status: 'failed', reason: 'HiGHS model status 4' }],
    ['calls a feasible problem infeasible', { status: 'infeasible' }],
  ];
  describe.each(failures)('that %s', (_, then) => {
    it.each([0, 1, 3])('after %i answers', (good) => {
      const answer = place(P, failing(good, then));
      expect(answer.status).toBe('placed');
      expect(answer.usdPerHour).toBeGreaterThan(0);
      expect(answer.lowerBoundUsdPerHour).toBeGreaterThan(0);
      expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(answer.usdPerHour);
      expect(violations(P, answer.nodes, {})).toEqual([]);
    });
    it('says that the answer is the fallback', () => {
      expect(place(P, failing(0, then)).method).toBe('greedy-fallback');
    });
  });

  it('has a fallback bound that the real answer does not undercut', () => {
    const fallback = place(P, failing(0, { status: 'failed', reason: 'x' }));
    expect(fallback.lowerBoundUsdPerHour).toBeLessThanOrEqual(place(P, highs).usdPerHour);
  });
});

describe('an answer of HiGHS counts only when it is whole and finite', () => {
  const table: readonly (readonly [string, Parameters<typeof accepted>, RegExp])[] = [
    ['status Empty has no columns', [new Float64Array(0), new Float64Array(0), 0, 3, 2], /got 0 columns/],
    ['rows are missing', [new Float64Array(3), new Float64Array(1), 0, 3, 2], /1 rows/],
    ['a value is not a number', [Float64Array.of(1, Number.NaN, 0), new Float64Array(2), 1, 3, 2], /not finite/],
    ['the objective is not finite', [new Float64Array(3), new Float64Array(2), Infinity, 3, 2], /not finite/],
  ];
  it.each(table)('%s', (_, args, reason) => {
    const answer = accepted(...args);
    expect(answer.status).toBe('failed');
    if (answer.status === 'failed') expect(answer.reason).toMatch(reason);
  });

  it('a model that can not be met is infeasible, not failed', () => {
    const model = highs.open({ lower: Float64Array.of(2), upper: Float64Array.of(3) });
    model.addColumns({
      cost: Float64Array.of(1),
      lower: Float64Array.of(0),
      upper: Float64Array.of(1),
      starts: Int32Array.of(0, 1),
      index: Int32Array.of(0),
      value: Float64Array.of(1),
    });
    expect(model.solve()).toEqual({ status: 'infeasible' });
    model.close();
  });
});

describe('the price at which a passed-over offering enters', () => {
  const cheap = offering(4, 16, 0.2);
  const dear = offering(8, 32, 0.9, { type: 'dear' });
  const p = problem([group('a', 40, 1, 4)], [cheap, dear]);

  it('is the worth of its best filling', () => {
    const entry = entryOf(p, place(p, highs), dear);
    expect(entry?.entersAtUsdPerHour).toBeCloseTo(0.4, 6);
    expect(entry?.filling).toEqual({ a: 8 });
  });

  it.each([
    ['just above: it stays out', 1.01, 0],
    ['just below: it is chosen', 0.99, 5],
  ])('%s', (_, factor, nodes) => {
    const enters = entryOf(p, place(p, highs), dear)?.entersAtUsdPerHour ?? 0;
    const again = place({ ...p, offerings: [cheap, { ...dear, usdPerHour: enters * factor }] }, highs);
    expect(again.nodes.filter((n) => n.offering === dear.id).reduce((sum, n) => sum + n.count, 0)).toBe(nodes);
  });

  it('reckons with a vendor cap: what the capped vendor sells is worth less', () => {
    const azure = offering(4, 16, 0.25, { provider: 'azure' });
    const capped = problem([group('a', 400, 1, 4)], [cheap, azure, dear], {
      vendorShareAtMost: new Map([['aws', 0.5]]),
    });
    const entry = entryOf(capped, place(capped, highs), dear);
    expect(entry?.entersAtUsdPerHour).toBeCloseTo(0.4, 2);
  });

  it('is unknown where no group may use it', () => {
    const arm = offering(4, 16, 0.01, { arch: 'arm64', type: 'arm' });
    const only = problem([group('a', 4, 1, 1, { allow: { arch: ['amd64'] } })], [cheap, arm]);
    expect(entryOf(only, place(only, highs), arm)).toBeUndefined();
  });
});
