import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { calendarWindows } from '../../src/forecast/events/calendar.ts';
import { localTime } from '../../src/forecast/events/local-time.ts';
import type { EventWindow } from '../../src/forecast/events/window.ts';
import type { Forecast } from '../../src/forecast/forecast.ts';
import { fitWithEvents, lessonsOf, predictWithEvents, type EventOptions } from '../../src/forecast/with-events.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds, type Instant } from '../../src/units.ts';
import { loadHolidays } from '../../src/world/holidays.ts';
import { loadOf, signalOf } from './load.ts';

const table = await loadHolidays();
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DAY = seconds(86_400);
const QUANTILES = [0.1, 0.5, 0.9, 0.99];

const forecastOf = (signal: ObservedSignal, options: EventOptions, horizon = DAY): Forecast =>
  predictWithEvents(fitWithEvents(signal, { ...options, horizon }), horizon, QUANTILES);

function window(signal: ObservedSignal, fromStep: number, steps: number, rest: Partial<EventWindow> = {}): EventWindow {
  const stepMs = signal.step * 1000;
  const from = instant(signal.start + fromStep * stepMs);
  return { key: 'event x', name: 'x', kind: 'declared', from, to: instant(from + steps * stepMs), ...rest };
}

const sum = (xs: ArrayLike<number>): number => Array.from(xs).reduce((a, b) => a + b, 0);

/** Load times `factor` in the windows. */
function moved(signal: ObservedSignal, windows: readonly EventWindow[], factor: number): ObservedSignal {
  const values = signal.values.map((v, i) => {
    const t = signal.start + i * signal.step * 1000;
    return windows.some((w) => t >= w.from && t < w.to) ? v * factor : v;
  });
  return { ...signal, values };
}

describe('declared events', () => {
  const signal = loadOf({ days: 60, noise: 0.03 });
  const n = signal.values.length;
  const plain = forecastOf(signal, { events: [] });

  test('a launch lifts its hours by what is stated, and no others', () => {
    const stated = { times: 3, between: [2, 5] as const, ramp: seconds(0) };
    const launch = forecastOf(signal, { events: [window(signal, n + 6, 4, { stated })] });
    for (const [h, ordinary] of (plain.paths[1] ?? []).entries()) {
      const inside = h >= 6 && h < 10;
      expect((launch.paths[1]?.[h] ?? 0) / ordinary).toBeCloseTo(inside ? 3 : 1, 1);
    }
    const at = 7;
    // four of five cases lie within: the 10% and 90% paths are at least as far apart as was stated
    expect((launch.paths[2]?.[at] ?? 0) / (launch.paths[0]?.[at] ?? 1)).toBeGreaterThan(2.5);
  });

  test('a ramp builds up evenly', () => {
    const stated = { times: 3, between: [2.9, 3.1] as const, ramp: seconds(4 * 3600) };
    const launch = forecastOf(signal, { events: [window(signal, n, 12, { stated })] });
    const lift = [0, 1, 2, 3, 4, 5].map((h) => (launch.paths[1]?.[h] ?? 0) / (plain.paths[1]?.[h] ?? 1));
    expect(lift.map((x) => Number(x.toFixed(2)))).toEqual([1.25, 1.75, 2.25, 2.75, 3, 3]);
  });

  test('without a stated effect it is as the earlier ones came out', () => {
    const past = [window(signal, 20 * 24 + 8, 6), window(signal, 40 * 24 + 8, 6)];
    const seen = moved(signal, past, 4);
    const f = forecastOf(seen, { events: [...past, window(seen, n + 8, 6)] });
    const lift = (f.paths[1]?.[10] ?? 0) / (plain.paths[1]?.[10] ?? 1);
    expect(lift).toBeGreaterThan(3.4);
    expect(lift).toBeLessThan(4.6);
    expect(f.notes.join()).toMatch(/^event: x: up to \d\.\d\d times an ordinary load, as the 2 before$/);
  });

  test('of one never seen nothing is known: it moves nothing, and that is said', () => {
    const f = forecastOf(signal, { events: [window(signal, n + 8, 6)] });
    expect(f.paths).toEqual(plain.paths);
    expect(f.notes.join()).toContain('unknown event: x: no earlier one was seen');
  });

  test('another market’s event is a hint', () => {
    const past = [window(signal, 20 * 24 + 8, 6), window(signal, 30 * 24 + 8, 6), window(signal, 40 * 24 + 8, 6)];
    const events = [...past, window(signal, n + 8, 6)];
    const lessons = lessonsOf(moved(signal, past, 4), { events });
    expect(lessons).toBeDefined();
    const f = forecastOf(signal, { events: events.slice(-1), elsewhere: lessons ? [lessons] : [] });
    expect((f.paths[1]?.[10] ?? 0) / (plain.paths[1]?.[10] ?? 1)).toBeGreaterThan(2.5);
  });

  test('an outage of the past leaves no trace', () => {
    const out = window(signal, n - 7 * 24 + 10, 5, { kind: 'outage' });
    const broken = moved(signal, [out], 0.3);
    const told = forecastOf(broken, { events: [out] });
    const off = (f: Forecast): number =>
      [10, 11, 12, 13, 14].reduce((e, h) => e + Math.abs((f.paths[1]?.[h] ?? 0) / (plain.paths[1]?.[h] ?? 1) - 1), 0);
    expect(off(told)).toBeLessThan(0.1);
    expect(off(told)).toBeLessThan(off(forecastOf(broken, { events: [] })));
  });

  test('the value that is carried now is told as it came, even within an event', () => {
    const now = window(signal, n - 3, 6, { stated: { times: 3, between: [2, 4], ramp: seconds(0) } });
    const f = forecastOf(moved(signal, [now], 3), { events: [now] });
    expect(f.last?.value).toBeCloseTo(3 * (signal.values.at(-1) ?? 0), 6);
  });
});

