import { describe, expect, test } from 'vitest';
import { fit } from '../../src/forecast/fit.ts';
import { predict } from '../../src/forecast/predict.ts';
import { sharpShift } from '../../src/forecast/sharp-shift.ts';
import { seconds } from '../../src/units.ts';
import { changed, loadOf, split } from './load.ts';

const STEP = 300;
const PER_HOUR = 12;
const DAYS = 28;
const AT = (DAYS - 2) * 24 * PER_HOUR;
const plain = loadOf({ days: DAYS, step: STEP, noise: 0.03, seed: 7 });

/** Mean of what is said of six hours over what comes, standing `hours` after the change. */
function saidOver(change: (value: number, i: number) => number, hours: number): number {
  const { past, future } = split(changed(plain, change), (AT + hours * PER_HOUR) / (24 * PER_HOUR));
  const horizon = seconds(6 * 3600);
  const said = predict(fit(past, { horizon }), horizon, [0.5]).paths[0] ?? new Float64Array(0);
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  return sum(said) / sum(future.slice(0, said.length));
}

const since = (i: number): number => (i - AT) / PER_HOUR;

describe('load that is not where it was expected', () => {
  test.each([
    {
      name: 'half as much again for six hours: it stays',
      hours: 6,
      change: (v: number, i: number) => (i >= AT ? 1.5 * v : v),
      between: [0.93, 1.07],
    },
    {
      name: 'half as much again for three hours: most of it is followed',
      hours: 3,
      change: (v: number, i: number) => (i >= AT ? 1.5 * v : v),
      between: [0.88, 1.1],
    },
    {
      name: 'a third less for eight hours: it stays',
      hours: 8,
      change: (v: number, i: number) => (i >= AT ? 0.67 * v : v),
      between: [0.9, 1.15],
    },
    {
      name: 'a third less for two hours: it may come back, so no less than a tenth above it is kept ready',
      hours: 2,
      change: (v: number, i: number) => (i >= AT ? 0.67 * v : v),
      between: [1.1, 1.6],
    },
    {
      name: 'a surge of an hour, twelve hours ago: it is over',
      hours: 12,
      change: (v: number, i: number) => (since(i) >= 0 && since(i) < 1 ? 2 * v : v),
      between: [0.93, 1.07],
    },
    {
      name: 'an outage of two hours, an hour ago: load is back',
      hours: 3,
      change: (v: number, i: number) => (since(i) >= 0 && since(i) < 2 ? 0 : v),
      between: [0.9, 1.1],
    },
  ])('$name', ({ hours, change, between: [least = 0, most = 0] }) => {
    const ratio = saidOver(change, hours);
    expect(ratio).toBeGreaterThan(least);
    expect(ratio).toBeLessThan(most);
  });
});

describe('a step in the level', () => {
  const at = (change: (value: number, i: number) => number, hours: number) => {
    const n = AT + hours * PER_HOUR;
    const came = changed(plain, change).values.subarray(0, n);
    const expected = loadOf({ days: DAYS, step: STEP }).values.subarray(0, n);
    return sharpShift(came, expected, STEP * 1000, 0);
  };

  test('is found where it is and as large as it is', () => {
    const found = at((v, i) => (i >= AT ? 1.5 * v : v), 5);
    expect(Math.abs((found?.before ?? 0) + 1 - AT)).toBeLessThanOrEqual(2);
    expect(found?.by).toBeCloseTo(Math.log(1.5), 1);
  });

  test.each([
    { name: 'nothing happened', hours: 8, change: (v: number) => v },
    {
      name: 'an odd day rises for hours',
      hours: 10,
      change: (v: number, i: number) => v * (1 + 0.5 * Math.min(1, Math.max(0, since(i) / 8))),
    },
    {
      name: 'a holiday morning is off by another share every hour',
      hours: 6,
      change: (v: number, i: number) => (since(i) < 0 ? v : v * (1 + 0.5 * Math.cos(since(i) * 0.7))),
    },
    { name: 'a surge half an hour old', hours: 0.5, change: (v: number, i: number) => (i >= AT ? 2 * v : v) },
    {
      name: 'a fall of three hours may be an outage',
      hours: 3,
      change: (v: number, i: number) => (i >= AT ? v / 2 : v),
    },
    {
      name: 'a twentieth more is within what experts follow',
      hours: 8,
      change: (v: number, i: number) => (i >= AT ? 1.05 * v : v),
    },
    {
      name: 'load that jumps like this every other day',
      hours: 6,
      change: (v: number, i: number) => (Math.floor(i / (24 * PER_HOUR)) % 2 === 0 ? 1.5 * v : v),
    },
  ])('is not seen where $name', ({ hours, change }) => {
    expect(at(change, hours)).toBeUndefined();
  });
});
