import type { Price, ProviderName, Purchase } from '../catalog/offering.ts';
import type { Instant } from '../units.ts';

/** What `godwit assess` found, ready to be shown. Rates are USD per hour at list price. */
export interface Assessment {
  readonly seen: Seen;
  readonly now: Now;
  /** absent when nothing could be priced */
  readonly sameCloud?: Proposal;
  /** absent when it was not asked for, or there is no other region on the continent */
  readonly acrossClouds?: Proposal;
  /** one more region of each cloud beside home; empty when it was not asked for */
  readonly eachCloud: readonly OneMore[];
  readonly unpriced: readonly Unpriced[];
  readonly stays: readonly Stays[];
  readonly leftOut: readonly LeftOut[];
  /** pods tied to their region, which keeps them out of the move across clouds */
  readonly tiedToRegion: number;
  readonly notes: readonly string[];
  readonly prices: readonly PriceUsed[];
  /** share of the nodes that have a price */
  readonly pricedShare: number;
}

interface Seen {
  readonly nodes: number;
  readonly pods: number;
  readonly daemonPods: number;
  readonly waiting: number;
  readonly finished: number;
  readonly ending: number;
  readonly places: readonly string[];
  readonly ignored: readonly { readonly kind: string; readonly items: number }[];
}

export interface Now {
  readonly nodes: number;
  readonly usdPerHour: number;
  readonly use: readonly ResourceUse[];
  /** the dearest idle first */
  readonly types: readonly TypeUse[];
}

/** Requests of all pods against what the priced nodes offer. */
export interface ResourceUse {
  readonly resource: string;
  readonly requested: number;
  readonly allocatable: number;
  /** `cores`, `GiB`, or empty for a count */
  readonly unit: string;
}

export interface TypeUse {
  readonly provider: ProviderName;
  readonly region: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly nodes: number;
  readonly usdPerHour: number;
  readonly cpuShare: number;
  readonly memoryShare: number;
  /** price × what is left of the resource that is used most */
  readonly idleUsdPerHour: number;
}

export interface Proposal {
  /** `new`: nodes to be bought; `unchanged`: nothing cheaper was found than what runs */
  readonly kind: 'new' | 'unchanged';
  readonly places: readonly string[];
  readonly nodes: number;
  /** all nodes: new ones, those that stay, and whatever homes stay as they are */
  readonly usdPerHour: number;
  /** no placement within the same limits costs less */
  readonly lowerBoundUsdPerHour: number;
  /** usdPerHour / lowerBound − 1 */
  readonly gap: number;
  readonly savedUsdPerHour: number;
  readonly mix: readonly MixLine[];
  /** the priced nodes that stay, of the cost above */
  readonly staying: { readonly nodes: number; readonly usdPerHour: number };
}

export interface OneMore {
  /** the region, or one for each home */
  readonly places: readonly string[];
  readonly proposal: Proposal;
}

export interface MixLine {
  readonly provider: ProviderName;
  readonly region: string;
  readonly zones: readonly string[];
  readonly type: string;
  readonly purchase: Purchase;
  readonly nodes: number;
  /** nodes of these that run already and are kept for pods that can't move */
  readonly staying: number;
  readonly usdPerHourEach: number;
  readonly pods: number;
  readonly priceBasis: Price['basis'];
}

export interface Unpriced {
  readonly type: string;
  readonly place: string;
  readonly purchase: Purchase;
  readonly nodes: number;
  readonly pods: number;
  readonly reason: string;
  readonly nearest?: { readonly name: string; readonly usdPerHour: number };
}

/** Pods, or a node itself, that can't be moved, and the nodes that stay for them. */
export interface Stays {
  readonly reason: string;
  readonly pods: number;
  readonly workloads: readonly string[];
  /** nodes that stay first of all for this reason */
  readonly nodes: number;
  /** what those nodes cost; on both sides of the comparison */
  readonly usdPerHour: number;
}

export interface LeftOut {
  readonly reason: string;
  readonly pods: number;
  readonly workloads: readonly string[];
}

export interface PriceUsed {
  readonly provider: ProviderName;
  readonly source: string;
  readonly basis: Price['basis'];
  readonly asOf: Instant;
}
