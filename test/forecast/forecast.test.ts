import { describe, expect, test } from 'vitest';
import { fit } from '../../src/forecast/fit.ts';
import { predict } from '../../src/forecast/predict.ts';
import type { Forecast } from '../../src/forecast/forecast.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds } from '../../src/units.ts';
import { changed, HOUR, loadOf, normal, randomFrom, signalOf, split } from './load.ts';

const DAY = seconds(86_400);
const forecast = (signal: ObservedSignal, quantiles = [0.5, 0.9, 0.99], horizon = DAY): Forecast =>
  predict(fit(signal, { horizon }), horizon, quantiles);
const path = (f: Forecast, quantile: number): Float64Array =>
  f.paths[f.quantiles.indexOf(quantile)] ?? new Float64Array(0);

/** largest relative difference */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN)) / Math.max(1, b[i] ?? Number.NaN)));

describe('the shape of load is found', () => {
  test.each([
    ['hours, four weeks', { days: 28, step: 3600 }],
    ['half hours, three weeks', { days: 21, step: 1800 }],
    ['five minutes, two weeks', { days: 15, step: 300 }],
    ['a step that divides no day', { days: 21, step: 420 }],
  ])('a week that repeats itself is foretold: %s', (_, shape) => {
    const whole = loadOf({ ...shape, days: shape.days + 1 });
    const { past, future } = split(whole, shape.days);
    // a step of 7 minutes has no same time yesterday: the nearest one is up to 3.5 minutes off
    expect(apart(path(forecast(past), 0.5), future)).toBeLessThan(shape.step === 420 ? 0.03 : 0.005);
  });

  test('the weekend is known from the week before, not from Friday', () => {
    const whole = loadOf({ days: 27, weekend: 0.5, noise: 0.02 });
    const { past, future } = split(whole, 26); // up to Friday night
    const middle = path(forecast(past), 0.5);
    expect(apart(middle, future)).toBeLessThan(0.15);
  });

  test('a level that moved a day ago is followed', () => {
    const whole = changed(loadOf({ days: 29, weekend: 1 }), (value, i) => (i >= 26 * 24 ? value * 1.5 : value));
    const { past, future } = split(whole, 28);
    expect(apart(path(forecast(past), 0.5), future)).toBeLessThan(0.1);
  });

  test('a jump of this very quarter of an hour counts for the next steps, not for tomorrow', () => {
    const random = randomFrom(3);
    // departures that last for hours, so that the past can teach that they last
    let mood = 0;
    const whole = changed(loadOf({ days: 14, step: 300, weekend: 1 }), (value) => {
      mood = 0.98 * mood + 0.02 * normal(random);
      return value * Math.exp(mood);
    });
    const jumped = changed(whole, (value, i) => (i >= whole.values.length - 3 ? value * 1.3 : value));
    const before = path(forecast(whole), 0.5);
    const after = path(forecast(jumped), 0.5);
    expect((after[0] ?? 0) / (before[0] ?? 1)).toBeGreaterThan(1.15);
    expect((after[200] ?? 0) / (before[200] ?? 1)).toBeLessThan(1.05);
  });
});

