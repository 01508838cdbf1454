import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextNine, objectiveOf, percentile, quantilesOf } from '../../src/demand/objective.ts';

const costs = (shortageUsdPerUnitHour: number, idleUsdPerReplicaHour: number) => ({
  costs: { shortageUsdPerUnitHour, idleUsdPerReplicaHour },
});

describe('which quantile', () => {
  test.each<[why: string, service: Parameters<typeof objectiveOf>[0], capacity: number, quantile: number, why: RegExp]>(
    [
      ['the stated one', { quantile: 0.995 }, 20_000, 0.995, /^stated in the fleet file$/],
      [
        'nine dollars of shortage against one of idling: nine in ten',
        costs(0.00045, 1),
        20_000,
        0.9,
        /^\$9\.00\/h for the load of one replica left uncarried against \$1\.00\/h for one that idles$/,
      ],
      ['a shortage as dear as idling: the median', costs(0.05, 1), 20, 0.5, /^\$1\.00\/h .* against \$1\.00\/h/],
      ['a replica that carries twice as much is missed twice as much', costs(0.05, 1), 40, 0.6667, /^\$2\.00\/h/],
      [
        'dearer than any forecast can tell: the most it can',
        costs(1000, 0.01),
        20_000,
        0.9999,
        /which asks for over 99\.99%: further than a forecast can tell$/,
      ],
      [
        'cheaper than any: the least',
        costs(1e-9, 10),
        1,
        0.01,
        /which asks for 1e-8%: further than a forecast can tell$/,
      ],
    ],
  )('%s', (_, service, capacity, quantile, why) => {
    expect(objectiveOf(service, capacity).quantile).toBeCloseTo(quantile, 6);
    expect(objectiveOf(service, capacity).why).toMatch(why);
  });

  test('neither a quantile nor costs is our own mistake', () => {
    expect(() => objectiveOf({}, 1)).toThrow('neither');
  });

  const usd = fc.double({ min: 1e-4, max: 1e3, noNaN: true });

  test('the critical ratio is where what a shortage and idling cost together is least, whatever the load is like', () => {
    const loads = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(loads, usd, usd, (drawn, shortage, idle) => {
        const { quantile } = objectiveOf(costs(shortage, idle), 1);
        fc.pre(quantile > 0.05 && quantile < 0.95);
        const sorted = drawn.toSorted((a, b) => a - b);
        const costAt = (room: number): number =>
          sorted.reduce((sum, d) => sum + shortage * Math.max(0, d - room) + idle * Math.max(0, room - d), 0);
        const atQuantile = sorted[Math.ceil(quantile * sorted.length - 1e-6) - 1] ?? 0;
        const least = Math.min(...sorted.map(costAt));
        expect(costAt(atQuantile)).toBeLessThanOrEqual(least * (1 + 1e-3) + 1e-9);
      }),
    );
  });

  test('dearer shortage never lowers it, dearer idling never raises it', () => {
    fc.assert(
      fc.property(usd, usd, usd, usd, (a, b, i, j) => {
        const at = (shortage: number, idle: number): number => objectiveOf(costs(shortage, idle), 10).quantile;
        expect(at(Math.max(a, b), i)).toBeGreaterThanOrEqual(at(Math.min(a, b), i));
        expect(at(a, Math.max(i, j))).toBeLessThanOrEqual(at(a, Math.min(i, j)));
      }),
    );
  });
});

describe('the next nine', () => {
  test.each([
    [0.9, 0.99],
    [0.95, 0.995],
    [0.99, 0.999],
    [0.999, 0.9999],
    [0.5, 0.95],
    // once in a hundred thousand steps is a year of 5-minute ones: no forecast from weeks knows it
    [0.9999, undefined],
    [0.9995, undefined],
  ])('of %d is %s', (quantile, next) => expect(nextNine(quantile)).toBe(next));

  test('reads as it is, never rounded to the whole', () => {
    expect([0.5, 0.95, 0.999, 0.9999, 0.976543].map(percentile)).toEqual(['50%', '95%', '99.9%', '99.99%', '97.6543%']);
  });
});

test('a forecast is asked for each quantile that sizing may want, wherever a replica runs', () => {
  const on = [{ type: ['m5.*'], capacityPerReplica: 9 }];
  expect(quantilesOf({ quantile: 0.99, capacityPerReplica: 20, on: [] })).toEqual([0.99, 0.999]);
  expect(quantilesOf({ ...costs(1, 1), capacityPerReplica: 4, on })).toEqual([0.8, 0.98, 0.9, 0.99]);
});
