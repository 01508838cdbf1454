import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selfCheck, type PastForecast, type SelfCheck } from '../../src/forecast/self-check.ts';
import { instant, seconds } from '../../src/units.ts';
import { HOUR, loadOf, randomFrom, signalOf } from './load.ts';

const DAY = 24;
const QUANTILES = [0.1, 0.5, 0.9];

/** A forecast of a day, made at a step of the signal: what comes, times a factor, with a band of a tenth. */
function forecastAt(values: Float64Array, start: number, t: number, factor: (h: number) => number): PastForecast {
  const middle = Float64Array.from({ length: DAY }, (_, h) => (values[t + 1 + h] ?? Number.NaN) * factor(h));
  return {
    origin: instant(start + t * HOUR * 1000),
    step: seconds(HOUR),
    quantiles: QUANTILES,
    paths: [middle.map((v) => v * 0.9), middle, middle.map((v) => v * 1.1)],
    mean: middle,
  };
}

/** Days of forecasts at the end of three weeks of load, each off by the factor of its day. */
function checked(factors: readonly number[], options: { noise?: number; window?: number } = {}): SelfCheck {
  const signal = loadOf({ days: 21, noise: options.noise ?? 0.02, seed: 3 });
  const first = 20 - factors.length;
  const past = factors.map((factor, d) => forecastAt(signal.values, signal.start, (first + d) * DAY - 1, () => factor));
  return selfCheck(past, signal, options.window === undefined ? {} : { window: seconds(options.window) });
}

describe('whether a yardstick takes over', () => {
  it.each<{ why: string; factors: readonly number[]; fallback: boolean; says: RegExp }>([
    {
      why: 'a good forecast stays',
      factors: [1.001, 1, 0.999, 1, 1],
      fallback: false,
      says: /the forecast is off by .* of the load/,
    },
    {
      why: 'one that is off by half on all days goes',
      factors: [1.5, 1.5, 0.5, 1.5, 0.5],
      fallback: true,
      says: /nearer on 5 of 5 days: it is the better forecast/,
    },
    {
      why: 'two days are too few to judge by',
      factors: [1.5, 0.5],
      fallback: false,
      says: /nearer on 2 of 2 days: too few days/,
    },
    {
      why: 'one very bad day topples nothing',
      factors: [1, 1, 6, 1, 1],
      fallback: false,
      says: /nearer on 1 of 5 days: not clearly better/,
    },
    { why: 'without forecasts nothing is judged', factors: [], fallback: false, says: /nothing has come yet/ },
  ])('$why', ({ factors, fallback, says }) => {
    const check = checked(factors);
    expect(check.fallback).toBe(fallback);
    expect(check.why).toMatch(says);
    if (fallback) expect(check.nearer).toBeDefined();
  });

  it('looks at the window alone', () => {
    const all = checked([3, 3, 3, 3, 1, 1, 1, 1]);
    const late = checked([3, 3, 3, 3, 1, 1, 1, 1], { window: 4 * 86_400 });
    expect(late.steps).toBeLessThan(all.steps);
    expect(late.error).toBe(0);
  });

  it('takes the last value where that is nearest', () => {
    const random = randomFrom(5);
    let level = 1000;
    const values = Float64Array.from({ length: 20 * DAY }, () => (level *= 1 + 0.02 * (random() - 0.5)));
    const signal = signalOf(values);
    const past = [14, 15, 16, 17, 18].map((d) => forecastAt(values, signal.start, d * DAY, () => 2));
    expect(selfCheck(past, signal)).toMatchObject({ fallback: true, nearer: 'the last value' });
  });
});

describe('error and coverage', () => {
  it('count a step for which a value came, and no gap', () => {
    const signal = loadOf({ days: 21, noise: 0.02, seed: 3 });
    const past = [forecastAt(signal.values, signal.start, 19 * DAY - 1, () => 1.05)];
    const whole = selfCheck(past, signal);
    expect(whole.steps).toBe(DAY);
    expect(whole.error).toBeCloseTo(0.05, 9);
    expect(whole.coverage).toEqual([
      { quantile: 0.1, share: 0 },
      { quantile: 0.5, share: 1 },
      { quantile: 0.9, share: 1 },
    ]);
    const gappy = signal.values.map((v, i) => (i % 2 === 0 ? Number.NaN : v));
    expect(selfCheck(past, { ...signal, values: gappy }).steps).toBe(DAY / 2);
  });

  it('a constant load, forecast as it is, falls back to nothing', () => {
    const signal = signalOf(Array.from({ length: 20 * DAY }, () => 7));
    const past = [15, 16, 17, 18].map((d) => forecastAt(signal.values, signal.start, d * DAY, () => 1));
    expect(selfCheck(past, signal)).toMatchObject({
      fallback: false,
      error: 0,
      why: expect.stringMatching(/would have done as well/) as string,
    });
  });

  it('never fall back on a forecast that is right, whatever the load', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: 0, max: 1e6, noNaN: true }), { minLength: 11 * DAY, maxLength: 11 * DAY }),
        (load) => {
          const signal = signalOf(load);
          const past = [7, 8, 9].map((d) => forecastAt(signal.values, signal.start, d * DAY, () => 1));
          const check = selfCheck(past, signal);
          expect(check.fallback).toBe(false);
          expect(check.nearer).toBeUndefined();
          expect(check.coverage.every(({ share }) => share >= 0 && share <= 1)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});
