import { describe, expect, it } from 'vitest';
import type { Json } from '../clouds/azure-shapes.ts';
import { azureSubject, type AzureSubject } from './azure-subject.ts';

const SUBSCRIPTION = '6f9e1c1a-52d3-4d0e-9a55-0c1f4f3b7a10';

/** As Microsoft.Capacity lists them. */
const reservation = (name: string, more: Json, properties: Json): Json => ({
  id: `/providers/microsoft.capacity/reservationOrders/o/reservations/${name}`,
  location: 'eastus2',
  sku: { name: 'Standard_D4s_v5' },
  ...more,
  properties: {
    reservedResourceType: 'VirtualMachines',
    provisioningState: 'Succeeded',
    quantity: 3,
    term: 'P1Y',
    appliedScopeType: 'Shared',
    expiryDateTime: '2027-05-01T00:00:00Z',
    ...properties,
  },
});

const RESERVATIONS: readonly Json[] = [
  reservation('year', {}, {}),
  reservation('three', {}, { term: 'P3Y', quantity: 1, expiryDateTime: '2029-01-01T00:00:00Z' }),
  reservation('ours', {}, { appliedScopeType: 'Single', appliedScopes: [`/subscriptions/${SUBSCRIPTION}`] }),
  reservation('theirs', {}, { appliedScopeType: 'Single', appliedScopes: ['/subscriptions/another'] }),
  reservation('sql', {}, { reservedResourceType: 'SqlDatabases' }),
  reservation('over', {}, { expiryDateTime: '2026-10-01T00:00:00Z' }),
  reservation('cancelled', {}, { provisioningState: 'Cancelled' }),
  reservation('elsewhere', { location: 'japaneast' }, {}),
];

const plan = (name: string, properties: Json): Json => ({
  id: `/providers/Microsoft.BillingBenefits/savingsPlanOrders/o/savingsPlans/${name}`,
  sku: { name: 'Compute_Savings_Plan' },
  properties: {
    provisioningState: 'Succeeded',
    term: 'P3Y',
    appliedScopeType: 'Shared',
    commitment: { currencyCode: 'USD', amount: 12.5, grain: 'Hourly' },
    expiryDateTime: '2028-05-01T00:00:00Z',
    ...properties,
  },
});

const PLANS: readonly Json[] = [
  plan('three', {}),
  plan('euro', { commitment: { currencyCode: 'EUR', amount: 10, grain: 'Hourly' } }),
  plan('failed', { provisioningState: 'Failed' }),
];

async function commitments(options: Parameters<typeof azureSubject>[0], prepare?: (subject: AzureSubject) => void) {
  const subject = await azureSubject(options);
  try {
    prepare?.(subject);
    const answer = await (await subject.open()).listCommitments(subject.fleet);
    expect(subject.fake.complaints).toEqual([]);
    const list = subject.world.regions.find((r) => r.name === 'eastus2')?.onDemand('Standard_D4s_v5') ?? 0;
    return { answer, list, owned: answer.ok ? answer.value : [] };
  } finally {
    await subject.close();
  }
}

describe('commitments owned', () => {
  it('are those that hold here and now, at what the list asks for the term', async () => {
    const { owned, list } = await commitments({ reservations: RESERVATIONS, savingsPlans: PLANS, pageSize: 2 });
    expect(owned.map(({ id }) => id.split('/').at(-1))).toEqual(['year', 'three', 'ours', 'three']);
    const [year, three, , spend] = owned;
    // the rows of the list: 62% of a year of on-demand, 41% of three
    expect(year).toMatchObject({ kind: 'reserved-nodes', region: 'eastus2', type: 'Standard_D4s_v5', count: 3 });
    expect(year?.usdPerHour).toBeCloseTo(3 * list * 0.62, 6);
    expect(three?.usdPerHour).toBeCloseTo(list * 0.41, 6);
    expect(spend).toMatchObject({ kind: 'spend', usdPerHour: 12.5 });
    expect(spend?.kind === 'spend' && spend.discount).toBeCloseTo(0.52, 6);
  });

  it('count at the most they can have cost where the list has no price for the term', async () => {
    const { owned, list } = await commitments({ reservations: RESERVATIONS.slice(0, 1) }, ({ world }) => {
      world.faults.add({ provider: 'azure', api: 'retailPrices.list', fault: { is: 'empty' }, times: 1000 });
    });
    expect(owned[0]?.usdPerHour).toBeCloseTo(3 * list, 6);
  });

  it('are none where the tenant lets nobody look: the fleet file has to state them', async () => {
    const { answer } = await commitments({ reservations: RESERVATIONS }, ({ world }) => {
      for (const api of ['reservations.list', 'savingsPlans.list']) {
        world.faults.add({ provider: 'azure', api, fault: { is: 'unauthorized' } });
      }
    });
    expect(answer).toEqual({ ok: true, value: [] });
  });

  it('are trouble, not none, while Azure does not answer', async () => {
    const { answer } = await commitments({ reservations: RESERVATIONS }, ({ world }) => {
      world.faults.add({ provider: 'azure', api: 'reservations.list', fault: { is: 'reset' }, times: 1000 });
    });
    expect(answer.ok).toBe(false);
  });
});