describe('what is wrong with the past does not wreck the forecast', () => {
  const clean = loadOf({ days: 21, step: 900, noise: 0.03 });
  const usual = forecast(clean, [0.5, 0.99]);
  test.each<[why: string, signal: ObservedSignal, most: number, note: RegExp]>([
    [
      'spikes of a thousand times',
      changed(clean, (v, i) => (i % 401 === 7 ? v * 1000 : v)),
      0.1,
      /6 spikes over 10 times the 90th percentile, cut/,
    ],
    [
      'half a day of zeros in the middle',
      changed(clean, (v, i) => (i > 1700 && i < 1750 ? 0 : v)),
      0.1,
      /49 steps of zero load taken for an outage/,
    ],
    [
      'zeros an hour ago',
      changed(clean, (v, i) => (i > 2006 && i < 2010 ? 0 : v)),
      0.1,
      /3 steps of zero load taken for an outage/,
    ],
    [
      'two days missing',
      changed(clean, (v, i) => (i > 1500 && i < 1692 ? Number.NaN : v)),
      0.1,
      /191 of 2016 steps without a value, bridged/,
    ],
    [
      'every seventh step missing',
      changed(clean, (v, i) => (i % 7 === 3 ? Number.NaN : v)),
      0.1,
      /288 of 2016 steps without a value/,
    ],
  ])('%s', (_, signal, most, note) => {
    const got = forecast(signal, [0.5, 0.99]);
    expect(apart(path(got, 0.5), path(usual, 0.5))).toBeLessThan(most);
    expect(apart(path(got, 0.99), path(usual, 0.99))).toBeLessThan(2 * most);
    expect(got.notes.join('; ')).toMatch(note);
  });

  test('an hour of real surge is load: the next steps follow it', () => {
    const surge = changed(clean, (v, i) => (i >= clean.values.length - 8 ? v * 30 : v));
    expect((path(forecast(surge), 0.5)[0] ?? 0) / (path(usual, 0.5)[0] ?? 1)).toBeGreaterThan(5);
  });

  test('zeros that come every night stay zeros', () => {
    const nights = changed(clean, (v, i) => (i % 96 < 24 ? 0 : v));
    const got = forecast(nights, [0.5]);
    expect(
      path(got, 0.5)
        .slice(0, 24)
        .every((v) => v < 10),
    ).toBe(true);
    expect(got.notes).toEqual([]);
  });

  test('weekends of zeros stay zeros', () => {
    const week = changed(loadOf({ days: 26, step: 900 }), (v, i) => (Math.floor(i / 96) % 7 >= 5 ? 0 : v));
    expect(path(forecast(week, [0.5]), 0.5).every((v) => v < 1)).toBe(true);
  });
});

describe('short and odd histories', () => {
  test.each<[why: string, signal: ObservedSignal, note: RegExp]>([
    ['one value', signalOf([500]), /too short for a daily pattern, the last value is carried on/],
    [
      'an hour of minutes',
      signalOf(
        Array.from({ length: 60 }, () => 500),
        60,
      ),
      /0.0 days of history: too short/,
    ],
    ['a day', loadOf({ days: 1 }), /1.0 days of history: too short for a daily pattern/],
    ['two days', loadOf({ days: 2 }), /2.0 days of history: too short for a weekly pattern, only the daily one/],
    ['a week', loadOf({ days: 7 }), /7.0 days of history: too short for a weekly pattern/],
  ])('%s', (_, signal, note) => {
    const got = forecast(signal);
    expect(got.notes.join('; ')).toMatch(note);
    expect(path(got, 0.5)).toHaveLength(DAY / signal.step);
    expect(got.paths.every((p) => p.every((v) => Number.isFinite(v) && v >= 0))).toBe(true);
  });

  test('two days of history foretell the third by the hour of the day', () => {
    const { past, future } = split(loadOf({ days: 3, weekend: 1 }), 2);
    expect(apart(path(forecast(past), 0.5), future)).toBeLessThan(0.15);
  });

  test('one value says nothing of the spread: P99 is twice it, not the value itself', () => {
    const got = forecast(signalOf([500]), [0.5, 0.99]);
    expect(path(got, 0.5)[0]).toBeCloseTo(500, 6);
    expect(path(got, 0.99)[0]).toBeGreaterThan(1000);
    expect(got.backtest).toBeUndefined();
  });

  test('load that never varies is foretold exactly, at every quantile', () => {
    const got = forecast(signalOf(Array.from({ length: 14 * 24 }, () => 640)), [0.5, 0.99, 0.999]);
    for (const p of [...got.paths, got.mean]) expect(apart(p, new Float64Array(24).fill(640))).toBeLessThan(1e-9);
  });

  test('no load at all stays none', () => {
    const got = forecast(signalOf(new Float64Array(14 * 24)), [0.5, 0.99]);
    for (const p of got.paths) expect([...p]).toEqual(Array.from({ length: 24 }, () => 0));
  });

  test('small counts', () => {
    const random = randomFrom(5);
    const counts = signalOf(Array.from({ length: 21 * 24 }, () => Math.floor(-Math.log(1 - random()) * 3)));
    const got = forecast(counts, [0.5, 0.9, 0.99]);
    // an exponential with mean 3, rounded down: median 2, P90 6, P99 13
    expect(path(got, 0.5)[3]).toBeGreaterThan(1);
    expect(path(got, 0.5)[3]).toBeLessThan(3.5);
    // the mean over the day: one hour may have had luck. So wild a load is kept well above what three weeks of it tell
    const most = path(got, 0.99).reduce((sum, v) => sum + v / 24, 0);
    expect(most).toBeGreaterThan(9);
    expect(most).toBeLessThan(30);
  });

  test('days as steps: the week is all there is to learn', () => {
    const { past, future } = split(loadOf({ days: 43, step: 86_400, weekend: 0.4 }), 42);
    const week = seconds(7 * 86_400);
    expect(apart(path(forecast(past, [0.5], week), 0.5).slice(0, 1), future)).toBeLessThan(0.01);
  });

  test('nothing but gaps: no forecast, and a note says why', () => {
    const got = forecast(signalOf([Number.NaN, Number.NaN, Number.NaN]));
    expect(got).toMatchObject({ method: 'none', notes: ['no value up to 2026-02-02T02:00:00Z: no forecast'] });
    expect(got.paths.map((p) => p.length)).toEqual([0, 0, 0]);
    expect(got.last).toBeUndefined();
  });

  test('an empty series', () => {
    expect(forecast(signalOf([]))).toMatchObject({ method: 'none' });
  });
});

