import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Filling } from '../../src/placement/knapsack.ts';
import { KnapsackSearch } from '../../src/placement/knapsack-search.ts';

const items = fc.array(
  fc.record({
    value: fc.integer({ min: 1, max: 50 }),
    cpu: fc.integer({ min: 1, max: 12 }),
    memory: fc.integer({ min: 0, max: 12 }),
    most: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 1, maxLength: 5 },
);
const node = fc.record({ cpu: fc.integer({ min: 1, max: 24 }), memory: fc.integer({ min: 1, max: 24 }) });

describe('the best filling of a node', () => {
  it('is the best there is on small nodes, and the bound is never below it', () => {
    fc.assert(
      fc.property(items, node, (list, size) => {
        const filling = solve(list, size);
        const best = exhaustive(list, size.cpu, size.memory, 0);
        expect(filling.bound).toBeGreaterThanOrEqual(best - 1e-9);
        expect(filling.value).toBeCloseTo(best, 9);
      }),
      { numRuns: 400, seed: 20_261_123 },
    );
  });

  it('fits, and is worth what it says', () => {
    fc.assert(
      fc.property(items, node, (list, size) => {
        const { value, counts } = solve(list, size);
        let worth = 0;
        let cpu = 0;
        let memory = 0;
        list.forEach((item, i) => {
          const n = counts[i] ?? 0;
          expect(n).toBeLessThanOrEqual(item.most);
          worth += n * item.value;
          cpu += n * item.cpu;
          memory += n * item.memory;
        });
        expect(cpu).toBeLessThanOrEqual(size.cpu);
        expect(memory).toBeLessThanOrEqual(size.memory);
        expect(value).toBeCloseTo(worth, 9);
      }),
      { numRuns: 200, seed: 20_261_123 },
    );
  });

  it('looks for no filling where the bound shows that none is worthwhile', () => {
    const list = [{ value: 1, cpu: 1, memory: 1, most: 3 }];
    expect(solve(list, { cpu: 10, memory: 10 }, 3)).toMatchObject({ value: 0, bound: 3 });
  });
});

type Item = { value: number; cpu: number; memory: number; most: number };

function solve(list: readonly Item[], size: { cpu: number; memory: number }, worthwhile = 0): Filling {
  return new KnapsackSearch(list.length, 2).searched(
    {
      count: list.length,
      value: Float64Array.from(list, (i) => i.value),
      most: Int32Array.from(list, (i) => i.most),
      need: Float64Array.from(list.flatMap((i) => [i.cpu, i.memory])),
    },
    Float64Array.of(size.cpu, size.memory),
    worthwhile,
    Float64Array.of(0.5, 0.5),
    30_000,
  );
}

function exhaustive(list: readonly Item[], cpu: number, memory: number, from: number): number {
  const item = list[from];
  if (!item) return 0;
  let best = 0;
  for (let n = 0; n <= item.most && n * item.cpu <= cpu && n * item.memory <= memory; n++) {
    best = Math.max(best, n * item.value + exhaustive(list, cpu - n * item.cpu, memory - n * item.memory, from + 1));
  }
  return best;
}
