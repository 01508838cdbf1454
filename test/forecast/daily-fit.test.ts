import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitDaily, type DailyFit } from '../../src/forecast/daily-fit.ts';
import { fit } from '../../src/forecast/fit.ts';
import { predict } from '../../src/forecast/predict.ts';
import { fitWithEvents, predictWithEvents, type DailyFits } from '../../src/forecast/with-events.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds, type Instant } from '../../src/units.ts';
import { changed, HOUR, loadOf } from './load.ts';

const DAY = seconds(86_400);
const QUANTILES = [0.1, 0.5, 0.9, 0.99];

/** What an observation at step n - 1 holds, and what is asked of it. */
const seenUpTo = (whole: ObservedSignal, n: number, from = 0): ObservedSignal => ({
  ...whole,
  start: instant(whole.start + from * whole.step * 1000),
  values: whole.values.slice(from, n),
});
const endOf = ({ start, step, values }: ObservedSignal): Instant => instant(start + (values.length - 1) * step * 1000);
const asked = (signal: ObservedSignal): { until: Instant; horizon: typeof DAY } => ({
  until: endOf(signal),
  horizon: DAY,
});
const hasGround = (daily: DailyFit | undefined): unknown => daily?.fitted.learnt?.ground;

describe('a series that is learnt once a day', () => {
  const mishaps = [
    ['all is well', (v: number) => v],
    ['steps are missing', (v: number, i: number) => (i % 7 === 3 && i > 20 * 24 ? Number.NaN : v)],
    ['it stops for hours', (v: number, i: number) => (i > 20 * 24 + 3 && i < 20 * 24 + 9 ? 0 : v)],
    ['it is seen a hundredfold', (v: number, i: number) => (i === 20 * 24 + 4 ? 100 * v : v)],
    ['it doubles', (v: number, i: number) => (i > 20 * 24 + 4 ? 2 * v : v)],
  ] as const;
  test.each(mishaps)('is said the same with what was learnt earlier as without, bit for bit, when %s', (_, happens) => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 5 }),
        fc.boolean(),
        fc.boolean(),
        (seed, steps, slides, unfinished) => {
          const whole = changed(loadOf({ days: 24, noise: 0.05, seed }), happens);
          let n = 20 * 24;
          let earlier: DailyFit | undefined;
          for (const more of steps) {
            n += more;
            const asItWas = seenUpTo(whole, n, slides ? n - 20 * 24 : 0);
            // the newest step may still be growing when it is seen
            const seen = unfinished
              ? changed(asItWas, (v, i) => (i === asItWas.values.length - 1 ? v / 2 : v))
              : asItWas;
            const now = fitDaily(seen, asked(seen), earlier);
            const anew = fitDaily(seen, asked(seen));
            expect(predict(now.fitted, DAY, QUANTILES)).toEqual(predict(anew.fitted, DAY, QUANTILES));
            earlier = now.daily;
          }
        },
      ),
      { numRuns: 4, seed: 11 },
    );
  });

  const whole = loadOf({ days: 24, noise: 0.05 });
  const seen = seenUpTo(whole, 20 * 24);

  test('is not learnt again until its time of the day comes round', () => {
    let { daily } = fitDaily(seen, asked(seen));
    const grounds = new Set([hasGround(daily)]);
    for (let n = 20 * 24 + 1; n <= 21 * 24; n++) {
      const later = seenUpTo(whole, n);
      ({ daily } = fitDaily(later, asked(later), daily));
      grounds.add(hasGround(daily));
    }
    expect(grounds.size).toBe(2);
  });

  test('is nearly what it is when learnt at the decision', () => {
    const [one, other] = [fitDaily(seen, asked(seen)).fitted, fit(seen, asked(seen))].map(
      (fitted) => predict(fitted, DAY, [0.5]).paths[0] ?? new Float64Array(0),
    );
    const off = Array.from(one ?? [], (v, i) => Math.abs(v / (other?.[i] ?? Number.NaN) - 1));
    expect(off).toHaveLength(24);
    expect(off.reduce((sum, v) => sum + v, 0) / off.length).toBeLessThan(0.25 * 0.05);
  });

  test('is learnt at another time than another series, so that not all are at once', () => {
    const times = ['eu', 'na', 'sea', 'india'].map((market) => fitDaily({ ...seen, market }, asked(seen)).daily.at);
    expect(new Set(times).size).toBe(times.length);
  });

  test('is learnt again where its past was corrected', () => {
    const { daily } = fitDaily(seen, asked(seen));
    const corrected = changed(seen, (v, i) => (i === 200 ? 1.4 * v : v));
    const now = fitDaily(corrected, asked(corrected), daily);
    expect(hasGround(now.daily)).not.toBe(hasGround(daily));
    expect(now.fitted).toEqual(fitDaily(corrected, asked(corrected)).fitted);
  });

  test('with events ahead and behind is said the same too', () => {
    const at = (step: number): Instant => instant(whole.start + step * HOUR * 1000);
    const event = (from: number) => ({
      ...{ key: 'event x', name: 'x', kind: 'declared' as const },
      ...{ from: at(from), to: at(from + 4), stated: { times: 3, between: [2, 5] as const, ramp: seconds(0) } },
    });
    const events = [event(10 * 24), event(20 * 24 + 12)];
    let earlier: DailyFits = {};
    for (const n of [20 * 24, 20 * 24 + 2, 20 * 24 + 3]) {
      const now = seenUpTo(whole, n);
      const fitted = fitWithEvents(now, { ...asked(now), events, earlier });
      const anew = fitWithEvents(now, { ...asked(now), events, earlier: {} });
      expect(predictWithEvents(fitted, DAY, QUANTILES)).toEqual(predictWithEvents(anew, DAY, QUANTILES));
      earlier = fitted.daily ?? {};
    }
    expect(earlier.ordinary).toBeDefined();
  });
});
