import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosen } from '../../providers/azure/prices.ts';
import type { RetailRow } from '../../providers/azure/retail.ts';
import { instant, seconds } from '../../src/units.ts';
import { azureSubject } from './azure-subject.ts';

const NOW = instant(Date.UTC(2026, 10, 2));
const row = (more: Partial<RetailRow>): RetailRow => ({
  type: 'Standard_D4s_v5',
  sku: 'D4s v5',
  meter: 'D4s v5',
  product: 'Virtual Machines Dsv5 Series',
  meterId: 'm',
  price: 0.23,
  since: Date.UTC(2026, 0, 1),
  plans: {},
  ...more,
});

/** Rows that share a size with the one that counts. */
const TRAPS: readonly (readonly [string, Partial<RetailRow>])[] = [
  ['Windows at the end of the product', { product: 'Virtual Machines Dsv5 Series Windows', price: 0.41 }],
  [
    'Windows in the middle, which a suffix test misses',
    { product: 'Virtual Machines Windows Dsv5 Series', price: 0.41 },
  ],
  ['Low Priority, which is not spot', { sku: 'D4s v5 Low Priority', price: 0.05 }],
  ['Cloud Services', { product: 'Dsv5 Series Cloud Services', price: 0.1 }],
  ['a dedicated host', { product: 'Dsv5 Series Dedicated Host', price: 4.1 }],
  ['a price of 0', { price: 0 }],
  ['an older price of the meter', { price: 0.19, since: Date.UTC(2024, 0, 1) }],
  ['a price that is not in force yet', { price: 0.1, since: Date.UTC(2027, 0, 1) }],
  ['the total of a reservation', { price: 1250, term: '1 Year' }],
  ['a stray row of the same day that looks cheap', { price: 0.01, meterId: 'a' }],
];

describe('the price of a size among its rows', () => {
  it.each(TRAPS)('passes over %s', (_, trap) => {
    const prices = chosen([row({ ...trap }), row({})], NOW);
    expect(prices.filter((p) => p.purchase === 'on-demand')).toEqual([
      { type: 'Standard_D4s_v5', purchase: 'on-demand', usdPerHour: 0.23, plans: {} },
    ]);
  });

  it('takes spot by its name, of the meter or of the SKU', () => {
    for (const name of [{ sku: 'D4s v5 Spot' }, { meter: 'D4s v5 Spot' }]) {
      const [onDemand, spot] = chosen([row({}), row({ ...name, price: 0.04 })], NOW);
      expect([onDemand?.usdPerHour, spot?.usdPerHour, spot?.purchase]).toEqual([0.23, 0.04, 'spot']);
    }
  });

  it('does not depend on the order of the rows', () => {
    const rows = [row({}), row({ sku: 'D4s v5 Spot', price: 0.04 }), ...TRAPS.map(([, trap]) => row(trap))];
    const expected = chosen(rows, NOW);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(chosen(shuffled, NOW)).toEqual(expected);
      }),
    );
  });
});

