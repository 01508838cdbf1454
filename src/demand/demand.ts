import type { Allowed, Survive } from '../fleet/fleet.ts';
import type { Resources } from '../quantity.ts';
import type { Instant, Seconds } from '../units.ts';

/** What one service needs in one market: the group that placement covers. */
export interface GroupDemand {
  /** `gateway/eu` */
  readonly name: string;
  readonly service: string;
  readonly market: string;
  readonly requests: Resources;
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
  /** from now until the next chance to order can have taken effect, and the break-even time of idling */
  readonly window: Seconds;
  /** what set `replicas`: the load, the minimum, the maximum, or a hold because load is unknown */
  readonly setBy: 'load' | 'minimum' | 'maximum' | 'hold';
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
  /** replicas' worth of lost clients that one survivor can take in within the storm's time */
  readonly absorb?: number;
}