describe('the time of the decision', () => {
  const whole = loadOf({ days: 22, noise: 0.05 });

  test('nothing after it is looked at', () => {
    const { past, at } = split(whole, 21);
    const poisoned = changed(whole, (v, i) => (i >= 21 * 24 ? v * 1e6 : v));
    expect(predict(fit(poisoned, { until: at }), DAY, [0.5, 0.99])).toEqual(predict(fit(past), DAY, [0.5, 0.99]));
  });

  test('paths begin with the step after it, however long ago the last value was', () => {
    const { past, at } = split(whole, 21);
    const late = instant(at + 5.5 * HOUR * 1000);
    const got = predict(fit(past, { until: late }), DAY, [0.5]);
    expect(got.origin).toBe(at + 5 * HOUR * 1000);
    expect(got.last?.at).toBe(at);
    expect(got.notes).toEqual([`nothing seen since 2026-02-22T23:00:00Z, 5 steps before the decision`]);
    const earlier = predict(fit(past, { horizon: seconds(29 * HOUR) }), seconds(29 * HOUR), [0.5]);
    expect([...(got.paths[0] ?? [])]).toEqual([...(earlier.paths[0] ?? [])].slice(5));
  });

  test('the newest value is handed on, for whoever must not size below it', () => {
    const { past, at } = split(whole, 21);
    expect(forecast(past).last).toEqual({ at, value: past.values.at(-1) });
  });

  test('what was seen three weeks ago is no ground for a forecast', () => {
    const { past, at } = split(whole, 21);
    const got = predict(fit(past, { until: instant(at + 21 * 86_400_000) }), DAY, [0.5]);
    expect(got).toMatchObject({ method: 'none', notes: ['no value since 2026-02-22T23:00:00Z: no forecast'] });
  });

  test('before the first value there is nothing', () => {
    expect(predict(fit(whole, { until: instant(whole.start - 1) }), DAY, [0.5]).method).toBe('none');
  });

  test('zeros before a service began are no load of it', () => {
    const before = 6 * 24;
    const values = new Float64Array(before + whole.values.length);
    values.set(whole.values, before);
    const began = { ...whole, start: instant(whole.start - before * HOUR * 1000), values };
    const [late, plain] = [forecast(began), forecast(whole)];
    expect(late.paths).toEqual(plain.paths);
    expect(late.notes).toContain('144 steps of zero load before there was any, left out');
  });

  test('a series that is mostly zero keeps those at its start', () => {
    const values = Float64Array.from({ length: 24 * 14 }, (_, i) => (i > 40 && i % 5 === 0 ? 3 : 0));
    expect(forecast({ ...whole, values }).notes.join()).not.toMatch(/before there was any/);
  });
});

