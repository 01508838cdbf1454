import type { Commitment } from './catalog/contract.ts';
import type { Offering, ProviderName, Purchase } from './catalog/offering.ts';
import type { ProviderCatalog } from './catalog/snapshot.ts';
import type { Answer, Failure } from './failure.ts';
import type { Fleet, SignalSpec } from './fleet/fleet.ts';
import type { ObservedSignal } from './signals/signal.ts';
import type { Checked } from './trouble.ts';
import type { Brand, Instant, Seconds } from './units.ts';

/** What the product needs of the world, as types only. Adapters live in `providers/`, `src/world/` and `src/signals/`. */

export interface Clock {
  now(): Instant;
}

/** A cloud, or an own cluster, as the observation sees it. */
export interface Provider {
  readonly name: ProviderName;
  /** every offering of the fleet's regions, the sold-out ones too */
  listOfferings(fleet: Fleet): Promise<Checked<readonly Offering[]>>;
  /** a listing that could not be read to its end is no listing: all of it or trouble */
  listPools(fleet: Fleet): Promise<Checked<PoolList>>;
  listCommitments(fleet: Fleet): Promise<Checked<readonly Commitment[]>>;
}

export interface PoolList {
  readonly pools: readonly ObservedPool[];
  /** found by the fleet's tag, but not to be steered: over several zones, of mixed types … */
  readonly passedOver: readonly { readonly name: string; readonly place: string; readonly reason: string }[];
  /** why what was read may not be the whole truth, in words. While there is one, nothing of this provider may shrink. */
  readonly doubts: readonly string[];
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
  /**
   * What runs on the nodes, where it is known: nodes that are not named hold nothing. Absent = not known. A fleet whose
   * every pool has it can be compared with itself, so it stays as it is while nothing is to be gained.
   */
  readonly carries?: readonly PoolFilling[];
  /** live pools only */
  readonly live?: LivePool;
}

/** So many nodes of a pool that hold the same. */
export interface PoolFilling {
  readonly nodes: number;
  /** replicas of each group, `gateway/eu`, on EACH of the nodes */
  readonly replicas: Readonly<Record<string, number>>;
}

export interface LivePool {
  /** the vendor's own handle: ARN, resource id, self link, namespace/name */
  readonly id: string;
  /** changes whenever the pool's settings do: etag, fingerprint, resource version; absent where the vendor keeps none */
  readonly version?: string;
  readonly instances: readonly PoolInstance[];
  /** who set the size last, where the vendor tells */
  readonly changedBy?: { readonly who: 'godwit' | 'other'; readonly opId?: string; readonly name?: string };
}

export interface PoolInstance {
  /** instance id at the vendor; also the end of the Kubernetes node's providerID */
  readonly id: string;
  readonly state: 'pending' | 'running' | 'ending';
  readonly startedAt?: Instant;
  /** name of its Kubernetes node, where it is known */
  readonly node?: string;
}

/** A provider that can be acted on. What it holds between calls is a cache: another process may go on at any point. */
export interface LiveProvider extends Provider {
  /** Sets a pool's size. Absolute, so that doing it twice is harmless. Never waits for nodes. */
  setSize(fleet: Fleet, order: SizeOrder): Promise<Answer<Receipt>>;
  /** Ends the instances named, and makes the pool smaller by as many. */
  deleteInstances(fleet: Fleet, order: DeleteOrder): Promise<Answer<Receipt>>;
  /** Opens a pool from a template of the fleet. */
  openPool(fleet: Fleet, order: OpenOrder): Promise<Answer<Receipt>>;
  /** How far an operation is: of any process, from its stored token. Reads once and never waits. */
  readOperation(fleet: Fleet, token: OperationToken): Promise<Answer<Receipt>>;
  /** Notices that nodes will be taken back, not yet settled. */
  listInterruptions(fleet: Fleet): Promise<Answer<readonly Interruption[]>>;
  /** Drops notices that have been dealt with; a second time is harmless. */
  settleInterruptions(fleet: Fleet, receipts: readonly string[]): Promise<Answer<void>>;
  /** Harmless calls that tell what works and what is missing. */
  examine(fleet: Fleet): Promise<readonly Finding[]>;
}

/** A pool as an order names it. */
export type PoolRef = Pick<ObservedPool, 'name' | 'provider' | 'region' | 'zone' | 'type' | 'purchase'> & {
  readonly id: string;
};

interface Order {
  /**
   * Of the plan's step; the same for every attempt at it, and stored before the first. All idempotency tokens derive
   * from it, so that an order whose answer was lost is never carried out twice.
   */
  readonly opId: string;
}

