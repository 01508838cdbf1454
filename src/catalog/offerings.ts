import { bootTimeOf } from './lead-time.ts';
import { interruptionPerHour } from './interruption.ts';
import { offeringId, PURCHASES, type Offering, type Purchase } from './offering.ts';
import { allocatableOf } from './reserve.ts';
import { NO_BAND, priceOf, type InstanceType, type ProviderCatalog, type RegionPrices } from './snapshot.ts';

/** Which offerings of a catalog to list. */
export interface Selection {
  readonly region: string;
  readonly zones: readonly string[];
  /** absent = every type */
  readonly wants?: (type: InstanceType) => boolean;
  /** absent = both */
  readonly purchases?: readonly Purchase[];
}

/**
 * The offerings of one region: every wanted type × zone × purchase that has a price, in the catalog's order. One in a
 * zone that is known not to sell the type is kept as not available, so that a plan can say why it passed it over.
 * A region that the catalog does not have has none; {@link whyNone} says so in words.
 */
export function offeringsOf(catalog: ProviderCatalog, { region, zones, wants, purchases }: Selection): Offering[] {
  const prices = catalog.regions.get(region);
  if (!prices) return [];
  const offerings: Offering[] = [];
  catalog.types.forEach((type, index) => {
    if (Number.isNaN(prices.onDemand[index]) && Number.isNaN(prices.spot[index])) return;
    if (wants && !wants(type)) return;
    const shared = sharedOf(catalog, type, region);
    for (const purchase of purchases ?? PURCHASES) {
      const price = priceOf(catalog, prices, index, purchase);
      if (!price) continue;
      const hazard =
        purchase === 'spot' ? interruptionPerHour(catalog.provider, prices.band[index] ?? NO_BAND) : undefined;
      for (const zone of zones) {
        const missing = missingFrom(prices, index, zone);
        offerings.push({
          id: offeringId({ provider: catalog.provider, region, zone, type: type.name, purchase }),
          ...shared,
          zone,
          purchase,
          price,
          available: missing === undefined,
          ...(missing !== undefined && { unavailableReason: missing }),
          ...(hazard !== undefined && { interruptionPerHour: hazard }),
        });
      }
    }
  });
  return offerings;
}

type Shared = Pick<
  Offering,
  | 'provider'
  | 'region'
  | 'type'
  | 'family'
  | 'arch'
  | 'vcpu'
  | 'memory'
  | 'gpu'
  | 'allocatable'
  | 'allocatableBasis'
  | 'bootTime'
>;

/** What all offerings of a type in a region have in common. */
export function sharedOf({ provider }: Pick<ProviderCatalog, 'provider'>, type: InstanceType, region: string): Shared {
  if (provider === 'kubernetes') throw new RangeError('own clusters are stated in the fleet file, not in a catalog');
  return {
    provider,
    region,
    type: type.name,
    family: type.family,
    arch: type.arch,
    vcpu: type.vcpu,
    memory: type.memory,
    ...(type.gpu && { gpu: type.gpu }),
    allocatable: allocatableOf(provider, type),
    allocatableBasis: 'formula',
    bootTime: bootTimeOf(provider),
  };
}

function missingFrom(prices: RegionPrices, type: number, zone: string): string | undefined {
  const zones = prices.zones.get(type);
  if (!zones || zones.includes(zone)) return undefined;
  return `not sold in ${zone}, only in ${zones.join(', ')}`;
}

/** What identifies an offering; the parts of its id. */
export type OfferingName = Pick<Offering, 'provider' | 'region' | 'zone' | 'type' | 'purchase'>;

/** Why the catalog has no such offering; undefined when it has. Words that follow the offering's id. */
export function whyNone(catalog: ProviderCatalog, name: Omit<OfferingName, 'provider'>): string | undefined {
  const prices = catalog.regions.get(name.region);
  if (!prices) return `the price list has no region ${name.region} at ${catalog.provider}`;
  const index = catalog.indexOf.get(name.type);
  const type = index === undefined ? undefined : catalog.types[index];
  if (index === undefined || !type) return `the price list has no type ${name.type} at ${catalog.provider}`;
  if (priceOf(catalog, prices, index, name.purchase)) return undefined;
  if (name.purchase === 'spot' && !type.spot) return `${catalog.provider} sells no spot of ${name.type}`;
  const kind = name.purchase === 'spot' ? 'spot' : 'on-demand';
  return `the price list has no ${kind} price of ${name.type} in ${name.region}`;
}

/** `aws/us-east-1/us-east-1a/m7i.large/on-demand` → its parts; undefined when it is not an offering's id */
export function partsOf(
  id: string,
): { provider: string; region: string; zone: string; type: string; purchase: Purchase } | undefined {
  const [provider, region, zone, type, purchase, ...rest] = id.split('/');
  if (!provider || !region || !zone || !type || rest.length > 0) return undefined;
  if (purchase !== 'on-demand' && purchase !== 'spot') return undefined;
  return { provider, region, zone, type, purchase };
}
