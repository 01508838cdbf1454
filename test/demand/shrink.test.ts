import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { letGoWithin, pacedPath } from '../../src/demand/shrink.ts';
import { seconds } from '../../src/units.ts';

const CYCLE = seconds(300);

describe('replicas that may be let go in five minutes', () => {
  test.each<
    [why: string, shrink: Parameters<typeof letGoWithin>[0]['shrink'], loadEach: number, most: number | undefined]
  >([
    ['no pace: any number', undefined, 20_000, undefined],
    ['replicas a minute', { replicasPerMinute: 2 }, 20_000, 10],
    ['whole ones only', { replicasPerMinute: 0.5 }, 20_000, 2],
    ['a float of its own error costs none', { replicasPerMinute: 0.2 * 3 }, 20_000, 3],
    ['the load that can be moved, in full replicas', { loadPerMinute: 100_000 }, 20_000, 25],
    ['half-empty replicas go twice as fast', { loadPerMinute: 100_000 }, 10_000, 50],
    ['load unknown: each is taken to be full', { loadPerMinute: 100_000 }, Number.NaN, 20],
    ['nothing to move: any number', { loadPerMinute: 100_000 }, 0, undefined],
  ])('%s', (_, shrink, loadEach, most) => {
    expect(letGoWithin({ ...(shrink && { shrink }), capacityPerReplica: 25_000 }, loadEach, CYCLE)).toBe(most);
  });
});

describe('the path that the pace allows', () => {
  const needs = fc.array(fc.nat(400), { minLength: 1, maxLength: 40 });

  test('falls by no more than the pace, and rises at once', () => {
    expect([...pacedPath([10, 4, 4, 9, 0], 12, 3)]).toEqual([10, 7, 4, 9, 6]);
    expect([...pacedPath([10, 4], 90, undefined)]).toEqual([10, 4]);
    expect([...pacedPath([10, 4], 90, 0)]).toEqual([90, 90]);
  });

  test('never falls below what is needed, never faster than the pace, and is never above both without cause', () => {
    fc.assert(
      fc.property(needs, fc.nat(400), fc.nat(50), (needed, running, most) => {
        const path = pacedPath(needed, running, most);
        let before = running;
        for (const [h, need] of needed.entries()) {
          const here = path[h] ?? Number.NaN;
          expect(here).toBeGreaterThanOrEqual(need);
          expect(before - here).toBeLessThanOrEqual(most);
          expect(here === need || here === before - most).toBe(true);
          before = here;
        }
      }),
    );
  });

  test('a slower pace never leaves fewer', () => {
    fc.assert(
      fc.property(needs, fc.nat(400), fc.nat(50), fc.nat(50), (needed, running, a, b) => {
        const slow = pacedPath(needed, running, Math.min(a, b));
        pacedPath(needed, running, Math.max(a, b)).forEach((n, h) => expect(slow[h]).toBeGreaterThanOrEqual(n));
      }),
    );
  });
});
