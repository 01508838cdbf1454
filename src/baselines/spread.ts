import type { Market } from './market.ts';
import { nothing, roomFor } from './room.ts';

/**
 * Topology spread over zones for one group, as the Kubernetes scheduler reads `maxSkew`: a replica may join a zone when
 * the zone's count with it exceeds the smallest count by no more than the skew.
 *
 * The zones are those with an offering that the group may use and that has room for one replica. Where counts are only
 * compared within a region, the cheapest region comes first and the others take what it cannot: a cluster of these
 * autoscalers lives in one region, and its owner would choose that one. Among zones with equal counts the cheapest for
 * the group comes first; Karpenter takes any of them (`nextDomainTopologySpread`, "any random domain").
 */
export class Spread {
  /** its zones by number, those of the cheapest scope first and within it the cheapest first */
  readonly zones: Int32Array;
  /** of each zone in {@link zones}: where its scope starts and ends */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly counts: Int32Array;
  /** smallest count of a scope, where the scope starts */
  private readonly least: Int32Array;
  private readonly most: number;
  private readonly position = new Map<number, number>();
  private readonly zonesOf = new Map<number, Int32Array>();

  constructor(market: Market, g: number) {
    const group = market.groups[g];
    const within = group?.zoneSkew?.within ?? 'all';
    this.most = group?.zoneSkew?.most ?? Infinity;
    const priced = pricedZones(market, g);
    const scopeOf = (z: number): string => (within === 'all' ? '' : (market.zones[z]?.region ?? ''));
    // zones come by price, so scopes are met in the order of their cheapest zone
    const scopes = new Map<string, number[]>();
    for (const z of priced) scopes.set(scopeOf(z), [...(scopes.get(scopeOf(z)) ?? []), z]);
    this.zones = Int32Array.from([...scopes.values()].flat());
    this.from = new Int32Array(this.zones.length);
    this.to = new Int32Array(this.zones.length);
    this.counts = new Int32Array(this.zones.length);
    this.least = new Int32Array(this.zones.length);
    let start = 0;
    for (const members of scopes.values()) {
      this.from.fill(start, start, start + members.length);
      this.to.fill(start + members.length, start, start + members.length);
      start += members.length;
    }
    this.zones.forEach((z, i) => this.position.set(z, i));
  }

  /** Where a zone stands in {@link zones}; −1 when it is none of them. */
  at(zone: number): number {
    return this.position.get(zone) ?? -1;
  }

  /** The zones, by their place in {@link zones}, that a set has offerings in. */
  within(market: Market, set: number): Int32Array {
    let known = this.zonesOf.get(set);
    if (!known) {
      const here = new Set<number>();
      for (const o of market.sets.members(set)) here.add(this.at(market.zoneOf[o] as number));
      here.delete(-1);
      this.zonesOf.set(set, (known = Int32Array.from(here).toSorted()));
    }
    return known;
  }

  add(i: number, n: number): void {
    if (i < 0) return;
    const before = this.counts[i] as number;
    this.counts[i] = before + n;
    const from = this.from[i] as number;
    if (n > 0 && before > (this.least[from] as number)) return;
    let least = before + n;
    for (let j = from; j < (this.to[i] as number); j++) least = Math.min(least, this.counts[j] as number);
    this.least[from] = least;
  }

  /** Whether the skew lets one more replica into zone i. */
  open(i: number): boolean {
    return (this.counts[i] as number) + 1 - (this.least[this.from[i] as number] as number) <= this.most;
  }

  /** How many zone i has more than the skew allows beside the least filled. */
  over(i: number): number {
    return Math.max(0, (this.counts[i] as number) - (this.least[this.from[i] as number] as number) - this.most);
  }

  /** The same over all zones. */
  overall(): number {
    let sum = 0;
    for (let i = 0; i < this.zones.length; i++) sum += this.over(i);
    return sum;
  }

  /**
   * The zone a replica is sent to among some zones (positions, rising): the least filled one that is open, of the first
   * scope that has an open one at all; −1 when none is.
   */
  pick(among: Int32Array): number {
    let best = -1;
    for (const i of among) {
      if (best >= 0 && i >= (this.to[best] as number)) return best;
      if ((best < 0 || (this.counts[i] as number) < (this.counts[best] as number)) && this.open(i)) best = i;
    }
    return best;
  }
}

/** Its zones with room for one, by the least $/h a replica costs there, then by name. */
function pricedZones(market: Market, g: number): number[] {
  const empty = nothing(market);
  const best = new Map<number, number>();
  for (const o of market.sets.members(market.allowed[g] as number)) {
    const room = Math.min(roomFor(market, g, market.capacity, o, empty, 0), market.perNode[g] as number);
    if (room < 1) continue;
    const z = market.zoneOf[o] as number;
    best.set(z, Math.min(best.get(z) ?? Infinity, (market.price[o] as number) / room));
  }
  const name = (z: number): string => market.zones[z]?.name ?? '';
  return [...best.keys()].toSorted((a, b) => (best.get(a) ?? 0) - (best.get(b) ?? 0) || (name(a) < name(b) ? -1 : 1));
}
