import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fit } from '../../src/forecast/fit.ts';
import { refit } from '../../src/forecast/refit.ts';
import { predict } from '../../src/forecast/predict.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds } from '../../src/units.ts';
import { changed, HOUR, loadOf } from './load.ts';

const DAY = seconds(86_400);
const QUANTILES = [0.1, 0.5, 0.9, 0.99];
const options = { horizon: DAY };

const cutAt = (signal: ObservedSignal, n: number): ObservedSignal => ({
  ...signal,
  values: signal.values.slice(0, n),
});

/** Mean absolute difference of the medians and of the P99s, as shares of the mean median. */
function apart(a: ReturnType<typeof fit>, b: ReturnType<typeof fit>): { median: number; p99: number } {
  const [x, y] = [predict(a, DAY, QUANTILES), predict(b, DAY, QUANTILES)];
  expect(x.origin).toBe(y.origin);
  expect(x.last).toEqual(y.last);
  const sum = (path: Float64Array = new Float64Array(0)): number => path.reduce((total, v) => total + v, 0);
  const off = (q: number): number => {
    const [p, r] = [x.paths[q] ?? new Float64Array(0), y.paths[q] ?? new Float64Array(0)];
    return sum(p.map((v, i) => Math.abs(v - (r[i] ?? Number.NaN)))) / sum(y.paths[1]);
  };
  return { median: off(1), p99: off(3) };
}

describe('a series that has grown', () => {
  test('is forecast nearly as if it were fitted anew, whatever was appended, step by step', () => {
    fc.assert(
      fc.property(
        fc.record({
          step: fc.constantFrom(900, HOUR),
          days: fc.integer({ min: 16, max: 40 }),
          noise: fc.constantFrom(0.02, 0.1),
          appends: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
          seed: fc.nat(),
        }),
        ({ step, days, noise, appends, seed }) => {
          const whole = loadOf({ days: days + 1, step, noise, seed });
          let n = Math.round((days * 86_400) / step);
          let fitted = fit(cutAt(whole, n), options);
          for (const more of appends) fitted = refit(fitted, cutAt(whole, (n += more)), options);
          const { median, p99 } = apart(fitted, fit(cutAt(whole, n), options));
          expect(median).toBeLessThan(0.25 * noise);
          expect(p99).toBeLessThan(noise);
        },
      ),
      { numRuns: 12, seed: 5 },
    );
  }, 30_000);

  const whole = loadOf({ days: 22, noise: 0.05 });
  const before = cutAt(whole, 20 * 24);
  const fitted = fit(before, options);

  test('leaves what was learnt before as it was, and says the same twice', () => {
    const said = predict(fitted, DAY, QUANTILES);
    const grown = cutAt(whole, 20 * 24 + 3);
    const first = predict(refit(fitted, grown, options), DAY, QUANTILES);
    expect(predict(refit(fitted, grown, options), DAY, QUANTILES)).toEqual(first);
    expect(predict(fitted, DAY, QUANTILES)).toEqual(said);
  });

  test('knows the newest values', () => {
    const jumped = changed(cutAt(whole, 20 * 24 + 3), (v, i) => (i >= 20 * 24 ? 3 * v : v));
    const calm = predict(refit(fitted, cutAt(whole, 20 * 24 + 3), options), DAY, [0.5]).paths[0]?.[0] ?? 0;
    const said = predict(refit(fitted, jumped, options), DAY, [0.5]).paths[0]?.[0] ?? 0;
    expect(said).toBeGreaterThan(1.5 * calm);
  });

  test('adds what came true to what quantiles rest on', () => {
    const grown = refit(fitted, cutAt(whole, 20 * 24 + 12), options);
    const count = (of: typeof fitted): number =>
      (of.learnt?.blocks ?? []).reduce((sum, { calibration }) => sum + calibration.evidence.residuals.length, 0);
    expect(count(grown)).toBeGreaterThan(count(fitted));
  });

  test('may have lost its oldest steps: the window slides', () => {
    const grown = cutAt(whole, 20 * 24 + 2);
    const slid = { ...grown, start: instant(grown.start + 5 * HOUR * 1000), values: grown.values.slice(5) };
    const { median } = apart(refit(fitted, slid, options), fit(slid, options));
    expect(median).toBeLessThan(0.02);
  });

  test('says the same in however many steps it has grown', () => {
    const grownBy = (steps: number): ObservedSignal => cutAt(whole, 20 * 24 + steps);
    const stepwise = Array.from({ length: 24 }, (_, i) => i + 1).reduce(
      (last, steps) => refit(last, grownBy(steps), options),
      fitted,
    );
    expect(stepwise).toEqual(refit(fitted, grownBy(24), options));
    expect(stepwise.learnt?.ground).toBe(fitted.learnt?.ground);
  });

  test('may have gaps among the new steps, and the newest may come in late', () => {
    const gaps = changed(cutAt(whole, 20 * 24 + 6), (v, i) => (i === 482 || i === 485 ? Number.NaN : v));
    const { median, p99 } = apart(refit(fitted, gaps, options), fit(gaps, options));
    expect(refit(fitted, gaps, options).learnt?.missing).toBe(1);
    expect(median).toBeLessThan(0.25 * 0.05);
    expect(p99).toBeLessThan(0.05);
  });

  const grown = cutAt(whole, 20 * 24 + 2);
  const late = (v: number, i: number): number => (i >= 20 * 24 ? Number.NaN : v);
  test.each([
    ['its past was corrected', changed(grown, (v, i) => (i === 100 ? v * 1.5 : v)), options],
    ['a gap of its past was filled', changed(grown, (v, i) => (i === 200 ? Number.NaN : v)), options],
    ['it begins earlier than it did', { ...grown, start: instant(grown.start - 7 * HOUR * 1000) }, options],
    ['its steps begin at other times', { ...grown, start: instant(grown.start + 60_000) }, options],
    ['more than a day has come', cutAt(whole, 20 * 24 + 25), options],
    ['it has become shorter', cutAt(whole, 20 * 24 - 1), options],
    ['its seasons are stated otherwise', grown, { ...options, seasons: [seconds(8 * HOUR), seconds(7 * 86_400)] }],
    ['the horizon is another', grown, { horizon: seconds(2 * 86_400) }],
    ['some of its past is now left out', grown, { ...options, excluded: grown.values.map((_, i) => +(i === 300)) }],
    ['a new step is zero: an outage or the load', changed(grown, (v, i) => (i === 20 * 24 + 1 ? 0 : v)), options],
    ['a new step may be a spike', changed(grown, (v, i) => (i === 20 * 24 + 1 ? 50 * v : v)), options],
    ['the newest values are missing for long', changed(cutAt(whole, 20 * 24 + 9), late), options],
  ] as const)('is fitted anew when %s', (_, signal, given) => {
    const settings = 'excluded' in given ? { ...given, excluded: Uint8Array.from(given.excluded) } : given;
    expect(refit(fitted, signal, settings)).toEqual(fit(signal, settings));
  });

  test('that had nothing to learn from is fitted as soon as it has', () => {
    const nothing = fit(
      changed(before, () => Number.NaN),
      options,
    );
    expect(nothing.learnt).toBeUndefined();
    expect(refit(nothing, before, options)).toEqual(fitted);
  });
});
