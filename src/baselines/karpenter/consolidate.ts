import type { Market } from '../market.ts';
import type { Spread } from '../spread.ts';
import { type Nodes, stillToBeHad } from './nodes.ts';
import { queueOf } from './provision.ts';
import { replacementFor } from './replacement.ts';
import { type Simulation, Simulator } from './simulate.ts';

/** Most nodes that are looked at together. */
const MOST_AT_ONCE = 100;
/**
 * Nodes tried in simulations before consolidation ends. Karpenter stops a search after one minute (several nodes) or three
 * (single ones) and simulates some tens of nodes a second in a large cluster; this is hours of it.
 */
const MOST_TRIED = 50_000;

/**
 * Consolidation until nothing more is found: empty nodes go; then several nodes at once, those with the fewest pods first,
 * as many as can go together by binary search; then single nodes. Nodes go when their pods fit on the others, or on the
 * others and one new node that is cheaper than all that go.
 *
 * Karpenter starts over after each step; here a search through the single nodes goes on behind the node that went, and
 * everything starts over at its end.
 *
 * Source: kubernetes-sigs/karpenter pkg/controllers/disruption/{controller,emptiness,multinodeconsolidation,
 * singlenodeconsolidation}.go, v1.6 to v1.8 (2025). A pod costs 1 to move, so nodes are ordered by their pods.
 */
export function consolidate(market: Market, nodes: Nodes, spreads: readonly (Spread | undefined)[]): void {
  new Consolidation(market, nodes, spreads).run();
}

class Consolidation {
  private readonly market: Market;
  private readonly nodes: Nodes;
  private readonly simulator: Simulator;
  private readonly limited: readonly number[];
  private known: { readonly soldOut: string; readonly set: number };
  private tried = 0;

  constructor(market: Market, nodes: Nodes, spreads: readonly (Spread | undefined)[]) {
    this.market = market;
    this.nodes = nodes;
    this.simulator = new Simulator(market, nodes, spreads, queueOf(market));
    this.limited = [...market.offerings.keys()].filter((o) => market.atMost[o] !== Infinity);
    this.known = { soldOut: '', set: market.sets.of(market.offerings.keys()) };
  }

  run(): void {
    let found = true;
    while (found && this.tried < MOST_TRIED) {
      found = false;
      this.removeEmpty();
      while (this.tried < MOST_TRIED && this.severalNodes()) found = true;
      for (const i of this.candidates()) {
        if (this.tried >= MOST_TRIED) break;
        if (!this.nodes.isGone(i) && this.spare(i) && this.attempt([i])) found = true;
      }
    }
  }

  private removeEmpty(): void {
    for (let i = 0; i < this.nodes.count; i++)
      if (!this.nodes.isGone(i) && this.nodes.fill.pods[i] === 0 && this.spare(i)) this.nodes.remove(i);
  }

  /** Whether its pool may shrink. */
  private spare(i: number): boolean {
    const o = this.nodes.offering[i] as number;
    return (this.nodes.perOffering[o] as number) > (this.market.atLeast[o] as number);
  }

  /** Nodes that may go, the fewest pods first; of equals the older. */
  private candidates(): number[] {
    const { nodes } = this;
    const pods = (i: number): number => nodes.fill.pods[i] as number;
    return Array.from({ length: nodes.count }, (_, i) => i)
      .filter((i) => !nodes.isGone(i) && pods(i) > 0 && this.spare(i))
      .toSorted((a, b) => pods(a) - pods(b) || a - b);
  }

  /** The longest run of candidates, from the first on, that binary search finds can go together. */
  private severalNodes(): boolean {
    const all = this.withinMinimums(this.candidates()).slice(0, MOST_AT_ONCE + 1);
    if (all.length < 2) return false;
    let low = 1;
    let high = Math.min(all.length - 1, MOST_AT_ONCE);
    let best = 0;
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      const possible = this.planFor(all.slice(0, middle + 1));
      if (possible) {
        this.simulator.undo(possible.simulation);
        best = middle + 1;
        low = middle + 1;
      } else high = middle - 1;
    }
    return best > 0 && this.attempt(all.slice(0, best));
  }

  /** Without those that would take a pool below its smallest size. */
  private withinMinimums(candidates: readonly number[]): number[] {
    const going = new Map<number, number>();
    return candidates.filter((i) => {
      const o = this.nodes.offering[i] as number;
      const n = (going.get(o) ?? 0) + 1;
      if ((this.nodes.perOffering[o] as number) - n < (this.market.atLeast[o] as number)) return false;
      going.set(o, n);
      return true;
    });
  }

  private attempt(going: readonly number[]): boolean {
    const plan = this.planFor(going);
    if (!plan) return false;
    const { nodes } = this;
    const { moves, claim } = plan.simulation;
    for (const i of going) nodes.remove(i);
    for (const { node, group, pods } of moves) nodes.fill.put(node, group, pods);
    if (claim) {
      const node = nodes.add(plan.replacement);
      for (const [g, n] of claim.filling) nodes.fill.put(node, g, n);
    }
    return true;
  }

  private planFor(
    going: readonly number[],
  ): { readonly simulation: Simulation; readonly replacement: number } | undefined {
    this.tried += going.length;
    const simulation = this.simulator.simulate(going, this.available());
    if (!simulation) return undefined;
    const { claim } = simulation;
    const replacement = claim ? replacementFor(this.market, this.nodes, going, claim) : -1;
    if (!claim || replacement >= 0) return { simulation, replacement };
    this.simulator.undo(simulation);
    return undefined;
  }

  /** Offerings to be had. */
  private available(): number {
    const { market, nodes } = this;
    const soldOut = this.limited.filter((o) => stillToBeHad(market, nodes, o) <= 0);
    const key = soldOut.join();
    if (key !== this.known.soldOut) {
      const gone = new Set(soldOut);
      this.known = { soldOut: key, set: market.sets.of([...market.offerings.keys()].filter((o) => !gone.has(o))) };
    }
    return this.known.set;
  }
}