export interface SizeOrder extends Order {
  readonly pool: PoolRef;
  readonly size: number;
  /** as it was read; a pool that has another one now is a `conflict` */
  readonly expectedVersion?: string;
}

export interface DeleteOrder extends Order {
  readonly pool: PoolRef;
  readonly instances: readonly string[];
}

export interface OpenOrder extends Order {
  /** name of the fleet's template */
  readonly template: string;
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly size: number;
}

/** What a process needs to ask after an operation that another one began: JSON in one line, to be stored. */
export type OperationToken = Brand<string, 'OperationToken'>;

/** How far an order is. */
export interface Receipt {
  readonly state: 'running' | 'done' | 'failed';
  readonly token: OperationToken;
  /** nodes that the order is about: the size asked for, or the instances named */
  readonly asked: number;
  /** of them, those the provider has taken on */
  readonly accepted: number;
  /** of them, those that run (or, for a deletion, are gone) */
  readonly fulfilled: number;
  /** per offering: a partial success is a success with errors */
  readonly errors: readonly OfferingError[];
  /** the pool's version after it, where it is known */
  readonly version?: string;
  /** the pool's id, once it is open */
  readonly pool?: string;
}

export interface OfferingError {
  /** id of the offering */
  readonly offering: string;
  readonly failure: Failure;
}

/** A node that its cloud will take back, or that has failed. */
export interface Interruption {
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone?: string;
  /** instance id at the vendor */
  readonly instance: string;
  readonly kind: 'reclaim' | 'risk' | 'maintenance' | 'failed';
  /** when it was told */
  readonly at: Instant;
  /** when the node ends; absent = not told */
  readonly endsAt?: Instant;
  /** names the notice in {@link LiveProvider.settleInterruptions} */
  readonly receipt: string;
}

/** One thing that was looked at before the first cycle. */
export interface Finding {
  readonly about: 'credentials' | 'permission' | 'clock' | 'reach' | 'pools' | 'prices' | 'quota';
  /** what was looked at, in the vendor's words: `ec2:DescribeInstanceTypes in us-east-1` */
  readonly what: string;
  readonly state: 'ok' | 'missing' | 'failed' | 'unknown';
  /** one line */
  readonly detail: string;
  /** what would set it right; absent where nothing is wrong */
  readonly remedy?: string;
  /** the permission that is missing, as the policy document names it */
  readonly permission?: string;
}

/** What a vendor has to allow, and what for. */
export interface Permission {
  /** as the vendor's policy documents name it */
  readonly permission: string;
  /** `read` and `optional`: for a plan; `scale` and `open`: for a controller on top of it */
  readonly needed: 'read' | 'scale' | 'open' | 'optional';
  readonly why: string;
  /** calls that need it, as in {@link CallAbout.api} */
  readonly calls: readonly string[];
}

/** What an adapter is given. */
export interface ProviderParts {
  readonly clock: Clock;
  /** the one owner of retries, rate limits and the count of calls */
  readonly caller: Caller;
  readonly shelf: Shelf;
  /** the price lists that the package carries */
  readonly lists: PriceLists;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface PriceLists {
  prices(provider: Exclude<ProviderName, 'kubernetes'>): Promise<Checked<ProviderCatalog>>;
}

/** Calls a cloud: within its rate, again where that can help, and never otherwise. */
export interface Caller {
  /** Runs `send`, and again with growing waits while it fails with `throttled` or `transient`, as `about` allows. */
  call<T>(about: CallAbout, send: () => Promise<T>, translate: (error: unknown) => Failure): Promise<Answer<T>>;
  /** calls sent so far, retries among them, by `cloud account region class api` */
  readonly sent: ReadonlyMap<string, number>;
}

export interface CallAbout {
  readonly cloud: ProviderName;
  /** account, subscription, project or cluster; empty = the one the credentials belong to */
  readonly account: string;
  readonly region: string;
  /** calls of one class share a rate */
  readonly class: 'read' | 'write' | 'launch' | 'price' | 'queue';
  /** as the vendor names it: `ec2:DescribeInstanceTypes` */
  readonly api: string;
  /** sends in all, the first among them; absent = 4. 1 where the call is relative and has to be looked into first. */
  readonly attempts?: number;
  /** for it with all its retries and waits; absent = the caller's own deadline */
  readonly within?: Seconds;
}

/** Facts that outlive a process and may be lost: prices, specs, what was seen last. Text under a key. */
export interface Shelf {
  get(key: string): Promise<Shelved | undefined>;
  put(key: string, text: string): Promise<void>;
}

export interface Shelved {
  readonly text: string;
  readonly at: Instant;
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
