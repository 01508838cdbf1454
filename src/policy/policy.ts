import type { ProviderName, Purchase } from '../catalog/offering.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Instant } from '../units.ts';

/**
 * A policy judges a plan by plain facts about it. It shares no code with the solver, so that a rule which placement
 * got wrong is still stopped here.
 */
export interface Policy {
  readonly name: string;
  /** undefined = the fleet does not state this policy */
  judge(facts: PlanFacts, fleet: Fleet): Ruling | undefined;
}

export type Verdict = 'allow' | 'hold' | 'stop';

export interface Ruling {
  readonly verdict: Verdict;
  /** one sentence with the figures that decided it */
  readonly reason: string;
}

export interface Judgement extends Ruling {
  readonly name: string;
  /** what the rule costs at the margin, in $/h, where its shadow price is known */
  readonly usdPerHour?: number;
}

/** The plan as policies see it. */
export interface PlanFacts {
  readonly at: Instant;
  readonly placed: readonly PlacedFact[];
  readonly groups: readonly GroupFact[];
  readonly usdPerHourAfter: number;
  readonly usdPerHourBefore: number;
  /** nodes the steps of this cycle start and drain */
  readonly starts: number;
  readonly drains: number;
  /** the oldest price behind a chosen offering */
  readonly oldestPrice?: { readonly asOf: Instant; readonly source: string };
  /** each signal and when it was last seen; undefined = never */
  readonly signals: readonly { readonly name: string; readonly lastSeen: Instant | undefined }[];
  /** group → replicas that could not be placed */
  readonly unplaced: Readonly<Record<string, number>>;
}

/** Nodes of one offering after the plan. */
export interface PlacedFact {
  readonly offering: string;
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly nodes: number;
  /** of all its nodes, after contracts */
  readonly usdPerHour: number;
  readonly listUsdPerHour: number;
  /** group → replicas on all of its nodes */
  readonly replicas: Readonly<Record<string, number>>;
}

export interface GroupFact {
  readonly name: string;
  readonly service: string;
  readonly market: string;
  readonly needed: number;
}
