import { instant } from '../../src/units.ts';
import { instanceAt, type Machine } from './machines.ts';
import { operationAt, type Operation } from './operations.ts';
import type { PoolSpec, SimInstance, SimPool } from './world-types.ts';

/** A pool as the world keeps it. */
export interface Pool {
  readonly id: string;
  readonly name: string;
  readonly spec: PoolSpec;
  readonly market: Machine['market'];
  readonly purchase: Machine['purchase'];
  readonly openedAt: number;
  settings: Settings;
  readonly history: Settings[];
  readonly members: Map<string, Machine>;
  /** members not told to end */
  staying: number;
  readonly gone: Machine[];
  active: readonly Operation[];
  /** all about its size, over or not */
  readonly operations: Operation[];
  /** another attempt to fill it is due */
  trying: boolean;
  closing: boolean;
  closedAt: number;
  seen: SimPool | undefined;
}

/** What a change of a pool changes, as it was from `at` on. */
export interface Settings {
  readonly target: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly version: number;
  readonly by: string;
  readonly at: number;
}

/** As it was then, of the machines it had then. */
export function poolAt(pool: Pool, at: number, machines: Iterable<Machine>): SimPool {
  const settings = pool.history.findLast((s) => s.at <= at) ?? pool.settings;
  const instances: SimInstance[] = [];
  for (const machine of machines) {
    if (machine.launchedAt <= at && at < machine.endedAt) instances.push(instanceAt(machine, at));
  }
  const latest = pool.operations.findLast((o) => o.startedAt <= at);
  const running = instances.filter((i) => i.state === 'running').length;
  return {
    ...pool.spec,
    target: settings.target,
    tags: settings.tags,
    id: pool.id,
    version: settings.version,
    changedBy: settings.by,
    changedAt: instant(settings.at),
    instances,
    ...(latest && { operation: operationAt(latest, running, at) }),
  };
}

/** Whom a vendor lets go when only a number is asked for: those that do not run yet, then any. */
export const byChoice =
  (now: number) =>
  (a: Machine, b: Machine): number =>
    Number(a.readyAt <= now) - Number(b.readyAt <= now) || a.lot - b.lot;

export const isOf = ({ spec }: Pool, provider: string, region: string | undefined): boolean =>
  spec.provider === provider && (region === undefined || spec.region === region);

export const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

export function checkBounds({ name, target, min, max }: PoolSpec): void {
  if (![target, min, max].every(isSize) || target < min || target > max) {
    throw new RangeError(`pool ${name} of ${target} nodes is not within ${min} to ${max}`);
  }
}
