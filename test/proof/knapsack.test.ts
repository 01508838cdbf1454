import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Items, Relaxation } from '../../src/proof/relaxation.ts';
import { Search } from '../../src/proof/search.ts';
import { Table } from '../../src/proof/table.ts';

interface Knapsack {
  readonly items: Items;
  readonly most: Float64Array;
  readonly capacity: Float64Array;
}

/** A node to be filled: whole amounts with much in common, as people write them, or with nothing in common. */
const knapsacks = fc
  .record({
    count: fc.integer({ min: 1, max: 5 }),
    resources: fc.integer({ min: 1, max: 3 }),
    unit: fc.constantFrom(1, 250),
    figures: fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
  })
  .map(({ count, resources, unit, figures }): Knapsack => {
    const figure = (i: number, most: number): number => (figures[i % figures.length] ?? 0) % most;
    return {
      items: {
        count,
        resources,
        worth: Float64Array.from({ length: count }, (_, i) => 0.01 + figure(i, 100) / 100),
        // some items do without some resources, none without the first
        need: Float64Array.from(
          { length: count * resources },
          (_, at) => unit * (figure(10 + at, 9) + (at % resources === 0 ? 1 : 0)),
        ),
      },
      most: Float64Array.from({ length: count }, (_, i) => 1 + figure(30 + i, 4)),
      capacity: Float64Array.from(
        { length: resources },
        (_, r) => unit * figure(35 + r, 24) + (unit === 1 ? 0 : figure(r, unit)),
      ),
    };
  });

const RUNS = { numRuns: 2000, seed: 20_261_128 };

describe('the most that one node can carry, against every filling', () => {
  it('is never above what multipliers say', () => {
    fc.assert(
      fc.property(knapsacks, (k) => {
        const bound = new Relaxation(k.items).bound(k.capacity, new Float64Array(k.items.count), k.most, -1);
        expect(bound).toBeGreaterThanOrEqual(bestOf(k) - 1e-9);
      }),
      RUNS,
    );
  });

  it('is what the table says, or less where the table leaves resources out', () => {
    let tables = 0;
    fc.assert(
      fc.property(knapsacks, (k) => {
        const table = Table.of(k.items, k.most, k.capacity, [...k.capacity.keys()]);
        if (!table) return;
        tables++;
        expect(table.bound(k.capacity)).toBeCloseTo(bestOf(k), 9);
      }),
      RUNS,
    );
    expect(tables).toBe(RUNS.numRuns);
  });

  it('is never above what a table for a larger node says of this one', () => {
    fc.assert(
      fc.property(knapsacks, (k) => {
        const larger = k.capacity.map((has) => 2 * has + 7);
        const table = Table.of(k.items, k.most, larger, [...k.capacity.keys()]);
        expect(table?.bound(k.capacity)).toBeCloseTo(bestOf(k), 9);
      }),
      { ...RUNS, numRuns: 500 },
    );
  });

  it('is found by search to be above what is below it, and at no price that covers it', () => {
    fc.assert(
      fc.property(knapsacks, fc.integer({ min: 50, max: 99 }), (k, percent) => {
        const best = bestOf(k);
        const at = (enough: number): ReturnType<Search['run']> =>
          new Search(k.items).run(k.capacity, k.most, enough, 100_000);
        expect(at(best * (1 + 1e-6) + 1e-9).outcome).toBe('none');
        if (best === 0) return;
        const found = at((best * percent) / 100);
        expect(found.outcome).toBe('found');
        if (found.outcome !== 'found') return;
        expect(worthOf(k, found.counts)).toBeGreaterThan((best * percent) / 100);
        expect(fits(k, found.counts)).toBe(true);
      }),
      RUNS,
    );
  });

  it('a search that is cut off says what it cannot rule out', () => {
    fc.assert(
      fc.property(knapsacks, (k) => {
        const best = bestOf(k);
        const cut = new Search(k.items).run(k.capacity, k.most, best * 0.999 - 1e-9, 1);
        if (cut.outcome === 'open') expect(cut.bound).toBeGreaterThanOrEqual(best - 1e-9);
        else expect(cut.outcome).toBe('found');
      }),
      RUNS,
    );
  });
});

function bestOf(k: Knapsack): number {
  let best = 0;
  const from = (i: number, counts: readonly number[]): void => {
    if (!fits(k, counts)) return;
    if (i === k.items.count) best = Math.max(best, worthOf(k, counts));
    else for (let n = 0; n <= (k.most[i] ?? 0); n++) from(i + 1, [...counts, n]);
  };
  from(0, []);
  return best;
}

const worthOf = ({ items }: Knapsack, counts: readonly number[]): number =>
  counts.reduce((sum, n, i) => sum + n * (items.worth[i] ?? 0), 0);

const fits = ({ items, capacity }: Knapsack, counts: readonly number[]): boolean =>
  capacity.every(
    (has, r) => counts.reduce((sum, n, i) => sum + n * (items.need[i * items.resources + r] ?? 0), 0) <= has + 1e-9,
  );
