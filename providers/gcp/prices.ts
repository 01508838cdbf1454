import type { LivePrice } from '../../src/catalog/merge.ts';
import { PURCHASES, type Purchase } from '../../src/catalog/offering.ts';
import type { ProviderParts } from '../../src/ports.ts';
import { instant, seconds, type Instant } from '../../src/units.ts';
import { listed, type Calls } from './calls.ts';
import { fieldsOf, numberOf } from './fields.ts';
import type { MachineType } from './machine-types.ts';
import { fresh, keep, kept } from './shelved.ts';
import { SHARED_CORE_VCPU } from './sku-families.ts';
import { cpuOf, gpuOf, ramOf, rateKey, ratesOf, ssdOf, type Rates, type Terms } from './skus.ts';

/** Compute Engine at Cloud Billing. */
const SERVICE = 'services/6F81-5844-456A';

/**
 * Spot and on-demand prices stand in one list of some 40,000 SKUs in ten pages, and Google changes spot prices once a
 * day at most (cloud.google.com/compute/docs/instances/spot): the list is read twice a day.
 */
const FRESH = seconds(12 * 3600);

export interface RateList {
  readonly rates: Rates;
  readonly asOf: Instant;
}

/** The rates of all regions; older ones where the list cannot be read now; undefined where there never were any. */
export async function ratesNow(
  project: string,
  calls: Calls,
  { shelf, clock }: Pick<ProviderParts, 'shelf' | 'clock'>,
): Promise<RateList | undefined> {
  const key = 'gcp/-/-/rates';
  const found = await kept(shelf, clock, key);
  const old = found && {
    rates: new Map(
      Object.entries(fieldsOf(found.fields['rates'])).flatMap(([part, usd]) => {
        const rate = numberOf(usd);
        return rate === undefined ? [] : [[part, rate] as const];
      }),
    ),
    asOf: instant(Math.round(clock.now() - found.ageS * 1000)),
  };
  if (old && fresh(found, FRESH)) return old;
  const skus = await calls.pages(
    'billing.skus.list',
    { project, region: '' },
    { parent: SERVICE, pageSize: 5000, currencyCode: 'USD' },
    listed('skus'),
  );
  if (!skus.ok) return old;
  const rates = ratesOf(skus.value);
  // a list without a single machine in it is no list
  if (rates.size === 0) return old;
  await keep(shelf, key, { rates: Object.fromEntries(rates) });
  return { rates, asOf: clock.now() };
}

/** Prices of these types in a region, as far as all their parts have one. */
export function pricesIn(region: string, types: Iterable<MachineType>, { rates, asOf }: RateList): LivePrice[] {
  const prices: LivePrice[] = [];
  for (const type of types) {
    for (const purchase of PURCHASES) {
      const usdPerHour = composed(region, type, purchase, rates);
      if (usdPerHour === undefined) continue;
      prices.push({ provider: 'gcp', region, type: type.name, purchase, usdPerHour, source: SOURCE, asOf });
    }
  }
  return prices;
}

const SOURCE = 'google cloud billing catalog';

/** What a machine costs an hour: its vCPUs, its memory, its GPUs and its disks, each at the region's rate. */
export function composed(region: string, type: MachineType, terms: Terms | Purchase, rates: Rates): number | undefined {
  const at = (part: string): number | undefined => rates.get(rateKey(region, terms, part));
  const whole = at(type.name);
  if (whole !== undefined) return whole;
  const parts: readonly (readonly [string, number])[] = [
    [cpuOf(type.family), SHARED_CORE_VCPU.get(type.name) ?? type.vcpu],
    [ramOf(type.family), type.memory / 1024],
    ...(type.gpu ? [[gpuOf(type.gpu.name), type.gpu.count] as const] : []),
    ...(type.ssdGib > 0 ? [[ssdOf(type.family), type.ssdGib] as const] : []),
  ];
  let usd = 0;
  for (const [part, amount] of parts) {
    const rate = at(part);
    // a machine priced without one of its parts would look cheap
    if (rate === undefined) return undefined;
    usd += rate * amount;
  }
  return usd;
}