describe('days of which the calendar knows', () => {
  const UTC = localTime('UTC');
  /** two years of hours, from a Monday */
  const years = loadOf({ days: 730, noise: 0.03 });
  const days = (signal: ObservedSignal, key: string, which: readonly number[]): EventWindow[] =>
    which.map((d) => window(signal, d * 24, 24, { key, name: key, kind: 'holiday' }));

  test('an event that never moved the load changes nothing beyond 5%', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 380, max: 720 }), (seed, target) => {
        const signal = loadOf({ days: 730, noise: 0.05, seed });
        const events = days(signal, 'nothing', [target - 365, target]);
        const until = instant(signal.start + target * DAY_MS - HOUR_MS);
        const on = forecastOf(signal, { events, until });
        const off = forecastOf(signal, { events: [], until });
        const was = signal.values.subarray(target * 24, target * 24 + 24);
        const error = (f: Forecast): number => sum(was.map((v, h) => Math.abs(v - (f.mean[h] ?? 0)))) / sum(was);
        expect(error(on)).toBeLessThan(error(off) * 1.05 + 0.005);
      }),
      { numRuns: 12 },
    );
  });

  test('a holiday that is like a Sunday here is forecast as one', () => {
    // day 366 × 2 lies on a Wednesday; the holidays before it on other working days
    const events = days(years, 'feast', [170, 352, 534, 716]);
    const asSunday = moved(years, events, 0.6);
    const until = instant(years.start + 716 * DAY_MS - HOUR_MS);
    const f = forecastOf(asSunday, { events, until });
    const was = asSunday.values.subarray(716 * 24, 717 * 24);
    expect(sum(was.map((v, h) => Math.abs(v - (f.mean[h] ?? 0)))) / sum(was)).toBeLessThan(0.06);
    const off = forecastOf(asSunday, { events: [], until });
    expect(sum(was.map((v, h) => Math.abs(v - (off.mean[h] ?? 0)))) / sum(was)).toBeGreaterThan(0.4);
  });

  test('paths never cross, whatever the events', () => {
    const signal = loadOf({ days: 90, noise: 0.1 });
    const n = signal.values.length;
    const effect = fc.tuple(
      fc.double({ min: 0.05, max: 20, noNaN: true }),
      fc.double({ min: 1.01, max: 4, noNaN: true }),
    );
    fc.assert(
      fc.property(
        effect,
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        ([times, by], from, steps) => {
          const stated = { times, between: [times / by, times * by] as const, ramp: seconds(3600) };
          const { paths } = forecastOf(signal, { events: [window(signal, n + from, steps, { stated })] });
          for (let h = 0; h < 24; h++) {
            for (let q = 1; q < paths.length; q++) {
              expect(paths[q]?.[h] ?? 0).toBeGreaterThanOrEqual((paths[q - 1]?.[h] ?? 0) * (1 - 1e-9));
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test('without events it is the plain forecast', () => {
    const windows = calendarWindows(
      { local: UTC, holidays: [], midnight: false },
      table,
      years.start,
      instant(years.start),
    );
    expect(windows).toEqual([]);
  });
});

test('a Spring Festival midnight of ten times the load stays within P99 with one year before', () => {
  const start = Date.parse('2025-12-25T00:00Z');
  const midnights = [Date.parse('2026-02-16T16:00Z'), Date.parse('2027-02-05T16:00Z')];
  const ordinary = loadOf({ days: 409, step: 300, noise: 0.03 });
  const values = ordinary.values.map((v, i) =>
    midnights.reduce((load, m) => {
      const minutes = (start + i * 300_000 - m) / 60_000;
      if (minutes < -30 || minutes > 110) return load;
      return load * (1 + 9 * (minutes < 0 ? (1 + minutes / 30) ** 3 : Math.exp(-minutes / 20)));
    }, v),
  );
  const signal: ObservedSignal = { ...signalOf(values, 300), start: instant(start) };
  const local = localTime('Asia/Shanghai');
  const events = calendarWindows(
    { local, holidays: ['CN'], midnight: true },
    table,
    signal.start,
    instant(start + 410 * DAY_MS),
  );
  const until = instant((midnights[1] ?? 0) - 12 * HOUR_MS);
  const f = forecastOf(signal, { events, until, timeZone: 'Asia/Shanghai' });
  const p99 = f.paths[3] ?? new Float64Array(0);
  const from = (until - start) / 300_000 + 1;
  const came = values.subarray(from, from + 14 * 12);
  /** from half an hour before the hour strikes until it is over */
  const burst = { first: 11.5 * 12 - 1, end: 14 * 12 };
  expect(Math.max(...came)).toBeGreaterThan(5 * (ordinary.values[from + 144] ?? 0));
  expect(came.findIndex((v, h) => h >= burst.first && h < burst.end && v > (p99[h] ?? 0))).toBe(-1);
  // and not by planning for everything: an hour before the burst is ordinary
  expect(p99[10 * 12] ?? 0).toBeLessThan(1.5 * (came[10 * 12] ?? 0));
});

const APPSERVER = new URL('../../../shared/data/traffic/appserver_hourly.csv', import.meta.url);

describe.skipIf(!existsSync(APPSERVER))('a real service (skipped where shared/data is absent)', () => {
  test.each([
    ['2017-01-01', 1],
    ['2017-01-01', 2],
    ['2018-01-01', 1],
    ['2018-01-01', 2],
    ['2016-12-25', 1],
    ['2016-12-25', 2],
    ['2017-12-25', 1],
    ['2017-12-25', 2],
  ])('%s is forecast %i days before to 8%', (day, before) => {
    const signal = appserver();
    const from = Date.parse(`${day}T00:00Z`);
    const until: Instant = instant(from - HOUR_MS - (before - 1) * DAY_MS);
    const local = localTime('UTC');
    const events = calendarWindows(
      { local, holidays: ['US'], midnight: true },
      table,
      signal.start,
      instant(from + DAY_MS),
    );
    const f = forecastOf(signal, { events, until }, seconds(before * 86_400));
    const first = (from - signal.start) / HOUR_MS;
    const was = signal.values.subarray(first, first + 24);
    const error = sum(was.map((v, h) => Math.abs(v - (f.mean[(before - 1) * 24 + h] ?? 0)))) / sum(was);
    expect(error).toBeLessThan(0.08);
  });
});

function appserver(): ObservedSignal {
  const rows = readFileSync(APPSERVER, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const start = Date.parse(`${rows[0]?.[0]}Z`);
  const at = (time = ''): number => (Date.parse(`${time}Z`) - start) / HOUR_MS;
  const values = new Float64Array(at(rows.at(-1)?.[0]) + 1).fill(Number.NaN);
  for (const [time, value] of rows) values[at(time)] = Number(value);
  return { ...signalOf(values, 3600), start: instant(start) };
}
