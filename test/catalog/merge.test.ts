import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePrices, type LivePrice } from '../../src/catalog/merge.ts';
import { offeringsOf } from '../../src/catalog/offerings.ts';
import { instant } from '../../src/units.ts';
import { DAY, READ_ON, sampleCatalog } from './sample.ts';

const NOW = instant(READ_ON + 3 * DAY);
const offerings = offeringsOf(sampleCatalog(), { region: 'us-east-1', zones: ['a', 'b'] });
const live = (usdPerHour: number, more: Partial<LivePrice> = {}): LivePrice => ({
  provider: 'aws',
  region: 'us-east-1',
  type: 'm7i.large',
  purchase: 'on-demand',
  usdPerHour,
  source: 'aws price list',
  asOf: instant(READ_ON + 2 * DAY),
  ...more,
});
const priceOf = (merged: ReturnType<typeof mergePrices>, id: string) =>
  merged.offerings.find((o) => o.id === id)?.price;

describe('a live price', () => {
  it('replaces the one in use in every zone, with its source and date', () => {
    const merged = mergePrices(offerings, [live(0.11)], NOW);
    for (const zone of ['a', 'b']) {
      expect(priceOf(merged, `aws/us-east-1/${zone}/m7i.large/on-demand`)).toEqual({
        usdPerHour: 0.11,
        source: 'aws price list',
        asOf: READ_ON + 2 * DAY,
        basis: 'listed',
      });
    }
    expect(merged).toMatchObject({ updated: 2, quarantined: [], unused: 0 });
  });

  it('of one zone goes before the regional one', () => {
    const spot = { purchase: 'spot' } as const;
    const merged = mergePrices(offerings, [live(0.05, spot), live(0.06, { ...spot, zone: 'b' })], NOW);
    expect(priceOf(merged, 'aws/us-east-1/a/m7i.large/spot')?.usdPerHour).toBe(0.05);
    expect(priceOf(merged, 'aws/us-east-1/b/m7i.large/spot')?.usdPerHour).toBe(0.06);
  });

  it.each<[string, LivePrice, RegExp]>([
    ['a missing figure', live(Number.NaN), /is not a number/],
    ['a zero, which some lists hold', live(0), /is not above 0/],
    ['a negative figure', live(-0.1), /is not above 0/],
    ['infinity', live(Infinity), /is not a number/],
    ["a month's price", live(0.1008 * 730), /month's price|over 12 times/],
    ['cents', live(10.08), /cents|over 12 times/],
    ['dollars divided by a month', live(0.1008 / 730), /under 0\.03 times/],
    ['four times the price in use', live(0.42), /is 4\.17 times/],
    ['a quarter of the price in use', live(0.025), /is 0\.248 times/],
    ['a spot price above on-demand', live(0.11, { purchase: 'spot' }), /above the 0\.1008 USD\/h on demand/],
    ['a spot price of 0', live(0, { purchase: 'spot' }), /is not above 0/],
    ['a price of next year', live(0.11, { asOf: instant(NOW + 365 * DAY) }), /dated in the future/],
    ['a GPU type without its GPU', live(0.3, { type: 'g6.xlarge' }), /lacks its GPU/],
  ])('is put aside: %s; the last good one stays', (_why, price, reason) => {
    const merged = mergePrices(offerings, [price], NOW);
    expect(merged.offerings).toEqual(offerings);
    expect(merged.updated).toBe(0);
    expect(merged.quarantined).toHaveLength(2);
    expect(merged.quarantined[0]?.reason).toMatch(reason);
    expect(merged.quarantined[0]?.kept?.source).not.toBe('aws price list');
  });

  it('older than the one in use changes nothing', () => {
    const merged = mergePrices(offerings, [live(0.09, { asOf: instant(READ_ON - DAY) })], NOW);
    expect(merged).toEqual({ offerings, updated: 0, quarantined: [], unused: 0 });
  });

  it('that came twice counts as it was last read', () => {
    const merged = mergePrices(offerings, [live(0.12, { asOf: NOW }), live(0.11)], NOW);
    expect(priceOf(merged, 'aws/us-east-1/a/m7i.large/on-demand')?.usdPerHour).toBe(0.12);
  });

  it('of a type that is not in use is counted, not taken', () => {
    expect(mergePrices(offerings, [live(0.1, { type: 'm7x.large' })], NOW)).toMatchObject({ updated: 0, unused: 1 });
  });

  it('may be far from a modelled one, because that was a guess', () => {
    const guessed = offerings.map((o) => ({ ...o, price: { ...o.price, basis: 'modelled' as const } }));
    expect(mergePrices(guessed, [live(0.011, { purchase: 'spot' })], NOW).updated).toBe(2);
  });

  it('that never came leaves the last good one, and its age', () => {
    expect(mergePrices(offerings, [], NOW)).toEqual({ offerings, updated: 0, quarantined: [], unused: 0 });
  });
});

it('whatever comes in, every offering keeps a price above 0 with a source and a date', () => {
  const any = fc.record({
    usdPerHour: fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, Infinity, -1, 1e-9, 0.1, 73)),
    purchase: fc.constantFrom('on-demand', 'spot'),
    type: fc.constantFrom('m7i.large', 'm7i.xlarge', 'g6.xlarge', 'nonsense'),
    asOf: fc.integer({ min: 0, max: 2e12 }).map(instant),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 6 }), (prices) => {
      const merged = mergePrices(
        offerings,
        prices.map((p) => live(p.usdPerHour, p)),
        NOW,
      );
      expect(merged.offerings.map((o) => o.id)).toEqual(offerings.map((o) => o.id));
      for (const { price } of merged.offerings) {
        expect(price.usdPerHour > 0 && price.usdPerHour < 1000).toBe(true);
        expect(price.source).not.toBe('');
      }
    }),
  );
});
