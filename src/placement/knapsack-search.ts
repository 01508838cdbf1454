import { type Filling, type Items, Knapsack, STARTS } from './knapsack.ts';
import type { Lattice } from './lattice.ts';

/** Part of the best filling is taken out and filled anew once for so many nodes, while none is worthwhile yet. */
const NODES_PER_REFILL = 200;
const REFILL_NODES = 200;
const HAVING_NODES = 60;

/**
 * The best filling of one node: after a quick look a depth-first search, which proves small nodes optimal, and where
 * it comes to no end exchanges in the best filling found.
 */
export class KnapsackSearch extends Knapsack {
  private readonly surrogateNeed: Float64Array;
  /** points of the lattice that the whole node has of each resource */
  private readonly points: Float64Array;
  private lattice: Lattice | undefined;
  private visited = 0;
  private most = 0;
  private enough = 0;

  constructor(items: number, resources: number) {
    super(items, resources);
    this.surrogateNeed = new Float64Array(items);
    this.points = new Float64Array(resources);
  }

  /**
   * @param enough what is worth no more is not looked for
   * @param weights of the resources, to start from and left improved for the next call on the same node
   * @param nodes of the search after which the best found and the bound of the whole node are answered
   * @param lattice of these items, or of more: a second bound on what is left of the node
   */
  searched(
    items: Items,
    capacity: Float64Array,
    enough: number,
    weights: Float64Array,
    nodes: number,
    lattice?: Lattice,
  ): Filling {
    this.look(items, capacity);
    const surrogate = this.surrogateBound(items, weights, enough, true);
    const bound = lattice ? Math.min(surrogate, lattice.value(capacity)) : surrogate;
    this.begin(items, weights);
    if (bound <= enough) return { value: 0, bound, counts: this.best };
    this.inOrder(items);
    for (const scarcity of STARTS) this.greedy(items, scarcity, weights, 0, Infinity);
    this.aim(items, capacity, weights, lattice);
    if (this.searchAll(items, enough, nodes)) {
      return { value: this.bestValue, bound: Math.min(bound, Math.max(this.bestValue, enough)), counts: this.best };
    }
    if (this.bestValue <= enough) this.refill(items, bound, Math.ceil(nodes / NODES_PER_REFILL));
    return { value: this.bestValue, bound, counts: this.best };
  }

  /**
   * The best filling found that has one of item i, after {@link searched} on the same items and node: other columns
   * than the best one.
   *
   * @param worthwhile a filling worth no more is not looked for
   */
  having(items: Items, i: number, worthwhile: number): Filling {
    this.best.fill(0);
    this.bestValue = 0;
    this.left.fill(1);
    this.now.fill(0);
    if (this.roomFor(i) > 0) {
      this.put(i, 1);
      this.go(items, items.value[i] as number, worthwhile, HAVING_NODES);
    }
    return { value: this.bestValue, bound: Infinity, counts: this.best };
  }

  /**
   * Part of the best filling out, and the room searched for something better, again and again: items are taken out by
   * a fixed stride, so the same node is always filled alike.
   */
  private refill(items: Items, bound: number, turns: number): void {
    const { now, best, left } = this;
    let stride = 7;
    for (let turn = 0, idle = 0; turn < turns && idle < turns / 2; turn++, idle++) {
      if (this.bestValue >= bound * (1 - 1e-4)) return;
      now.set(best);
      left.fill(1);
      let value = 0;
      let held = 0;
      for (let i = 0; i < items.count; i++) {
        const n = now[i] as number;
        if (n > 0) this.take(i, n);
        value += n * (items.value[i] as number);
        held += n;
      }
      for (let out = Math.min(held, 2 + (turn % 3)); out > 0; out--) {
        stride = (stride * 48_271) % 2_147_483_647;
        const i = this.heldAt(stride % held, items.count);
        this.put(i, -1);
        value -= items.value[i] as number;
        held--;
      }
      const before = this.bestValue;
      this.go(items, value, 0, REFILL_NODES);
      if (this.bestValue > before) idle = -1;
    }
  }

  /** The item of the n-th unit in the present filling. */
  private heldAt(n: number, count: number): number {
    let seen = 0;
    for (let i = 0; i < count; i++) {
      seen += this.now[i] as number;
      if (n < seen) return i;
    }
    return count - 1;
  }

  private aim(items: Items, capacity: Float64Array, weights: Float64Array, lattice: Lattice | undefined): void {
    const { resources, use } = this;
    this.lattice = lattice;
    for (let r = 0; r < resources; r++) {
      const unit = lattice?.unit[r] ?? 0;
      this.points[r] = unit > 0 ? (capacity[r] as number) / unit : 0;
    }
    for (let k = 0; k < items.count; k++) {
      const i = this.bestOrder[k] as number;
      let w = 0;
      for (let r = 0; r < resources; r++) w += (weights[r] as number) * (use[i * resources + r] as number);
      this.surrogateNeed[k] = Math.max(w, 1e-12);
    }
  }

  /** @returns whether the search went through, which proves that nothing is worth more than the best found or `enough` */
  private searchAll(items: Items, enough: number, nodes: number): boolean {
    this.left.fill(1);
    this.now.fill(0);
    return this.go(items, 0, enough, nodes);
  }

  /** Searches on from what is in the node. */
  private go(items: Items, worth: number, enough: number, nodes: number): boolean {
    let room = 1;
    for (let k = 0; k < items.count; k++) {
      room -= (this.now[this.bestOrder[k] as number] as number) * (this.surrogateNeed[k] as number);
    }
    this.enough = enough;
    this.visited = 0;
    this.most = nodes;
    this.search(items, 0, worth, room);
    return this.visited <= nodes;
  }

  /** Items in the order of value per weighted need, so that what comes later can fill the room for no more. */
  private search(items: Items, from: number, worth: number, room: number): void {
    this.visited++;
    this.keepIfBest(worth);
    if (this.lattice && worth + this.carried(this.lattice) <= this.bar()) return;
    for (let k = from; k < items.count; k++) {
      if (this.visited > this.most || worth + this.optimistic(items, k, room) <= this.bar()) return;
      const i = this.bestOrder[k] as number;
      const value = items.value[i] as number;
      const need = this.surrogateNeed[k] as number;
      for (let n = Math.min((items.most[i] as number) - (this.now[i] as number), this.roomFor(i)); n > 0; n--) {
        this.put(i, n);
        this.search(items, k + 1, worth + n * value, room - n * need);
        this.put(i, -n);
      }
    }
  }

  private bar(): number {
    return Math.max(this.bestValue * (1 + 1e-9), this.enough);
  }

  /** What the items from the k-th on can add when only the weighted resource counts, and replicas may be cut. */
  private optimistic(items: Items, from: number, room: number): number {
    let worth = 0;
    let free = room;
    for (let k = from; k < items.count && free > 0; k++) {
      const i = this.bestOrder[k] as number;
      const w = this.surrogateNeed[k] as number;
      const n = Math.min((items.most[i] as number) - (this.now[i] as number), free / w);
      worth += n * (items.value[i] as number);
      free -= n * w;
    }
    return worth;
  }

  /** The most that what is left of the node can carry. */
  private carried(lattice: Lattice): number {
    let point = 0;
    for (let r = 0; r < this.resources; r++) {
      const steps = Math.floor((this.left[r] as number) * (this.points[r] as number) + 1e-6);
      point += Math.min(lattice.extent[r] as number, Math.max(0, steps)) * (lattice.stride[r] as number);
    }
    return lattice.best[point] as number;
  }
}
