import type { Filled, Outcome } from '../answer.ts';
import type { Market } from '../market.ts';
import { Spread } from '../spread.ts';
import { standingOf } from '../standing.ts';
import { consolidate } from './consolidate.ts';
import { launch } from './launch.ts';
import { Nodes, stillToBeHad } from './nodes.ts';
import { provision } from './provision.ts';

/**
 * Karpenter with one NodePool that allows every offering: pods are provisioned for and the claims launched, as often as a
 * sold-out offering sends some back, and then the nodes are consolidated until nothing more is found.
 */
export function karpenter(market: Market): Outcome {
  const { runs, pending } = standingOf(market);
  const nodes = new Nodes(market);
  const spreads = market.groups.map((group, g) => (group.zoneSkew ? new Spread(market, g) : undefined));
  for (const run of runs) {
    for (let k = 0; k < run.count; k++) {
      const i = nodes.add(run.offering);
      for (const [g, n] of run.filling) nodes.fill.put(i, g, n);
    }
    for (const [g, n] of run.filling) {
      const spread = spreads[g];
      spread?.add(spread.at(market.zoneOf[run.offering] as number), n * run.count);
    }
  }
  const stood = spreads.map((spread) => spread?.counts.slice());
  for (let launched = 1; launched > 0 && pending.some((n) => n > 0);) {
    const claims = provision(market, nodes, availableOf(market, nodes), spreads, pending);
    launched = launch(market, claims, nodes, spreads, pending);
    spreads.forEach((spread, g) => spread && keepOut(market, nodes, g, spread, stood[g] as Int32Array, pending));
  }
  consolidate(market, nodes, spreads);
  return { nodes: alike(nodes), unplaced: missing(market, nodes) };
}

/**
 * Pods whose node came while that of another zone did not: the Kubernetes scheduler does not bind them beyond the skew,
 * so they are pending again. Those on the newest nodes wait.
 */
function keepOut(
  market: Market,
  nodes: Nodes,
  g: number,
  spread: Spread,
  stood: Int32Array,
  pending: Int32Array,
): void {
  spread.zones.forEach((zone, z) => {
    let left = Math.min(spread.over(z), (spread.counts[z] as number) - (stood[z] as number));
    for (let i = nodes.count - 1; i >= 0 && left > 0; i--) {
      if (nodes.isGone(i) || market.zoneOf[nodes.offering[i] as number] !== zone) continue;
      const n = Math.min(left, nodes.fill.of(i, g));
      if (n === 0) continue;
      nodes.take(i, g, n);
      spread.add(z, -n);
      pending[g] = (pending[g] as number) + n;
      left -= n;
    }
  });
}

function availableOf(market: Market, nodes: Nodes): number {
  const all = Array.from(market.offerings.keys());
  return market.sets.of(all.filter((o) => stillToBeHad(market, nodes, o) > 0));
}

/** Nodes with the same offering and filling as one. */
function alike(nodes: Nodes): Filled[] {
  const merged = new Map<string, { offering: number; count: number; filling: Map<number, number> }>();
  for (let i = 0; i < nodes.count; i++) {
    if (nodes.isGone(i)) continue;
    const entries: [number, number][] = [];
    nodes.fill.each(i, (g, n) => entries.push([g, n]));
    entries.sort(([a], [b]) => a - b);
    const offering = nodes.offering[i] as number;
    const key = `${offering}|${entries.join('|')}`;
    const known = merged.get(key);
    if (known) known.count++;
    else merged.set(key, { offering, count: 1, filling: new Map(entries) });
  }
  return [...merged.values()];
}

function missing(market: Market, nodes: Nodes): Int32Array {
  const out = Int32Array.from(market.groups, (group) => group.replicas);
  for (let i = 0; i < nodes.count; i++)
    if (!nodes.isGone(i)) nodes.fill.each(i, (g, n) => (out[g] = (out[g] as number) - n));
  return out;
}
