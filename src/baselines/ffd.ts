import type { Outcome } from './answer.ts';
import { placedAsLoads } from './loads.ts';
import type { Market } from './market.ts';
import { nothing, holds, roomFor } from './room.ts';
import { emptyRun, firstFit, part, put, type Load, type Run } from './runs.ts';
import { standingOf } from './standing.ts';

/**
 * First-fit decreasing: what a careful engineer writes in an afternoon. Replicas by falling size; each goes to the first
 * node with room, else to a new node of the type where it costs least. At the end each node is swapped for the cheapest
 * that holds what stands on it.
 *
 * What a replica costs on a type is its share of the node in the resource it takes most of (its dominant resource, as in
 * Ghodsi et al., NSDI 2011) of the node's price; its size is that cost where it is least.
 */
export function ffd(market: Market): Outcome {
  const { runs, pending } = standingOf(market);
  const bought = new Float64Array(market.offerings.length);
  for (const run of runs) bought[run.offering] = (bought[run.offering] as number) + run.count;
  const unplaced = placedAsLoads(market, runs, pending, (loads) => {
    const sized = loads.map((load) => ({ load, size: cheapestFor(market, load)?.usdPerHour ?? 0 }));
    sized.sort((a, b) => b.size - a.size || a.load.group - b.load.group || a.load.offerings - b.load.offerings);
    for (const { load } of sized) {
      firstFit(market, runs, load);
      while (load.replicas > 0 && open(market, runs, load, bought)) firstFit(market, runs, load);
    }
  });
  return { nodes: rightsized(market, runs, bought), unplaced };
}

interface Cheapest {
  readonly offering: number;
  /** what one replica costs there */
  readonly usdPerHour: number;
  /** replicas that fit on an empty node */
  readonly room: number;
}

/** Where a replica costs least, among the offerings it may use and fits on; of equals the cheapest node. */
function cheapestFor(market: Market, { group, offerings }: Load, bought?: Float64Array): Cheapest | undefined {
  const { capacity, price, need, resources, perNode } = market;
  const empty = nothing(market);
  let best: Cheapest | undefined;
  for (const o of market.sets.members(offerings)) {
    if (bought && (bought[o] as number) >= (market.atMost[o] as number)) continue;
    const room = Math.min(roomFor(market, group, capacity, o, empty, 0), perNode[group] as number);
    if (room < 1) continue;
    let share = 1 / (perNode[group] as number);
    for (let r = 0; r < resources; r++) {
      const each = need[group * resources + r] as number;
      if (each > 0) share = Math.max(share, each / (capacity[o * resources + r] as number));
    }
    const usdPerHour = share * (price[o] as number);
    if (!best || usdPerHour < best.usdPerHour || (usdPerHour === best.usdPerHour && less(market, o, best.offering)))
      best = { offering: o, usdPerHour, room };
  }
  return best;
}

const less = (market: Market, a: number, b: number): boolean =>
  (market.price[a] as number) < (market.price[b] as number);

/** As many nodes of the cheapest type as the load fills, as far as they can be had. */
function open(market: Market, runs: Run[], load: Load, bought: Float64Array): boolean {
  const best = cheapestFor(market, load, bought);
  if (!best) return false;
  const { offering, room } = best;
  const left = (market.atMost[offering] as number) - (bought[offering] as number);
  const count = Math.min(Math.ceil(load.replicas / room), left);
  bought[offering] = (bought[offering] as number) + count;
  runs.push(emptyRun(market, offering, count));
  return true;
}

/** Each node swapped for the cheapest that holds its filling; empty ones go, down to what pools must keep. */
function rightsized(market: Market, runs: readonly Run[], bought: Float64Array): Run[] {
  const out: Run[] = [];
  for (const run of runs) {
    const o = run.offering;
    const spare = Math.max(0, (bought[o] as number) - (market.atLeast[o] as number));
    let left = Math.min(run.count, spare);
    if (left < run.count) out.push(part(run, run.count - left));
    if (run.filling.size === 0) {
      bought[o] = (bought[o] as number) - left;
      continue;
    }
    for (const cheaper of market.sets.ladder(sharedBy(market, run))) {
      if (left === 0 || (market.price[cheaper] as number) >= (market.price[o] as number)) break;
      const free = Math.min(left, (market.atMost[cheaper] as number) - (bought[cheaper] as number));
      if (free <= 0 || !holds(market, cheaper, run.used, 0)) continue;
      out.push(resized(market, run, cheaper, free));
      bought[cheaper] = (bought[cheaper] as number) + free;
      bought[o] = (bought[o] as number) - free;
      left -= free;
    }
    if (left > 0) out.push(part(run, left));
  }
  return out;
}

/** The offerings that all of a node's groups may use, in its own zone where one of them spreads over zones. */
function sharedBy(market: Market, run: Run): number {
  let set = -1;
  for (const g of run.filling.keys()) {
    const allowed = market.allowed[g] as number;
    set = set < 0 ? allowed : market.sets.meet(set, allowed);
    if (market.groups[g]?.zoneSkew)
      set = market.sets.meet(set, market.zones[market.zoneOf[run.offering] as number]?.offerings ?? market.sets.empty);
  }
  return set;
}

function resized(market: Market, run: Run, offering: number, count: number): Run {
  const out = emptyRun(market, offering, count);
  for (const [g, n] of run.filling) put(market, out, g, n);
  return out;
}
