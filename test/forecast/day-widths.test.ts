import { describe, expect, test } from 'vitest';
import { dayWidthsOf, EVEN, evened, partOf, partsOf } from '../../src/forecast/day-widths.ts';
import { fit } from '../../src/forecast/fit.ts';
import { predict } from '../../src/forecast/predict.ts';
import { seconds } from '../../src/units.ts';
import { HOUR, normal, randomFrom, signalOf } from './load.ts';

const nightly = (hour: number): boolean => hour % 24 < 8;

describe('how large errors are by time of the day', () => {
  const parts = Uint8Array.from({ length: 40 * 24 }, (_, i) => i % 24);
  const sized = (at: (part: number) => number, days = 40) => ({
    residuals: Float64Array.from(parts, (part, i) => (i % 2 === 0 ? 1 : -1) * at(part)),
    parts,
    days,
  });

  test('is nothing where nothing came', () => {
    expect(dayWidthsOf([])).toEqual(EVEN);
    expect(dayWidthsOf([{ residuals: new Float64Array(0), parts: new Uint8Array(0), days: 0 }])).toEqual(EVEN);
    expect(dayWidthsOf([sized(() => 0)])).toEqual(EVEN);
  });

  test('is told alike by small and by large errors', () => {
    const quiet = sized((part) => (nightly(part) ? 0.01 : 0.03));
    const loud = sized((part) => (nightly(part) ? 1 : 3));
    const [alone, both] = [dayWidthsOf([quiet]), dayWidthsOf([quiet, loud])];
    alone.forEach((width, part) => expect(both[part]).toBeCloseTo(width, 9));
  });

  test('is believed as days of it come', () => {
    const apart = (days: number): number => {
      const widths = dayWidthsOf([sized((part) => (nightly(part) ? 0.1 : 0.3), days)]);
      return (widths[16] as number) / (widths[4] as number);
    };
    expect(apart(1)).toBeLessThan(1.4);
    expect(apart(10)).toBeGreaterThan(apart(1));
    expect(apart(1000)).toBeCloseTo(3, 1);
  });

  test('one bad hour counts for its neighbours, and not for the other half of the day', () => {
    const widths = dayWidthsOf([sized((part) => (part === 23 ? 1 : 0.1))]);
    expect(widths[0]).toBeGreaterThan(1.5);
    expect(widths[11]).toBeLessThan(1);
  });

  test('is taken off errors, so that what is left is alike all day', () => {
    const timed = sized((part) => (nightly(part) ? 0.1 : 0.3), 1e6);
    const left = evened(timed.residuals, parts, dayWidthsOf([timed])).map(Math.abs);
    expect(left[4]).toBeCloseTo(left[16] ?? 0, 3);
  });

  test.each([
    ['hours', 24, 25, 1],
    ['quarters of an hour', 96, 95, 23],
    ['a day of no whole number of steps', 25.5, 25, 23],
    ['no days', undefined, 25, 0],
  ] as const)('%s: the part of the day', (_, day, step, part) => {
    const history = { seasons: day === undefined ? {} : { day } };
    expect(partOf(history, step)).toBe(part);
    const points = { count: 1, origins: Int32Array.of(step - 3), leads: Int32Array.of(3) };
    expect([...partsOf(history, points)]).toEqual([part]);
  });
});

test('a load that is calm by night and wild by day has quantiles that are narrow by night, and hold at both times', () => {
  const random = randomFrom(11);
  const sizes = { night: 0.02, day: 0.2 };
  const valueAt = (i: number): number =>
    1000 * Math.exp((nightly(i) ? sizes.night : sizes.day) * normal(random) + Math.sin((i * Math.PI) / 12) / 3);
  const values = Array.from({ length: 42 * 24 }, (_, i) => valueAt(i));
  const forecast = predict(fit(signalOf(values, HOUR), { horizon: seconds(86_400) }), seconds(86_400), [0.1, 0.5, 0.9]);
  const [low, middle, high] = forecast.paths.map((path) => [...path]);
  const widthOf = (of: (hour: number) => boolean): number => {
    const hours = Array.from({ length: 24 }, (_, h) => h).filter((h) => of(42 * 24 + h));
    const sum = hours.reduce((total, h) => total + ((high?.[h] ?? 0) - (low?.[h] ?? 0)) / (middle?.[h] ?? 1), 0);
    return sum / hours.length;
  };
  // 80% of a normal law lie within 1.28 of its width: by night 5%, by day 51% of the load
  const inner = (hour: number): boolean => hour % 24 >= 2 && hour % 24 < 6;
  const noon = (hour: number): boolean => hour % 24 >= 12 && hour % 24 < 20;
  expect(widthOf(inner)).toBeLessThan(0.2);
  expect(widthOf(noon)).toBeGreaterThan(0.4);
  expect(widthOf(noon)).toBeLessThan(0.8);
});
