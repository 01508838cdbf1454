import { DescribeReservedInstancesCommand, type ReservedInstances } from '@aws-sdk/client-ec2';
import {
  DescribeSavingsPlanRatesCommand,
  DescribeSavingsPlansCommand,
  type SavingsPlan,
} from '@aws-sdk/client-savingsplans';
import { allPages } from '../../src/calls/pages.ts';
import type { Commitment, ReservedNodes, SpendCommitment } from '../../src/catalog/contract.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import { answered, type Answer } from '../../src/failure.ts';
import { instant, seconds, share, usdPerHour } from '../../src/units.ts';
import { isRecord, refreshed } from './kept.ts';
import { GLOBAL_REGION, type Session } from './session.ts';

/** They are bought for a year or three. */
const FRESH = seconds(12 * 3600);

/** Active reserved instances of a region, on Linux and not tied to dedicated hardware. */
export async function reservedNodes(session: Session, region: string): Promise<readonly ReservedNodes[]> {
  return lasting(session, region, 'reserved-instances', async () => {
    const read = await session.ask({ region, class: 'read', api: 'ec2:DescribeReservedInstances', attempts: 2 }, () =>
      session
        .ec2(region)
        .send(new DescribeReservedInstancesCommand({ Filters: [{ Name: 'state', Values: ['active'] }] })),
    );
    return read.ok ? answered((read.value.ReservedInstances ?? []).flatMap((r) => reservedOf(r, region) ?? [])) : read;
  });
}

/** What is paid in an hour: the hour's own charge, and the upfront payment spread over the term. */
export function reservedOf(r: ReservedInstances, region: string): ReservedNodes | undefined {
  const { ReservedInstancesId: id, InstanceType: type, InstanceCount: count, End, Duration: term = 0 } = r;
  const until = End?.getTime();
  if (!id || !type || !count || until === undefined || Number.isNaN(until)) return undefined;
  if (r.State !== 'active' || !(r.ProductDescription ?? 'Linux/UNIX').startsWith('Linux/UNIX')) return undefined;
  if ((r.InstanceTenancy ?? 'default') !== 'default') return undefined;
  const hourly = (r.RecurringCharges ?? []).reduce(
    (sum, c) => sum + (c.Frequency === 'Hourly' ? (c.Amount ?? 0) : 0),
    0,
  );
  const upfront = term > 0 ? (r.FixedPrice ?? 0) / (term / 3600) : 0;
  const rate = count * (hourly + (r.UsagePrice ?? 0) + upfront);
  if (!Number.isFinite(rate) || rate < 0) return undefined;
  return {
    kind: 'reserved-nodes',
    id,
    provider: 'aws',
    region,
    ...(r.Scope === 'Availability Zone' && r.AvailabilityZone && { zone: r.AvailabilityZone }),
    type,
    count,
    usdPerHour: usdPerHour(rate),
    until: instant(until),
  };
}

/**
 * Active savings plans for EC2. AWS names no discount of a plan, only its rate for each type: the discount is the
 * median over `types`, held against on-demand; where the rates are not told, over what such plans usually give.
 */
export async function savingsPlans(
  session: Session,
  snapshot: ProviderCatalog,
  types: readonly string[],
  homeRegion: string,
): Promise<readonly SpendCommitment[]> {
  return lasting(session, GLOBAL_REGION, 'savings-plans', async () => {
    const read = await allPages<SavingsPlan, string>(async (token) => {
      const page = await session.ask(
        { region: GLOBAL_REGION, class: 'read', api: 'savingsplans:DescribeSavingsPlans', attempts: 2 },
        () =>
          session.savingsPlans().send(
            new DescribeSavingsPlansCommand({
              states: ['active'],
              maxResults: 1000,
              ...(token !== undefined && { nextToken: token }),
            }),
          ),
      );
      if (!page.ok) return page;
      return answered({
        items: page.value.savingsPlans ?? [],
        ...(page.value.nextToken && { next: page.value.nextToken }),
      });
    });
    if (!read.ok) return read;
    const plans: SpendCommitment[] = [];
    for (const plan of read.value) {
      const until = Date.parse(plan.end ?? '');
      const commitment = Number(plan.commitment);
      if (!plan.savingsPlanId || !Number.isFinite(until) || !(commitment > 0)) continue;
      if (plan.state !== 'active' || !(plan.productTypes ?? ['EC2']).includes('EC2')) continue;
      const region = plan.region ?? homeRegion;
      const family = plan.ec2InstanceFamily;
      const rated = types.filter((t) => family === undefined || t.startsWith(`${family}.`));
      const discount = (await ratesOf(session, plan.savingsPlanId, snapshot, region, rated)) ?? usualDiscount(plan);
      plans.push({
        kind: 'spend',
        id: plan.savingsPlanId,
        provider: 'aws',
        usdPerHour: usdPerHour(commitment),
        until: instant(until),
        discount: share(discount),
        ...(plan.region !== undefined && { region: plan.region }),
        ...(family !== undefined && { family }),
      });
    }
    return answered(plans);
  });
}

/** Median of 1 − rate / on-demand; undefined: not told, or nothing to hold it against */
async function ratesOf(
  session: Session,
  savingsPlanId: string,
  snapshot: ProviderCatalog,
  region: string,
  types: readonly string[],
): Promise<number | undefined> {
  if (types.length === 0) return undefined;
  const read = await session.ask(
    { region: GLOBAL_REGION, class: 'read', api: 'savingsplans:DescribeSavingsPlanRates', attempts: 2 },
    () =>
      session.savingsPlans().send(
        new DescribeSavingsPlanRatesCommand({
          savingsPlanId,
          filters: [
            { name: 'region', values: [region] },
            { name: 'instanceType', values: types.slice(0, 20) },
            { name: 'productDescription', values: ['Linux/UNIX'] },
            { name: 'tenancy', values: ['shared'] },
          ],
          maxResults: 1000,
        }),
      ),
  );
  if (!read.ok) return undefined;
  const prices = snapshot.regions.get(region);
  const discounts = (read.value.searchResults ?? []).flatMap(({ rate, currency, properties }) => {
    const type = properties?.find((p) => p.name === 'instanceType')?.value;
    const onDemand = prices?.onDemand[snapshot.indexOf.get(type ?? '') ?? -1] ?? Number.NaN;
    const discount = 1 - Number(rate) / onDemand;
    return (currency ?? 'USD') === 'USD' && discount > 0 && discount < 1 ? [discount] : [];
  });
  return discounts.toSorted((a, b) => a - b)[discounts.length >> 1];
}

const YEAR = 365 * 86_400;

/**
 * Medians over AWS's list of 2026 without upfront payment: EC2 Instance plans are priced like standard reservations
 * (37% for one year, 57% for three), Compute plans like convertible ones (26% and 48%).
 */
function usualDiscount({ savingsPlanType, termDurationInSeconds: term = 0 }: SavingsPlan): number {
  if (savingsPlanType === 'EC2Instance') return term > 2 * YEAR ? 0.57 : 0.37;
  return term > 2 * YEAR ? 0.48 : 0.26;
}

/** An account that may not be asked owns nothing that is known: what the fleet file states holds then. */
async function lasting<T extends Commitment>(
  session: Session,
  region: string,
  what: string,
  read: () => Promise<Answer<readonly T[]>>,
): Promise<readonly T[]> {
  const check = (value: unknown): value is readonly T[] =>
    Array.isArray(value) && value.every((c) => isRecord(c) && typeof c['id'] === 'string');
  return (await refreshed(session, { region, what, within: FRESH, check }, read))?.value ?? [];
}
