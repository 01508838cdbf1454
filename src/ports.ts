import type { Commitment } from './catalog/contract.ts';
import type { Offering, ProviderName, Purchase } from './catalog/offering.ts';
import type { Fleet, SignalSpec } from './fleet/fleet.ts';
import type { ObservedSignal } from './signals/signal.ts';
import type { Checked } from './trouble.ts';
import type { Instant } from './units.ts';

/** What the product needs of the world, as types only. Adapters live in `providers/`, `src/world/` and `src/signals/`. */

export interface Clock {
  now(): Instant;
}

/** A cloud, or an own cluster, as the observation sees it. */
export interface Provider {
  readonly name: ProviderName;
  /** every offering of the fleet's regions, the sold-out ones too */
  listOfferings(fleet: Fleet): Promise<Checked<readonly Offering[]>>;
  listPools(fleet: Fleet): Promise<Checked<readonly ObservedPool[]>>;
  listCommitments(fleet: Fleet): Promise<Checked<readonly Commitment[]>>;
}

/** A node pool as it is now. */
export interface ObservedPool {
  readonly name: string;
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  /** nodes asked for */
  readonly target: number;
  /** nodes that serve */
  readonly ready: number;
  readonly min: number;
  readonly max: number;
  /** `declared` in the fleet file, or read `live` */
  readonly source: 'declared' | 'live';
}

export interface TrafficSource {
  read(signal: SignalSpec, until: Instant | 'latest'): Promise<Checked<readonly ObservedSignal[]>>;
}

/**
 * A solver for linear programs, handed to the placement stage so that the stage itself stays pure: the same program
 * always has the same answer, and no clock is read.
 *
 * minimise c·z subject to rowLower ≤ A z ≤ rowUpper, lower ≤ z ≤ upper.
 */
export interface LinearSolver {
  readonly name: string;
  /**
   * A model stays warm between solves: bounds, costs and columns may change. The caller closes it.
   *
   * @param searchNodes with whole columns: nodes of the search tree after which the best answer found is given
   */
  open(rows: RowBounds, searchNodes?: number): LinearModel;
}

export interface RowBounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Columns in compressed form: column j holds the entries starts[j] … starts[j+1]−1. */
export interface Columns {
  readonly cost: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** true: whole values only, for every column of this batch; duals are then all 0 */
  readonly whole?: boolean;
  /** one longer than the number of columns */
  readonly starts: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

export interface LinearModel {
  addColumns(columns: Columns): void;
  setColumnBounds(column: number, lower: number, upper: number): void;
  setColumnCosts(columns: Int32Array, costs: Float64Array): void;
  setRowBounds(row: number, lower: number, upper: number): void;
  solve(): LinearAnswer;
  close(): void;
}

export type LinearAnswer =
  | {
      readonly status: 'optimal';
      readonly primal: Float64Array;
      readonly dual: Float64Array;
      readonly objective: number;
    }
  /** the search ended at its limit: whole and within the rules, but maybe not the best */
  | { readonly status: 'found'; readonly primal: Float64Array; readonly objective: number }
  | { readonly status: 'infeasible' }
  /** the solver failed, ran into a limit or answered nonsense: `reason` says what */
  | { readonly status: 'failed'; readonly reason: string };
