import type { Instant, MiB, Share, UsdPerHour } from '../units.ts';
import type { ProviderName } from './offering.ts';

/**
 * What a fleet has bought ahead. A commitment is sunk: `usdPerHour` is paid whether it is used or not, so covered
 * capacity is free at the margin, and the rest of an unused hour is lost. None of them covers spot.
 */
export type Commitment = ReservedNodes | SpendCommitment | ResourceCommitment;

interface Bought {
  readonly id: string;
  readonly provider: ProviderName;
  /** what is paid for it each hour, used or not */
  readonly usdPerHour: UsdPerHour;
  /** end of the term, exclusive */
  readonly until: Instant;
}

/** AWS reserved instances, Azure reservations: so many nodes of one type in one region (and zone, when zonal). */
export interface ReservedNodes extends Bought {
  readonly kind: 'reserved-nodes';
  readonly region: string;
  readonly zone?: string;
  readonly type: string;
  readonly count: number;
}

/**
 * AWS and Azure savings plans, Google's flexible committed use: `usdPerHour` of eligible on-demand usage an hour,
 * priced at `discount` under list. With `region` and `family` it is AWS's EC2 Instance plan, without them it covers
 * every family and region of the provider.
 */
export interface SpendCommitment extends Bought {
  readonly kind: 'spend';
  readonly discount: Share;
  readonly region?: string;
  readonly family?: string;
}

/** Google's resource-based committed use: vCPUs and memory of one family in one region, each apart. */
export interface ResourceCommitment extends Bought {
  readonly kind: 'resources';
  readonly region: string;
  readonly family: string;
  readonly vcpu: number;
  readonly memory: MiB;
}

/** A negotiated discount on what a provider bills after commitments. Tiers are marginal: each rate holds for its slice only. */
export interface Discount {
  readonly provider: ProviderName;
  /** which purchases it holds for */
  readonly on: 'on-demand' | 'all';
  /** ascending by `fromUsdPerMonth`; the first starts at 0. A flat discount is one tier. */
  readonly tiers: readonly DiscountTier[];
}

export interface DiscountTier {
  readonly fromUsdPerMonth: number;
  readonly discount: Share;
}
