import { BANDS, interruptionPerHour } from '../../src/catalog/interruption.ts';
import type { ProviderName } from '../../src/catalog/offering.ts';
import { NO_BAND, type InstanceType, type ProviderCatalog } from '../../src/catalog/snapshot.ts';
import type { OwnNodeType } from '../../src/fleet/fleet.ts';
import type { Instant } from '../../src/units.ts';

/** What a world is made of. The same setup makes the same world. */
export interface WorldSetup {
  /** whole number */
  readonly seed: number;
  readonly start: Instant;
  readonly regions: readonly RegionSetup[];
  /** vCPUs in each region, where {@link RegionSetup.quotas} says nothing; 20,000 on demand and 10,000 as spot */
  readonly quotas?: Readonly<Record<string, number>>;
  readonly boot?: BootSetup;
  readonly spot?: SpotSetup;
  /** on-demand stock that runs out by itself, each type in each zone on its own; absent = only when it is sold out on purpose */
  readonly stockOuts?: StockOutSetup;
}

/** Means, in hours; the times are exponential. */
export interface StockOutSetup {
  /** from the end of one to the start of the next */
  readonly betweenH: number;
  readonly lastH: number;
}

export interface RegionSetup {
  readonly provider: ProviderName;
  readonly name: string;
  readonly zones: readonly string[];
  readonly types: readonly TypeSetup[];
  /** vCPUs by `on-demand`, `spot`, or a family (of its on-demand nodes) */
  readonly quotas?: Readonly<Record<string, number>>;
}

/** An instance type as one region sells it. */
export interface TypeSetup {
  readonly type: InstanceType;
  /** USD an hour; absent = not sold there */
  readonly onDemand?: number;
  /** USD an hour, about which the price moves; absent = no spot there */
  readonly spot?: number;
  /** chance of interruption of a spot node in an hour, over a long time */
  readonly hazardPerHour?: number;
  /** zones that sell it; absent = all */
  readonly zones?: readonly string[];
  /** nodes that can be had in each zone; absent = by {@link STOCK_VCPU} */
  readonly stock?: { readonly onDemand?: number; readonly spot?: number };
}

/** vCPUs of one type that a zone has to give, where nothing is stated: more than a fleet of a thousand nodes takes. */
export const STOCK_VCPU = { onDemand: 100_000, spot: 20_000 } as const;

export interface BootSetup {
  /** median seconds from the order to a ready node; lognormal */
  readonly medianS?: Partial<Readonly<Record<ProviderName, number>>>;
  /** standard deviation of the logarithm; 0 = always the median */
  readonly sigma?: number;
  /** share of machines that start and never become nodes */
  readonly neverReady?: number;
}

export interface SpotSetup {
  /** `steady`: nothing is taken back by itself and prices stand, so that a test decides what happens */
  readonly steady?: boolean;
  /** what was really measured, in the place of what is drawn */
  readonly availability?: readonly AvailabilityTrace[];
  readonly prices?: readonly PriceTrace[];
}

interface Traced {
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
}

/** How many spot nodes of a type an account could run in a zone, over time. */
export interface AvailabilityTrace extends Traced {
  /** oldest first; each holds until the next, the last one for ever, and before the first there are as many as at it */
  readonly points: readonly { readonly at: Instant; readonly nodes: number }[];
}

/** What a spot node of a type cost in a zone, over time. */
export interface PriceTrace extends Traced {
  /** as those of {@link AvailabilityTrace} */
  readonly points: readonly { readonly at: Instant; readonly usdPerHour: number }[];
}

/**
 * A region as the packaged catalog knows it: prices, zones and published hazards of the types wanted.
 *
 * @throws RangeError for a region or type that the catalog does not have
 */
export function regionOf(
  catalog: ProviderCatalog,
  {
    region,
    zones,
    types,
  }: { readonly region: string; readonly zones: readonly string[]; readonly types: readonly string[] },
): RegionSetup {
  const prices = catalog.regions.get(region);
  if (!prices) throw new RangeError(`${catalog.provider} has no region ${region}`);
  return {
    provider: catalog.provider,
    name: region,
    zones,
    types: types.map((name) => {
      const index = catalog.indexOf.get(name) ?? -1;
      const type = catalog.types[index];
      if (!type) throw new RangeError(`${catalog.provider} has no type ${name}`);
      const onDemand = prices.onDemand[index];
      const spot = prices.spot[index];
      const sold = prices.zones.get(index);
      return {
        type,
        ...(isPrice(onDemand) && { onDemand }),
        ...(isPrice(spot) && { spot, hazardPerHour: hazardOf(catalog.provider, prices.band[index], type) }),
        ...(sold && { zones: sold }),
      };
    }),
  };
}

/** An own cluster: machines as the fleet file states them, and not one more. */
export function ownRegion(name: string, zones: readonly string[], types: readonly OwnNodeType[]): RegionSetup {
  return {
    provider: 'kubernetes',
    name,
    zones,
    types: types.map((own) => ({
      type: {
        name: own.name,
        family: own.name,
        arch: own.arch,
        vcpu: own.allocatable.cpu / 1000,
        memory: own.allocatable.memory,
        ...(own.allocatable.pods !== undefined && { maxPods: own.allocatable.pods }),
        spot: false,
      },
      onDemand: own.usdPerHour,
      stock: { onDemand: own.atMostPerZone },
    })),
    quotas: { 'on-demand': Infinity },
  };
}

const isPrice = (usd: number | undefined): usd is number => usd !== undefined && Number.isFinite(usd);

/** Up to here a shape fails as often as is published; in measured zones larger ones failed far more. */
const LARGE_VCPU = 16;

/**
 * The published hazard; where the vendor publishes none by type, in proportion to the size above 16 vCPUs, because
 * large shapes fail far more (r5.16xlarge ran 0.8 to 5.1 h on average in three zones).
 */
function hazardOf(provider: ProviderName, band: number | undefined, type: InstanceType): number {
  const hazard = interruptionPerHour(provider, band ?? NO_BAND);
  return band !== undefined && BANDS[band] ? hazard : hazard * Math.max(1, type.vcpu / LARGE_VCPU);
}
