import type { Market } from '../market.ts';
import { mostRoomFor, nothing, roomFor } from '../room.ts';
import type { Spread } from '../spread.ts';
import type { Nodes } from './nodes.ts';

/** What would happen if some nodes went: where their pods would go, and the one claim that the rest would need. */
export interface Simulation {
  readonly moves: readonly Move[];
  readonly claim?: Claim;
}

interface Move {
  readonly node: number;
  readonly group: number;
  readonly pods: number;
}

export interface Claim {
  /** set of offerings it may become */
  mask: number;
  readonly used: Float64Array;
  readonly filling: Map<number, number>;
}

/**
 * Provisioning for the pods of some nodes as if these were not there: to the first other node with room, else to a new
 * claim. More than one claim is of no use to consolidation, so the simulation ends when a second would be needed.
 *
 * Source: kubernetes-sigs/karpenter pkg/controllers/disruption/helpers.go, `SimulateScheduling`, v1.6 to v1.8 (2025).
 */
export class Simulator {
  private readonly market: Market;
  private readonly nodes: Nodes;
  private readonly spreads: readonly (Spread | undefined)[];
  /** groups in the order in which their pods are taken */
  private readonly queue: Int32Array;

  constructor(market: Market, nodes: Nodes, spreads: readonly (Spread | undefined)[], queue: Int32Array) {
    this.market = market;
    this.nodes = nodes;
    this.spreads = spreads;
    this.queue = queue;
  }

  /**
   * @param going nodes that are taken away
   * @param available offerings that can be had
   * @returns nothing when some pods would find no place. The counts of {@link Spread} are as after the moves if there is
   *   an answer, and as before if there is none; {@link undo} takes an answer's counts back.
   */
  simulate(going: readonly number[], available: number): Simulation | undefined {
    const trial = new Trial(this.market, this.nodes, this.spreads, going, available);
    const before = trial.overSkew();
    trial.countOut(-1);
    const placed = this.queue.every((g) => {
      const pods = trial.pods.get(g);
      return pods === undefined || trial.place(g, pods);
    });
    if (placed && trial.overSkew() <= before) return trial;
    this.undo(trial);
    return undefined;
  }

  undo(simulation: Simulation): void {
    if (!(simulation instanceof Trial)) return;
    simulation.takeBack();
    simulation.countOut(1);
  }
}

class Trial implements Simulation {
  readonly moves: Move[] = [];
  claim?: Claim;
  /** pods of each group that have to go elsewhere */
  readonly pods = new Map<number, number>();
  private readonly market: Market;
  private readonly nodes: Nodes;
  private readonly spreads: readonly (Spread | undefined)[];
  private readonly going: ReadonlySet<number>;
  private readonly available: number;
  /** what is used on nodes that have taken pods so far, and how many of each group */
  private readonly changed = new Map<number, { readonly used: Float64Array; readonly more: Map<number, number> }>();
  private readonly counted: (readonly [Spread, number])[] = [];
  /** for a group and a zone: the first node that had room for it */
  private readonly first = new Map<number, number>();

  constructor(
    market: Market,
    nodes: Nodes,
    spreads: readonly (Spread | undefined)[],
    going: readonly number[],
    available: number,
  ) {
    this.market = market;
    this.nodes = nodes;
    this.spreads = spreads;
    this.going = new Set(going);
    this.available = available;
    for (const i of going) nodes.fill.each(i, (g, n) => this.pods.set(g, (this.pods.get(g) ?? 0) + n));
  }

  /** Counts the pods of the nodes that go out of their zones, or back in. */
  countOut(sign: number): void {
    for (const i of this.going)
      this.nodes.fill.each(i, (g, n) => {
        const spread = this.spreads[g];
        spread?.add(spread.at(this.zoneOf(i)), sign * n);
      });
  }

  /**
   * How far the moved groups are over their skew. Replicas of a group that is compared within regions may find room in
   * another region only, and leave their own uneven.
   */
  overSkew(): number {
    let sum = 0;
    for (const g of this.pods.keys()) sum += this.spreads[g]?.overall() ?? 0;
    return sum;
  }

  /** Takes what was placed out of the zones it was counted in. */
  takeBack(): void {
    for (const [spread, zone] of this.counted) spread.add(zone, -1);
  }

