import { describe, expect, it } from 'vitest';
import { fit } from '../../src/forecast/fit.ts';
import { forecastWarnings } from '../../src/plan/forecast-warnings.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds } from '../../src/units.ts';
import { AT } from './world.ts';

const HOUR = 3_600_000;

/** Hourly load up to the decision; the last entry is the newest. */
function seriesOf(hours: number, change: (hour: number, load: number) => number): ObservedSignal {
  const values = Float64Array.from({ length: hours }, (_, h) => change(h, 1000 + 300 * Math.sin((h / 12) * Math.PI)));
  return {
    name: 'connections',
    market: 'eu',
    unit: 'connections',
    source: 'csv load.csv',
    start: instant(AT - (hours - 1) * HOUR),
    step: seconds(3600),
    values,
    faults: [],
  };
}

/** What the forecast itself writes must be what the warnings look for. */
describe('warnings about forecasts', () => {
  const weeks = 21 * 24;
  const rows: readonly (readonly [why: string, signal: ObservedSignal, line: RegExp])[] = [
    [
      'a broken exporter',
      seriesOf(weeks, (h, load) => (h === 300 ? 1e9 : load)),
      /connections\/eu: 1 spike over .* cut/,
    ],
    ['a day of history', seriesOf(26, (_, load) => load), /too short for a daily pattern/],
    [
      'silence at the end',
      seriesOf(weeks, (h, load) => (h > weeks - 4 ? Number.NaN : load)),
      /nothing seen since .* 3 steps/,
    ],
    ['an hour of zeros at noon', seriesOf(weeks, (h, load) => (h === 246 ? 0 : load)), /1 step of zero load taken/],
  ];
  it.each(rows)('tell of %s', (_, signal, line) => {
    const { notes } = fit(signal, { until: AT, horizon: seconds(6 * 3600) });
    expect(forecastWarnings([{ signal: signal.name, market: signal.market, notes }])).toEqual([
      expect.stringMatching(line),
    ]);
  });

  it('say nothing of a clean series', () => {
    const { notes } = fit(
      seriesOf(weeks, (_, load) => load),
      { until: AT, horizon: seconds(6 * 3600) },
    );
    expect(forecastWarnings([{ signal: 'connections', market: 'eu', notes }])).toEqual([]);
  });
});
