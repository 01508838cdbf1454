import { readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generatedLoad } from '../../scripts/forecast/generated-load.ts';
import { pathFrom } from '../../src/forecast/blocks.ts';
import { doubleSeasonal, PACES } from '../../src/forecast/double-seasonal.ts';
import { historyOf, type History } from '../../src/forecast/history.ts';
import { decoded, encoded } from '../../src/forecast/linear/encoded.ts';
import { askLinear, type LinearExperts } from '../../src/forecast/linear/linear-experts.ts';
import { LinearPaths } from '../../src/forecast/linear/paths.ts';
import { trainExperts } from '../../src/forecast/linear/train.ts';
import { LEADS, WINDOW } from '../../src/forecast/linear/window.ts';
import { instant, seconds } from '../../src/units.ts';
import { loadExperts } from '../../src/world/forecast-experts.ts';

const HOUR = 3_600_000;

function history(values: Float64Array, stepS = 3600): History {
  const step = seconds(stepS);
  const start = instant(Date.UTC(2026, 0, 5));
  const signal = { name: 'load', market: '', unit: '', step, start, values, source: 'made', faults: [] };
  const made = historyOf(signal, instant(start + (values.length - 1) * stepS * 1000));
  if (!made) throw new Error('no history');
  return made;
}

/** Mean absolute error over the next 48 hours in logs, of the best expert and of the same hour of yesterday. */
function errors(experts: LinearExperts, logs: Float64Array, end: number): { experts: number; yesterday: number } {
  const out = new Float64Array(experts.coefficients.length * LEADS);
  expect(askLinear(experts, logs, end, out)).toBe(true);
  const mean = (said: (k: number) => number): number => {
    let sum = 0;
    for (let k = 0; k < LEADS; k++) sum += Math.abs((logs[end + 1 + k] ?? 0) - said(k));
    return sum / LEADS;
  };
  return {
    experts: mean((k) => out[k] ?? 0),
    yesterday: mean((k) => logs[end + 1 + k - 24 * (k < 24 ? 1 : 2)] ?? 0),
  };
}

const series = (seeds: readonly number[], days = 35): Float64Array[] =>
  seeds.map((seed) => history(generatedLoad(seed, 24 * days)).logs);
const SEEDS = Array.from({ length: 12 }, (_, i) => 500 + i);
const small = trainExperts(series(SEEDS), { experts: 3, stride: 6 });

describe('linear experts', () => {
  test('learn what two weeks say of the two days after, for services that they never saw', () => {
    let [ours, yesterday] = [0, 0];
    for (const logs of series([900, 901, 902, 903, 904, 905, 906, 907])) {
      const one = errors(small, logs, logs.length - 1 - LEADS);
      ours += one.experts;
      yesterday += one.yesterday;
    }
    expect(ours / yesterday).toBeLessThan(0.95);
  });

  test('are the same for the same series and seed, bit for bit', () => {
    const few = series(SEEDS.slice(0, 4));
    const again = trainExperts(few, { experts: 2, stride: 12 });
    expect(trainExperts(few, { experts: 2, stride: 12 })).toEqual(again);
  });

  test('share kinds of series among them: what one map cannot say of both, two say', () => {
    // a day that repeats, and a day that comes back upside down
    const wave = (sign: number): Float64Array =>
      Float64Array.from({ length: 24 * 40 }, (_, i) => {
        const day = Math.floor(i / 24);
        return (
          3 + 0.5 * Math.sin((2 * Math.PI * i) / 24) * (sign > 0 || day % 2 === 0 ? 1 : -1) + 0.01 * Math.sin(i * i)
        );
      });
    const kinds = [wave(1), wave(1), wave(-1), wave(-1)];
    const { coefficients } = trainExperts(kinds, { experts: 2, stride: 3 });
    const [pooled, ...mixture] = coefficients;
    const worst = (experts: readonly (Float64Array | undefined)[]): number =>
      Math.max(
        ...kinds.map((logs) =>
          Math.min(
            ...experts.map((one) => errors({ coefficients: one ? [one] : [] }, logs, logs.length - 1 - LEADS).experts),
          ),
        ),
      );
    expect(worst(mixture)).toBeLessThanOrEqual(worst([pooled]) * 1.001);
  });

  test('none come of series too short for a window', () => {
    expect(trainExperts([new Float64Array(WINDOW).fill(1)]).coefficients).toEqual([]);
  });

  test('say twice the load of a service of twice the load', () => {
    const [logs = new Float64Array(0)] = series([77]);
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (more) => {
        const one = new Float64Array(small.coefficients.length * LEADS);
        const other = new Float64Array(one.length);
        askLinear(small, logs, logs.length - 1, one);
        askLinear(
          small,
          logs.map((y) => y + more),
          logs.length - 1,
          other,
        );
        for (let i = 0; i < one.length; i++) expect(other[i]).toBeCloseTo((one[i] ?? 0) + more, 8);
      }),
      { numRuns: 20 },
    );
  });

  test('say of a load that stands still that it will', () => {
    const out = new Float64Array(small.coefficients.length * LEADS);
    expect(askLinear(small, new Float64Array(WINDOW).fill(4), WINDOW - 1, out)).toBe(true);
    expect([...new Set(out)]).toEqual([4]);
  });

  test('say nothing without two whole weeks', () => {
    const out = new Float64Array(small.coefficients.length * LEADS);
    expect(askLinear(small, new Float64Array(WINDOW - 1).fill(4), WINDOW - 2, out)).toBe(false);
  });
});

