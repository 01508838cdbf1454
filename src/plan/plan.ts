import type { Purchase, ProviderName } from '../catalog/offering.ts';
import type { Forecast } from '../forecast/forecast.ts';
import type { GroupDemand } from '../demand/demand.ts';
import type { Placement } from '../placement/placement.ts';
import type { Instant } from '../units.ts';

/** What a cycle has decided, before the gate: from the running pools to the wanted ones, in the order it is carried out. */
export interface Plan {
  readonly fleet: string;
  readonly at: Instant;
  readonly forecasts: readonly Forecast[];
  readonly demand: readonly GroupDemand[];
  readonly placement: Placement;
  readonly pools: readonly PoolChange[];
  readonly steps: readonly Step[];
  readonly totals: Totals;
  /** facts that were missing or doubtful, and what was done about it */
  readonly warnings: readonly string[];
}

/** One pool before and after. Sizes are wanted sizes, never differences. */
export interface PoolChange {
  readonly pool: string;
  readonly offering: string;
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly from: number;
  readonly to: number;
  /** list price of one node */
  readonly usdPerHour: number;
  /** replicas on the pool after the plan, by group */
  readonly carries: Readonly<Record<string, number>>;
  /** the template a new pool is opened from */
  readonly template?: string;
}

export type Step = OpenStep | GrowStep | DrainStep;
interface StepParts {
  /** `s01`, unique within the plan; the plan's hash and it make the idempotency key */
  readonly id: string;
  readonly pool: string;
  readonly offering: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** list-price change of the fleet's $/h that this step alone brings */
  readonly usdPerHourDelta: number;
}
export interface OpenStep extends StepParts {
  readonly kind: 'open';
  readonly template: string;
}
export interface GrowStep extends StepParts {
  readonly kind: 'grow';
}
export interface DrainStep extends StepParts {
  readonly kind: 'drain';
  /** how long the slowest service on it needs to move its work away, in seconds */
  readonly drainS: number;
}

export interface Totals {
  /** what the running pools cost with the same contracts, sunk commitments and egress prices */
  readonly usdPerHourBefore: number;
  /** when every step is done */
  readonly usdPerHourAfter: number;
  readonly lowerBoundUsdPerHour: number;
  readonly gap: number;
  /** nodes */
  readonly launch: number;
  readonly drain: number;
}
