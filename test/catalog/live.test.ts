import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liveOfferings, type LiveRegion } from '../../src/catalog/live.ts';
import { mergePrices, type LivePrice } from '../../src/catalog/merge.ts';
import { offeringsOf } from '../../src/catalog/offerings.ts';
import { emptyRegion, type InstanceType, type ProviderCatalog } from '../../src/catalog/snapshot.ts';
import { instant, mib } from '../../src/units.ts';
import { DAY, READ_ON, sampleCatalog } from './sample.ts';

const NOW = instant(READ_ON + 3 * DAY);
const ZONES = ['us-east-1-a', 'us-east-1-b'];
const snapshot = sampleCatalog();

const price = (type: string, usdPerHour: number, more: Partial<LivePrice> = {}): LivePrice => ({
  provider: 'aws',
  region: 'us-east-1',
  type,
  purchase: 'on-demand',
  usdPerHour,
  source: 'aws price list',
  asOf: NOW,
  ...more,
});
const type = (name: string, more: Partial<InstanceType> = {}): InstanceType => ({
  name,
  family: 'm8i',
  arch: 'amd64',
  vcpu: 2,
  memory: mib(8192),
  spot: true,
  ...more,
});
const listed = (live: Partial<LiveRegion>, wants: (type: string) => boolean = () => true) =>
  liveOfferings(snapshot, { region: 'us-east-1', prices: [], ...live }, { zones: ZONES, wants }, NOW);
const find = (answer: ReturnType<typeof listed>, id: string) =>
  answer.offerings.find((o) => o.id === `aws/us-east-1/${id}`);

describe('the offerings of a region as its cloud tells them', () => {
  it('are the snapshot’s where the cloud told nothing', () => {
    expect(listed({}).offerings).toEqual(offeringsOf(snapshot, { region: 'us-east-1', zones: ZONES }));
  });

  it('have the live price where it can be believed, and else the last good one with its own date', () => {
    const answer = listed({ prices: [price('m7i.large', 0.11), price('m7i.xlarge', 0.2 * 730)] });
    expect(find(answer, 'us-east-1-a/m7i.large/on-demand')?.price).toMatchObject({ usdPerHour: 0.11, asOf: NOW });
    expect(find(answer, 'us-east-1-a/m7i.xlarge/on-demand')?.price).toMatchObject({
      usdPerHour: 0.2016,
      asOf: READ_ON,
    });
    expect(answer.quarantined.map((q) => q.offering)).toEqual(
      ZONES.map((z) => `aws/us-east-1/${z}/m7i.xlarge/on-demand`),
    );
  });

  it('are only those of wanted types', () => {
    const answer = listed({ types: [type('m8i.large')], prices: [price('m8i.large', 0.1)] }, (t) => t === 'm7i.large');
    expect(new Set(answer.offerings.map((o) => o.type))).toEqual(new Set(['m7i.large']));
  });
});

describe('what the snapshot does not have', () => {
  it('is offered where the cloud told its spec and a price', () => {
    const spot = price('m8i.large', 0.04, { purchase: 'spot', zone: 'us-east-1-b' });
    const answer = listed({ types: [type('m8i.large', { maxPods: 29 })], prices: [spot, price('m8i.large', 0.105)] });
    const added = answer.offerings.filter((o) => o.type === 'm8i.large');
    expect(added.map((o) => o.id)).toEqual([
      'aws/us-east-1/us-east-1-a/m8i.large/on-demand',
      'aws/us-east-1/us-east-1-b/m8i.large/on-demand',
      'aws/us-east-1/us-east-1-b/m8i.large/spot',
    ]);
    expect(added[2]).toMatchObject({
      family: 'm8i',
      price: { usdPerHour: 0.04, source: 'aws price list', asOf: NOW, basis: 'listed' },
      allocatable: { pods: 29 },
      allocatableBasis: 'formula',
      available: true,
    });
    expect(added[2]?.interruptionPerHour).toBeGreaterThan(0);
  });

  it('is spot of a type that had none', () => {
    const spot = price('m7i.xlarge', 0.09, { purchase: 'spot', zone: 'us-east-1-a' });
    expect(find(listed({ prices: [spot] }), 'us-east-1-a/m7i.xlarge/spot')?.price.usdPerHour).toBe(0.09);
  });

  const doubtful: readonly [string, readonly LivePrice[], string][] = [
    ['0', [price('m8i.large', 0)], 'is not above 0'],
    ['NaN', [price('m8i.large', Number.NaN)], 'is not a number'],
    ['a month’s', [price('m8i.large', 76)], 'is over 12 times'],
    ['of tomorrow', [price('m8i.large', 0.1, { asOf: instant(NOW + DAY) })], 'is dated in the future'],
    ['spot by itself', [price('m8i.large', 0.04, { purchase: 'spot' })], 'has no on-demand price'],
    [
      'spot in another unit',
      [price('m8i.large', 0.1), price('m8i.large', 0.0004, { purchase: 'spot' })],
      'is under 3% of the 0.1 USD/h on demand',
    ],
    [
      'spot above on-demand',
      [price('m8i.large', 0.1), price('m8i.large', 0.4, { purchase: 'spot' })],
      'is above the 0.1 USD/h on demand',
    ],
  ];
  it.each(doubtful)('is not offered at a price that cannot be: %s', (_name, prices, reason) => {
    const answer = listed({ types: [type('m8i.large')], prices });
    expect(answer.quarantined).toHaveLength(ZONES.length);
    expect(answer.quarantined[0]?.reason).toContain(reason);
    expect(answer.quarantined[0]?.kept).toBeUndefined();
    const refused = answer.quarantined.map((q) => q.offering);
    expect(answer.offerings.filter((o) => refused.includes(o.id))).toEqual([]);
  });

  it.each([
    ['has no price', [type('m8i.large')], []],
    ['has no spec', [], [price('m8i.large', 0.1)]],
    ['has a spec that is none', [type('m8i.large', { vcpu: Number.NaN })], [price('m8i.large', 0.1)]],
  ])('is not offered when it %s', (_name, types, prices) => {
    expect(listed({ types, prices }).offerings.filter((o) => o.type === 'm8i.large')).toEqual([]);
  });

  it('in a region that the snapshot does not know is offered all the same', () => {
    const live = { region: 'us-north-7', prices: [price('m7i.large', 0.1, { region: 'us-north-7' })] };
    const answer = liveOfferings(snapshot, live, { zones: ['us-north-7a'], wants: () => true }, NOW);
    expect(answer.offerings.map((o) => o.id)).toEqual(['aws/us-north-7/us-north-7a/m7i.large/on-demand']);
  });
});

