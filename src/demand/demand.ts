import type { Allowed, OnNodes, Survive } from '../fleet/fleet.ts';
import type { Resources } from '../quantity.ts';
import type { Instant, Seconds } from '../units.ts';
import type { NextNine } from './next-nine.ts';
import type { Objective } from './objective.ts';

/** What one service needs in one market: the group that placement covers. */
export interface GroupDemand {
  /** `gateway/eu` */
  readonly name: string;
  readonly service: string;
  readonly market: string;
  /** of one replica, where `on` says nothing else */
  readonly requests: Resources;
  /** nodes on which a replica asks for something else; the first that matches holds */
  readonly on: readonly OnNodes[];
  /** load in the signal's unit that each replica is counted to carry, wherever it runs */
  readonly capacityPerReplica: number;
  /** replicas to cover with the next decision: the largest need within `window` */
  readonly replicas: number;
  /** the largest need within the whole horizon */
  readonly peakReplicas: number;
  readonly peakAt: Instant;
  /** load in the signal's unit at the quantile, at the step that set `replicas` */
  readonly load: number;
  readonly peakLoad: number;
  readonly unit: string;
  readonly quantile: number;
  /** stated, or worked out of what a shortage and an idle replica cost */
  readonly quantileFrom: Objective['from'];
  /** why that quantile, in words */
  readonly quantileWhy: string;
  /** from now until the next chance to order can have taken effect, and the break-even time of idling */
  readonly window: Seconds;
  /**
   * what set `replicas`: the load, the minimum, the maximum, replicas that wait for a node already, the pace at which
   * what runs may be let go, or a hold because load is unknown
   */
  readonly setBy: 'load' | 'minimum' | 'maximum' | 'pending' | 'pace' | 'hold';
  /** one sentence for people */
  readonly reason: string;
  /** places it may use, with every rule of service and market already folded in */
  readonly allow: Allowed;
  /** `provider/region` → why it may not be used; for `why-not` */
  readonly ruledOut: ReadonlyMap<string, string>;
  readonly perNodeAtMost?: number;
  readonly spotAtMost: number;
  /** largest difference in replicas between the zones of any one region */
  readonly zoneSkew?: number;
  readonly survive?: Survive;
  /** replicas that may be let go within one cycle; absent = as fast as each drains */
  readonly letGoAtMost?: number;
  /** absent where no forecast could tell, or the load is not known */
  readonly nextNine?: NextNine;
  /** replicas' worth of lost clients that one survivor can take in within the storm's time */
  readonly absorb?: number;
}
