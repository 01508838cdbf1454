import type { ProviderName, Purchase } from '../catalog/offering.ts';
import type { GroupDemand } from '../demand/demand.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Forecast } from '../forecast/forecast.ts';
import type { Observation } from '../observation.ts';
import type { PlacedNodes, Placement } from '../placement/placement.ts';
import type { Problem } from '../placement/problem.ts';
import type { Judgement } from '../policy/policy.ts';
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
  /** what the placement wants and this cycle does not do, and why */
  readonly waiting: readonly Waiting[];
  /** the nodes when every step is done, and the replicas on each: they carry the demand of this cycle */
  readonly after: readonly PlacedNodes[];
  /** group → replicas that the placement has a place for and that wait for nodes which may not start in this cycle */
  readonly uncovered: Readonly<Record<string, number>>;
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
  /** smallest and largest size that its owner allows */
  readonly min: number;
  readonly max: number;
  readonly from: number;
  /** size when the steps of this cycle are done */
  readonly to: number;
  /** size that the placement wants in the end; differs from `to` by what waits */
  readonly goal: number;
  /** list price of one node; undefined = the catalog has none, so the pool is left as it is and is in no total */
  readonly usdPerHour: number | undefined;
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
  /**
   * `load`: without this step the demand, or a rule of safety, is not met. `cost`: it only makes the fleet cheaper.
   * A gate that holds lets the first go ahead and keeps the second waiting.
   */
  readonly cause: 'load' | 'cost';
  readonly reason: string;
  /** list-price change of the fleet's $/h that this step alone brings */
  readonly usdPerHourDelta: number;
}
interface OpenStep extends StepParts {
  readonly kind: 'open';
  readonly template: string;
}
interface GrowStep extends StepParts {
  readonly kind: 'grow';
}
export interface DrainStep extends StepParts {
  readonly kind: 'drain';
  /** how long the slowest service on it needs to move its work away, in seconds */
  readonly drainS: number;
}

/** Nodes that the placement wants started or drained and that this cycle leaves alone. */
export interface Waiting {
  readonly kind: 'start' | 'drain';
  readonly pool: string;
  readonly offering: string;
  readonly nodes: number;
  readonly cause: 'load' | 'cost';
  /** replicas that wait with the nodes, by group; none for a drain */
  readonly carries: Readonly<Record<string, number>>;
  /** list-price change that is put off with it */
  readonly usdPerHourDelta: number;
  readonly reason: string;
}

/** What the fleet pays an hour, by its parts; the sum is list + interruptions − covered − discounts + committed + egress. */
export interface Bill {
  /** nodes at list price */
  readonly list: number;
  /** what spot interruptions are expected to cost */
  readonly interruptions: number;
  /** list price of what commitments cover, ≥ 0 */
  readonly covered: number;
  /** what negotiated discounts take off the rest, ≥ 0 */
  readonly discounts: number;
  /** what commitments cost, used or not */
  readonly committed: number;
  readonly egress: number;
}

export interface Totals {
  /** what the running pools cost with the same contracts, sunk commitments and egress prices */
  readonly usdPerHourBefore: number;
  /** when every step is done */
  readonly usdPerHourAfter: number;
  readonly before: Bill;
  readonly after: Bill;
  /** what the placement costs once nothing waits any more; this and the two below: NaN where no placement was found or the load of a group is not known */
  readonly usdPerHourGoal: number;
  readonly lowerBoundUsdPerHour: number;
  /** usdPerHourGoal / lowerBound − 1 */
  readonly gap: number;
  /** nodes */
  readonly launch: number;
  readonly drain: number;
}

/** A plan with everything it rests on and the gate's word on it: what a person or a report is shown. */
export interface Decided {
  readonly fleet: Fleet;
  readonly observation: Observation;
  readonly problem: Problem;
  readonly plan: Plan;
  readonly judgements: readonly Judgement[];
}
