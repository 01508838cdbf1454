/** An answer to a {@link Problem}, with its proof. Rates are USD per hour. */
export interface Placement {
  readonly status: 'placed' | 'partial' | 'infeasible';
  /** how it was found: `lp-round`, `greedy-fallback` … */
  readonly method: string;
  /** what the fleet pays an hour: nodes after contracts, sunk commitments and egress; without the cost of change */
  readonly cost: CostParts;
  readonly usdPerHour: number;
  /** no placement that keeps the rules costs less, whatever the heuristic did */
  readonly lowerBoundUsdPerHour: number;
  /** usdPerHour / lowerBound − 1 */
  readonly gap: number;
  readonly nodes: readonly PlacedNodes[];
  /** group → replicas that could not be placed */
  readonly unplaced: Readonly<Record<string, number>>;
  /** with `infeasible` and `partial`: the rules that clash, in words */
  readonly conflict: readonly string[];
  readonly certificate: Certificate;
  /** duals of the bound by the master problem's row names; what {@link entryOf} prices passed-over offerings with */
  readonly duals: ReadonlyMap<string, number>;
}

export interface PlacedNodes {
  readonly offering: string;
  readonly count: number;
  /** replicas on EACH of the nodes */
  readonly replicas: Readonly<Record<string, number>>;
}

export interface CostParts {
  /** on-demand and spot nodes at list price */
  readonly list: number;
  /** what commitments and discounts take off, ≥ 0 */
  readonly contracts: number;
  /** what commitments cost, used or not */
  readonly committed: number;
  readonly egress: number;
  /** cost of starting and leaving nodes, spread over the horizon; not part of usdPerHour */
  readonly change: number;
}

/** Dual prices of the bound: what finance and negotiators read. */
export interface Certificate {
  /** $/h for one more replica of a group */
  readonly groupPrices: Readonly<Record<string, number>>;
  /** $/h that one more node of a sold-out offering would save */
  readonly availabilityPrices: Readonly<Record<string, number>>;
  /** $/h that the whole of a rule costs at the margin, by rule name */
  readonly rulePrices: Readonly<Record<string, number>>;
}
