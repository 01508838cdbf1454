import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Group, Problem } from '../../src/placement/problem.ts';
import { relaxed } from '../../src/placement/relaxed.ts';
import { rulePrices, rulesOf, without, type Rule } from '../../src/placement/rule-prices.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const survive = (loss: 'provider' | 'region' | 'zone', share: number): Partial<Group> => ({
  survive: { loss, share } as NonNullable<Group['survive']>,
});
// four cores each: a replica of one core costs a quarter of the price
const aws = offering(4, 16, 1);
const awsOther = offering(4, 16, 1.2, { zone: 'r1b' });
const azure = offering(4, 16, 1.4, { provider: 'azure', region: 'e1', zone: '1' });
const spot = offering(4, 16, 0.4, { purchase: 'spot' });

const nameOf = (rule: Rule): string =>
  rule.kind === 'survive'
    ? `survive/${rule.loss}`
    : rule.kind === 'vendorShareAtMost'
      ? `vendorShareAtMost/${rule.provider}`
      : rule.kind;

function pricesOf(p: Problem): Record<string, number> | undefined {
  const prices = rulePrices(p, solver);
  if (!prices) return undefined;
  const rules = prices.rules.map((r): [string, number] => [nameOf(r.rule), r.usdPerHour]);
  return Object.fromEntries(
    [...rules, ['together', prices.together.usdPerHour]].map(([k, v]) => [k, round(Number(v))]),
  );
}
const round = (usd: number): number => Number(usd.toFixed(4));

describe('what a rule costs', () => {
  const rows: readonly (readonly [why: string, p: Problem, expected: Record<string, number>])[] = [
    [
      'survive any provider: 20 of 40 move from $0.25 to $0.35 a core',
      problem([group('a', 40, 1, 4, survive('provider', 0.5))], [aws, azure]),
      { 'survive/provider': 2, together: 2 },
    ],
    [
      'survive any zone: 20 of 40 move from $0.25 to $0.30, over all groups that state it',
      problem(
        [group('a', 20, 1, 4, survive('zone', 0.5)), group('b', 20, 1, 4, survive('zone', 0.5))],
        [aws, awsOther],
      ),
      { 'survive/zone': 1, together: 1 },
    ],
    [
      'a spot ceiling: 30 of 40 on spot at $0.10, with it 10: 20 × $0.15',
      problem([group('a', 40, 1, 4, { spotAtMost: 0.5 })], [aws, spot]),
      { spotAtMost: 3, together: 3 },
    ],
    [
      'a spot ceiling of 0 shuts spot out and has a price all the same',
      problem([group('a', 40, 1, 4, { spotAtMost: 0 })], [aws, spot]),
      { spotAtMost: 6, together: 6 },
    ],
    [
      'zone spread of two: 19 of 40 in the zone at $0.30',
      problem([group('a', 40, 1, 4, { zoneSkew: { most: 2, within: 'all' } })], [aws, awsOther]),
      { zoneSkew: 0.95, together: 0.95 },
    ],
    [
      "a vendor's share: 4x + 5.6y, x at most 40% of it: x = y × 1.4 × 2/3, x + y = 10 nodes",
      problem([group('a', 40, 1, 4)], [aws, azure], { vendorShareAtMost: new Map([['aws', 0.4]]) }),
      { 'vendorShareAtMost/aws': round(2.069), together: round(2.069) },
    ],
    [
      'one replica a node: nodes of four cores hold one core each',
      problem([group('a', 8, 1, 4, { perNodeAtMost: 1 })], [aws]),
      { perNodeAtMost: 6, together: 6 },
    ],
    [
      'a minimum that nothing needs: three nodes at $1.40 that take the place of three at $1',
      problem([group('a', 40, 1, 4)], [aws, { ...azure, atLeast: 3 }]),
      { atLeast: round(1.2), together: round(1.2) },
    ],
    [
      'rules that do not bind cost nothing',
      problem(
        [group('a', 40, 1, 4, { spotAtMost: 0.5, zoneSkew: { most: 100, within: 'all' } })],
        [aws, { ...spot, usdPerHour: 3 }],
        { vendorShareAtMost: new Map([['gcp', 0.2]]) },
      ),
      { spotAtMost: 0, zoneSkew: 0, 'vendorShareAtMost/gcp': 0, together: 0 },
    ],
    [
      'of two rules that ask for the same neither costs anything alone, together they do',
      problem([group('a', 40, 1, 4, { ...survive('provider', 0.5) })], [aws, azure], {
        vendorShareAtMost: new Map([['aws', 1.0 / 2.4]]),
      }),
      { 'survive/provider': 0, 'vendorShareAtMost/aws': 0, together: 2 },
    ],
    ['no rules, no prices', problem([group('a', 40, 1, 4)], [aws, spot]), { together: 0 }],
  ];
  it.each(rows)('%s', (_, p, expected) => {
    expect(pricesOf(p)).toEqual(expected);
  });

  it('takes in the clients of a lost zone: 40 replicas stay as 40, and 80 for half the reserve', () => {
    // lost ≤ 0.5 × survivors: at most a third in one zone, so with two zones each is a third of 3 × … and none fits 40
    const both = { ...survive('zone', 0.25), absorb: 2 };
    const p = problem([group('a', 40, 1, 4, both)], [aws, awsOther]);
    // quarter alone: 10 in the dear zone ($0.5); lost ≤ 2 × survivors: 40/3 = 13.33 there ($0.6667)
    expect(pricesOf(p)).toEqual({ 'survive/zone': 0.6667, absorb: 0.1667, together: 0.6667 });
  });

  it('has none where replicas have no place', () => {
    expect(rulePrices(problem([group('a', 4, 8, 4)], [aws]), solver)).toBeUndefined();
    expect(rulePrices(problem([group('a', 4, 1, 4)], [{ ...aws, atMost: 0 }]), solver)).toBeUndefined();
  });

  it('leaves tiered discounts at one average, so that a rule has no price for moving between tiers', () => {
    const tiers = [
      { fromUsdPerMonth: 0, discount: 0 },
      { fromUsdPerMonth: 2000, discount: 0.3 },
    ];
    const p = problem([group('a', 40, 1, 4, survive('provider', 0.1))], [aws, azure], {
      discounts: [{ provider: 'aws', on: 'all', tiers }] as never,
    });
    const prices = rulePrices(p, solver);
    expect(prices?.rules[0]?.usdPerHour).toBeGreaterThan(0.4);
  });
});

