import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dealt } from '../../src/assess/deal.ts';

const sum = (ns: readonly number[]): number => ns.reduce((a, b) => a + b, 0);

/** Most pods that can be dealt: the largest flow from units through capped pairs to slots, by plain augmentation. */
function most(slots: readonly number[], pods: readonly number[], cap: number[][]): number {
  const on = slots.map(() => pods.map(() => 0));
  const free = [...slots];
  const reach = (u: number, seen: Set<number>): boolean =>
    slots.some((_, j) => {
      if (seen.has(j) || (on[j]?.[u] ?? 0) >= (cap[j]?.[u] ?? 0)) return false;
      seen.add(j);
      const row = on[j] ?? [];
      if ((free[j] ?? 0) > 0) free[j] = (free[j] ?? 0) - 1;
      else {
        const v = row.findIndex((n, w) => n > 0 && w !== u && reach(w, seen));
        if (v < 0) return false;
        row[v] = (row[v] ?? 0) - 1;
      }
      row[u] = (row[u] ?? 0) + 1;
      return true;
    });
  let flow = 0;
  pods.forEach((n, u) => {
    for (let i = 0; i < n; i++) if (reach(u, new Set())) flow++;
  });
  return flow;
}

describe('dealt', () => {
  it('spreads a unit over nodes rather than filling one', () => {
    expect(dealt([2, 2, 2], [3, 3], () => 2)).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  it('exchanges along a chain when the caps leave one way only', () => {
    const caps = [
      [1, 1],
      [1, 0],
    ];
    const on = dealt([1, 1], [1, 1], (j, u) => caps[j]?.[u] ?? 0);
    expect(on).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('never exceeds slots, pods or caps, and deals as many pods as there is any way to', () => {
    const small = fc.integer({ min: 0, max: 5 });
    const problem = fc
      .tuple(fc.array(small, { minLength: 1, maxLength: 5 }), fc.array(small, { minLength: 1, maxLength: 4 }))
      .chain(([slots, pods]) =>
        fc.record({
          slots: fc.constant(slots),
          pods: fc.constant(pods),
          caps: fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: pods.length, maxLength: pods.length }), {
            minLength: slots.length,
            maxLength: slots.length,
          }),
        }),
      );
    fc.assert(
      fc.property(problem, ({ slots, pods, caps }) => {
        const on = dealt(slots, pods, (j, u) => caps[j]?.[u] ?? 0);
        on.forEach((row, j) => {
          expect(sum(row)).toBeLessThanOrEqual(slots[j] ?? 0);
          row.forEach((n, u) => expect(n).toBeLessThanOrEqual(caps[j]?.[u] ?? 0));
        });
        pods.forEach((n, u) => expect(sum(on.map((row) => row[u] ?? 0))).toBeLessThanOrEqual(n));
        expect(sum(on.map(sum))).toBe(most(slots, pods, caps));
      }),
      { numRuns: 500 },
    );
  });
});
