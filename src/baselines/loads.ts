import type { Market } from './market.ts';
import { part, put, type Load, type Run } from './runs.ts';
import { Spread } from './spread.ts';

/**
 * What is pending as loads, put on nodes by `place`, which takes off each load what it has placed.
 *
 * A group that spreads over zones is planned as its even share of each zone, all at once: replica by replica, a first-fit
 * would have to open a node in each zone before it may fill any. What the zones of one scope cannot hold goes to the
 * next scope, and at the end zones that got more than the skew allows give replicas back.
 *
 * @returns replicas of each group without a place
 */
export function placedAsLoads(
  market: Market,
  runs: Run[],
  pending: Int32Array,
  place: (loads: Load[]) => void,
): Int32Array {
  const spreads = market.groups.map((group, g) => (group.zoneSkew ? new Spread(market, g) : undefined));
  spreads.forEach((spread, g) => spread && count(market, runs, spread, g));
  const stood = spreads.map((spread) => spread?.counts.slice());
  const left = pending.slice();
  const scope = new Int32Array(market.groups.length);
  for (;;) {
    const loads = market.groups.flatMap((_, g) => loadsOf(market, g, left[g] as number, spreads[g], scope));
    if (loads.length === 0) break;
    place(loads);
    left.fill(0);
    for (const load of loads) left[load.group] = (left[load.group] as number) + load.replicas;
    spreads.forEach((spread, g) => spread && count(market, runs, spread, g));
    // a group without zones, or at its last scope, has nowhere else to go
    if (!spreads.some((s, g) => s && (left[g] as number) > 0 && (scope[g] as number) < s.zones.length)) break;
    spreads.forEach((s, g) => s ?? (scope[g] = 1));
  }
  const unplaced = new Int32Array(market.groups.length);
  market.groups.forEach((group, g) => {
    const spread = spreads[g];
    if (spread) giveBack(market, runs, g, spread, stood[g] as Int32Array);
    const there = runs.reduce((sum, run) => sum + run.count * (run.filling.get(g) ?? 0), 0);
    unplaced[g] = Math.max(0, group.replicas - there);
  });
  return unplaced;
}

/** One load, or one for each zone of the scope that is next; `scope` moves on behind that scope. */
function loadsOf(market: Market, g: number, n: number, spread: Spread | undefined, scope: Int32Array): Load[] {
  if (n <= 0) return [];
  const offerings = market.allowed[g] as number;
  if (!spread) return scope[g] === 0 ? [{ group: g, offerings, replicas: n }] : [];
  const from = scope[g] as number;
  if (from >= spread.zones.length) return [];
  const to = (scope[g] = spread.to[from] as number);
  const shares = evenly(spread.counts.subarray(from, to), n);
  return shares.flatMap((replicas, i) => {
    const zone = market.zones[spread.zones[from + i] as number];
    if (replicas === 0 || !zone) return [];
    return [{ group: g, offerings: market.sets.meet(offerings, zone.offerings), replicas }];
  });
}

/** n more over zones that hold some already, so that the fullest and the emptiest differ the least; first zones first. */
export function evenly(counts: Int32Array, n: number): number[] {
  const total = [...counts];
  for (let left = n; left > 0;) {
    const least = Math.min(...total);
    const lowest = total.flatMap((c, i) => (c === least ? [i] : []));
    const next = Math.min(...total.filter((c) => c > least));
    const rise = Math.min(next - least, Math.floor(left / lowest.length));
    if (rise === 0) {
      for (const i of lowest.slice(0, left)) total[i] = least + 1;
      break;
    }
    for (const i of lowest) total[i] = least + rise;
    left -= rise * lowest.length;
  }
  return total.map((c, i) => c - (counts[i] as number));
}

function count(market: Market, runs: readonly Run[], spread: Spread, g: number): void {
  spread.counts.forEach((c, i) => spread.add(i, -c));
  for (const run of runs) {
    const n = run.count * (run.filling.get(g) ?? 0);
    if (n > 0) spread.add(spread.at(market.zoneOf[run.offering] as number), n);
  }
}

/** Takes new replicas out of the fullest zones until the skew holds; what stood before stays. */
function giveBack(market: Market, runs: Run[], g: number, spread: Spread, stood: Int32Array): void {
  spread.zones.forEach((zone, i) => {
    const n = Math.min(spread.over(i), (spread.counts[i] as number) - (stood[i] as number));
    if (n > 0) takeOut(market, runs, g, zone, n);
  });
}

/** From the last nodes first: those were opened last. */
function takeOut(market: Market, runs: Run[], g: number, zone: number, n: number): void {
  let left = n;
  for (let i = runs.length - 1; i >= 0 && left > 0; i--) {
    const run = runs[i] as Run;
    const each = run.filling.get(g) ?? 0;
    if (each === 0 || market.zoneOf[run.offering] !== zone) continue;
    const whole = Math.min(run.count, Math.floor(left / each));
    const rest = whole < run.count ? left - whole * each : 0;
    const pieces = [whole, rest > 0 ? 1 : 0].map((c) => part(run, c));
    run.count -= whole + (rest > 0 ? 1 : 0);
    pieces.forEach((piece, p) => {
      put(market, piece, g, -(p === 0 ? each : rest));
      if (piece.filling.get(g) === 0) piece.filling.delete(g);
    });
    runs.splice(i, 1, ...[run, ...pieces].filter((r) => r.count > 0));
    left -= whole * each + rest;
  }
}
