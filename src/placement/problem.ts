import type { Allowed, Survive } from '../fleet/fleet.ts';
import type { Offering } from '../catalog/offering.ts';
import type { Commitment, Discount } from '../catalog/contract.ts';
import type { Resources } from '../quantity.ts';

/**
 * The placement problem: choose whole nodes per offering and how the groups' replicas fill them, at least cost,
 * with every group covered and every rule kept.
 */
export interface Problem {
  readonly groups: readonly Group[];
  readonly offerings: readonly Candidate[];
  readonly rules: Rules;
  /** nodes that run now; leaving or joining them costs what `change` says */
  readonly running: readonly RunningNodes[];
  readonly change?: ChangeCost;
}

export interface Group {
  readonly name: string;
  readonly replicas: number;
  readonly requests: Resources;
  readonly allow: Allowed;
  readonly perNodeAtMost?: number;
  /** largest share of the placed replicas on spot; absent = 1 */
  readonly spotAtMost?: number;
  /** largest difference in replicas between any two zones it may use, of the same region or of all */
  readonly zoneSkew?: { readonly most: number; readonly within: 'region' | 'all' };
  /** after the loss of any one provider, region or zone, share × replicas remain */
  readonly survive?: Survive;
  /**
   * Replicas' worth of lost clients that one surviving replica can take in. Goes with `survive`: after any one loss,
   * absorb × survivors ≥ lost replicas.
   */
  readonly absorb?: number;
}

/** An offering as placement sees it: what is left for replicas, what a node costs, how many can be had. */
export type Candidate = Pick<
  Offering,
  'id' | 'provider' | 'region' | 'zone' | 'type' | 'family' | 'arch' | 'purchase' | 'vcpu' | 'memory' | 'gpu'
> & {
  /** list price of one node before contracts, with the expected cost of interruption added for spot */
  readonly usdPerHour: number;
  /** what replicas may use, daemonsets taken off */
  readonly allocatable: Resources;
  readonly atMost?: number;
  /** nodes that must stay: the minimum sizes of its pools */
  readonly atLeast?: number;
};

export interface Rules {
  /** provider → largest share of the total $/h of nodes, at list price: what is sunk or discounted still depends on it */
  readonly vendorShareAtMost: ReadonlyMap<string, number>;
  readonly commitments: readonly Commitment[];
  readonly discounts: readonly Discount[];
  readonly flows: readonly Flow[];
  /** list price per vCPU-hour and GiB-hour for each resource commitment, by its id */
  readonly resourceRates: ReadonlyMap<string, { readonly vcpu: number; readonly gib: number }>;
}

/**
 * Data that two groups exchange, or one sends to its users. Callers reach any replica of the peer with the load
 * spread so that the bill is least: the model of a locality-aware router.
 */
export interface Flow {
  readonly from: string;
  /** a group, or `internet` */
  readonly to: string;
  readonly gbPerHour: number;
  /** USD per GB from one place `provider/region` to another, or to `internet` */
  readonly usdPerGb: (from: string, to: string) => number;
  /** label for people: `gateway → router, eu` */
  readonly label: string;
}

export interface RunningNodes {
  readonly offering: string;
  readonly count: number;
  /** replicas on each of the nodes, where it is known */
  readonly replicas?: Readonly<Record<string, number>>;
}

export interface ChangeCost {
  readonly launchUsd: number;
  readonly moveUsdPerReplica: number;
  /** for each offering used that runs no node yet: one more pool to look after; absent = 0 */
  readonly openUsd?: number;
  /** the time over which a change must pay for itself */
  readonly horizonHours: number;
}
