import { instant } from '../../src/units.ts';
import { stateAt, type Machine } from './machines.ts';
import type { Shortage, SimOperation } from './world-types.ts';

/** An operation on a pool while it goes on, and what became of it. */
export interface Operation {
  readonly id: string;
  readonly pool: string;
  readonly kind: SimOperation['kind'];
  readonly startedAt: number;
  /** nodes asked for, or to be ended */
  readonly asked: number;
  /** nodes it had to start */
  wanted: number;
  shortages: readonly Shortage[];
  /** the machines it ends, for a removal */
  readonly ends: readonly Machine[];
  over: { readonly at: number; readonly state: 'done' | 'failed'; readonly fulfilled: number } | undefined;
}

/** Ends it when nothing is left to wait for. `replaced`: another size has been asked for since. */
export function settle(
  operation: Operation,
  members: ReadonlyMap<string, Machine>,
  now: number,
  replaced = false,
): void {
  if (operation.over) return;
  const { kind, asked } = operation;
  const running = runningOf(members, now);
  const fulfilled = fulfilledBy(operation, running, now);
  if (kind === 'open' || kind === 'resize') {
    if (running < members.size && !replaced) return;
    const refused = operation.shortages.reduce((sum, s) => sum + s.count, 0);
    const nothing = refused > 0 && refused >= operation.wanted;
    operation.over = { at: now, state: nothing || (replaced && fulfilled < asked) ? 'failed' : 'done', fulfilled };
  } else if (fulfilled >= asked) {
    operation.over = { at: now, state: 'done', fulfilled };
  }
}

export function runningOf(members: ReadonlyMap<string, Machine>, now: number): number {
  let running = 0;
  for (const machine of members.values()) if (stateAt(machine, now) === 'running') running += 1;
  return running;
}

/** @param running nodes of the pool that run then */
export function operationAt(operation: Operation, running: number, now: number): SimOperation {
  const { id, pool, kind, startedAt, asked, shortages, over } = operation;
  const ended = over !== undefined && over.at <= now;
  return {
    id,
    pool,
    kind,
    state: ended ? over.state : 'running',
    startedAt: instant(startedAt),
    ...(ended && { endedAt: instant(over.at) }),
    asked,
    fulfilled: ended ? over.fulfilled : fulfilledBy(operation, running, now),
    shortages,
  };
}

function fulfilledBy({ kind, asked, ends }: Operation, running: number, now: number): number {
  if (kind === 'tag') return asked;
  if (kind === 'remove' || kind === 'close') {
    return asked - ends.filter((machine) => stateAt(machine, now) !== 'ended').length;
  }
  return Math.min(asked, running);
}
