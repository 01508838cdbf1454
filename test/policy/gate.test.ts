import { describe, expect, it } from 'vitest';
import { POLICIES } from '../../policies/index.ts';
import { exitOf, judge, verdictOf } from '../../src/policy/gate.ts';
import type { Policy, Ruling, Verdict } from '../../src/policy/policy.ts';
import { share } from '../../src/units.ts';
import { fleetOf, serviceOf } from '../plan/world.ts';
import { factsWith, group, placedAt } from '../policies/facts.ts';

const fleet = fleetOf({ offerings: [], services: [] });
const says = (verdict: Verdict, incomplete = false): Ruling => ({
  verdict,
  reason: 'r',
  ...(incomplete && { incomplete }),
});

describe('the gate', () => {
  const rows: readonly (readonly [why: string, rulings: readonly Ruling[], verdict: Verdict, exit: number])[] = [
    ['nothing stated, nothing against it', [], 'allow', 0],
    ['all allow', [says('allow'), says('allow')], 'allow', 0],
    ['a hold outweighs every allow', [says('allow'), says('hold')], 'hold', 3],
    ['a stop outweighs every hold', [says('hold'), says('stop'), says('allow')], 'stop', 3],
    ['doubtful facts alone are another exit', [says('allow'), says('hold', true)], 'hold', 4],
    ['a broken rule outweighs doubtful facts', [says('hold', true), says('hold')], 'hold', 3],
    ['so does a stop', [says('hold', true), says('stop')], 'stop', 3],
  ];
  it.each(rows)('%s', (_, rulings, verdict, exit) => {
    expect(verdictOf(rulings)).toBe(verdict);
    expect(exitOf(rulings)).toBe(exit);
  });

  it('stays shut when a policy throws', () => {
    const torn: Policy = {
      name: 'torn',
      judge: () => {
        throw new Error('no such zone');
      },
    };
    expect(judge([torn], factsWith(), fleet, {})).toEqual([
      { name: 'torn', verdict: 'stop', reason: 'the policy itself failed and nothing passes it: no such zone' },
    ]);
  });

  it('leaves out what the fleet does not state and keeps the order of the policies', () => {
    expect(judge(POLICIES, factsWith(), fleet, {}).map((j) => j.name)).toEqual([
      'headroom',
      'pool-bounds',
      'price-sanity',
      'freshness',
    ]);
  });

  it('tells what one step of easing would save: one percentage point of the nodes for a vendor’s share', () => {
    const capped = {
      ...fleet,
      policies: { ...fleet.policies, vendorShareAtMost: new Map([['aws' as const, share(0.6)]]) },
    };
    const facts = factsWith({
      placed: [placedAt('aws/us-east-1/a', { nodes: 30 }), placedAt('gcp/us-east4/a', { nodes: 20 })],
    });
    const prices = { 'vendorShareAtMost/aws': 0.3, 'vendorShareAtMostly/aws': 9, 'survive/gateway/eu/aws': 0.5 };
    const [, , vendor] = judge(POLICIES, facts, capped, prices);
    expect(vendor).toMatchObject({ name: 'vendor-share', per: 'percentage point' });
    expect(vendor?.usdPerHour).toBeCloseTo(0.3 * 0.01 * 50 * 0.2, 12);
  });

  it('prices the rule that the sentence names and no other', () => {
    const rules = ['survive', 'reconnect'];
    const about = (subject?: string): Policy => ({
      name: 'about',
      shadow: { rows: rules, per: 'replica' },
      judge: () => ({ verdict: 'allow', reason: 'r', ...(subject !== undefined && { subject }) }),
    });
    const prices = {
      'survive/gateway/eu/aws': 0.5,
      'survive/gateway/eu/gcp': 0.25,
      'survive/gateway/eu2/aws': 9,
      'reconnect/gateway/eu/aws': 0.125,
      'zoneSkew/gateway/eu': 9,
    };
    const subjects: readonly (readonly [subject: string | undefined, usd: number | undefined])[] = [
      ['survive/gateway/eu/aws', 0.5],
      ['survive/gateway/eu', 0.75],
      ['reconnect/gateway/eu/aws', 0.125],
      ['survive/gateway/na', undefined],
      ['zoneSkew/gateway/eu', undefined],
      [undefined, undefined],
    ];
    for (const [subject, usd] of subjects)
      expect(judge([about(subject)], factsWith(), fleet, prices)[0]?.usdPerHour, subject).toBe(usd);
  });

  it('names in every finding the rows of the group that it tells of', () => {
    const limited = serviceOf('search', { spotAtMost: share(0.5), markets: ['na'] });
    const facts = factsWith({
      placed: [placedAt('aws/us-east-1/a', { purchase: 'spot', replicas: { 'search/na': 4 } })],
      groups: [group('search/na', 10)],
    });
    const spot = judge(POLICIES, facts, fleetOf({ offerings: [], services: [limited] }), {
      'spotAtMost/search/na': 0.3,
      'spotAtMost/push/eu': 4,
    }).find((j) => j.name === 'spot-limit');
    expect(spot).toMatchObject({ usdPerHour: 0.3, per: 'replica' });
    expect(spot?.reason).toContain('fullest: search/na');
  });

  it('says nothing of a price where the rule does not bind', () => {
    const capped = {
      ...fleet,
      policies: { ...fleet.policies, vendorShareAtMost: new Map([['aws' as const, share(0.6)]]) },
    };
    const vendor = judge(POLICIES, factsWith(), capped, {}).find((j) => j.name === 'vendor-share');
    expect(vendor).not.toHaveProperty('usdPerHour');
  });
});
