import { describe, expect, it } from 'vitest';
import type { Forecast } from '../../src/forecast/forecast.ts';
import { rollingOrigins } from '../../src/forecast/rolling-origins.ts';
import { meanScores, naiveErrorOf, scoresOf } from '../../src/forecast/scores.ts';
import { seconds, type Instant } from '../../src/units.ts';
import { HOUR, loadOf } from './load.ts';

describe('scores, by hand', () => {
  const forecast = {
    quantiles: [0.5, 0.9],
    paths: [Float64Array.of(10, 20), Float64Array.of(15, 25)],
    mean: Float64Array.of(0, 0),
  };
  const scores = scoresOf([{ forecast, came: [12, 30], naiveError: 4 }], [0.5, 0.9]);

  it('sMAPE is the mean of 200·|y − f| ÷ (y + f)', () =>
    expect(scores.smape).toBeCloseTo((400 / 22 + 2000 / 50) / 2, 12));
  it('MASE is |y − f| over the error of the naive seasonal forecast', () =>
    expect(scores.mase).toBeCloseTo((2 + 10) / 2 / 4, 12));
  it('the loss of a quantile is 2·Σ pinball ÷ Σ y, and WQL their mean', () => {
    const half = (2 * (0.5 * 2 + 0.5 * 10)) / 42;
    const ninety = (2 * (0.1 * 3 + 0.9 * 5)) / 42;
    expect(scores.quantiles.map((q) => q.loss)).toEqual([half, ninety].map((x) => expect.closeTo(x, 12) as number));
    expect(scores.wql).toBeCloseTo((half + ninety) / 2, 12);
  });
  it('coverage is the share at or under', () => expect(scores.quantiles.map((q) => q.coverage)).toEqual([0, 0.5]));
  it('what did not come is not scored', () => {
    expect(scoresOf([{ forecast, came: [12, Number.NaN], naiveError: 4 }], [0.5]).steps).toBe(1);
  });
  it('a series without a season in its history has no MASE, and does not spoil the others’', () => {
    const young = scoresOf([{ forecast, came: [12, 30], naiveError: Number.NaN }], [0.5, 0.9]);
    expect(young.mase).toBeNaN();
    expect(meanScores([young, scores]).mase).toBe(scores.mase);
  });
  it('the naive error skips gaps', () => expect(naiveErrorOf([1, 2, Number.NaN, 5, 8], 1)).toBe((1 + 3) / 2));
});

describe('rolling origins', () => {
  const signal = loadOf({ days: 10 });
  function rolled(origins: number, horizon: number, length = signal.values.length) {
    const asked: number[] = [];
    const cut = { ...signal, values: signal.values.slice(0, length) };
    const forecastAt = (origin: Instant): Forecast => {
      const t = Math.round((origin - signal.start) / (HOUR * 1000));
      asked.push(t);
      const path = Float64Array.from({ length: horizon }, () => signal.values[t] ?? Number.NaN);
      const head = { signal: '', market: '', unit: '', origin, step: seconds(HOUR), method: '', notes: [] };
      return { ...head, quantiles: [0.5], paths: [path], mean: path };
    };
    const found = rollingOrigins(cut, { origins, horizon, season: 24, leastHistory: 48, quantiles: [0.5], forecastAt });
    return { asked, found };
  }

  it.each<{ why: string; origins: number; horizon: number; length?: number; at: readonly number[] }>([
    { why: 'a horizon apart, the last one a horizon before the end', origins: 3, horizon: 24, at: [167, 191, 215] },
    { why: 'nearer where the history is short', origins: 3, horizon: 24, length: 96, at: [47, 59, 71] },
    { why: 'fewer where there are no more steps to begin at', origins: 5, horizon: 24, length: 73, at: [47, 48] },
    { why: 'one where there is room for one', origins: 5, horizon: 24, length: 72, at: [47] },
    { why: 'none without two days before it', origins: 5, horizon: 24, length: 71, at: [] },
  ])('$why', ({ origins, horizon, length, at }) => {
    const { asked, found } = rolled(origins, horizon, length);
    expect(asked).toEqual(at);
    expect(found.origins).toHaveLength(at.length);
    expect(found.scores.steps).toBe(at.length * horizon);
  });

  it('says which yardstick would have won', () => {
    const { found } = rolled(5, 24);
    expect(found.check).toMatchObject({ fallback: true });
    expect(['yesterday', 'last week']).toContain(found.check.nearer);
  });
});
