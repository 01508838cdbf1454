import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCpu, parseDuration, parseMemory, parsePercent, parseQuantity } from '../src/quantity.ts';
import {
  charge,
  hours,
  instant,
  isoOf,
  later,
  mib,
  milliCores,
  money,
  seconds,
  secondsBetween,
  share,
  usdPerHour,
} from '../src/units.ts';

describe('quantities enter through checked constructors', () => {
  const bad: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['a price that is not a number', () => usdPerHour(Number.NaN), /USD\/h must be finite and >= 0, got NaN/],
    ['a negative price', () => usdPerHour(-0.1), /got -0.1/],
    ['an endless memory', () => mib(Infinity), /MiB/],
    ['negative cores', () => milliCores(-1), /millicores/],
    ['a share over one', () => share(1.01), /between 0 and 1, got 1.01/],
    ['a share that is not a number', () => share(Number.NaN), /got NaN/],
    ['half a millisecond', () => instant(0.5), /whole milliseconds/],
    ['money in fractions of its unit', () => money(0.5), /whole 1e-10 USD/],
    ['money beyond exact floats', () => money(2 ** 60), /safe range/],
  ];
  it.each(bad)('%s is refused with its unit and value', (_, make, message) => expect(make).toThrow(message));

  it('charges a rate over a time to the last 1e-10 USD', () => {
    expect(charge(usdPerHour(0.1008), hours(1))).toBe(1_008_000_000n);
    expect(charge(usdPerHour(0.1), hours(0.5))).toBe(500_000_000n);
  });

  it('moves in time by whole milliseconds', () => {
    const start = instant(Date.UTC(2026, 10, 18, 14));
    expect(isoOf(later(start, seconds(90)))).toBe('2026-11-18T14:01:30Z');
    expect(secondsBetween(start, later(start, seconds(90)))).toBe(90);
  });
});

describe('Kubernetes quantities', () => {
  it.each([
    ['500m', 0.5],
    ['2', 2],
    ['1Gi', 2 ** 30],
    ['1.5k', 1500],
    ['2e3', 2000],
    ['.5', 0.5],
    [0.25, 0.25],
    ['-1', undefined],
    ['1 Gi', undefined],
    ['1gi', undefined],
    ['', undefined],
    ['NaN', undefined],
    [Number.NaN, undefined],
    ['1e999', undefined],
    ['1'.repeat(300), undefined],
  ])('%s is %s', (text, value) => expect(parseQuantity(text)).toBe(value));

  it('rounds cores up to millicores as the kubelet does, and not the noise of binary fractions', () => {
    expect(parseCpu('0.1')).toBe(100);
    expect(parseCpu('1u')).toBe(1);
    expect(parseMemory('1Gi')).toBe(1024);
  });

  it('never answers with anything but a finite number that is not negative', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = parseQuantity(text);
        expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
      }),
    );
  });
});

describe('durations and shares', () => {
  it.each([
    ['90s', 90],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['250ms', 0.25],
    ['5', undefined],
    ['5 m', undefined],
    ['-5m', undefined],
    ['m', undefined],
  ])('%s is %s seconds', (text, value) => expect(parseDuration(text)).toBe(value));

  it.each([
    ['40%', 0.4],
    ['140%', 1.4],
    [0.3, 0.3],
    ['0.3', undefined],
    ['forty', undefined],
  ])('%s is the share %s', (text, value) => expect(parsePercent(text)).toBe(value));
});