describe('availability as told', () => {
  const sold = new Map([
    ['us-east-1-a', new Set(['m7i.large'])],
    ['us-east-1-b', new Set(['m7i.large', 'g6.xlarge'])],
  ]);

  it('goes before what the snapshot knew of zones, both ways', () => {
    const answer = listed({ sold });
    expect(find(listed({}), 'us-east-1-b/g6.xlarge/on-demand')?.available).toBe(false);
    expect(find(answer, 'us-east-1-b/g6.xlarge/on-demand')).toMatchObject({ available: true });
    expect(find(answer, 'us-east-1-b/g6.xlarge/on-demand')).not.toHaveProperty('unavailableReason');
    expect(find(answer, 'us-east-1-a/g6.xlarge/on-demand')).toMatchObject({
      available: false,
      unavailableReason: 'not sold in us-east-1-a, only in us-east-1-b',
    });
    expect(find(answer, 'us-east-1-a/m7i.xlarge/on-demand')?.unavailableReason).toBe(
      'not sold in us-east-1-a, nor elsewhere in the region',
    );
  });

  it.each([
    [{ type: 'm7i.large', reason: 'restricted' }, ['a/on-demand', 'a/spot', 'b/on-demand', 'b/spot']],
    [{ type: 'm7i.large', zone: 'us-east-1-a', reason: 'restricted' }, ['a/on-demand', 'a/spot']],
    [{ type: 'm7i.large', purchase: 'spot', reason: 'restricted' }, ['a/spot', 'b/spot']],
    [{ type: 'm7i.large', zone: 'us-east-1-b', purchase: 'spot', reason: 'restricted' }, ['b/spot']],
  ] as const)('%o closes %o', (closed, expected) => {
    const answer = listed({ sold, closed: [closed] });
    const shut = answer.offerings.filter((o) => o.unavailableReason === 'restricted');
    expect(shut.map((o) => `${o.zone.at(-1)}/${o.purchase}`).toSorted()).toEqual(expected);
    expect(shut.every((o) => o.type === 'm7i.large' && !o.available)).toBe(true);
  });

  it('quota limits the nodes, in whole ones, and what is not known to be limited is not', () => {
    const atMost: LiveRegion['atMost'] = ({ vcpu, purchase }) => (purchase === 'spot' ? undefined : 7 / vcpu);
    const answer = listed({ atMost });
    expect(find(answer, 'us-east-1-a/m7i.large/on-demand')?.atMost).toBe(3);
    expect(find(answer, 'us-east-1-a/m7i.large/spot')).not.toHaveProperty('atMost');
    expect(find(listed({ atMost: () => -2 }), 'us-east-1-a/m7i.large/spot')?.atMost).toBe(0);
    expect(find(listed({ atMost: () => Number.NaN }), 'us-east-1-a/m7i.large/spot')).not.toHaveProperty('atMost');
  });

  it('hazard is of spot only, and of the snapshot where the cloud told none that can be', () => {
    const hazards: LiveRegion['hazards'] = ({ zone }) => (zone.endsWith('a') ? 0.01 : 7);
    const answer = listed({ hazards });
    expect(find(answer, 'us-east-1-a/m7i.large/spot')?.interruptionPerHour).toBe(0.01);
    expect(find(answer, 'us-east-1-b/m7i.large/spot')?.interruptionPerHour).toBe(
      find(listed({}), 'us-east-1-b/m7i.large/spot')?.interruptionPerHour,
    );
    expect(find(answer, 'us-east-1-a/m7i.large/on-demand')).not.toHaveProperty('interruptionPerHour');
  });
});

