import type { Commitment } from './catalog/contract.ts';
import type { EgressPrice } from './catalog/egress.ts';
import type { Offering, ProviderName } from './catalog/offering.ts';
import type { ObservedPool } from './ports.ts';
import type { Resources } from './quantity.ts';
import type { ObservedSignal } from './signals/signal.ts';
import type { Instant, Seconds, UsdPerHour } from './units.ts';

/**
 * Everything a decision rests on, read once. The clock, prices and traffic arrive in here, so a stored observation
 * replays to the same plan bit for bit: plain data throughout, no functions.
 */
export interface Observation {
  readonly at: Instant;
  readonly offerings: readonly Offering[];
  readonly pools: readonly ObservedPool[];
  readonly commitments: readonly Commitment[];
  /** list price of a vCPU-hour and a GiB-hour of each resource commitment's family, where it is known */
  readonly resourceRates: readonly ResourceRate[];
  /** between all places of the fleet, and from each to the internet */
  readonly egress: readonly EgressRoute[];
  readonly signals: readonly ObservedSignal[];
  /** one entry for each provider and source of prices */
  readonly prices: readonly PriceSource[];
  /** why what was read may not be the whole truth; absent = nothing speaks against it */
  readonly doubts?: readonly Doubt[];
  /** what a live cloud showed and no plan may touch; absent = nothing */
  readonly passedOver?: readonly PassedOver[];
  /** what the clusters run of the fleet's services; absent = no cluster was asked */
  readonly workloads?: readonly ObservedWorkload[];
  /** where the clusters contradict the fleet file, a sentence each; absent = nowhere */
  readonly contradictions?: readonly string[];
  readonly hashes: Hashes;
}

/** A group's replicas over all clusters that could be asked. */
export interface ObservedWorkload {
  /** `gateway/eu` */
  readonly group: string;
  /** on a node, and meant to stay */
  readonly running: number;
  /** that no node has taken yet */
  readonly pending: number;
  /** why not, in the scheduler's words; absent where it has not looked or nothing waits */
  readonly reason?: string;
  /** the largest that a pod of it asks for, as the scheduler counts */
  readonly requests: Resources;
}

/** While there is one, nothing of that provider may shrink. */
export interface Doubt {
  readonly provider: ProviderName;
  /** in words */
  readonly reason: string;
}

/** A pool that belongs to the fleet and cannot be steered: over several zones, of mixed types. */
export interface PassedOver {
  readonly name: string;
  /** `provider/region` */
  readonly place: string;
  readonly reason: string;
}

export interface ResourceRate {
  /** id of the commitment */
  readonly commitment: string;
  readonly perVcpu: UsdPerHour;
  readonly perGib: UsdPerHour;
}

/** `to` is another place, `internet`, or `from` itself: then between two of its zones, both directions together. */
export interface EgressRoute extends EgressPrice {
  readonly from: string;
  readonly to: string;
}

export interface PriceSource {
  readonly provider: ProviderName;
  readonly source: string;
  readonly basis: Offering['price']['basis'];
  /** the oldest price in use from it */
  readonly asOf: Instant;
  /** of the oldest, at the time of the observation */
  readonly age: Seconds;
  readonly offerings: number;
}

/** SHA-256 in hex of the canonical JSON of what the plan is bound to. */
export interface Hashes {
  readonly config: string;
  readonly prices: string;
  readonly state: string;
}
