import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isChosen } from '../../bench/forecast/asked.ts';
import { besideOf, readBeside } from '../../bench/forecast/beside.ts';
import { choleskySolved } from '../../bench/forecast/cholesky.ts';
import { conformal, orderStatistic } from '../../bench/forecast/conformal.ts';
import { filled } from '../../bench/forecast/fill.ts';
import { readLong } from '../../bench/forecast/long.ts';
import { type Past, type PointForecast, QUANTILES, type Said, seasonSteps } from '../../bench/forecast/method.ts';
import { geometricMean, intervalScore, owaOf, pinball, scaleOf, Tally } from '../../bench/forecast/metrics.ts';
import { dailyNaive, persistence, weeklyMean, weeklyNaive } from '../../bench/forecast/naive.ts';
import { isSeasonal, naive2, seasonalFactors } from '../../bench/forecast/naive2.ts';
import { ours } from '../../bench/forecast/ours.ts';
import { originsOf, windowAt, windowOf } from '../../bench/forecast/past.ts';
import { fitRidgeAr } from '../../bench/forecast/ridge-ar.ts';
import { readAt, recordedIn } from '../../bench/forecast/series.ts';
import { syntheticLoad } from '../../bench/forecast/synthetic.ts';
import { diceOf } from '../../bench/placement/random.ts';
import { sharedData } from '../../bench/placement/shared-data.ts';

const HOURS = seasonSteps(3600);
const of = (...values: number[]): Float64Array => Float64Array.from(values);

/** Every quantile at the same value but those named. */
function saidOf(point: number[], named: Readonly<Record<number, number>> = {}): Said {
  const paths = QUANTILES.map((q) => Float64Array.from(point, (v) => named[q] ?? v));
  return { point: Float64Array.from(point), paths, fitS: 0.002, predictS: 0.001 };
}

describe('metrics on cases worked by hand', () => {
  it('sMAPE, MASE and MAE of one origin', () => {
    const tally = new Tally();
    tally.see({ was: of(100, 50), naive: of(80, 50), scale: 5 }, saidOf([110, 40]));
    const f = tally.figures();
    expect(f.mae).toBe(10);
    expect(f.mase).toBe(2); // 10 over the scale of 5
    expect(f.relative).toBe(1); // 20 over the naive's 20
    expect(f.smape).toBeCloseTo((200 * 10) / 210 / 2 + (200 * 10) / 90 / 2, 12);
  });

  it('counts a zero that was forecast as zero for nothing', () => {
    const tally = new Tally();
    tally.see({ was: of(0, 10), naive: of(1, 1), scale: 1 }, saidOf([0, 10]));
    expect(tally.figures().smape).toBe(0);
  });

  it.each([
    ['under the level the value costs q of the distance', 10, 6, 0.9, 3.6],
    ['over it 1 − q', 6, 10, 0.9, 0.4],
    ['at it nothing', 10, 10, 0.99, 0],
  ])('pinball: %s', (_why, was, said, q, loss) => expect(pinball(was, said, q)).toBeCloseTo(loss, 12));

  it.each([
    ['inside, the width', 5, 0, 10, 10],
    ['under, the width and 40 times the distance', -1, 0, 10, 50],
    ['over, likewise', 12, 0, 10, 90],
  ])('95%% interval score: %s', (_why, was, low, high, score) => expect(intervalScore(was, low, high)).toBe(score));

  it('MSIS is the interval score over the scale, P99 loss over the naive error', () => {
    const tally = new Tally();
    tally.see({ was: of(10), naive: of(8), scale: 4 }, saidOf([10], { 0.025: 6, 0.975: 9, 0.99: 9 }));
    const f = tally.figures();
    expect(f.msis).toBeCloseTo((3 + 40) / 4, 12);
    expect(f.p99Loss).toBeCloseTo(0.99 / 2, 12);
  });

  it('weighted quantile loss: twice the pinball of the deciles over the load', () => {
    const tally = new Tally();
    tally.see({ was: of(10), naive: of(8), scale: 4 }, saidOf([8]));
    // every decile stands at 8: mean of q × 2 over the deciles is 1; twice that over a load of 10
    expect(tally.figures().wql).toBeCloseTo(0.2, 12);
  });

  it('coverage is the share at or under, and a gap is not scored', () => {
    const tally = new Tally();
    tally.see(
      { was: of(10, Number.NaN, 12, 10), naive: of(1, 1, 1, 1), scale: 1 },
      saidOf([10, 10, 10, 10], { 0.99: 12 }),
    );
    const f = tally.figures();
    expect(f.steps).toBe(3);
    expect(f.coverage[0]).toBeCloseTo(2 / 3, 12);
    expect(f.coverage[3]).toBe(1);
  });

  it('a method that gave no forecast has no error, not a small one', () => {
    const tally = new Tally();
    tally.see({ was: of(1, 2), naive: of(1, 1), scale: 1 }, { point: of(), paths: [], fitS: 0, predictS: 0 });
    expect(tally.figures().mae).toBeNaN();
    expect(geometricMean([1, tally.figures().relative])).toBeNaN();
  });

  it('a method of points has no figures of quantiles', () => {
    const tally = new Tally();
    tally.see({ was: of(1), naive: of(2), scale: 1 }, { point: of(1), fitS: 0, predictS: 0 });
    expect([tally.figures().wql, tally.figures().msis, tally.figures().coverage[0]]).toEqual([NaN, NaN, NaN]);
  });

  it('OWA of Naive2 against itself is 1, and the mean of two ratios of means otherwise', () => {
    const figures = (smape: number, mase: number) => ({ ...new Tally().figures(), smape, mase });
    const naive = [figures(10, 1), figures(30, 3)];
    expect(owaOf(naive, naive)).toBe(1);
    expect(owaOf([figures(5, 1), figures(5, 0)], naive)).toBeCloseTo((10 / 40 + 1 / 4) / 2, 12);
  });

  it('the scale leaves out pairs with a gap', () => {
    expect(scaleOf(of(1, 2, 4, Number.NaN, 10), 2)).toBe((3 + 6) / 2);
  });
});

