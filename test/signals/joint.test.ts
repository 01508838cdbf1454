import { describe, expect, test } from 'vitest';
import type { SignalSpec } from '../../src/fleet/fleet.ts';
import { jointSignals } from '../../src/signals/joint.ts';
import { lastSeen, type ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds } from '../../src/units.ts';

const T0 = Date.UTC(2026, 2, 2);
const seriesOf = (name: string, start: number, values: number[], market = 'eu'): ObservedSignal => ({
  name,
  market,
  unit: 'x/s',
  source: 'csv a.csv',
  start: instant(T0 + start * 300_000),
  step: seconds(300),
  values: Float64Array.from(values),
  faults: [],
});
const work: SignalSpec = {
  name: 'work',
  unit: 'units/s',
  step: seconds(300),
  sources: [
    {
      kind: 'sum',
      market: 'eu',
      parts: [
        { signal: 'messages', factor: 1 },
        { signal: 'media', factor: 0.5 },
      ],
    },
  ],
};
const GAP = Number.NaN;
const joint = (...read: ObservedSignal[]): ObservedSignal | undefined => jointSignals([work], read)[0];

describe('signals added up', () => {
  test('step by step, each with its factor', () => {
    const sum = joint(seriesOf('messages', 0, [1, 2, 3]), seriesOf('media', 0, [10, 20, 30]));
    expect(sum).toMatchObject({ name: 'work', market: 'eu', unit: 'units/s', source: 'messages + 0.5 × media' });
    expect([...(sum?.values ?? [])]).toEqual([6, 12, 18]);
  });

  test('a gap in any part is a gap, not a zero', () => {
    const sum = joint(seriesOf('messages', 0, [1, GAP, 3]), seriesOf('media', 0, [10, 20, GAP]));
    expect([...(sum?.values ?? [])]).toEqual([6, GAP, GAP]);
  });

  test('from where all parts have begun; as old as its oldest part', () => {
    const sum = joint(seriesOf('messages', 1, [2, 3, 4, 5]), seriesOf('media', 0, [10, 20, 30]));
    expect(sum?.start).toBe(T0 + 300_000);
    expect([...(sum?.values ?? [])]).toEqual([12, 18, GAP, GAP]);
    expect(sum && lastSeen(sum)).toBe(T0 + 600_000);
  });

  test('parts that were never there at the same time make gaps alone', () => {
    const sum = joint(seriesOf('messages', 5, [2, 3]), seriesOf('media', 0, [10, 20]));
    expect(sum && lastSeen(sum)).toBeUndefined();
  });

  test('a part that was not read leaves no sum; another market’s is no part', () => {
    expect(joint(seriesOf('messages', 0, [1]))).toBeUndefined();
    expect(joint(seriesOf('messages', 0, [1]), seriesOf('media', 0, [1], 'na'))).toBeUndefined();
  });

  test('its peak is the peak of the sum: parts that peak at other hours need no room twice', () => {
    const sum = joint(seriesOf('messages', 0, [9, 1]), seriesOf('media', 0, [2, 18]));
    expect(Math.max(...(sum?.values ?? []))).toBe(10);
  });
});
