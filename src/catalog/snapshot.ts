import { usdPerHour, type Instant, type MiB } from '../units.ts';
import { ARCHES, type Arch, type Gpu, type Price, type ProviderName, type Purchase } from './offering.ts';

/**
 * One provider's facts as the package carries them: instance types, and what each costs in each region. Prices stand
 * in flat arrays by type index, because a provider has fifty regions of a thousand types and most are never asked for.
 */
export interface ProviderCatalog {
  readonly provider: ProviderName;
  /** where prices come from; the arrays below point into it */
  readonly sources: readonly Source[];
  /** types of a family stand together, smaller ones first */
  readonly types: readonly InstanceType[];
  /** type name → index into `types` */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly regions: ReadonlyMap<string, RegionPrices>;
  /** set where spot prices are not listed but modelled: this share of on-demand */
  readonly spotModel?: SpotModel;
}

/** Who published a price, when, and how it got here. */
export interface Source {
  readonly name: string;
  /** the day it was read, 00:00Z */
  readonly asOf: Instant;
  readonly basis: Exclude<Price['basis'], 'stated'>;
  /** licence of the collection the figures were read in */
  readonly licence: string;
}

export interface SpotModel {
  readonly shareOfOnDemand: number;
  /** index into `sources` */
  readonly source: number;
}

export interface InstanceType {
  readonly name: string;
  /** what commitments are bought for: `m7i`, `Dsv5`, `n2d` */
  readonly family: string;
  readonly arch: Arch;
  readonly vcpu: number;
  /** as the vendor names it, before hypervisor and kernel take theirs */
  readonly memory: MiB;
  readonly gpu?: Gpu;
  /** most pods a node takes, where the vendor limits it by type */
  readonly maxPods?: number;
  /** false: the vendor sells no spot of it */
  readonly spot: boolean;
}

/** Arrays by type index. */
export interface RegionPrices {
  readonly name: string;
  /** prices that were found and not carried, because they could not be what they said */
  readonly quarantined: number;
  /** USD per hour; NaN = not sold here, or its price was not fit to carry */
  readonly onDemand: Float64Array;
  /** index into `sources` */
  readonly onDemandSource: Uint8Array;
  /** USD per hour; NaN = no spot here, or no price known */
  readonly spot: Float64Array;
  readonly spotSource: Uint8Array;
  /** index into the bands of `interruption.ts`; {@link NO_BAND} = not published */
  readonly band: Uint8Array;
  /** type index → the zones it is sold in; a type that is absent is sold in zones that nobody stated */
  readonly zones: ReadonlyMap<number, readonly string[]>;
}

export const NO_BAND = 255;

/** undefined = not sold there, or nothing known of it */
export function priceOf(
  catalog: ProviderCatalog,
  region: RegionPrices,
  type: number,
  purchase: Purchase,
): Price | undefined {
  const spot = purchase === 'spot';
  const figure = (spot ? region.spot : region.onDemand)[type];
  const source = catalog.sources[(spot ? region.spotSource : region.onDemandSource)[type] ?? 0];
  if (figure === undefined || Number.isNaN(figure) || source === undefined) return undefined;
  return { usdPerHour: usdPerHour(figure), source: source.name, asOf: source.asOf, basis: source.basis };
}

/** Every zone the snapshot knows of in a region, in order; empty when the source names none. */
export function zonesOf(region: RegionPrices): readonly string[] {
  return [...new Set([...region.zones.values()].flat())].toSorted();
}

export const isArch = (text: string): text is Arch => (ARCHES as readonly string[]).includes(text);

/** A region without prices, for decoding and for building one. */
export function emptyRegion(
  name: string,
  types: number,
  quarantined = 0,
): RegionPrices & { readonly zones: Map<number, readonly string[]> } {
  return {
    name,
    quarantined,
    onDemand: new Float64Array(types).fill(Number.NaN),
    onDemandSource: new Uint8Array(types),
    spot: new Float64Array(types).fill(Number.NaN),
    spotSource: new Uint8Array(types),
    band: new Uint8Array(types).fill(NO_BAND),
    zones: new Map(),
  };
}
