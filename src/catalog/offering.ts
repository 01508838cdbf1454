import type { Resources } from '../quantity.ts';
import type { Instant, MiB, Seconds, UsdPerHour } from '../units.ts';

export const PROVIDERS = ['aws', 'azure', 'gcp', 'kubernetes'] as const;
/** `kubernetes` is a cluster on the owner's own machines; its region is the cluster's name. */
export type ProviderName = (typeof PROVIDERS)[number];

export const ARCHES = ['amd64', 'arm64'] as const;
export type Arch = (typeof ARCHES)[number];

export const PURCHASES = ['on-demand', 'spot'] as const;
export type Purchase = (typeof PURCHASES)[number];

/** Where a price comes from: what a person needs to trust it or to look it up. */
export interface Price {
  /** list price of one node, before any contract of the fleet */
  readonly usdPerHour: UsdPerHour;
  /** who published it: `karpenter-provider-aws`, `aws spot advisor`, `fleet.yaml` … */
  readonly source: string;
  /** the day the source was read, as an instant (00:00Z) */
  readonly asOf: Instant;
  /**
   * `listed`: published as such. `derived`: composed from published parts, or read off an equal type or region.
   * `modelled`: a stated discount on a listed price. `stated`: the fleet file says so.
   */
  readonly basis: 'listed' | 'derived' | 'modelled' | 'stated';
}

export interface Gpu {
  /** the maker's name in lower case: `l4`, `a100-80gb`, `t4` */
  readonly name: string;
  readonly count: number;
}

/** An instance type × provider × region × zone × purchase, with what is left on it for replicas and what it costs. */
export interface Offering {
  /** `aws/us-east-1/us-east-1a/m7i.large/on-demand` */
  readonly id: string;
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  /** instance type in the vendor's own spelling */
  readonly type: string;
  /** `m7i`, `Dsv5`, `n2d`: the part of the type that commitments are bought for */
  readonly family: string;
  readonly arch: Arch;
  readonly purchase: Purchase;
  readonly vcpu: number;
  readonly memory: MiB;
  readonly gpu?: Gpu;
  /** what is left after the system reserve, before the daemonsets of the fleet */
  readonly allocatable: Resources;
  /** `measured` on a real node, or by the cloud's published reserve `formula`, or as `stated` in the fleet file */
  readonly allocatableBasis: 'measured' | 'formula' | 'stated';
  /** what daemonsets take of it, where that was measured; absent = as the fleet file states */
  readonly daemons?: Resources;
  readonly price: Price;
  /** false: sold out, restricted or masked; kept in the list so that a plan can say what it passed over */
  readonly available: boolean;
  /** why it is not available */
  readonly unavailableReason?: string;
  /** most nodes that can be had (quota, stock, own machines); absent = not known to be limited */
  readonly atMost?: number;
  /** chance of interruption per node-hour; absent for on-demand */
  readonly interruptionPerHour?: number;
  /** from the order until the node is ready for pods, median */
  readonly bootTime: Seconds;
}

export const placeOf = (o: { readonly provider: string; readonly region: string }): string =>
  `${o.provider}/${o.region}`;

export function offeringId(o: Pick<Offering, 'provider' | 'region' | 'zone' | 'type' | 'purchase'>): string {
  return [o.provider, o.region, o.zone, o.type, o.purchase].join('/');
}
