import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalsFromJson, refusalsToJson } from '../../src/actuate/unavailable-json.ts';
import { covers, masked, stillRefused, withRefusals, type Refusal } from '../../src/actuate/unavailable.ts';
import {
  offeringId,
  PROVIDERS,
  PURCHASES,
  type Offering,
  type ProviderName,
  type Purchase,
} from '../../src/catalog/offering.ts';
import type { FailureKind } from '../../src/failure.ts';
import type { OfferingError } from '../../src/ports.ts';
import { instant, later, mib, milliCores, seconds, usdPerHour } from '../../src/units.ts';

const NOW = instant(Date.UTC(2026, 0, 5, 12));
const after = (minutes: number) => later(NOW, seconds(minutes * 60));

function offering(
  provider: ProviderName,
  zone: string,
  type: string,
  purchase: Purchase,
  more: Partial<Offering> = {},
): Offering {
  const parts = { provider, region: zone.slice(0, -1), zone, type, purchase };
  return {
    id: offeringId(parts),
    ...parts,
    family: type.split('.')[0] ?? type,
    arch: 'amd64',
    vcpu: 2,
    memory: mib(8192),
    allocatable: { cpu: milliCores(1900), memory: mib(7000) },
    allocatableBasis: 'formula',
    price: { usdPerHour: usdPerHour(0.1), source: 'a list', asOf: NOW, basis: 'listed' },
    available: true,
    bootTime: seconds(60),
    ...more,
  };
}
const market = (provider: ProviderName): readonly Offering[] =>
  ['us1a', 'us1b', 'eu1a'].flatMap((zone) =>
    ['m7.large', 'm7.xlarge', 'c7.large'].flatMap((type) => PURCHASES.map((p) => offering(provider, zone, type, p))),
  );
const familyOf = (id: string): string | undefined => id.split('/')[3]?.split('.')[0];
const error = (kind: FailureKind, at: Offering, code = 'Code'): OfferingError => ({
  offering: at.id,
  failure: { kind, api: 'launch', code, message: 'no' },
});
const asked = offering('aws', 'us1a', 'm7.large', 'spot');
const short = (o: Offering): string => `${o.zone} ${o.type} ${o.purchase}`;

function refusedAfter(kind: FailureKind, provider: ProviderName = 'aws', code?: string) {
  const at = offering(provider, 'us1a', 'm7.large', 'spot');
  const known = withRefusals([], [error(kind, at, code)], NOW, familyOf);
  return masked(market(provider), known, NOW).filter((o) => !o.available);
}

describe('how far a refusal reaches', () => {
  it('one type in one zone, bought that way', () => {
    expect(refusedAfter({ is: 'capacity', scope: 'type-in-zone' }).map(short)).toEqual(['us1a m7.large spot']);
  });

  it('a zone: all types bought that way', () => {
    expect(refusedAfter({ is: 'capacity', scope: 'zone' }).map(short)).toEqual([
      'us1a m7.large spot',
      'us1a m7.xlarge spot',
      'us1a c7.large spot',
    ]);
  });

  it('a region: all its zones', () => {
    const zones = refusedAfter({ is: 'capacity', scope: 'region' }).map((o) => `${o.zone} ${o.purchase}`);
    expect(new Set(zones)).toEqual(new Set(['us1a spot', 'us1b spot']));
  });

  it('a subnet without addresses: everything in the zone at AWS, in the region elsewhere', () => {
    const subnet: FailureKind = { is: 'capacity', scope: 'subnet' };
    expect(new Set(refusedAfter(subnet).map((o) => o.zone))).toEqual(new Set(['us1a']));
    expect(refusedAfter(subnet)).toHaveLength(6);
    expect(refusedAfter(subnet, 'gcp')).toHaveLength(12);
  });

  it('a quota: the family in the region, bought that way', () => {
    expect(refusedAfter({ is: 'quota', quota: 'Standard vCPUs' }).map(short)).toEqual([
      'us1a m7.large spot',
      'us1a m7.xlarge spot',
      'us1b m7.large spot',
      'us1b m7.xlarge spot',
    ]);
  });

  it('a quota of a type whose family nobody knows: the type alone', () => {
    const known = withRefusals([], [error({ is: 'quota', quota: 'q' }, asked)], NOW, () => undefined);
    expect(
      masked(market('aws'), known, NOW)
        .filter((o) => !o.available)
        .map((o) => o.type),
    ).toEqual(['m7.large', 'm7.large']);
  });

  it.each<[FailureKind, number]>([
    [{ is: 'throttled' }, 0],
    [{ is: 'transient' }, 0],
    [{ is: 'conflict' }, 0],
    [{ is: 'unauthorized' }, 0],
    [{ is: 'invalid' }, 1],
    [{ is: 'notFound' }, 1],
    [{ is: 'unknown' }, 1],
  ])('%o masks %d offerings', (kind, offerings) => {
    expect(refusedAfter(kind)).toHaveLength(offerings);
  });
});

