import type { ProviderName, Purchase } from '../catalog/offering.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Instant } from '../units.ts';

export type { Fleet };

/**
 * A policy judges a plan by plain facts about it. It shares no code with the solver, so that a rule which placement
 * got wrong is still stopped here.
 */
export interface Policy {
  readonly name: string;
  /** undefined = the fleet does not state this policy, or no placement was found and there is nothing to judge by it */
  judge(facts: PlanFacts, fleet: Fleet): Ruling | undefined;
  /** where placement knows what easing the rule by one step would save */
  readonly shadow?: Shadow;
}

/** How a rule's dual prices are read. */
interface Shadow {
  /** the first parts of the names of its rows: `survive` stands for `survive/gateway/eu/aws` */
  readonly rows: readonly string[];
  /** the step of easing that the price is for: `replica`, `percentage point` */
  readonly per: string;
  /** steps of a row's own unit in one step of easing; absent = 1 */
  readonly scale?: (facts: PlanFacts) => number;
}

export type Verdict = 'allow' | 'hold' | 'stop';

/**
 * `allow`: all of the plan may be carried out. `hold`: what the load needs may be (steps with cause `load`), the rest
 * waits for a person's approval. `stop`: none of it may.
 */
export interface Ruling {
  readonly verdict: Verdict;
  /** one sentence with the figures that decided it */
  readonly reason: string;
  /** it is not the plan that breaks a rule: the facts it rests on are stale, missing or incomplete */
  readonly incomplete?: true;
  /**
   * the rows of the bound that the sentence is about, by how their names begin: `survive/gateway/eu/aws`. Their price is
   * shown beside it; without a subject there is none
   */
  readonly subject?: string;
}

export interface Judgement extends Ruling {
  readonly name: string;
  /** what easing the rule by one step would save, in $/h, where its shadow price is known */
  readonly usdPerHour?: number;
  /** the step of easing */
  readonly per?: string;
}

/** The plan as policies see it: the state when every step of this cycle is done. */
export interface PlanFacts {
  readonly at: Instant;
  readonly status: 'placed' | 'partial' | 'infeasible';
  /** with a status other than `placed`: the rules that clash */
  readonly conflict: readonly string[];
  readonly placed: readonly PlacedFact[];
  readonly groups: readonly GroupFact[];
  readonly pools: readonly PoolFact[];
  readonly usdPerHourAfter: number;
  readonly usdPerHourBefore: number;
  /** nodes the steps of this cycle start and drain */
  readonly starts: number;
  readonly drains: number;
  /** nodes that the placement wants started or drained and that wait for a later cycle */
  readonly waiting: {
    readonly starts: number;
    readonly startsForLoad: number;
    readonly drains: number;
    /** groups some of whose replicas wait for a node that has yet to start */
    readonly groups: readonly string[];
  };
  /** group → replicas that could not be placed */
  readonly unplaced: Readonly<Record<string, number>>;
  /** group → replicas whose nodes wait because of the limit on starts */
  readonly uncovered: Readonly<Record<string, number>>;
  /** each signal and market that the demand rests on, and when it was last seen; undefined = never */
  readonly signals: readonly { readonly name: string; readonly lastSeen: Instant | undefined }[];
}

/** Nodes of one offering after the plan. */
export interface PlacedFact {
  readonly offering: string;
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly vcpu: number;
  readonly gpus: number;
  readonly nodes: number;
  /** of one node */
  readonly listUsdPerHour: number;
  readonly priceAsOf: Instant;
  readonly priceSource: string;
  /** group → replicas on all of its nodes */
  readonly replicas: Readonly<Record<string, number>>;
}

export interface GroupFact {
  readonly name: string;
  readonly service: string;
  readonly market: string;
  /** replicas that the demand asks for */
  readonly needed: number;
  /** load in the signal's unit that they carry; NaN where it is not known */
  readonly load: number;
  /** load that each replica is counted to carry */
  readonly capacityPerReplica: number;
  /** `provider/region/zone` that it may use and where a node can be had */
  readonly zones: readonly string[];
}

export interface PoolFact {
  readonly name: string;
  readonly type: string;
  readonly from: number;
  readonly to: number;
  readonly min: number;
  readonly max: number;
  /** false: the catalog has no price of its type */
  readonly priced: boolean;
}
