import * as fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blocksUpTo } from '../../src/forecast/blocks.ts';
import { fit } from '../../src/forecast/fit.ts';
import { predict } from '../../src/forecast/predict.ts';
import { parseSeries } from '../../src/signals/csv.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds } from '../../src/units.ts';
import { loadOf, randomFrom, signalOf } from './load.ts';

/** Load with anything that real series have been seen to do. */
const signals: fc.Arbitrary<ObservedSignal> = fc
  .record({
    step: fc.constantFrom(60, 300, 420, 900, 3600, 86_400),
    n: fc.integer({ min: 1, max: 700 }),
    level: fc.constantFrom(0, 1e-6, 0.3, 4, 1000, 1e9),
    noise: fc.constantFrom(0, 0.1, 1),
    gaps: fc.constantFrom(0, 0.1, 0.7, 1),
    zeros: fc.constantFrom(0, 0.05, 0.5),
    spikes: fc.constantFrom(0, 0.005, 0.05),
    seed: fc.nat(),
  })
  .map(({ step, n, level, noise, gaps, zeros, spikes, seed }) => {
    const random = randomFrom(seed);
    const { values } = loadOf({ days: (n * step) / 86_400, step, level, noise, seed });
    return signalOf(
      values.map((v) => {
        if (random() < gaps) return Number.NaN;
        if (random() < zeros) return 0;
        return random() < spikes ? v * 1000 : v;
      }),
      step,
    );
  });

describe('whatever load was', () => {
  test('paths are finite, never negative and never cross, and the same load always has the same forecast', () => {
    fc.assert(
      fc.property(
        signals,
        fc.uniqueArray(fc.double({ min: 0.5, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(20),
        (signal, quantiles, steps, late) => {
          const horizon = seconds(steps * signal.step);
          const until = instant(signal.start + (signal.values.length - 1 + late) * signal.step * 1000);
          const got = predict(fit(signal, { until, horizon }), horizon, quantiles);
          if (signal.values.every((v) => Number.isNaN(v))) expect(got.method).toBe('none');
          if (got.method === 'none') return;
          expect(got.mean).toHaveLength(steps);
          expect(got.mean.every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
          let before = new Float64Array(steps);
          for (const path of got.paths) {
            expect(path).toHaveLength(steps);
            expect(path.every((v, h) => Number.isFinite(v) && v >= (before[h] ?? Infinity))).toBe(true);
            before = path as Float64Array<ArrayBuffer>;
          }
          expect(predict(fit(signal, { until, horizon }), horizon, quantiles)).toEqual(got);
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('blocks of leads hold every lead once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), (leads) => {
      const all = blocksUpTo(leads).flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      expect(all).toEqual(Array.from({ length: leads }, (_, i) => i + 1));
    }),
    { numRuns: 30 },
  );
});

const SHARED = '../shared/data/traffic';
describe.skipIf(!existsSync(SHARED))(`real load${existsSync(SHARED) ? '' : ` (skipped: ${SHARED} is missing)`}`, () => {
  test.each([
    ['steam_ccu_Dota_2', 3600, 0.8],
    ['appserver_hourly', 3600, 0.6],
    ['nab_nyc_taxi', 1800, 0.5],
  ])('%s: better than yesterday by its hour, and P90 holds', (name, step, most) => {
    const spec = { file: name, name, market: '', unit: '', timeColumn: 'timestamp', valueColumn: 'value', scale: 1 };
    const read = parseSeries(readFileSync(`${SHARED}/${name}.csv`, 'utf8'), { ...spec, step: seconds(step) });
    if (!read.ok) throw new Error(JSON.stringify(read.troubles));
    const { values, start } = read.value;
    const day = 86_400 / step;
    const first = 28 * day;
    let [error, naive, under, scored] = [0, 0, 0, 0];
    for (let o = 0; o < 12; o++) {
      const t = Math.floor(first + ((values.length - 1 - day - first) * (o + 0.12 * (o % 3))) / 12);
      const signal = { ...read.value, values: values.slice(0, t + 1) };
      const got = predict(fit(signal, { until: instant(start + t * step * 1000) }), seconds(86_400), [0.5, 0.9]);
      for (let h = 0; h < day; h++) {
        const was = values[t + 1 + h] ?? Number.NaN;
        const yesterday = values[t + 1 + h - day] ?? Number.NaN;
        if (Number.isNaN(was + yesterday)) continue;
        error += Math.abs(was - (got.paths[0]?.[h] ?? 0));
        naive += Math.abs(was - yesterday);
        under += was <= (got.paths[1]?.[h] ?? 0) ? 1 : 0;
        scored++;
      }
    }
    expect(error / naive).toBeLessThan(most);
    expect(under / scored).toBeGreaterThan(0.82);
  });
});