describe('a region’s offerings', () => {
  it('are priced from the shelf while that is fresh: a second process asks for nothing but quotas and pools', async () => {
    const subject = await azureSubject({ pageSize: 3 });
    try {
      const first = await (await subject.open()).listOfferings(subject.fleet);
      expect(subject.fake.requests.filter(({ api }) => api === 'retailPrices.list').length).toBeGreaterThan(2);
      const before = subject.fake.requests.length;
      const second = await (await subject.open()).listOfferings(subject.fleet);
      expect(second).toEqual(first);
      const apis = subject.fake.requests.slice(before).map(({ api }) => api);
      expect(apis.filter((api) => api === 'retailPrices.list' || api === 'resourceSkus.list')).toEqual([]);
      expect(subject.fake.complaints).toEqual([]);
    } finally {
      await subject.close();
    }
  });

  it('keep the package’s prices with their own age when the price list does not answer', async () => {
    const subject = await azureSubject();
    try {
      subject.world.faults.add({
        provider: 'azure',
        api: 'retailPrices.list',
        fault: { is: 'serverError', status: 500 },
        times: 1000,
      });
      const answer = await (await subject.open()).listOfferings(subject.fleet);
      const offerings = answer.ok ? answer.value : [];
      expect(offerings.length).toBeGreaterThan(20);
      expect(new Set(offerings.map((o) => o.price.source))).not.toContain('Azure Retail Prices');
      for (const { price } of offerings) expect(price.asOf).toBeLessThan(subject.world.now());
    } finally {
      await subject.close();
    }
  });

  it('keep the last live prices with their date when the list goes down after an hour', async () => {
    const subject = await azureSubject();
    try {
      await (await subject.open()).listOfferings(subject.fleet);
      const readAt = subject.world.now();
      subject.world.advance(seconds(7200));
      subject.world.faults.add({ provider: 'azure', api: 'retailPrices.list', fault: { is: 'reset' }, times: 1000 });
      const answer = await (await subject.open()).listOfferings(subject.fleet);
      const live = (answer.ok ? answer.value : []).filter((o) => o.price.source === 'Azure Retail Prices');
      expect(live.length).toBeGreaterThan(20);
      for (const { price } of live) expect(price.asOf).toBeLessThanOrEqual(readAt);
    } finally {
      await subject.close();
    }
  });

  it('say what this subscription may not have, and where', async () => {
    const subject = await azureSubject({
      restrictions: (type, region) => [
        ...(type === 'Standard_E4s_v5'
          ? [
              {
                type: 'Location',
                values: [region],
                restrictionInfo: { locations: [region] },
                reasonCode: 'NotAvailableForSubscription',
              },
            ]
          : []),
        ...(type === 'Standard_D8s_v5' && region === 'eastus2'
          ? [
              {
                type: 'Zone',
                values: [region],
                restrictionInfo: { locations: [region], zones: ['2'] },
                reasonCode: 'QuotaId',
              },
            ]
          : []),
      ],
    });
    try {
      const answer = await (await subject.open()).listOfferings(subject.fleet);
      const closed = (answer.ok ? answer.value : []).filter((o) => !o.available && o.purchase === 'on-demand');
      expect(closed.filter((o) => o.type === 'Standard_E4s_v5').map((o) => `${o.region} ${o.zone}`)).toEqual([
        'eastus2 1',
        'eastus2 2',
        'eastus2 3',
        'westeurope 1',
        'westeurope 2',
      ]);
      expect(closed.filter((o) => o.type === 'Standard_D8s_v5').map((o) => `${o.region} ${o.zone}`)).toEqual([
        'eastus2 2',
      ]);
      const reasons = [...new Set(closed.map((o) => o.unavailableReason ?? ''))].toSorted((a, b) => (a < b ? -1 : 1));
      expect(reasons).toEqual([
        'Azure does not sell it to subscriptions of this kind (QuotaId)',
        'Azure does not sell it to this subscription (NotAvailableForSubscription)',
      ]);
      expect(subject.fake.complaints).toEqual([]);
    } finally {
      await subject.close();
    }
  });

  it('count what the fleet runs itself as within its quota', async () => {
    const subject = await azureSubject();
    try {
      const used = subject.world.quota('azure', 'westeurope').find((q) => q.name === 'on-demand')?.used ?? 0;
      subject.world.setQuota('azure', 'westeurope', 'on-demand', used);
      const answer = await (await subject.open()).listOfferings(subject.fleet);
      const d2 = (answer.ok ? answer.value : []).find(
        (o) => o.region === 'westeurope' && o.type === 'Standard_D2s_v5' && o.purchase === 'on-demand',
      );
      // gatewayc runs two nodes there, and nobody else anything: what runs may stay, and nothing more
      expect(d2?.atMost).toBe(2);
    } finally {
      await subject.close();
    }
  });
});
