import { beforeAll, describe, expect, it } from 'vitest';
import { breakEvens, type BreakEven } from '../../src/placement/break-even.ts';
import { entryOf } from '../../src/placement/enter.ts';
import { place } from '../../src/placement/place.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { relaxed } from '../../src/placement/relaxed.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { vendorEntries } from '../../src/placement/vendor-entry.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const aws = offering(4, 16, 1);
const azure = (cores: number, usd: number, more = {}): ReturnType<typeof offering> =>
  offering(cores, cores * 4, usd, { provider: 'azure', region: 'e1', zone: '1', ...more });
const gcp = (cores: number, usd: number): ReturnType<typeof offering> =>
  offering(cores, cores * 4, usd, { provider: 'gcp', region: 'g1', zone: 'a' });

const of = (p: Problem): readonly BreakEven[] => breakEvens(p, place(p, solver));
const short = (all: readonly BreakEven[]): unknown =>
  all.map((b) => [b.provider, b.offering.split('/')[3], Number(b.discount.toFixed(4))]);

describe('the discount at which a vendor enters', () => {
  // 40 replicas of one core on nodes of four for $1: a core is worth $0.25
  const work = [group('a', 40, 1, 4)];
  const rows: readonly (readonly [why: string, p: Problem, expected: unknown])[] = [
    ['four cores for $1.25 are worth $1: 20% off', problem(work, [aws, azure(4, 1.25)]), [['azure', 't4x16', 0.2]]],
    [
      'the offering that is nearest, not the cheapest: 8 cores for $2.10 need 4.8% off, 4 for $1.25 need 20%',
      problem(work, [aws, azure(4, 1.25), azure(8, 2.1)]),
      [['azure', 't8x32', 0.0476]],
    ],
    [
      'the nearest vendor first',
      problem(work, [aws, gcp(4, 2), azure(4, 1.25)]),
      [
        ['azure', 't4x16', 0.2],
        ['gcp', 't4x16', 0.5],
      ],
    ],
    ['a vendor with all of the work has none', problem(work, [aws]), []],
    [
      'a vendor that no group may use has none',
      problem([group('a', 40, 1, 4, { allow: { provider: ['aws'] } })], [aws, azure(4, 2)]),
      [],
    ],
    ['a vendor on which nothing fits has none', problem(work, [aws, azure(0.5, 0.1)]), []],
    ['the same price: neither dearer nor cheaper', problem(work, [aws, azure(8, 2.0000001)]), [['azure', 't8x32', 0]]],
    [
      'its own negotiated discount counts already: $1.25 less 10% is $1.125, 11.1% over $1',
      problem(work, [aws, azure(4, 1.25)], {
        discounts: [{ provider: 'azure', on: 'all', tiers: [{ fromUsdPerMonth: 0, discount: 0.1 }] }] as never,
      }),
      [['azure', 't4x16', 0.1111]],
    ],
    [
      'worse in every way than what another vendor has is still told of',
      problem(work, [aws, azure(2, 3)]),
      [['azure', 't2x8', 0.8333]],
    ],
  ];
  it.each(rows)('%s', (_, p, expected) => {
    expect(short(of(p))).toEqual(expected);
  });

  it('a vendor that is there for its minimum is told of by what one node more would have to cost', () => {
    const kept = azure(1, 0.3, { atLeast: 1 });
    const p = problem([group('a', 401, 1, 4)], [aws, kept, azure(4, 1.25)]);
    const placement = place(p, solver);
    expect(placement.nodes.some((n) => n.offering === kept.id)).toBe(true);
    expect(short(breakEvens(p, placement))).toEqual([['azure', 't1x4', 0.1667]]);
  });

  it('says of a placement without duals nothing', () => {
    const p = problem(work, [aws, azure(4, 1.25)]);
    expect(breakEvens(p, { ...place(p, solver), duals: new Map() })).toEqual([]);
  });

  it('holds when the price is cut: less changes nothing, more brings the vendor in', () => {
    const groups = [group('a', 90, 1, 3), group('b', 40, 2, 2, { spotAtMost: 0.5 }), group('c', 13, 0.5, 6)];
    const others = [azure(4, 1.3), azure(8, 2.35), azure(16, 4.9)];
    const base = problem(groups, [aws, offering(8, 32, 1.9), offering(16, 64, 3.9), ...others]);
    const [found] = of(base);
    expect(found?.discount).toBeGreaterThan(0.02);
    const cut = (by: number): number => {
      const offerings = base.offerings.map((o) =>
        o.provider === 'azure' ? { ...o, usdPerHour: o.usdPerHour * (1 - by) } : o,
      );
      return relaxed({ ...base, offerings }, solver)?.atMostUsdPerHour ?? Number.NaN;
    };
    const now = cut(0);
    expect(cut((found?.discount ?? 0) - 0.01)).toBeCloseTo(now, 6);
    expect(cut((found?.discount ?? 0) + 0.01)).toBeLessThan(now * (1 - 1e-5));
  });

  it('agrees with what an offering of the vendor is told on its own', () => {
    const p = problem(work, [aws, azure(4, 1.25), azure(8, 2.1)]);
    const placement = place(p, solver);
    const [first] = breakEvens(p, placement);
    const candidate = p.offerings.find((o) => o.id === first?.offering);
    expect(candidate && entryOf(p, placement, candidate)).toEqual(first?.entry);
  });
});