describe('yardsticks', () => {
  const twoWeeks = Float64Array.from({ length: 2 * 168 }, (_, i) => i);

  it.each([
    ['the last value', persistence, [335, 335, 335]],
    ['yesterday', dailyNaive, [312, 313, 314]],
    ['last week', weeklyNaive, [168, 169, 170]],
    ['weeks, each counting 0.6 of the next', weeklyMean, [0, 1, 2].map((h) => (168 + h + 0.6 * h) / 1.6)],
  ] as const)('%s', (_why, method, said) => {
    for (const [h, v] of said.entries()) expect(method(twoWeeks, HOURS, 3)[h]).toBeCloseTo(v, 9);
  });

  it('repeat their season further than it is long', () => {
    const day = Float64Array.from({ length: 24 }, (_, i) => i);
    expect(dailyNaive(day, HOURS, 30)[24]).toBe(0);
    expect(weeklyNaive(day, HOURS, 30)[25]).toBe(1); // under a week: days
  });

  it("Naive2's factors are R's decompose on a series worked by hand", () => {
    // decompose(ts(c(1,3,2,6,3,9), frequency = 2), "multiplicative")$figure: 0.6666667, 1.3333333
    const factors = seasonalFactors(of(1, 3, 2, 6, 3, 9), 2);
    const trend = [(0.5 + 3 + 1) / 2, (1.5 + 2 + 3) / 2, (1 + 6 + 1.5) / 2, (3 + 3 + 4.5) / 2];
    const odd = (2 / (trend[1] ?? 1) + 3 / (trend[3] ?? 1)) / 2;
    const even = (3 / (trend[0] ?? 1) + 6 / (trend[2] ?? 1)) / 2;
    expect(factors[0]).toBeCloseTo((2 * odd) / (odd + even), 12);
    expect(factors[1]).toBeCloseTo((2 * even) / (odd + even), 12);
  });

  it('Naive2 carries a level in season, and without one the last value', () => {
    const season = Float64Array.from({ length: 240 }, (_, i) => 100 + (i % 24));
    expect(isSeasonal(season, 24)).toBe(true);
    expect(naive2(season, HOURS, 30)[0]).toBeCloseTo(100, 9);
    expect(naive2(season, HOURS, 30)[29]).toBeCloseTo(105, 9);
    const random = Float64Array.from({ length: 240 }, (_, i) => ((i * 7919) % 101) / 10);
    expect(isSeasonal(random, 24)).toBe(false);
    expect([...naive2(random, HOURS, 2)]).toEqual([random.at(-1), random.at(-1)]);
    expect(isSeasonal(season.subarray(0, 71), 24)).toBe(false); // the competition asks for three seasons
  });

  it('ridge finds an autoregression that is there', () => {
    const dice = diceOf(1);
    const values = new Float64Array(4000).fill(100);
    for (let i = 1; i < values.length; i++)
      values[i] = 100 + 0.9 * ((values[i - 1] as number) - 100) + 10 * (dice.next() - 0.5);
    const ridge = fitRidgeAr(values, seasonSteps(1800), 2);
    for (const end of [1200, 2345, 3456]) {
      const [next = Number.NaN] = ridge?.(values.subarray(0, end), seasonSteps(1800), 2) ?? [];
      const best = 100 + 0.9 * ((values[end - 1] as number) - 100);
      expect(Math.abs(next - best)).toBeLessThan(1); // the noise of a step is ± 5
    }
    expect(fitRidgeAr(values.subarray(0, 100), seasonSteps(1800), 2)).toBeUndefined();
  });

  it('solves any positive system', () => {
    const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(vector, vector, vector, vector, (a, b, c, x) => {
        const rows = [a, b, c];
        const gram = [0, 1, 2].map((i) =>
          [0, 1, 2].map((j) => rows.reduce((s, r) => s + (r[i] ?? 0) * (r[j] ?? 0), i === j ? 1 : 0)),
        );
        const right = gram.map((row) => row.reduce((s, g, j) => s + g * (x[j] ?? 0), 0));
        const found = choleskySolved(Float64Array.from(gram.flat()), Float64Array.from(right));
        for (const [i, v] of x.entries()) expect(found[i]).toBeCloseTo(v, 6);
      }),
    );
  });
});

