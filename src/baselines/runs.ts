import type { Market } from './market.ts';
import { nothing, roomFor } from './room.ts';

/** Nodes in a row that are alike: same offering, same replicas on each. */
export interface Run {
  readonly offering: number;
  count: number;
  readonly used: Float64Array;
  /** group → replicas on EACH of the nodes */
  readonly filling: Map<number, number>;
}

/** Replicas of one group that go to the same choice of offerings: the group itself, or its part in one zone. */
export interface Load {
  readonly group: number;
  readonly offerings: number;
  replicas: number;
}

export const emptyRun = (market: Market, offering: number, count: number): Run => ({
  offering,
  count,
  used: nothing(market),
  filling: new Map(),
});

export function put(market: Market, run: Run, g: number, n: number): void {
  run.filling.set(g, (run.filling.get(g) ?? 0) + n);
  for (let r = 0; r < market.resources; r++)
    run.used[r] = (run.used[r] as number) + n * (market.need[g * market.resources + r] as number);
}

/** Replicas of the load that one node of the run can still take. */
export function roomOn(market: Market, run: Run, load: Load): number {
  if (!market.sets.has(load.offerings, run.offering)) return 0;
  const room = roomFor(market, load.group, market.capacity, run.offering, run.used, 0);
  return Math.min(room, (market.perNode[load.group] as number) - (run.filling.get(load.group) ?? 0));
}

/**
 * Puts a load's replicas on the first nodes with room, one node after the other, and takes them off the load. Alike
 * nodes fill alike, so the outcome is that of replica by replica. A run that takes some is replaced in the list, never
 * changed: a copy of the list is a copy of the fleet.
 */
export function firstFit(market: Market, runs: Run[], load: Load): void {
  for (let i = 0; i < runs.length && load.replicas > 0; i++) {
    const run = runs[i] as Run;
    const room = roomOn(market, run, load);
    if (room <= 0) continue;
    const full = Math.min(run.count, Math.floor(load.replicas / room));
    const rest = full < run.count ? load.replicas - full * room : 0;
    const untouched = run.count - full - (rest > 0 ? 1 : 0);
    const pieces = [
      withMore(market, run, full, load.group, room),
      withMore(market, run, rest > 0 ? 1 : 0, load.group, rest),
      part(run, untouched),
    ];
    runs.splice(i, 1, ...pieces.filter((piece) => piece.count > 0));
    load.replicas -= full * room + rest;
  }
}

/** So many nodes like those of a run. */
export function part(run: Run, count: number): Run {
  return { offering: run.offering, count, used: run.used.slice(), filling: new Map(run.filling) };
}

function withMore(market: Market, run: Run, count: number, g: number, n: number): Run {
  const out = part(run, count);
  if (n > 0) put(market, out, g, n);
  return out;
}