  place(g: number, pods: number): boolean {
    const spread = this.spreads[g];
    if (!spread) return this.toClaim(g, this.toNodes(g, pods), this.market.allowed[g] as number);
    for (let left = pods; left > 0; left--) {
      const zone = this.oneToNode(g, spread) ?? this.oneToClaim(g, spread);
      if (zone === undefined) return false;
      spread.add(zone, 1);
      this.counted.push([spread, zone]);
    }
    return true;
  }

  /** @returns pods that found no room */
  private toNodes(g: number, pods: number): number {
    let left = pods;
    const { nodes } = this;
    for (let i = nodes.nextFor(g, 0); i >= 0 && left > 0; i = nodes.nextFor(g, i + 1)) {
      const n = Math.min(left, this.roomOn(i, g));
      if (n > 0) this.move(i, g, n);
      left -= n;
    }
    return left;
  }

  /** To the first node with room, in their order, whose zone is open. */
  private oneToNode(g: number, spread: Spread): number | undefined {
    let zone = -1;
    let node = Infinity;
    for (let z = 0; z < spread.zones.length; z++) {
      if (!spread.open(z)) continue;
      const first = this.firstIn(g, spread.zones[z] as number);
      if (first >= 0 && first < node) [zone, node] = [z, first];
    }
    if (zone < 0) return undefined;
    this.move(node, g, 1);
    return zone;
  }

  /** The first node of a zone with room for one pod; room only shrinks while pods are placed. */
  private firstIn(g: number, zone: number): number {
    const key = g * this.market.zones.length + zone;
    let i = this.first.get(key) ?? this.nodes.nextFor(g, 0, zone);
    while (i >= 0 && this.roomOn(i, g) < 1) i = this.nodes.nextFor(g, i + 1, zone);
    this.first.set(key, i);
    return i;
  }

  /** To the claim, in the zone that is picked among those it may still be in. */
  private oneToClaim(g: number, spread: Spread): number | undefined {
    const { market } = this;
    const { sets } = market;
    const allowed = sets.meet(this.claim?.mask ?? this.available, market.allowed[g] as number);
    const zone = spread.pick(spread.within(market, allowed));
    if (zone < 0) return undefined;
    const there = market.zones[spread.zones[zone] as number]?.offerings ?? sets.empty;
    return this.toClaim(g, 1, sets.meet(allowed, there)) ? zone : undefined;
  }

  private toClaim(g: number, pods: number, set: number): boolean {
    if (pods === 0) return true;
    const { market } = this;
    const mask = market.sets.meet(this.claim?.mask ?? this.available, set);
    const used = this.claim?.used ?? nothing(market);
    const most = (market.perNode[g] as number) - (this.claim?.filling.get(g) ?? 0);
    if (pods > most || mostRoomFor(market, g, mask, used, 0) < pods) return false;
    this.claim ??= { mask, used, filling: new Map() };
    this.claim.mask = mask;
    this.claim.filling.set(g, (this.claim.filling.get(g) ?? 0) + pods);
    addTo(market, used, g, pods);
    return true;
  }

  private roomOn(i: number, g: number): number {
    if (this.going.has(i)) return 0;
    const { market, nodes } = this;
    const changed = this.changed.get(i);
    if (!changed) {
      const room = nodes.roomFor(i, g);
      if (room < 1) nodes.markFull(i, g);
      return room;
    }
    const o = nodes.offering[i] as number;
    if (!market.sets.has(market.allowed[g] as number, o)) return 0;
    const most = (market.perNode[g] as number) - nodes.fill.of(i, g) - (changed.more.get(g) ?? 0);
    return Math.min(most, roomFor(market, g, market.capacity, o, changed.used, 0));
  }

  private move(node: number, group: number, pods: number): void {
    const { market, nodes } = this;
    let changed = this.changed.get(node);
    if (!changed) {
      const from = node * market.resources;
      changed = { used: nodes.fill.used.slice(from, from + market.resources), more: new Map() };
      this.changed.set(node, changed);
    }
    addTo(market, changed.used, group, pods);
    changed.more.set(group, (changed.more.get(group) ?? 0) + pods);
    this.moves.push({ node, group, pods });
  }

  private zoneOf(i: number): number {
    return this.market.zoneOf[this.nodes.offering[i] as number] as number;
  }
}

function addTo(market: Market, used: Float64Array, g: number, pods: number): void {
  for (let r = 0; r < market.resources; r++)
    used[r] = (used[r] as number) + pods * (market.need[g * market.resources + r] as number);
}