describe('the discount at which the relaxation begins to use a vendor', () => {
  const exactly = (p: Problem, provider = 'azure'): unknown => {
    const placement = place(p, solver);
    const known = breakEvens(p, placement).find((b) => b.provider === provider)?.discount ?? 0;
    const [found] = vendorEntries(p, [provider], solver);
    if (found) expect(found.discount).toBeGreaterThanOrEqual(known - 1e-6);
    return found && [found.offering.split('/')[3], Number(found.discount.toFixed(4))];
  };
  const work = [group('a', 40, 1, 4)];
  const survive = { loss: 'provider', share: 0.5 } as never;
  const rows: readonly (readonly [why: string, p: Problem, expected: unknown])[] = [
    ['as its duals say, where they are the only ones', problem(work, [aws, azure(4, 1.25)]), ['t4x16', 0.2]],
    [
      'where other duals prove the bound as well: it takes the place of gcp, the dearer of two that keep the work split',
      problem([group('a', 40, 1, 4, { survive })], [aws, gcp(4, 1.2), azure(4, 1.5)]),
      ['t4x16', 0.2],
    ],
    [
      'a vendor with a share cap enters at its price all the same',
      problem(work, [aws, azure(4, 1.25)], { vendorShareAtMost: new Map([['azure', 0.3]]) }),
      ['t4x16', 0.2],
    ],
    ['a price far off', problem(work, [aws, azure(4, 40)]), ['t4x16', 0.975]],
    [
      'a negotiated discount counts already',
      problem(work, [aws, azure(4, 1.25)], {
        discounts: [{ provider: 'azure', on: 'all', tiers: [{ fromUsdPerMonth: 0, discount: 0.1 }] }] as never,
      }),
      ['t4x16', 0.1111],
    ],
    [
      'more of what has to be there anyway',
      problem([group('a', 401, 1, 4)], [aws, azure(1, 0.3, { atLeast: 1 }), azure(4, 1.25)]),
      ['t1x4', 0.1667],
    ],
    ['free nodes of a vendor would serve as well as sunk ones', problem([], [aws, azure(4, 1)]), undefined],
    [
      'nobody may use it',
      problem([group('a', 40, 1, 4, { allow: { provider: ['aws'] } })], [aws, azure(4, 1)]),
      undefined,
    ],
  ];
  it.each(rows)('%s', (_, p, expected) => {
    expect(exactly(p)).toEqual(expected);
  });

  it('enters for nothing only where it saves something', () => {
    // sunk: all of the work is covered by what is paid for anyway
    const reserved = {
      kind: 'reserved-nodes',
      id: 'k',
      provider: 'aws',
      region: 'r1',
      type: 't4x16',
      count: 10,
      usdPerHour: 5,
    };
    const p = problem(work, [aws, azure(4, 1)], { commitments: [reserved] as never });
    expect(exactly(p)).toEqual(['t4x16', 1]);
  });

  it('answers several vendors at once as it answers each', () => {
    const p = problem(work, [aws, azure(4, 1.25), gcp(4, 1.6)]);
    const both = vendorEntries(p, ['gcp', 'azure'], solver);
    expect(both.map((b) => [b.provider, Number(b.discount.toFixed(4))])).toEqual([
      ['gcp', 0.375],
      ['azure', 0.2],
    ]);
  });
});
