import type { ProviderName, Purchase } from '../../src/catalog/offering.ts';
import type { InstanceType } from '../../src/catalog/snapshot.ts';
import type { Instant, Seconds } from '../../src/units.ts';

/**
 * One world behind all clouds: who runs what, what is left, what it costs. It knows nothing of any vendor's API; the
 * simulated provider and the wire fakes of the tests each translate to it. Seeded, on a virtual clock: the same calls
 * at the same times always have the same outcome.
 */
export interface SimulatedWorld {
  now(): Instant;
  /** Time goes on: nodes boot, prices move, spot is taken back, operations end. Nothing happens between calls of it. */
  advance(by: Seconds): void;
  readonly regions: readonly SimRegion[];
  readonly pools: SimPools;
  /** machines outside any pool, as a fleet request launches them */
  launch(order: LaunchOrder): Launched;
  instance(id: string): SimInstance | undefined;
  operation(id: string): SimOperation | undefined;
  /** Ends a machine; a pool that has it replaces it. Its end comes after the time a machine needs to shut down. */
  terminate(id: string): SimInstance | undefined;
  /** The cloud takes it back: a notice now, the end after the vendor's notice period. `risk` warns 10 min ahead of that. */
  interrupt(instance: string, kind?: SimNotice['kind']): void;
  /** notices of interruption not settled yet, oldest first */
  notices(provider: ProviderName): readonly SimNotice[];
  settle(receipt: string): void;
  quota(provider: ProviderName, region: string): readonly SimQuota[];
  setQuota(provider: ProviderName, region: string, name: string, limit: number): void;
  /** from now until then nothing of these can be had; `type` absent = none in the zone */
  sellOut(what: StockOut): void;
  /**
   * What it has charged so far in USD, by instance: its price over the seconds from launch to end, 60 of them at least.
   * A spot node pays what the price was at each moment; one that AWS takes back in its first hour pays nothing.
   */
  charged(): ReadonlyMap<string, number>;
  readonly faults: FaultScript;
}

export interface SimRegion {
  readonly provider: ProviderName;
  readonly name: string;
  readonly zones: readonly SimZone[];
  readonly types: readonly InstanceType[];
  /** USD an hour; undefined: not sold there */
  onDemand(type: string): number | undefined;
}

export interface SimZone {
  /** as the vendor spells it: `us-east-1a`, `1`, `europe-west4-a`, a rack */
  readonly name: string;
  sells(type: string): boolean;
  /** USD an hour now; undefined: not sold as spot there */
  spot(type: string): number | undefined;
  /** spot prices since `from`, oldest first, the first at or before it */
  spotHistory(type: string, from: Instant): readonly { readonly at: Instant; readonly usdPerHour: number }[];
  /** nodes of it that could be had now */
  left(type: string, purchase: Purchase): number;
}

export interface SimPools {
  /** in the order they were opened */
  list(provider: ProviderName, region?: string): readonly SimPool[];
  /** the same as it was then: what an eventually consistent listing answers */
  listAt(at: Instant, provider: ProviderName, region?: string): readonly SimPool[];
  get(id: string): SimPool | undefined;
  /** @throws RangeError when the name is taken or the type unknown: check first, as a cloud would */
  open(spec: PoolSpec, by: Change): SimPool;
  /** The target is taken at once; nodes come or go as time goes on. What can't be had stands in the operation. */
  resize(id: string, target: number, by: Change): Changed;
  /** The target falls by as many as exist. */
  remove(id: string, instances: readonly string[], by: Change): Changed;
  tag(id: string, tags: Readonly<Record<string, string>>, by: Change): Changed;
  close(id: string, by: Change): Changed;
}

export interface Change {
  /** `godwit`, a person, another controller */
  readonly by: string;
  /** the same token twice is one change; its first outcome is answered again */
  readonly token?: string;
  readonly expectedVersion?: number;
}

export type Changed =
  | { readonly ok: true; readonly pool: SimPool; readonly operation: SimOperation }
  | { readonly ok: false; readonly why: 'notFound' | 'conflict' | 'outOfBounds' };

export interface PoolSpec {
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly target: number;
  readonly min: number;
  readonly max: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** A snapshot: it does not change after it was given out. */
export interface SimPool extends PoolSpec {
  readonly id: string;
  /** grows by one with every change of its settings */
  readonly version: number;
  readonly changedBy: string;
  readonly changedAt: Instant;
  readonly instances: readonly SimInstance[];
  /** the latest one about its size */
  readonly operation?: SimOperation;
}

export interface SimInstance {
  /** `i-0…` for AWS; a name for the others */
  readonly id: string;
  readonly pool?: string;
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly state: 'pending' | 'running' | 'ending' | 'ended';
  readonly launchedAt: Instant;
  readonly readyAt?: Instant;
  readonly endedAt?: Instant;
  readonly tags: Readonly<Record<string, string>>;
}

export interface SimOperation {
  readonly id: string;
  readonly pool?: string;
  readonly kind: 'open' | 'resize' | 'remove' | 'tag' | 'close';
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly asked: number;
  readonly fulfilled: number;
  readonly shortages: readonly Shortage[];
}

export interface Shortage {
  readonly type: string;
  readonly zone: string;
  readonly purchase: Purchase;
  readonly count: number;
  readonly why: 'capacity' | 'quota';
  /** of the quota, when it is one */
  readonly quota?: string;
}

export interface LaunchOrder {
  readonly provider: ProviderName;
  readonly region: string;
  /** tried in this order */
  readonly choices: readonly { readonly type: string; readonly zone: string }[];
  readonly purchase: Purchase;
  readonly count: number;
  readonly token?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Launched {
  readonly instances: readonly SimInstance[];
  readonly shortages: readonly Shortage[];
}

export interface SimNotice {
  readonly receipt: string;
  readonly instance: string;
  readonly kind: 'reclaim' | 'risk';
  readonly at: Instant;
  readonly endsAt: Instant;
}

export interface SimQuota {
  /** vCPUs, by `on-demand`, `spot`, or a family */
  readonly name: string;
  readonly limit: number;
  readonly used: number;
}

export interface StockOut {
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type?: string;
  readonly purchase?: Purchase;
  readonly until: Instant;
}

/** Faults by name and call, each asserted to have fired. */
export interface FaultScript {
  /** The next `times` (1) calls of `api` at `provider` meet it, after `after` (0) others went well. */
  add(fault: ScriptedFault): void;
  /** What this call meets; a fake asks once for each request that reaches it. */
  next(provider: ProviderName, api: string): Fault | undefined;
  /** those that have never fired, in words: a test's last assertion is that there are none */
  unfired(): readonly string[];
}

export interface ScriptedFault {
  readonly provider: ProviderName;
  /** `*` for any */
  readonly api: string;
  readonly fault: Fault;
  readonly times?: number;
  readonly after?: number;
}

export type Fault =
  | { readonly is: 'throttle'; readonly retryAfterS?: number }
  | { readonly is: 'unauthorized' }
  | { readonly is: 'serverError'; readonly status: number }
  /** the connection breaks before the request takes effect */
  | { readonly is: 'reset' }
  /** the request takes effect, the answer is lost */
  | { readonly is: 'lostAnswer' }
  /** a listing ends in the middle of a page: the body breaks off */
  | { readonly is: 'cutPage' }
  /** a listing answers nothing where there is something */
  | { readonly is: 'empty' }
  /** the state as it was so long ago */
  | { readonly is: 'stale'; readonly byS: number }
  | { readonly is: 'capacity' }
  | { readonly is: 'quota' }
  | { readonly is: 'conflict' };
