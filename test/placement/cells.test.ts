import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../src/placement/cells.ts';
import type { Flow, Problem } from '../../src/placement/problem.ts';
import { instant, share, usdPerHour } from '../../src/units.ts';
import { group, offering, problem } from './build.ts';

const flow = (from: string, to: string): Flow => ({ from, to, gbPerHour: 1, usdPerGb: () => 0.01, label: from });
const commitment = { id: 'k', provider: 'aws', usdPerHour: usdPerHour(1), until: instant(0) } as const;
const spend = { ...commitment, kind: 'spend', discount: share(0.3) } as const;
const tier = (
  fromUsdPerMonth: number,
  off: number,
): { fromUsdPerMonth: number; discount: ReturnType<typeof share> } => ({
  fromUsdPerMonth,
  discount: share(off),
});

const eu = offering(4, 16, 0.2, { region: 'eu' });
const us = offering(4, 16, 0.2, { region: 'us' });
const usSpot = offering(4, 16, 0.1, { region: 'us', purchase: 'spot' });
const inEu = group('eu', 10, 1, 4, { allow: { region: ['eu'] } });
const inUs = group('us', 10, 1, 4, { allow: { region: ['us'] } });
const APART = problem([inEu, inUs], [eu, us, usSpot], { vendorShareAtMost: new Map([['aws', 0.5]]) });
const withRules = (rules: Partial<Problem['rules']>): Problem => ({ ...APART, rules: { ...APART.rules, ...rules } });

const names = (p: Problem): string[][] => cellsOf(p).map((cell) => cell.groups.map((g) => g.name));

describe('a problem falls into cells', () => {
  const ONE = [['eu', 'us']];
  const TWO = [['eu'], ['us']];
  it.each<readonly [string, Problem, string[][]]>([
    ['groups of two regions share no offering', APART, TWO],
    [
      'a group that may use both ties them',
      { ...APART, groups: [...APART.groups, group('any', 1, 1, 1)] },
      [['eu', 'us', 'any']],
    ],
    [
      'one that needs no replica ties nothing, and goes with the first',
      { ...APART, groups: [...APART.groups, group('none', 0, 1, 1)] },
      [['eu', 'none'], ['us']],
    ],
    [
      'one too large for any node ties nothing, and stands alone',
      { ...APART, groups: [...APART.groups, group('huge', 1, 64, 1)] },
      [['eu'], ['us'], ['huge']],
    ],
    ['data that they exchange ties them', withRules({ flows: [flow('eu', 'us')] }), ONE],
    ['data sent to users does not', withRules({ flows: [flow('eu', 'internet')] }), TWO],
    ['a plan of the whole provider covers both', withRules({ commitments: [spend] }), ONE],
    ['a plan of one region covers one', withRules({ commitments: [{ ...spend, region: 'eu' }] }), TWO],
    ['a flat discount is the same whatever is spent', withRules({ discounts: [discount([tier(0, 0.1)])] }), TWO],
    ['tiers depend on what both spend', withRules({ discounts: [discount([tier(0, 0), tier(1000, 0.1)])] }), ONE],
    [
      'tiers of another provider do not',
      withRules({ discounts: [{ ...discount([tier(0, 0), tier(1000, 0.1)]), provider: 'gcp' }] }),
      TWO,
    ],
  ])('%s', (_, p, cells) => {
    expect(names(p)).toEqual(cells);
  });

  it('gives every offering, running node, flow and commitment to exactly one cell, and the vendor shares to none', () => {
    const unused = offering(2, 8, 0.1, { region: 'ap', atLeast: 1 });
    const whole: Problem = {
      ...withRules({
        flows: [flow('us', 'internet')],
        commitments: [
          { ...spend, region: 'us' },
          { ...spend, id: 'idle', region: 'ap', family: 'x' },
        ],
      }),
      offerings: [...APART.offerings, unused],
      running: [
        { offering: us.id, count: 2 },
        { offering: unused.id, count: 1 },
      ],
    };
    const [first, second] = cellsOf(whole);
    expect(first?.offerings.map((o) => o.id)).toEqual([eu.id, unused.id]);
    expect(second?.offerings.map((o) => o.id)).toEqual([us.id, usSpot.id]);
    expect(first?.running).toEqual([{ offering: unused.id, count: 1 }]);
    expect(second?.running).toEqual([{ offering: us.id, count: 2 }]);
    expect(first?.rules.commitments.map((k) => k.id)).toEqual(['idle']);
    expect(second?.rules.commitments.map((k) => k.id)).toEqual(['k']);
    expect(second?.rules.flows.map((f) => f.label)).toEqual(['us']);
    expect([first, second].map((c) => c?.rules.vendorShareAtMost.size)).toEqual([0, 0]);
  });

  it("can't be cut: it comes back as it is, vendor shares and all", () => {
    const one = { ...APART, groups: [inEu] };
    expect(cellsOf(one)).toEqual([one]);
    expect(cellsOf(one)[0]).toBe(one);
  });
});

function discount(tiers: readonly ReturnType<typeof tier>[]): Problem['rules']['discounts'][number] {
  return { provider: 'aws', on: 'all', tiers };
}