describe('quantiles for methods of points', () => {
  const naive: PointForecast = persistence;

  it.each([
    ['the ⌈(n + 1) q⌉th smallest', 0.5, 5],
    ['the largest where there are too few', 0.999, 9],
    ['the least at the other end', 0.01, 1],
    ['P90 of nine: the ninth', 0.9, 9],
  ])('%s', (_why, q, value) => expect(orderStatistic(of(1, 2, 3, 4, 5, 6, 7, 8, 9), q)).toBe(value));

  it('never cross, and hold what they say on load like their past', () => {
    const signal = syntheticLoad(3, { days: 40, stepS: 3600 });
    const method = conformal('p', naive, 20);
    let under = 0;
    let steps = 0;
    for (let origin = 30 * 24; origin < 39 * 24; origin += 11) {
      const { past, outcome } = windowAt(signal, origin, 12, 30 * 24);
      const { paths = [] } = method.forecast(past, 12);
      for (let h = 0; h < 12; h++) {
        for (let q = 1; q < paths.length; q++)
          expect(paths[q]?.[h]).toBeGreaterThanOrEqual(paths[q - 1]?.[h] ?? Infinity);
        if ((outcome.was[h] ?? Infinity) <= (paths[QUANTILES.indexOf(0.9)]?.[h] ?? 0)) under++;
        steps++;
      }
    }
    expect(under / steps).toBeGreaterThan(0.8);
    expect(under / steps).toBeLessThanOrEqual(1);
  });

  it('are the point where nothing was learnt', () => {
    const signal = syntheticLoad(3, { days: 2, stepS: 3600 });
    const past: Past = { signal, filled: signal.values, seasons: HOURS };
    const { point, paths = [] } = conformal('p', naive, 8).forecast(past, 4);
    for (const path of paths) for (const [h, v] of path.entries()) expect(v).toBeCloseTo(point[h] ?? 0, 6);
  });
});

describe('what a method may see', () => {
  const signal = syntheticLoad(1, { days: 30, stepS: 3600 });

  it('ends at the origin and is no longer than asked', () => {
    const { past, outcome } = windowAt(signal, 400, 48, 168);
    expect(past.signal.values).toEqual(signal.values.slice(233, 401));
    expect(past.signal.start).toBe(signal.start + 233 * 3_600_000);
    expect(outcome.was).toEqual(signal.values.slice(401, 449));
    expect(outcome.naive[0]).toBe(signal.values[377]);
    expect(outcome.naive[47]).toBe(signal.values[400]);
  });

  it('origins lie in the second half, leave room for what came, and see all hours of the day', () => {
    const origins = originsOf(1488, 24, 48, 40);
    expect(origins).toHaveLength(40);
    expect(Math.min(...origins)).toBeGreaterThanOrEqual(744);
    expect(Math.max(...origins)).toBeLessThan(1488 - 48);
    expect(new Set(origins.map((o) => o % 24)).size).toBeGreaterThan(15);
    expect(originsOf(60, 24, 48, 40)).toEqual([]);
  });

  it('gaps are filled from a week, a day, a step before, never from later', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => i);
    for (const i of [0, 1, 5, 30, 190]) values[i] = Number.NaN;
    const whole = filled(values, HOURS);
    expect([0, 1, 5, 30, 190].map((i) => whole[i])).toEqual([2, 2, 4, 6, 22]);
    expect([...filled(of(Number.NaN, Number.NaN), HOURS)]).toEqual([0, 0]);
  });

  it('our method gives the quantiles in the order asked, and the median as its point', () => {
    const { past } = windowOf(signal, new Float64Array(24));
    const { point, paths = [] } = ours('ours').forecast(past, 24);
    expect(point).toEqual(paths[QUANTILES.indexOf(0.5)]);
    expect(paths).toHaveLength(QUANTILES.length);
  });

  it.each([
    ['none = all', [], 'a', true],
    ['a part', ['nab'], 'nab_nyc_taxi', true],
    ['a pattern for the whole', ['*_taxi'], 'nab_nyc_taxi', true],
    ['a pattern that ends early', ['nab_*yc'], 'nab_nyc_taxi', false],
  ])('series chosen by name: %s', (_why, series, name, chosen) => expect(isChosen({ series }, name)).toBe(chosen));
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'));
  const rows = Array.from({ length: 30 }, (_, i) => `${600 * i},${i},${2 * i},0`);
  writeFileSync(join(folder, 'tokens.csv'), `seconds,in,out,anomaly\n${rows.join('\n')}\n`);
  writeFileSync(join(folder, 'long.csv'), 'unique_id,ds,y\nA,3,1\nA,5,2\nB,1,7\n');

  it('every column of every file but marks of anomalies, at its own step', () => {
    const { recorded, absent } = recordedIn(folder);
    expect(recorded.map(({ name, stepS }) => [name, stepS])).toEqual([
      ['tokens in', 600],
      ['tokens out', 600],
    ]);
    expect(absent).toContain('appserver_hourly');
  });

  it('finer rows become the mean of the step', () => {
    const [, out] = recordedIn(folder).recorded;
    expect(out && [...readAt(out, 3600).values]).toEqual([5, 17, 29, 41, 53]);
  });

  it('long format: steps that are not there are gaps', () => {
    const long = readLong(join(folder, 'long.csv'));
    expect([...(long?.get('A')?.values ?? [])]).toEqual([1, Number.NaN, 2]);
    expect(long?.get('B')?.values).toHaveLength(1);
    expect(readLong(join(folder, 'no.csv'))).toBeUndefined();
  });

  it('a folder that is not there has no series', () => {
    expect(recordedIn(join(folder, 'no')).recorded).toEqual([]);
  });
});

