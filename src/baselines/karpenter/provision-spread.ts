import type { Spread } from '../spread.ts';
import { mostRoomFor, nothing } from '../room.ts';
import { ClaimHeap } from './claim-heap.ts';
import { join, roomOnClaim, type Scene } from './scene.ts';

/**
 * Pods of a group that spreads over zones, one by one, since each changes which zones are open to the next.
 *
 * On a node that runs the zone is given. Of a claim's zones the least filled open one is picked, the claim is narrowed to
 * it, and when nothing of the claim fits there the pod goes on to the next claim (Karpenter looks at one zone only). A
 * new claim is tried likewise. Claims with the same zones to pick from are kept together, so that a pod looks at the
 * first of each kind and not at every claim.
 *
 * Source: kubernetes-sigs/karpenter pkg/controllers/provisioning/scheduling/topologygroup.go, `nextDomainTopologySpread`.
 *
 * @returns pods without a place
 */
export function placeSpread(scene: Scene, g: number, spread: Spread, pods: number): number {
  const onNodes = new NodesByZone(scene, g, spread);
  const onClaims = new ClaimsByZone(scene, g, spread);
  const opened = scene.claims.count;
  for (let left = pods; left > 0; left--) {
    const zone = onNodes.take() ?? onClaims.take() ?? onClaims.open();
    if (zone === undefined) {
      join(scene, opened);
      return left;
    }
    spread.add(zone, 1);
  }
  join(scene, opened);
  return 0;
}

/** For each zone, the first node with room left. */
class NodesByZone {
  private readonly scene: Scene;
  private readonly g: number;
  private readonly spread: Spread;
  private readonly queues: number[][];
  private readonly next: Int32Array;

  constructor(scene: Scene, g: number, spread: Spread) {
    this.scene = scene;
    this.g = g;
    this.spread = spread;
    this.queues = Array.from(spread.zones, () => []);
    this.next = new Int32Array(spread.zones.length);
    const { nodes, market } = scene;
    for (let i = nodes.nextFor(g, 0); i >= 0; i = nodes.nextFor(g, i + 1)) {
      if (nodes.roomFor(i, g) < 1) nodes.markFull(i, g);
      else this.queues[spread.at(market.zoneOf[nodes.offering[i] as number] as number)]?.push(i);
    }
  }

  /** The zone of the first node, in their order, with room in an open zone. */
  take(): number | undefined {
    const { nodes } = this.scene;
    let zone = -1;
    let node = Infinity;
    this.queues.forEach((queue, z) => {
      const first = queue[this.next[z] as number];
      if (first === undefined || first >= node || !this.spread.open(z)) return;
      [zone, node] = [z, first];
    });
    if (zone < 0) return undefined;
    nodes.fill.put(node, this.g, 1);
    if (nodes.roomFor(node, this.g) < 1) {
      nodes.markFull(node, this.g);
      this.next[zone] = (this.next[zone] as number) + 1;
    }
    return zone;
  }
}

/** Claims that may be narrowed alike. */
interface Kind {
  /** what the claim may still be with this group on it */
  readonly mask: number;
  /** positions of its zones, rising */
  readonly zones: Int32Array;
  readonly members: number[];
  /** for each zone that was picked so far: the members with room there */
  readonly heaps: Map<number, ClaimHeap>;
}

class ClaimsByZone {
  private readonly scene: Scene;
  private readonly g: number;
  private readonly spread: Spread;
  private readonly kinds = new Map<number, Kind>();

  constructor(scene: Scene, g: number, spread: Spread) {
    this.scene = scene;
    this.g = g;
    this.spread = spread;
    for (const c of scene.open) this.enter(c);
  }

  /** Puts a pod on the first claim that takes it; the zone that claim is then in. */
  take(): number | undefined {
    let best: { readonly heap: ClaimHeap; readonly claim: number; readonly zone: number } | undefined;
    for (const kind of this.kinds.values()) {
      const zone = this.spread.pick(kind.zones);
      if (zone < 0) continue;
      const heap = this.heapOf(kind, zone);
      const claim = heap.first();
      if (claim >= 0 && (!best || this.scene.claims.before(claim, best.claim))) best = { heap, claim, zone };
    }
    if (!best) return undefined;
    const { claim, zone } = best;
    const { claims } = this.scene;
    claims.mask[claim] = this.narrowed(claims.mask[claim] as number, zone);
    claims.fill.put(claim, this.g, 1);
    claims.moveUp(claim);
    this.enter(claim);
    return zone;
  }

  /** A new claim in the least filled open zone where one can be had; its zone. */
  open(): number | undefined {
    const { market, claims, available } = this.scene;
    const { spread, g } = this;
    // one scope after the other: where counts are compared within regions, a region without nodes is left for the next
    for (let from = 0; from < spread.zones.length; from = spread.to[from] as number) {
      const zones = Int32Array.from({ length: (spread.to[from] as number) - from }, (_, i) => from + i);
      const least = spread.pick(zones);
      if (least < 0) continue;
      for (const zone of zones) {
        // any of the least filled may be taken: one where a node can be had, if there is one
        if (spread.counts[zone] !== spread.counts[least]) continue;
        const mask = this.narrowed(available, zone);
        if (mostRoomFor(market, g, mask, nothing(market), 0) < 1) continue;
        this.enter(claims.open(mask, g, 1));
        return zone;
      }
    }
    return undefined;
  }

  private enter(c: number): void {
    const { market, claims } = this.scene;
    const mask = market.sets.meet(claims.mask[c] as number, market.allowed[this.g] as number);
    if (mask === market.sets.empty) return;
    let kind = this.kinds.get(mask);
    if (!kind) {
      kind = { mask, zones: this.spread.within(market, mask), members: [], heaps: new Map() };
      this.kinds.set(mask, kind);
    }
    kind.members.push(c);
    for (const [zone, heap] of kind.heaps) this.offer(heap, kind, zone, c);
  }

  private heapOf(kind: Kind, zone: number): ClaimHeap {
    let heap = kind.heaps.get(zone);
    if (!heap) {
      // a member that was narrowed or got a pod since it came is another's member now, or comes again
      heap = new ClaimHeap(this.scene.claims);
      kind.heaps.set(zone, heap);
      for (const c of new Set(kind.members)) this.offer(heap, kind, zone, c);
    }
    return heap;
  }

  private offer(heap: ClaimHeap, kind: Kind, zone: number, c: number): void {
    const { claims, market } = this.scene;
    const mask = market.sets.meet(claims.mask[c] as number, market.allowed[this.g] as number);
    if (mask === kind.mask && roomOnClaim(this.scene, c, this.g, this.narrowed(mask, zone)) > 0) heap.push(c);
  }

  private narrowed(mask: number, zone: number): number {
    const { sets, zones, allowed } = this.scene.market;
    const there = zones[this.spread.zones[zone] as number]?.offerings ?? sets.empty;
    return sets.meet(sets.meet(mask, allowed[this.g] as number), there);
  }
}
