import { describe, expect, test } from 'vitest';
import { fit } from '../../src/forecast/fit.ts';
import { predict } from '../../src/forecast/predict.ts';
import { historyOf } from '../../src/forecast/history.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds } from '../../src/units.ts';
import { changed, loadOf, randomFrom } from './load.ts';

const STEP = 300;
const PER_HOUR = 12;
const PER_DAY = 24 * PER_HOUR;
const DAYS = 21;

/** The median of the next steps. */
function said(signal: ObservedSignal, steps: number): Float64Array {
  const horizon = seconds(steps * STEP);
  return predict(fit(signal, { horizon }), horizon, [0.5]).paths[0] ?? new Float64Array(0);
}

const upTo = (signal: ObservedSignal, end: number): ObservedSignal => ({
  ...signal,
  values: signal.values.slice(0, end),
});

describe('a rhythm of the hour, another one every day', () => {
  const random = randomFrom(5);
  // neither yesterday nor last week tells it, nor do the last steps
  const rhythms = Array.from({ length: DAYS * PER_HOUR }, () => 0.7 + 0.6 * random());
  const beats = changed(
    loadOf({ days: DAYS, step: STEP, noise: 0.03, seed: 3 }),
    (v, i) => v * (rhythms[Math.floor(i / PER_DAY) * PER_HOUR + (i % PER_HOUR)] ?? 1),
  );

  test('is told by the hours before: the next step is missed by a third of what repeating the last one misses', () => {
    let [ours, last] = [0, 0];
    for (let k = 0; k < 12; k++) {
      const end = (DAYS - 1) * PER_DAY + 6 * PER_HOUR + 13 * k;
      const came = beats.values[end] ?? 0;
      ours += Math.abs(came - (said(upTo(beats, end), 1)[0] ?? 0));
      last += Math.abs(came - (beats.values[end - 1] ?? 0));
    }
    expect(ours / last).toBeLessThan(1 / 3);
  });
});

describe('a crowd that comes over five hours, to four times the load, and leaves over as many', () => {
  const AT = (DAYS - 1) * PER_DAY + 14 * PER_HOUR;
  const times = (i: number): number => {
    const hours = (i - AT) / PER_HOUR;
    if (hours < 0) return 1;
    return hours < 5 ? 1 + 0.6 * hours : Math.max(1, 4 * 0.5 ** ((hours - 5) / 2));
  };
  const crowd = changed(loadOf({ days: DAYS, step: STEP, noise: 0.02, seed: 11 }), (v, i) => v * times(i));

  test.each([
    ['as it begins to leave', 58],
    ['when half of it has left', 76],
    ['when more have', 82],
  ])('%s, the next step is near the last one, not where experts of other leads would have it', (_, steps) => {
    const end = AT + steps;
    const [next = 0] = said(upTo(crowd, end), 36);
    expect(Math.abs(next / (crowd.values[end] ?? 0) - 1)).toBeLessThan(0.1);
  });
});

describe('a flash crowd of sixty times the load that has just begun', () => {
  const calm = loadOf({ days: DAYS, step: STEP, noise: 0.05, seed: 9 });
  const n = calm.values.length;
  const high = calm.values.toSorted()[Math.floor(0.9 * n)] ?? 0;
  const now = (i: number): number => (i >= n - 2 ? 60 : 1);
  // ten days ago, for half an hour
  const before = n - 10 * PER_DAY;
  const during = (i: number): boolean => i >= before && i < before + 6;

  test.each<[why: string, earlier: (i: number) => number, most: number]>([
    ['none came before: ten times what is high, since a meter may be broken', () => 1, 10],
    ['as large a one came before and left little by little: it is believed', leaving, Infinity],
    ['what came before ended from one step to the next, as of a broken meter', (i) => (during(i) ? 60 : 1), 10],
    [
      'what came before was smaller: no more than its second highest step is believed',
      (i) => leaving(i) ** 0.9,
      held(0.9),
    ],
    ['what came before was a single step', (i) => (i === before ? 60 : i === before + 1 ? 5 : 1), 10],
  ])('%s', (_, earlier, most) => {
    const signal = changed(calm, (v, i) => v * now(i) * earlier(i));
    const known = historyOf(signal, instant(signal.start + (n - 1) * STEP * 1000))?.values ?? [];
    for (const i of [n - 2, n - 1]) {
      const came = signal.values[i] ?? 0;
      expect((known[i] ?? 0) / Math.min(came, most * high)).toBeCloseTo(1, 1);
    }
  });

  /** The second highest step of the crowd that came before, over what is high. */
  function held(power: number): number {
    const then = calm.values.slice(before, before + 6).map((v) => v * 60 ** power);
    return (then.toSorted().at(-2) ?? 0) / high;
  }

  function leaving(i: number): number {
    if (during(i)) return 60;
    return i >= before + 6 ? Math.max(1, 60 * 0.7 ** (i - before - 5)) : 1;
  }
});