describe('whatever a cloud answers', () => {
  const anyPrice = fc.record({
    provider: fc.constantFrom('aws', 'gcp'),
    region: fc.constantFrom('us-east-1', 'us-west-9'),
    zone: fc.option(fc.constantFrom(...ZONES, 'us-east-1-f'), { nil: undefined }),
    type: fc.constantFrom('m7i.large', 'm7i.xlarge', 'g6.xlarge', 'm8i.large', 'unheard.of'),
    purchase: fc.constantFrom('on-demand', 'spot'),
    usdPerHour: fc.oneof(fc.double(), fc.double({ min: 0.01, max: 1, noNaN: true }), fc.constantFrom(0, -1, 1e9)),
    source: fc.constant('a cloud'),
    asOf: fc.integer({ min: -5 * DAY, max: 5 * DAY }).map((ms) => instant(NOW + ms)),
  });
  const prices = fc.array(
    anyPrice.map(({ zone, ...rest }) => ({ ...rest, ...(zone !== undefined && { zone }) })),
    { maxLength: 40 },
  );

  it('ids are single, prices finite and above 0, and nothing of the snapshot is lost', () => {
    fc.assert(
      fc.property(prices, (told) => {
        const answer = listed({ types: [type('m8i.large')], prices: told });
        const ids = answer.offerings.map((o) => o.id);
        expect(new Set(ids).size).toBe(ids.length);
        const base = offeringsOf(snapshot, { region: 'us-east-1', zones: ZONES }).map((o) => o.id);
        expect(ids.slice(0, base.length)).toEqual(base);
        for (const o of answer.offerings) {
          expect(o.price.usdPerHour).toBeGreaterThan(0);
          expect(Number.isFinite(o.price.usdPerHour)).toBe(true);
          expect(o.available).toBe(o.unavailableReason === undefined);
        }
        // a quarantined price is used by nobody
        const refused = answer.quarantined.filter((q) => q.kept === undefined).map((q) => q.offering);
        expect(ids.filter((id) => refused.includes(id))).toEqual([]);
      }),
    );
  });

  it('the order in which prices of different times come makes no difference', () => {
    const distinct = prices.map((told) => told.map((p, i) => ({ ...p, asOf: instant(NOW - i * 1000) })));
    fc.assert(
      fc.property(distinct, (told) => {
        const types = [type('m8i.large')];
        const sorted = (answer: ReturnType<typeof listed>) =>
          answer.offerings.toSorted((a, b) => (a.id < b.id ? -1 : 1));
        expect(sorted(listed({ types, prices: told.toReversed() }))).toEqual(sorted(listed({ types, prices: told })));
      }),
    );
  });

  it('agrees with the merge of prices where the snapshot has the offering', () => {
    fc.assert(
      fc.property(prices, (told) => {
        const base = offeringsOf(snapshot, { region: 'us-east-1', zones: ZONES });
        const merged = mergePrices(base, told, NOW);
        const answer = listed({ prices: told });
        expect(answer.offerings.slice(0, base.length)).toEqual(merged.offerings);
      }),
    );
  });
});

it('a region of a thousand types in three zones is listed with all its prices', () => {
  const types = Array.from({ length: 1000 }, (_, i) => type(`m${i}.large`));
  const region = { ...emptyRegion('us-east-1', 1000), onDemand: new Float64Array(1000).fill(0.1) };
  const large: ProviderCatalog = {
    ...snapshot,
    types,
    indexOf: new Map(types.map((t, i) => [t.name, i])),
    regions: new Map([['us-east-1', region]]),
  };
  const zones = ['a', 'b', 'c'];
  const prices = types.flatMap((t) => [
    price(t.name, 0.11),
    ...zones.map((zone) => price(t.name, 0.03, { purchase: 'spot', zone })),
  ]);
  const sold = new Map(zones.map((zone) => [zone, new Set(types.map((t) => t.name))]));
  const live = { region: 'us-east-1', prices, sold };
  const answer = liveOfferings(large, live, { zones, wants: () => true }, NOW);
  expect(answer.offerings).toHaveLength(6000);
  expect(answer.offerings.every((o) => o.available && o.price.asOf === NOW)).toBe(true);
});