describe('quantiles', () => {
  const { past } = split(loadOf({ days: 29, noise: 0.1, weekend: 1, seed: 7 }), 28);

  test('come ascending and once each, in whatever order they were asked for', () => {
    expect(forecast(past, [0.99, 0.5, 0.9, 0.5]).quantiles).toEqual([0.5, 0.9, 0.99]);
  });

  test('any within (0, 1), far beyond what a month of hours can show', () => {
    const got = forecast(past, [0.001, 0.5, 0.9, 0.999, 0.9999]);
    const at = (q: number): number => path(got, q)[12] ?? Number.NaN;
    expect(at(0.001)).toBeLessThan(at(0.5));
    expect(at(0.9999)).toBeGreaterThan(at(0.999));
    expect(at(0.9999)).toBeLessThan(3 * at(0.5));
  });

  test.each([0, 1, -0.1, 1.5, Number.NaN])('%s is none', (q) => {
    expect(() => forecast(past, [q])).toThrow(RangeError);
  });

  test('asking further than was fitted for is our own mistake', () => {
    expect(() => predict(fit(past, { horizon: DAY }), seconds(2 * 86_400), [0.5])).toThrow(
      /fitted for 24 steps, asked for 48/,
    );
  });

  test('hold about what they promise, on noise of a known size', () => {
    const asked = [0.5, 0.9, 0.95, 0.99];
    const under = asked.map(() => 0);
    let steps = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const run = split(loadOf({ days: 22, step: 1800, noise: 0.1, seed }), 21);
      const got = forecast(run.past, asked);
      for (const [h, was] of run.future.entries()) {
        steps++;
        for (const [i, q] of asked.entries()) if (was <= (path(got, q)[h] ?? 0)) under[i] = (under[i] ?? 0) + 1;
      }
    }
    const share = under.map((n) => n / steps);
    expect(share[0]).toBeGreaterThan(0.42);
    expect(share[0]).toBeLessThan(0.58);
    expect(share[1]).toBeGreaterThan(0.88);
    expect(share[2]).toBeGreaterThan(0.93);
    expect(share[3]).toBeGreaterThan(0.98);
    // and they are no wider than they must be: the noise alone puts P99 at 1.26 times the median
    const wide = path(forecast(past, [0.5, 0.99]), 0.99).map((v, h) => v / (path(forecast(past), 0.5)[h] ?? 1));
    expect(Math.max(...wide)).toBeLessThan(1.6);
  });

  test('the mean is the mean of what comes, over many series', () => {
    const total = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
    let ratios = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const run = split(loadOf({ days: 22, noise: 0.1, seed }), 21);
      ratios += total(forecast(run.past).mean) / total(run.future) / 20;
    }
    expect(ratios).toBeGreaterThan(0.96);
    expect(ratios).toBeLessThan(1.04);
  });
});

describe('the backtest', () => {
  test('reports on origins that the calibration had no part in', () => {
    const quiet = forecast(loadOf({ days: 28, noise: 0.05 }), [0.5, 0.9]);
    expect(quiet.backtest?.smape).toBeGreaterThan(2);
    expect(quiet.backtest?.smape).toBeLessThan(8);
    // the last days are three times as noisy as all before: a report from the calibration itself would not show it
    const random = randomFrom(9);
    const rough = changed(loadOf({ days: 28, noise: 0.02 }), (v, i) =>
      i > 20 * 24 ? v * Math.exp(0.3 * normal(random)) : v,
    );
    const told = forecast(rough, [0.5, 0.9]).backtest;
    expect(told?.coverage[1]).toBeLessThan(0.8);
    expect(told?.smape).toBeGreaterThan(15);
  });
});

test('the series that is handed in is left as it is', () => {
  const signal = changed(loadOf({ days: 14 }), (v, i) =>
    i === 50 ? v * 1000 : i === 60 ? 0 : i === 70 ? Number.NaN : v,
  );
  const before = signal.values.slice();
  forecast(signal);
  expect(signal.values).toEqual(before);
});
