import type { Commitment, ReservedNodes, SpendCommitment } from '../../src/catalog/contract.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import { allPages } from '../../src/calls/pages.ts';
import { answered, type Answer, type Failure } from '../../src/failure.ts';
import type { Cloud } from '../../src/fleet/fleet.ts';
import type { ProviderParts } from '../../src/ports.ts';
import { instant, share, usdPerHour } from '../../src/units.ts';
import type { Azure } from './connection.ts';
import { membersOf, numberOf, textOf, type Members } from './json.ts';
import { pricesIn } from './prices.ts';
import { retailRows } from './retail.ts';

/**
 * Reservations and savings plans that these credentials may see. Both live beside subscriptions, in the tenant, so
 * the right to read them is granted apart; without it there are none to see, and the fleet file has to state them.
 */
export async function commitmentsOf(
  azure: Azure,
  snapshot: ProviderCatalog,
  cloud: Cloud,
): Promise<Answer<readonly Commitment[]>> {
  const [reserved, plans] = await Promise.all([
    reservations(azure, snapshot, cloud),
    savingsPlans(azure, snapshot, cloud),
  ]);
  if (!reserved.ok) return reserved;
  if (!plans.ok) return plans;
  return answered([...reserved.value, ...plans.value]);
}

const RESERVATIONS = '/providers/Microsoft.Capacity/reservations?api-version=2022-11-01';
const SAVINGS_PLANS = '/providers/Microsoft.BillingBenefits/savingsPlans?api-version=2022-11-01';

/** A listing of Resource Manager that no SDK here has; what may not be read is empty. */
async function listed(azure: Azure, api: string, path: string): Promise<Answer<readonly Members[]>> {
  const all = await allPages<unknown, string>(async (next) => {
    const page = await azure.arm({ api }, 'GET', next ?? path);
    if (!page.ok) return page;
    const { value, nextLink } = membersOf(page.value.body);
    const link = textOf(nextLink);
    return answered({ items: Array.isArray(value) ? (value as unknown[]) : [], ...(link && { next: link }) });
  });
  if (all.ok) return answered(all.value.map(membersOf));
  return notForUs(all.failure) ? answered([]) : all;
}

/** A provider that is not registered, or a tenant that has bought nothing, answers 404. */
const notForUs = ({ kind }: Failure): boolean => kind.is === 'unauthorized' || kind.is === 'notFound';

async function reservations(
  azure: Azure,
  snapshot: ProviderCatalog,
  { regions }: Cloud,
): Promise<Answer<readonly ReservedNodes[]>> {
  const all = await listed(azure, 'reservations.list', RESERVATIONS);
  if (!all.ok) return all;
  const here = new Set(regions.map(({ name }) => name));
  const now = azure.parts.clock.now();
  const owned = all.value.flatMap((row) => {
    const p = membersOf(row.properties);
    const region = textOf(row.location) ?? '';
    const type = textOf(membersOf(row.sku).name);
    const count = numberOf(p.quantity);
    const until = Date.parse(textOf(p.expiryDateTime) ?? textOf(p.expiryDate) ?? '');
    if (p.reservedResourceType !== 'VirtualMachines' || p.archived === true) return [];
    if (p.provisioningState !== 'Succeeded' || !coversUs(azure, p) || !here.has(region)) return [];
    if (type === undefined || count === undefined || !(count > 0) || !(until > now)) return [];
    return [{ id: textOf(row.id) ?? type, region, type, count, until: instant(until), years: yearsOf(p.term) }];
  });
  const rates = await termRates(azure.parts, owned);
  return answered(
    owned.flatMap(({ id, region, type, count, until, years }): ReservedNodes[] => {
      const each = rates.get(rateKey(region, type, years)) ?? listPrice(snapshot, region, type);
      if (each === undefined) return [];
      return [
        {
          kind: 'reserved-nodes',
          id,
          provider: 'azure',
          region,
          type,
          count,
          until,
          usdPerHour: usdPerHour(each * count),
        },
      ];
    }),
  );
}

/** Shared ones cover the whole billing account; others the subscriptions or groups that they name. */
function coversUs(
  { subscription }: Azure,
  { appliedScopeType, appliedScopes, appliedScopeProperties }: Members,
): boolean {
  if (appliedScopeType === 'Shared' || appliedScopeType === 'ManagementGroup') return true;
  const scopes = JSON.stringify([appliedScopes, appliedScopeProperties]).toLowerCase();
  return scopes.includes(`/subscriptions/${subscription.toLowerCase()}`);
}