describe('how long it is believed', () => {
  const capacity: FailureKind = { is: 'capacity', scope: 'type-in-zone' };
  const cases: readonly [ProviderName, Purchase, FailureKind, string, number][] = [
    ['aws', 'spot', capacity, 'InsufficientInstanceCapacity', 3],
    ['aws', 'on-demand', capacity, 'InsufficientInstanceCapacity', 3],
    ['azure', 'on-demand', capacity, 'ZonalAllocationFailed', 60],
    ['azure', 'spot', capacity, 'SkuNotAvailable', 60],
    ['azure', 'on-demand', capacity, 'SkuNotAvailable', 23 * 60],
    ['gcp', 'on-demand', capacity, 'ZONE_RESOURCE_POOL_EXHAUSTED', 30],
    ['kubernetes', 'on-demand', capacity, 'NoMachines', 3],
    ['aws', 'spot', { is: 'quota', quota: 'q' }, 'VcpuLimitExceeded', 60],
    ['gcp', 'spot', { is: 'invalid' }, 'INVALID', 60],
  ];
  it.each(cases)('%s %s %o %s: %d minutes', (provider, purchase, kind, code, minutes) => {
    const at = offering(provider, 'us1a', 'm7.large', purchase);
    const known = withRefusals([], [error(kind, at, code)], NOW, familyOf);
    expect(known[0]?.until).toBe(after(minutes));
    expect(masked([at], known, instant(after(minutes) - 1))[0]?.available).toBe(false);
    expect(masked([at], known, after(minutes))[0]?.available).toBe(true);
  });

  it('a later refusal of the same begins anew, and one whose time is over is forgotten', () => {
    const first = withRefusals([], [error(capacity, asked)], NOW, familyOf);
    const again = withRefusals(first, [error(capacity, asked)], after(2), familyOf);
    expect(again.map((r) => r.until)).toEqual([after(5)]);
    expect(withRefusals(again, [], after(5), familyOf)).toEqual([]);
  });

  it('one dated by a clock that ran ten days ahead is dropped, not believed for ten days', () => {
    const known = withRefusals([], [error(capacity, asked)], after(10 * 24 * 60), familyOf);
    expect(stillRefused(known, NOW)).toEqual([]);
  });
});

