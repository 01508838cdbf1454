import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../src/forecast/events/normal.ts';
import { quantileOf, spreadOf, timesAsWide, UNKNOWN_SPREAD } from '../../src/forecast/spread.ts';
import { excessOf, studentTimes } from '../../src/forecast/tail.ts';
import { normal, randomFrom } from './load.ts';

const residuals = (n: number, seed = 1): Float64Array => {
  const random = randomFrom(seed);
  return Float64Array.from({ length: n }, () => normal(random) / 10);
};
/** Mean absolute value of {@link residuals}. */
const USUAL = 0.08;
const PROBABILITIES = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999];

const some = fc
  .array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 20, maxLength: 300 })
  .map((values) => Float64Array.from(values));
const days = fc.double({ min: 0, max: 60, noNaN: true });
const expected = fc.double({ min: 0, max: 2, noNaN: true });
const probability = fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true });

describe('quantiles of residuals', () => {
  test('with years of evidence they are what was seen', () => {
    const spread = spreadOf(residuals(20_000), 10_000, USUAL);
    for (const p of [0.05, 0.1, 0.5, 0.9, 0.95, 0.975]) {
      expect(quantileOf(spread, p)).toBeCloseTo(normalQuantile(p) / 10, 2);
    }
  });

  test('never fall, and lie on their side of the median', () => {
    fc.assert(
      fc.property(some, days, expected, probability, probability, (values, d, e, a, b) => {
        const spread = spreadOf(values, d, e);
        const [low, high] = [quantileOf(spread, Math.min(a, b)), quantileOf(spread, Math.max(a, b))];
        expect(high).toBeGreaterThanOrEqual(low);
        if (a < 0.5) expect(quantileOf(spread, a)).toBeLessThanOrEqual(spread.median);
        else expect(quantileOf(spread, a)).toBeGreaterThanOrEqual(spread.median);
        expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('grow with the errors, while no mean excess is cut', () => {
    const by = fc.double({ min: 0.01, max: 3, noNaN: true });
    fc.assert(
      fc.property(days, probability, by, (d, p, times) => {
        const once = quantileOf(spreadOf(residuals(300), d, USUAL), p);
        const wider = spreadOf(
          residuals(300).map((r) => r * times),
          d,
          USUAL * times,
        );
        expect(quantileOf(wider, p)).toBeCloseTo(once * times, 9);
        expect(quantileOf(timesAsWide(spreadOf(residuals(300), d, USUAL), times), p)).toBeCloseTo(once * times, 9);
      }),
    );
  });

  test('do not depend on the order within a third of the time, by which only a lasting median is told', () => {
    const values = residuals(300).map((r) => r + 0.05);
    const turned = [0, 100, 200].flatMap((from) => [...values.slice(from, from + 100)].toReversed());
    for (const p of PROBABILITIES) {
      const before = quantileOf(spreadOf(values, 14, USUAL), p);
      expect(quantileOf(spreadOf(Float64Array.from(turned), 14, USUAL), p)).toBeCloseTo(before, 12);
    }
  });

  test('keep a median that has lasted and drop one that has not', () => {
    const always = residuals(300).map((r) => r + 1);
    const atFirst = residuals(300).map((r, i) => r + (i < 200 ? 1 : -0.2));
    expect(quantileOf(spreadOf(always, 14, USUAL), 0.5)).toBeCloseTo(1, 1);
    expect(quantileOf(spreadOf(atFirst, 14, USUAL), 0.5)).toBe(0);
  });
});

describe('evidence', () => {
  test('the fewer days the same residuals are from, the wider on both sides, and most so in the tail', () => {
    const width = (p: number, d: number): number => Math.abs(quantileOf(spreadOf(residuals(400), d, USUAL), p));
    for (const p of [0.01, 0.1, 0.9, 0.99, 0.999]) {
      const widths = [3, 7, 14, 28, 56].map((d) => width(p, d));
      expect(widths).toEqual(widths.toSorted((a, b) => b - a));
    }
    const wider = [0.9, 0.99, 0.999].map((p) => width(p, 7) / width(p, 56));
    expect(wider).toEqual(wider.toSorted((a, b) => a - b));
  });

  test('a few days that came out well do not make up for a load that changes from day to day', () => {
    const p99 = (d: number, e: number): number => quantileOf(spreadOf(residuals(400), d, e), 0.99);
    expect(p99(3, 0.8)).toBeGreaterThan(2 * p99(3, USUAL));
    expect(p99(365, 0.8)).toBeLessThan(1.1 * p99(365, USUAL));
  });

  test('with too few residuals all is wide, whatever they are, and as wide below as above', () => {
    expect(spreadOf(new Float64Array(19), 1, 0)).toBe(UNKNOWN_SPREAD);
    expect(Math.exp(quantileOf(UNKNOWN_SPREAD, 0.9))).toBeCloseTo(1.35, 2);
    expect(Math.exp(quantileOf(UNKNOWN_SPREAD, 0.99))).toBeCloseTo(2.71, 2);
    expect(quantileOf(UNKNOWN_SPREAD, 0.1)).toBeCloseTo(-quantileOf(UNKNOWN_SPREAD, 0.9), 12);
  });
});

describe('the tail', () => {
  test('heavy ones give a larger P99.9 than light ones with the same P90', () => {
    const light = residuals(600);
    const start = light.toSorted()[540] ?? 0;
    const heavy = light.map((r) => (r > start ? start + 3 * (r - start) : r));
    const [l, h] = [light, heavy].map((values) => spreadOf(values, 28, USUAL));
    if (!l || !h) throw new Error('two spreads');
    expect(quantileOf(h, 0.9)).toBeCloseTo(quantileOf(l, 0.9), 2);
    expect(quantileOf(h, 0.999)).toBeGreaterThan(1.8 * quantileOf(l, 0.999));
  });

  test('a single wild residual is none', () => {
    const tame = spreadOf(residuals(400), 14, USUAL);
    const wild = spreadOf(Float64Array.from([...residuals(399), 7]), 14, USUAL);
    expect(quantileOf(wild, 0.999)).toBeLessThan(1.6 * quantileOf(tame, 0.999));
  });

  test('keeps its mean, and every ten times rarer adds more than the one before', () => {
    const n = 200_000;
    const mean = Array.from({ length: n }, (_, i) => excessOf(3, n / (i + 0.5))).reduce((a, b) => a + b, 0) / n;
    expect(mean).toBeCloseTo(3, 1);
    const [one, ten, hundred, thousand] = [1, 10, 100, 1000].map((times) => excessOf(3, times));
    expect(one).toBe(0);
    expect((hundred ?? 0) - (ten ?? 0)).toBeGreaterThan(ten ?? 0);
    expect((thousand ?? 0) - (hundred ?? 0)).toBeGreaterThan((hundred ?? 0) - (ten ?? 0));
  });

  test.each([
    [3, 0.9, 1.638],
    [3, 0.99, 4.541],
    [3, 0.999, 10.215],
    [7, 0.99, 2.998],
    [7, 0.999, 4.785],
    [14, 0.999, 3.787],
    [30, 0.999, 3.385],
    [1e9, 0.99, 2.326],
  ])("Student's law with %f degrees of freedom has its %f quantile at %f, by the tables", (freedom, p, t) => {
    const z = normalQuantile(p);
    expect((z * studentTimes(z, freedom)) / t).toBeGreaterThan(0.995);
    expect((z * studentTimes(z, freedom)) / t).toBeLessThan(1.08);
  });
});
