import { describe, expect, it } from 'vitest';
import type { PoolTemplate } from '../../src/fleet/fleet.ts';
import { reachable, templateFinder } from '../../src/plan/reachable.ts';
import type { ObservedPool } from '../../src/ports.ts';
import { fleetOf, offeringOf, poolOf, type OfferingSpec } from './world.ts';

const template = (spec: Partial<PoolTemplate> = {}): PoolTemplate => ({
  name: 'general',
  provider: 'aws',
  types: ['m7i.*'],
  purchase: ['on-demand'],
  max: 50,
  ...spec,
});

interface Row {
  readonly why: string;
  readonly offering?: Partial<OfferingSpec>;
  readonly pools?: readonly (readonly [nodes: number, limits: Partial<ObservedPool>])[];
  readonly templates?: readonly PoolTemplate[];
  readonly atMost?: number | undefined;
  readonly atLeast?: number;
  readonly unreachable?: readonly [kind: string, reason: string];
}

const none = ['no-pool', 'no pool has it and no template may open one at aws'] as const;
const rows: readonly Row[] = [
  { why: 'a fleet without pools or templates reaches nothing', unreachable: none },
  { why: 'a template has no limit: further pools are numbered', templates: [template()], atMost: undefined },
  { why: 'a pool alone reaches to its maximum', pools: [[3, { max: 10 }]], atMost: 10 },
  {
    why: 'pools of one offering add up',
    pools: [
      [3, { max: 10 }],
      [1, { max: 5, min: 1 }],
    ],
    atMost: 15,
    atLeast: 1,
  },
  { why: 'minimum sizes must stay', pools: [[3, { min: 2, max: 10 }]], atMost: 10, atLeast: 2 },
  { why: 'a quota binds a template', offering: { atMost: 7 }, templates: [template()], atMost: 7 },
  { why: 'the tighter of quota and pool binds', offering: { atMost: 7 }, pools: [[3, { max: 10 }]], atMost: 7 },
  { why: 'a quota below what runs drives nothing away', offering: { atMost: 2 }, pools: [[5, {}]], atMost: 5 },
  { why: 'a pool above its maximum keeps what it has', pools: [[12, { max: 10 }]], atMost: 12 },
  {
    why: 'sold out: what runs may stay, nothing is added',
    offering: { available: false },
    pools: [[4, {}]],
    atMost: 4,
  },
  {
    why: 'sold out with less than the minimum: no more can be asked for',
    offering: { available: false },
    pools: [[1, { min: 3 }]],
    atMost: 1,
    atLeast: 1,
  },
  {
    why: 'sold out and none runs',
    offering: { available: false },
    templates: [template()],
    unreachable: ['sold-out', 'not to be had now'],
  },
  {
    why: 'a quota of none',
    offering: { atMost: 0 },
    templates: [template()],
    unreachable: ['sold-out', 'its quota or stock is 0 nodes'],
  },
  {
    why: 'a pool that may hold nothing',
    pools: [[0, { max: 0 }]],
    unreachable: ['no-pool', 'p0 may grow to 0 nodes and no template may open another pool'],
  },
  { why: 'the template is for another cloud', templates: [template({ provider: 'gcp' })], unreachable: none },
  {
    why: 'the template names other regions',
    templates: [template({ regions: ['eu-west-1'] })],
    unreachable: ['no-pool', 'no pool has it and no template may open one: general is for eu-west-1, not us-east-1'],
  },
  {
    why: 'of two templates the one that comes nearer is told',
    templates: [template({ regions: ['eu-west-1'] }), template({ name: 'small', types: ['t3.*', 't4g.*'] })],
    unreachable: [
      'no-pool',
      'no pool has it and no template may open one: small has types t3.*, t4g.*, not m7i.xlarge',
    ],
  },
  {
    why: 'the template buys no spot',
    offering: { purchase: 'spot' },
    templates: [template()],
    unreachable: ['no-pool', 'no pool has it and no template may open one: general buys on-demand, not spot'],
  },
];

describe('which offerings pools and templates can bring', () => {
  it.each(rows)('$why', ({ offering: spec, pools = [], templates = [], atMost, atLeast, unreachable }) => {
    const offering = offeringOf({ type: 'm7i.xlarge', usd: 0.2, ...spec });
    const own = pools.map(([nodes, limits], i) => poolOf(`p${i}`, offering, nodes, limits));
    const reach = reachable(fleetOf({ offerings: [offering], services: [], templates }), own, [offering]);
    if (unreachable) {
      const [kind, reason] = unreachable;
      expect(reach).toEqual({ reachable: [], unreachable: new Map([[offering.id, { kind, reason }]]) });
    } else {
      const limits = { ...(atMost !== undefined && { atMost }), ...(atLeast !== undefined && { atLeast }) };
      expect(reach).toEqual({ reachable: [{ offering, ...limits }], unreachable: new Map() });
    }
  });

  it('what runs at a cloud whose listing is doubted stays, and elsewhere it may go', () => {
    const offering = offeringOf({ type: 'm7i.xlarge', usd: 0.2 });
    const fleet = fleetOf({ offerings: [offering], services: [], templates: [] });
    const pools = [poolOf('old', offering, 7, { max: 20 })];
    const least = (doubtful: string): number | undefined =>
      reachable(fleet, pools, [offering], new Set([doubtful])).reachable[0]?.atLeast;
    expect([least('aws'), least('gcp')]).toEqual([7, undefined]);
  });

  it('a zone outside the fleet is reached by its pool alone', () => {
    const inside = offeringOf({ type: 'm7i.xlarge', usd: 0.2 });
    const outside = offeringOf({ type: 'm7i.xlarge', usd: 0.2, zone: 'us-east-1f' });
    const fleet = fleetOf({ offerings: [inside], services: [], templates: [template()] });
    expect(templateFinder(fleet)(outside)).toEqual([]);
    expect(reachable(fleet, [], [outside]).unreachable.get(outside.id)?.reason).toContain('us-east-1f in us-east-1');
    expect(reachable(fleet, [poolOf('old', outside, 2)], [outside]).reachable).toHaveLength(1);
  });
});
