import { describe, expect, it } from 'vitest';
import { freshnessOf, oldestOf } from '../../src/catalog/freshness.ts';
import { interruptionPerHour } from '../../src/catalog/interruption.ts';
import { offeringsOf, partsOf, whyNone } from '../../src/catalog/offerings.ts';
import { NO_BAND } from '../../src/catalog/snapshot.ts';
import { instant } from '../../src/units.ts';
import { DAY, READ_ON, sampleCatalog } from './sample.ts';

const catalog = sampleCatalog();
const zones = ['us-east-1-a', 'us-east-1-b'];

describe('the offerings of a region', () => {
  const all = offeringsOf(catalog, { region: 'us-east-1', zones });
  it('are every type × purchase × zone that has a price', () => {
    expect(all.map((o) => o.id)).toEqual([
      'aws/us-east-1/us-east-1-a/g6.xlarge/on-demand',
      'aws/us-east-1/us-east-1-b/g6.xlarge/on-demand',
      'aws/us-east-1/us-east-1-a/g6.xlarge/spot',
      'aws/us-east-1/us-east-1-b/g6.xlarge/spot',
      'aws/us-east-1/us-east-1-a/m7i.large/on-demand',
      'aws/us-east-1/us-east-1-b/m7i.large/on-demand',
      'aws/us-east-1/us-east-1-a/m7i.large/spot',
      'aws/us-east-1/us-east-1-b/m7i.large/spot',
      'aws/us-east-1/us-east-1-a/m7i.xlarge/on-demand',
      'aws/us-east-1/us-east-1-b/m7i.xlarge/on-demand',
    ]);
  });

  it('keep what a zone does not sell, with the reason', () => {
    const sold = all.filter((o) => o.available).map((o) => o.id);
    expect(sold).not.toContain('aws/us-east-1/us-east-1-b/g6.xlarge/on-demand');
    expect(sold, 'zones that nobody stated are taken as sold').toContain('aws/us-east-1/us-east-1-b/m7i.large/spot');
    expect(all[1]).toMatchObject({
      available: false,
      unavailableReason: 'not sold in us-east-1-b, only in us-east-1-a, us-east-1-c',
    });
  });

  it('tell all a planner needs', () => {
    expect(all[2]).toMatchObject({
      family: 'g6',
      gpu: { name: 'l4', count: 1 },
      allocatable: { cpu: 3920, memory: 14_162, pods: 58, devices: { 'nvidia.com/gpu': 1 } },
      allocatableBasis: 'formula',
      price: { usdPerHour: 0.4024, source: 'an advisor', basis: 'derived' },
      interruptionPerHour: interruptionPerHour('aws', 4),
      bootTime: 65,
    });
    expect(all[0]).not.toHaveProperty('interruptionPerHour');
  });

  it('can be asked for by type and purchase', () => {
    const wants = (t: { family: string }) => t.family === 'm7i';
    const some = offeringsOf(catalog, { region: 'us-east-1', zones: ['x'], wants, purchases: ['spot'] });
    expect(some.map((o) => o.id)).toEqual(['aws/us-east-1/x/m7i.large/spot']);
  });

  it('are none in a region that is not listed', () => {
    expect(offeringsOf(catalog, { region: 'mars-north-1', zones })).toEqual([]);
  });

  it.each([
    ['it is there', 'us-east-1', 'm7i.large', 'spot', undefined],
    ['no such region', 'mars-north-1', 'm7i.large', 'spot', /no region mars-north-1 at aws/],
    ['no such type', 'us-east-1', 'm7x.large', 'spot', /no type m7x\.large at aws/],
    ['not sold in the region', 'us-west-9', 'g6.xlarge', 'on-demand', /no on-demand price of g6\.xlarge in us-west-9/],
    ['no spot price', 'us-east-1', 'm7i.xlarge', 'spot', /no spot price of m7i\.xlarge in us-east-1/],
  ] as const)('say why one is missing: %s', (_why, region, type, purchase, reason) => {
    const why = whyNone(catalog, { region, zone: 'a', type, purchase });
    if (reason) expect(why).toMatch(reason);
    else expect(why).toBeUndefined();
  });
});

it.each([
  [
    'aws/us-east-1/us-east-1a/m7i.large/spot',
    { provider: 'aws', region: 'us-east-1', zone: 'us-east-1a', type: 'm7i.large', purchase: 'spot' },
  ],
  ['aws/us-east-1/us-east-1a/m7i.large/committed', undefined],
  ['aws/us-east-1/m7i.large/spot', undefined],
  ['aws//us-east-1a/m7i.large/spot', undefined],
  ['a/b/c/d/spot/e', undefined],
  ['', undefined],
])('takes the id %s apart', (id, parts) => {
  expect(partsOf(id)).toEqual(parts);
});

describe('interruption', () => {
  it.each([
    ['under 5% a month: 2.5%', 0, 0.025],
    ['10-15% a month: 12.5%', 2, 0.125],
    ['over 20% a month: 60%, the middle of what is left', 4, 0.6],
    ['a type the advisor does not list is taken as the worst', NO_BAND, 0.6],
  ])('%s', (_why, band, perMonth) => {
    const hourly = interruptionPerHour('aws', band);
    expect(1 - (1 - hourly) ** 730).toBeCloseTo(perMonth, 2);
  });
  it('is never zero on a cloud', () => {
    for (const cloud of ['aws', 'azure', 'gcp'] as const)
      expect(interruptionPerHour(cloud, NO_BAND)).toBeGreaterThan(0);
  });
});

describe('freshness', () => {
  const offerings = offeringsOf(catalog, { region: 'us-east-1', zones });
  it('is the age of the oldest price of each source', () => {
    const entries = freshnessOf(offerings, instant(READ_ON + 2 * DAY));
    expect(entries).toMatchObject([
      { source: 'a list', basis: 'listed', ageS: 2 * 86_400, offerings: 6 },
      { source: 'an advisor', basis: 'derived', ageS: 32 * 86_400, offerings: 4 },
    ]);
    expect(oldestOf(entries)?.source).toBe('an advisor');
  });
  it('is never negative, though clocks differ', () => {
    expect(freshnessOf(offerings, instant(READ_ON - DAY))[0]?.ageS).toBe(0);
  });
  it('of nothing is nothing', () => {
    expect(oldestOf(freshnessOf([], instant(0)))).toBeUndefined();
  });
});