describe('experts as bytes', () => {
  test('come back to within half a step of the coding', () => {
    const back = decoded(encoded(small));
    small.coefficients.forEach((expert, e) => {
      const step = expert.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 32_767;
      expert.forEach((x, i) => expect(Math.abs(x - (back.coefficients[e]?.[i] ?? 9))).toBeLessThan(0.51 * step + 1e-9));
    });
  });

  test('that were cut off are refused', () => {
    expect(() => decoded(encoded(small).subarray(0, 1000))).toThrow(/train them anew/);
  });

  test('ship: under 1 MB, named by what they were trained on, nothing without a licence among it', () => {
    const folder = new URL('../../data/forecast/', import.meta.url);
    expect(statSync(new URL('linear-experts.bin', folder)).size).toBeLessThan(1e6);
    expect(loadExperts().coefficients).toHaveLength(9);
    const note = readFileSync(new URL('linear-experts.json', folder), 'utf8');
    expect(note).toContain('appserver_hourly.csv');
    expect(note).not.toMatch(/steam|zulip|m4_/);
  });

  test('ship better than yesterday, on load that was not generated to train them', () => {
    let [ours, yesterday] = [0, 0];
    for (const logs of series([70_001, 70_002, 70_003, 70_004, 70_005, 70_006, 70_007, 70_008, 70_009, 70_010])) {
      const one = errors(loadExperts(), logs, logs.length - 1 - LEADS);
      ours += one.experts;
      yesterday += one.yesterday;
    }
    expect(ours / yesterday).toBeLessThan(0.9);
  });
});

describe('as of a step of the past', () => {
  const finer = Float64Array.from({ length: 24 * 12 * 20 }, (_, i) => {
    const hour = i / 12;
    return 1000 + 400 * Math.sin((2 * Math.PI * hour) / 24) + 20 * Math.sin(i * i) + (hour % 168 < 48 ? 0 : 200);
  });
  const shape = (logs: Float64Array): Float64Array =>
    Float64Array.from({ length: logs.length + 12 * 48 }, (_, i) => logs[i - 12 * 168] ?? Number.NaN);

  test('linear experts know nothing of what came after it, at steps of minutes too', () => {
    const whole = history(finer, 300);
    const t = 12 * 24 * 17;
    const cut = history(finer.slice(0, t + 1), 300);
    const ask = (of: History): Float64Array => {
      const paths = LinearPaths.of(of, small, shape(of.logs));
      if (!paths) throw new Error('no paths');
      const out = new Float64Array(paths.count);
      paths.ask(pathFrom(t, 100, 1), out, out.length, 0);
      return out.map((log) => Math.exp(log) - of.offset);
    };
    const [a, b] = [ask(whole), ask(cut)];
    a.forEach((load, e) => expect(load / (b[e] ?? 0)).toBeCloseTo(1, 2));
  });

  test('smoothing says a pattern that repeats exactly', () => {
    const weekly = Float64Array.from({ length: 24 * 35 }, (_, i) => 100 + (i % 24) * 3 + (i % 168 < 48 ? 0 : 40));
    const made = history(weekly);
    for (const pace of PACES) {
      const model = doubleSeasonal(made, pace);
      const t = 24 * 28 + 5;
      for (const lead of [1, 7, 30, 100]) {
        const said = new Float64Array(1);
        model?.ask(pathFrom(t, lead, 1), said, 1, 0);
        expect(Math.abs((said[0] ?? 0) - (made.logs[t + lead] ?? 1)), `${pace.name}, ${lead}`).toBeLessThan(0.12);
      }
    }
  });

  test('smoothing needs two days', () => {
    const [pace] = PACES;
    const made = history(new Float64Array(40).fill(3));
    expect(pace && doubleSeasonal(made, pace)).toBeUndefined();
    expect(made.stepMs).toBe(HOUR);
  });
});