const yearsOf = (term: unknown): number => Number(/^P(\d)Y$/.exec(textOf(term) ?? '')?.[1] ?? 1);
const rateKey = (region: string, type: string, years: number): string => `${region} ${type} ${years}`;
const HOURS_PER_YEAR = 8760;

interface Owned {
  readonly region: string;
  readonly type: string;
  readonly years: number;
}

/**
 * What one reserved node costs an hour: the price list has the whole term's total. A reservation does not tell what
 * was paid for it; where the list has none either, the on-demand price is taken, the most it can have cost.
 */
async function termRates(parts: ProviderParts, owned: readonly Owned[]): Promise<ReadonlyMap<string, number>> {
  const rates = new Map<string, number>();
  for (const region of new Set(owned.map((o) => o.region))) {
    const types = [...new Set(owned.filter((o) => o.region === region).map((o) => o.type))];
    const rows = await retailRows(parts, region, 'Reservation', types);
    if (!rows.ok) continue;
    for (const row of rows.value.toSorted((a, b) => a.since - b.since || (a.meterId < b.meterId ? -1 : 1))) {
      const years = Number(/^(\d) Years?$/.exec(row.term ?? '')?.[1] ?? 0);
      if (years > 0 && row.price > 0 && !/windows/i.test(row.product)) {
        rates.set(rateKey(region, row.type, years), row.price / (years * HOURS_PER_YEAR));
      }
    }
  }
  return rates;
}

function listPrice(snapshot: ProviderCatalog, region: string, type: string): number | undefined {
  const index = snapshot.indexOf.get(type);
  const usd = index === undefined ? undefined : snapshot.regions.get(region)?.onDemand[index];
  return usd === undefined || Number.isNaN(usd) ? undefined : usd;
}

async function savingsPlans(
  azure: Azure,
  snapshot: ProviderCatalog,
  { regions }: Cloud,
): Promise<Answer<readonly SpendCommitment[]>> {
  const all = await listed(azure, 'savingsPlans.list', SAVINGS_PLANS);
  if (!all.ok) return all;
  const now = azure.parts.clock.now();
  const owned = all.value.flatMap((row) => {
    const p = membersOf(row.properties);
    const { amount, currencyCode, grain } = membersOf(p.commitment);
    const usd = numberOf(amount);
    const until = Date.parse(textOf(p.expiryDateTime) ?? '');
    if (p.provisioningState !== 'Succeeded' || !coversUs(azure, p) || !(until > now)) return [];
    // another currency would need a rate of exchange, which nobody states here
    if (currencyCode !== 'USD' || grain !== 'Hourly' || usd === undefined || !(usd > 0)) return [];
    return [{ id: textOf(row.id) ?? 'savings-plan', usd, until: instant(until), years: yearsOf(p.term) }];
  });
  if (owned.length === 0) return answered([]);
  const discounts = await planDiscounts(
    azure,
    snapshot,
    regions.map(({ name }) => name),
  );
  return answered(
    owned.map(({ id, usd, until, years }): SpendCommitment => ({
      kind: 'spend',
      id,
      provider: 'azure',
      usdPerHour: usdPerHour(usd),
      until,
      discount: share(discounts.get(years) ?? LEAST_DISCOUNT),
    })),
  );
}

/** With no rate known, a plan is taken to save nothing: never more than it does. */
const LEAST_DISCOUNT = 0;

/** Years of term → median saving under list over the sizes that have plan rates, in the fleet's first regions. */
async function planDiscounts(
  { parts }: Azure,
  snapshot: ProviderCatalog,
  regions: readonly string[],
): Promise<ReadonlyMap<number, number>> {
  const savings = new Map<number, number[]>();
  for (const region of regions) {
    const kept = await pricesIn(parts, region, sampleOf(snapshot));
    if (!kept.ok) continue;
    for (const { usdPerHour: list, plans, purchase } of kept.value.value) {
      if (purchase !== 'on-demand') continue;
      for (const [term, usd] of Object.entries(plans)) {
        const years = Number(/^(\d) Years?$/.exec(term)?.[1] ?? 0);
        if (years > 0 && usd < list) savings.set(years, [...(savings.get(years) ?? []), 1 - usd / list]);
      }
    }
  }
  return new Map([...savings].map(([years, all]) => [years, median(all)]));
}

/** Sizes that every region sells, of the series most fleets run on. */
const sampleOf = (snapshot: ProviderCatalog): string[] =>
  ['Standard_D4s_v5', 'Standard_D8s_v5', 'Standard_E4s_v5', 'Standard_D4as_v5', 'Standard_F8s_v2'].filter((name) =>
    snapshot.indexOf.has(name),
  );

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}