describe('taking a rule away', () => {
  const problems = fc
    .record({
      replicas: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 }),
      share: fc.constantFrom(0.3, 0.5),
      loss: fc.constantFrom('provider' as const, 'region' as const, 'zone' as const),
      skew: fc.integer({ min: 1, max: 6 }),
      spotAtMost: fc.constantFrom(0, 0.3, 1),
      perNode: fc.integer({ min: 1, max: 4 }),
      cap: fc.constantFrom(0.45, 0.7),
      usd: fc.array(fc.integer({ min: 20, max: 60 }), { minLength: 6, maxLength: 6 }),
    })
    .map(({ replicas, share, loss, skew, spotAtMost, perNode, cap, usd }) => {
      const places = [
        { provider: 'aws', region: 'r1', zone: 'a' },
        { provider: 'aws', region: 'r1', zone: 'b' },
        { provider: 'azure', region: 'e1', zone: '1' },
        { provider: 'azure', region: 'e2', zone: '1' },
      ] as const;
      const offerings = places.flatMap((at, i) => [
        offering(4, 16, (usd[i] ?? 20) / 20, at),
        offering(4, 16, (usd[i + 2] ?? 20) / 50, { ...at, purchase: 'spot' }),
      ]);
      const groups = replicas.map((n, i) =>
        group(`g${i}`, n, i + 1, 3, {
          spotAtMost,
          ...(i === 0 && survive(loss, share)),
          ...(i === 1 && { zoneSkew: { most: skew, within: 'all' as const } }),
          ...(i !== 1 && { perNodeAtMost: perNode }),
        }),
      );
      return problem(groups, offerings, { vendorShareAtMost: new Map([['aws', cap]]) });
    });

  it('never costs anything, whichever it is, and no rule costs more than all of them', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const all = relaxed(p, solver);
        const prices = rulePrices(p, solver);
        expect(prices === undefined).toBe(all === undefined);
        if (!all || !prices) return;
        for (const rule of rulesOf(p)) {
          const less = relaxed(without(p, [rule]), solver);
          expect(less?.usdPerHour ?? Infinity, nameOf(rule)).toBeLessThanOrEqual(all.atMostUsdPerHour + 1e-7);
          const priced = prices.rules.find((r) => nameOf(r.rule) === nameOf(rule));
          // exact where rows with dual 0 stood for a solve, too
          expect(all.atMostUsdPerHour - (less?.usdPerHour ?? 0)).toBeGreaterThanOrEqual((priced?.range[0] ?? 0) - 1e-7);
          expect(all.usdPerHour - (less?.atMostUsdPerHour ?? 0)).toBeLessThanOrEqual((priced?.range[1] ?? 0) + 1e-3);
          expect(priced?.usdPerHour).toBeLessThanOrEqual(prices.together.range[1] + 1e-7);
        }
      }),
      { numRuns: 15, seed: 7 },
    );
  });

  it('leaves the rest of the problem as it is', () => {
    const p = problem([group('a', 40, 1, 4, { ...survive('zone', 0.5), absorb: 2, spotAtMost: 0.2 })], [aws, spot]);
    expect(without(p, rulesOf(p))).toEqual(problem([group('a', 40, 1, 4)], [aws, spot]));
    expect(p.groups[0]).toHaveProperty('survive');
  });
});
