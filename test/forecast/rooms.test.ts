import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inArena, roomFor } from '../../src/forecast/arena.ts';
import { wideLog, wideningOf } from '../../src/forecast/wide-log.ts';

describe('room for one series', () => {
  test('serves again for the next one', () => {
    const length = 50_000;
    inArena(() => roomFor(length));
    const first = inArena(() => roomFor(length).buffer);
    const second = inArena(() => roomFor(length).buffer);
    expect(second).toBe(first);
  });

  test('is never given twice at a time, within another neither', () => {
    inArena(() => {
      const outer = roomFor(100).fill(1);
      inArena(() => roomFor(100).fill(2));
      const after = roomFor(100).fill(3);
      expect([...new Set(outer)]).toEqual([1]);
      expect([...new Set(after)]).toEqual([3]);
    });
  });

  test('is given back when the work fails', () => {
    const length = 1000;
    const first = inArena(() => roomFor(length).byteOffset);
    expect(() =>
      inArena(() => {
        roomFor(length);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(inArena(() => roomFor(length).byteOffset)).toBe(first);
  });

  test("is one's own and empty outside of it", () => {
    const one = roomFor(10).fill(7);
    expect([...roomFor(10)]).toEqual(Array.from({ length: 10 }, () => 0));
    expect(one[0]).toBe(7);
  });
});

describe('the measure of errors', () => {
  test('is what logarithms say, to within 1e-11, for loads from naught to a trillion times the usual', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.double({ min: -12, max: 40, noNaN: true }),
        (usual, far) => {
          const [offset, wide] = [0.05 * usual, usual];
          const log = Math.log(usual) + far;
          const exact = Math.log(Math.max(0, Math.exp(log) - offset) + wide);
          expect(Math.abs(wideLog(wideningOf(offset, wide), log) - exact)).toBeLessThan(1e-11);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('knows nothing of nothing', () => {
    const widening = wideningOf(1, 20);
    expect(wideLog(widening, Number.NaN)).toBeNaN();
    expect(wideLog(widening, -Infinity)).toBe(Math.log(20));
    expect(wideLog(widening, Infinity)).toBe(Infinity);
  });
});