const m4 = sharedData('traffic/m4_hourly_train.csv');

describe('against published figures', () => {
  it.skipIf(!existsSync(m4))(
    existsSync(m4)
      ? 'Naive2 and repeating 24 hours on half of M4 hourly come near what the competition had on all of it'
      : '../shared/data/traffic/m4_hourly_train.csv is not there',
    () => {
      const tests = readLong(m4.replace('train', 'test'));
      const tallies = [naive2, dailyNaive].map((method) =>
        [...(readLong(m4) ?? [])].map(([id, signal]) => {
          const { past, outcome } = windowOf(signal, tests?.get(id)?.values ?? of());
          const tally = new Tally();
          tally.see(outcome, { point: method(past.filled, HOURS, 48), fitS: 0, predictS: 0 });
          return tally.figures();
        }),
      );
      const mean = (i: number, of_: 'smape' | 'mase'): number =>
        (tallies[i] ?? []).reduce((sum, f) => sum + f[of_], 0) / (tallies[i]?.length ?? 0);
      // all 414 series: 18.383 / 2.395 and 13.912 / 1.193; half of them can't be expected nearer than a few percent
      expect(Math.abs(mean(0, 'smape') / 18.383 - 1)).toBeLessThan(0.03);
      expect(Math.abs(mean(0, 'mase') / 2.395 - 1)).toBeLessThan(0.05);
      expect(Math.abs(mean(1, 'smape') / 13.912 - 1)).toBeLessThan(0.03);
      expect(Math.abs(mean(1, 'mase') / 1.193 - 1)).toBeLessThan(0.05);
    },
  );
});

describe('rivals from an earlier run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-beside-'));
  const file = join(folder, 'before.json');
  const row = (
    method: string,
    steps: number,
  ): { series: string; method: string; figures: { steps: number; wql: number } } => ({
    series: 'a',
    method,
    figures: { steps, wql: Number.NaN },
  });
  const rows = [row('ours', 96), row('naive-24', 96), row('augurs', 96)];
  writeFileSync(file, JSON.stringify({ schemaVersion: 1, parts: [{ part: 'traffic', rows }] }));
  const size = (of_: { figures: { steps: number } }): number => of_.figures.steps;

  it('are those that were not measured now, and never ours', () => {
    const fresh = [row('ours', 96), row('naive-24', 96)];
    const found = besideOf(readBeside(file), 'traffic', fresh, size);
    expect(found.map(({ method }) => method)).toEqual(['augurs']);
    expect(found[0]?.figures.wql).toBeNaN(); // JSON knows no NaN
    expect(besideOf(readBeside(file), 'fine', fresh, size)).toEqual([]);
  });

  it('are refused when they were measured over other steps', () => {
    expect(() => besideOf(readBeside(file), 'traffic', [row('ours', 48)], size)).toThrow(/96 of a where 48/);
  });

  it.each([['no.csv'], ['text.json']])('%s is no earlier run', (name) => {
    writeFileSync(join(folder, 'text.json'), 'not json');
    expect(() => readBeside(join(folder, name))).toThrow(/--beside names a file/);
  });
});
