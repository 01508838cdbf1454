import { usdPerGb, type UsdPerGb } from '../units.ts';

/**
 * What moving a GB (10^9 bytes) costs. Places are `provider/region`; `to` may be `internet` too.
 *
 * Cloud to cloud, and cloud to an own cluster, is the source's internet price; what comes in is free everywhere. A
 * pair that no table names falls back to the source's internet price, which is dearer than any route inside a cloud.
 */
export interface EgressTable {
  /** the oldest stated date among its sources, `2026-09-20` */
  readonly asOf: string;
  /** first volume tier that is paid; 0 within one place. undefined = nothing known: the caller refuses to plan on it */
  usdPerGb(from: string, to: string): UsdPerGb | undefined;
  /** between two zones of one place, both directions' charges together */
  interZoneUsdPerGb(place: string): UsdPerGb | undefined;
  /** the same two with their source, for people */
  routePrice(from: string, to: string): EgressPrice | undefined;
  interZonePrice(place: string): EgressPrice | undefined;
  /** marginal tiers per month to the internet, ascending; the free allowance, where there is one, comes first */
  internetTiers(place: string): readonly EgressTier[];
}

export interface EgressPrice {
  readonly usdPerGb: UsdPerGb;
  readonly source: string;
  /** `2026-09-20`; undefined: the source states no date */
  readonly asOf: string | undefined;
  /**
   * `listed`: read in a published list. `unverified`: a common published figure that nobody checked against the
   * vendor's page. `fallback`: the pair is in no list, so the dearest price that can apply. `stated`: the fleet file.
   */
  readonly basis: 'listed' | 'unverified' | 'fallback' | 'stated';
}

/** Holds from `fromGbPerMonth` up to the next tier's start. */
export interface EgressTier extends EgressPrice {
  readonly fromGbPerMonth: number;
}

/** What the fleet states of an own cluster. */
export interface OwnEgress {
  readonly place: string;
  readonly usdPerGb: UsdPerGb;
  readonly source: string;
}

export const NO_CHARGE = usdPerGb(0);
