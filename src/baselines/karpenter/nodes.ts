import { doubled, Fillings } from '../fillings.ts';
import type { Market } from '../market.ts';
import { holds, roomFor } from '../room.ts';

/**
 * Nodes that run, each by itself, in the order in which they are searched for room.
 *
 * What stands on a node grows until the node goes, as a rule: once it has no room for a group it never has again, and a
 * bit per group and node remembers that.
 */
export class Nodes {
  readonly fill: Fillings;
  offering = new Int32Array(64);
  /** nodes of each offering that are there */
  readonly perOffering: Int32Array;
  private gone = new Uint32Array(2);
  /** a bit per node, for each zone */
  private readonly inZone: Uint32Array<ArrayBuffer>[];
  private readonly market: Market;
  /** nodes that are known to have no room for the group */
  private readonly full: (Uint32Array<ArrayBuffer> | undefined)[] = [];

  constructor(market: Market) {
    this.market = market;
    this.fill = new Fillings(market.resources, market.need);
    this.perOffering = new Int32Array(market.offerings.length);
    this.inZone = market.zones.map(() => new Uint32Array(2));
  }

  get count(): number {
    return this.fill.count;
  }

  add(offering: number): number {
    const i = this.fill.add();
    if (i >= this.offering.length) {
      this.offering = doubled(this.offering);
      this.gone = doubled(this.gone);
    }
    this.offering[i] = offering;
    const z = this.market.zoneOf[offering] as number;
    while (i >>> 5 >= (this.inZone[z]?.length ?? Infinity))
      this.inZone[z] = doubled(this.inZone[z] as typeof this.gone);
    setBit(this.inZone[z], i);
    this.perOffering[offering] = (this.perOffering[offering] as number) + 1;
    return i;
  }

  remove(i: number): void {
    setBit(this.gone, i);
    const o = this.offering[i] as number;
    this.perOffering[o] = (this.perOffering[o] as number) - 1;
  }

  /** Pods leave a node that stays: there may be room again for any group. */
  take(i: number, g: number, n: number): void {
    this.fill.put(i, g, -n);
    for (const full of this.full)
      if (full && i >>> 5 < full.length) full[i >>> 5] = (full[i >>> 5] as number) & ~(1 << (i & 31));
  }

  isGone(i: number): boolean {
    return ((this.gone[i >>> 5] as number) & (1 << (i & 31))) !== 0;
  }

  /** The first node from `from` on, in the zone if one is given, that may have room for the group; −1 if none. */
  nextFor(g: number, from: number, zone?: number): number {
    const full = this.fullFor(g);
    const inZone = zone === undefined ? undefined : this.inZone[zone];
    const words = Math.min((this.count + 31) >>> 5, inZone?.length ?? Infinity);
    for (let w = from >>> 5; w < words; w++) {
      let open = ~((full[w] as number) | (this.gone[w] as number));
      if (inZone) open &= inZone[w] as number;
      if (w === from >>> 5) open &= -1 << (from & 31);
      if (open === 0) continue;
      const i = w * 32 + 31 - Math.clz32(open & -open);
      return i < this.count ? i : -1;
    }
    return -1;
  }

  /** Replicas of g that node i can still take. */
  roomFor(i: number, g: number): number {
    const { market, fill } = this;
    if (!market.sets.has(market.allowed[g] as number, this.offering[i] as number)) return 0;
    const room = roomFor(market, g, market.capacity, this.offering[i] as number, fill.used, i * market.resources);
    const most = market.perNode[g] as number;
    return room < 1 || most === Infinity ? room : Math.min(room, most - fill.of(i, g));
  }

  /** To be called when {@link roomFor} was 0 for a filling that stays. */
  markFull(i: number, g: number): void {
    setBit(this.fullFor(g), i);
  }

  private fullFor(g: number): Uint32Array {
    let full = this.full[g] ?? new Uint32Array(this.gone.length);
    while (full.length < this.gone.length) full = doubled(full);
    return (this.full[g] = full);
  }
}

function setBit(bits: Uint32Array | undefined, i: number): void {
  if (bits) bits[i >>> 5] = (bits[i >>> 5] as number) | (1 << (i & 31));
}

/** Nodes of an offering that can still be had. */
export const stillToBeHad = (market: Market, nodes: Nodes, offering: number): number =>
  (market.atMost[offering] as number) - (nodes.perOffering[offering] as number);

/** The cheapest offering of a set that can be had and holds what is used; −1 when none does. */
export function cheapestFor(market: Market, nodes: Nodes, set: number, used: Float64Array, u: number): number {
  for (const o of market.sets.ladder(set))
    if (stillToBeHad(market, nodes, o) > 0 && holds(market, o, used, u)) return o;
  return -1;
}