describe('the mask', () => {
  it('says why and until when, in the words of the vendor', () => {
    const known = withRefusals(
      [],
      [error({ is: 'capacity', scope: 'type-in-zone' }, asked, 'UnfulfillableCapacity')],
      NOW,
      familyOf,
    );
    expect(masked([asked], known, after(1))[0]).toEqual({
      ...asked,
      available: false,
      unavailableReason:
        'none was left (UnfulfillableCapacity) at 2026-01-05T12:00Z, asked for again from 2026-01-05T12:03Z',
    });
  });

  it('names the quota, which a person has to have raised', () => {
    const known = withRefusals(
      [],
      [error({ is: 'quota', quota: 'Running On-Demand' }, asked, 'VcpuLimitExceeded')],
      NOW,
      familyOf,
    );
    expect(masked([asked], known, NOW)[0]?.unavailableReason).toContain(
      'the account may have no more (Running On-Demand)',
    );
  });

  it('leaves the reason of what was not available anyway', () => {
    const sold = { ...asked, available: false, unavailableReason: 'not sold here' };
    const known = withRefusals([], [error({ is: 'capacity', scope: 'zone' }, asked)], NOW, familyOf);
    expect(masked([sold], known, NOW)).toEqual([sold]);
  });

  it('nothing refused changes nothing', () => {
    const offerings = market('aws');
    expect(masked(offerings, [], NOW)).toBe(offerings);
  });
});

const refusals: fc.Arbitrary<Refusal> = fc
  .record({
    provider: fc.constantFrom(...PROVIDERS),
    region: fc.constantFrom('us1', 'eu1'),
    zone: fc.option(fc.constantFrom('us1a', 'us1b'), { nil: undefined }),
    type: fc.option(fc.constantFrom('m7.large', 'c7.large'), { nil: undefined }),
    family: fc.option(fc.constantFrom('m7', 'c7'), { nil: undefined }),
    purchase: fc.option(fc.constantFrom(...PURCHASES), { nil: undefined }),
    why: fc.constantFrom('capacity', 'quota', 'never-joined', 'refused'),
    said: fc.string(),
    minutes: fc.integer({ min: 1, max: 2000 }),
  })
  .map(({ zone, type, family, purchase, minutes, ...rest }) => ({
    ...rest,
    ...(zone && { zone }),
    ...(type && { type }),
    ...(family && { family }),
    ...(purchase && { purchase }),
    at: NOW,
    until: after(minutes),
  }));

describe('as text', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(refusals), (known) => {
        expect(refusalsFromJson(refusalsToJson(known, NOW))).toEqual(known);
      }),
    );
  });

  it.each([
    ['', 'nothing'],
    ['{"schemaVersion":1,"refusals":[{"provi', 'half of it'],
    ['null', 'no object'],
    ['{"schemaVersion":2,"refusals":[]}', 'another version'],
    ['{"schemaVersion":1,"refusals":{}}', 'no list'],
  ])('%s is no refusals: %s', (text) => {
    expect(refusalsFromJson(text)).toEqual([]);
  });

  it.each([
    ['provider', 'oracle'],
    ['why', 'bad weather'],
    ['at', 'noon'],
    ['until', 5],
    ['zone', 7],
    ['type', null],
    ['family', []],
    ['purchase', 'lottery'],
    ['region', undefined],
  ])('an entry with %s %o is passed over, never widened', (name, value) => {
    const [refusal] = withRefusals([], [error({ is: 'capacity', scope: 'type-in-zone' }, asked)], NOW, familyOf);
    const document = JSON.parse(refusalsToJson([refusal as Refusal], NOW)) as { refusals: Record<string, unknown>[] };
    const spoilt = { ...document, refusals: [{ ...document.refusals[0], [name]: value }, document.refusals[0]] };
    expect(refusalsFromJson(JSON.stringify(spoilt))).toEqual([refusal]);
  });
});

it('masks exactly what some refusal covers, and only while its time lasts', () => {
  fc.assert(
    fc.property(fc.array(refusals, { maxLength: 6 }), fc.integer({ min: 0, max: 2500 }), (known, minutes) => {
      const now = after(minutes);
      const offerings = PROVIDERS.flatMap(market);
      masked(offerings, known, now).forEach((o, i) => {
        const before = offerings[i] as Offering;
        expect(o.available).toBe(!known.some((r) => now < r.until && covers(r, before)));
        expect({ ...o, available: true, unavailableReason: '' }).toEqual({ ...before, unavailableReason: '' });
      });
    }),
    { numRuns: 50 },
  );
});
