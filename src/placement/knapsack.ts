/** A filling of one node, and what no filling of it is worth more than. */
export interface Filling {
  /** value of `counts` */
  readonly value: number;
  /** no filling is worth more */
  readonly bound: number;
  /** how many of each item; valid until the next call */
  readonly counts: Int32Array;
}

/** Items in arrays that are used again from node to node. */
export interface Items {
  readonly count: number;
  /** > 0 */
  readonly value: Float64Array;
  readonly most: Int32Array;
  /** resource r of item i at [i × resources + r] */
  readonly need: Float64Array;
}

const WEIGHT_ROUNDS = 8;
/** When a bound is to be proved, the weights are worked out to the last per mille. */
const WEIGHT_ROUNDS_THOROUGH = 30;
/** Steps by which single weights are then moved up and down, as long as that helps. */
const NUDGES = [0.3, 0.1, 0.03, 0.01, 0.003, 0.001] as const;
const CALMING = 0.8;
const CALMING_THOROUGH = 0.88;
const SLACK = 1e-9;
/** How strongly scarce resources weigh in a greedy filling; each start fills differently. */
export const STARTS = [1, 0.25, 3] as const;
/**
 * Fillings of one node, quickly: a bounded knapsack in several resources.
 *
 * For the bound the resources are added up with non-negative weights, moved a few times towards those that the
 * fractional filling over-fills (the surrogate dual, close to the linear relaxation and always valid). When it shows
 * the node to be worth looking at, it is filled greedily, each resource weighed by how little of it is left. Ties are
 * broken by item order. {@link KnapsackSearch} looks on from there.
 */
export class Knapsack {
  protected readonly resources: number;
  protected readonly use: Float64Array;
  protected readonly ratio: Float64Array;
  protected readonly bestOrder: Int32Array;
  private readonly filled: Float64Array;
  /** items that may still go into the node, and what its resources cost by how little of them is left */
  private readonly open: Int32Array;
  private readonly dearness: Float64Array;
  protected readonly left: Float64Array;
  protected readonly now: Int32Array;
  protected readonly best: Int32Array;
  protected bestValue = 0;
  /** worth of one weighted resource in the last fractional filling */
  private critical = 0;

  constructor(items: number, resources: number) {
    this.resources = resources;
    this.use = new Float64Array(items * resources);
    this.ratio = new Float64Array(items);
    this.bestOrder = new Int32Array(items);
    this.filled = new Float64Array(resources);
    this.open = new Int32Array(items);
    this.dearness = new Float64Array(resources);
    this.left = new Float64Array(resources);
    this.now = new Int32Array(items);
    this.best = new Int32Array(items);
  }

  /**
   * The first filling above `worthwhile` that is found, and a bound that is valid but loose.
   *
   * @param capacity resources of the node
   * @param worthwhile a bound at or under this is enough: no filling is looked for
   * @param weights of the resources, to start from and left improved for the next call on the same node
   */
  quick(items: Items, capacity: Float64Array, worthwhile: number, weights: Float64Array): Filling {
    this.look(items, capacity);
    const bound = this.surrogateBound(items, weights, worthwhile, false);
    this.begin(items, weights);
    if (bound > worthwhile) {
      this.inOrder(items);
      if (this.bestValue <= worthwhile) {
        const spare = this.fractional(items, weights) - worthwhile;
        this.greedy(items, STARTS[0], weights, 0, spare);
      }
    }
    return { value: this.bestValue, bound, counts: this.best };
  }

  /**
   * A bound with the weights worked out, after which {@link lossOf} tells what each item takes off it.
   *
   * @param worthwhile a bound at or under this is enough
   */
  boundOf(items: Items, capacity: Float64Array, worthwhile: number, weights: Float64Array): number {
    this.look(items, capacity);
    const bound = this.surrogateBound(items, weights, worthwhile, true);
    return Math.min(bound, this.fractional(items, weights));
  }

  /** What a filling with one of item i is worth less than the bound at least. */
  lossOf(items: Items, i: number, weights: Float64Array): number {
    let need = 0;
    for (let r = 0; r < this.resources; r++) {
      need += (weights[r] as number) * (this.use[i * this.resources + r] as number);
    }
    return Math.max(0, this.critical * need - (items.value[i] as number));
  }

  /** Takes up items and a node: their needs as shares of it. */
  protected look(items: Items, capacity: Float64Array): void {
    const { resources, use } = this;
    for (let i = 0; i < items.count; i++) {
      for (let r = 0; r < resources; r++) {
        const need = items.need[i * resources + r] as number;
        use[i * resources + r] = need <= 0 ? 0 : need / Math.max(capacity[r] as number, 1e-12);
      }
    }
  }

  protected surrogateBound(items: Items, weights: Float64Array, worthwhile: number, thoroughly: boolean): number {
    const { resources, filled } = this;
    const trial = weights.slice();
    let best = Infinity;
    let step = 0.5;
    for (let round = 0; round < (thoroughly ? WEIGHT_ROUNDS_THOROUGH : WEIGHT_ROUNDS); round++) {
      const bound = this.fractional(items, trial);
      if (bound < best) {
        best = bound;
        weights.set(trial);
      }
      if (best <= worthwhile) return best;
      let sum = 0;
      for (let r = 0; r < resources; r++) {
        const w = Math.max(1e-6, trial[r] as number) * Math.max(0.05, filled[r] as number) ** step;
        trial[r] = w;
        sum += w;
      }
      for (let r = 0; r < resources; r++) trial[r] = (trial[r] as number) / sum;
      step *= thoroughly ? CALMING_THOROUGH : CALMING;
    }
    return thoroughly ? this.nudged(items, weights, trial, best, worthwhile) : best;
  }

  /** The bound with weights moved one by one: the steps above circle around the best weights without meeting them. */
  private nudged(items: Items, weights: Float64Array, trial: Float64Array, found: number, worthwhile: number): number {
    let best = found;
    for (const nudge of NUDGES) {
      for (let r = 0, idle = 0; idle < 2 * this.resources && best > worthwhile; r = (r + 1) % this.resources) {
        for (const factor of [1 + nudge, 1 / (1 + nudge)]) {
          trial.set(weights);
          // weights always add up to one: the node's room is one of each resource
          const sum = 1 + (trial[r] as number) * (factor - 1);
          trial[r] = (trial[r] as number) * factor;
          for (let q = 0; q < this.resources; q++) trial[q] = (trial[q] as number) / sum;
          const bound = this.fractional(items, trial);
          if (bound < best * (1 - 1e-7)) {
            best = bound;
            weights.set(trial);
            idle = 0;
          } else idle++;
        }
      }
    }
    return best;
  }

  /**
   * Value of the fractional filling under one weighted resource; leaves how full it makes each real one. A few items
   * fill a node, so they are picked one by one, and no order of all is needed.
   */
  private fractional(items: Items, weights: Float64Array): number {
    const { resources, use, ratio, filled } = this;
    this.weigh(items, weights);
    filled.fill(0);
    let bound = 0;
    let room = 1;
    while (room > 0) {
      let i = -1;
      let most = 0;
      for (let k = 0; k < items.count; k++) {
        if ((ratio[k] as number) > most) {
          most = ratio[k] as number;
          i = k;
        }
      }
      if (i < 0) break;
      const w = (items.value[i] as number) / most;
      const n = Math.min(items.most[i] as number, room / w);
      bound += n * (items.value[i] as number);
      room -= n * w;
      this.critical = most;
      ratio[i] = 0;
      for (let r = 0; r < resources; r++) filled[r] = (filled[r] as number) + n * (use[i * resources + r] as number);
    }
    return bound;
  }

  /** Value per weighted need of each item. */
  private weigh(items: Items, weights: Float64Array): void {
    const { resources, use, ratio } = this;
    for (let i = 0; i < items.count; i++) {
      let w = 0;
      for (let r = 0; r < resources; r++) w += (weights[r] as number) * (use[i * resources + r] as number);
      ratio[i] = (items.value[i] as number) / Math.max(w, 1e-12);
    }
  }

  /** Nothing found yet, and the items in the order of value per weighted need. */
  protected begin(items: Items, weights: Float64Array): void {
    this.best.fill(0);
    this.bestValue = 0;
    this.weigh(items, weights);
    for (let i = 0; i < items.count; i++) this.bestOrder[i] = i;
    sortDown(this.bestOrder, this.ratio, items.count);
  }

  /** As much as fits of each item, in the order of value per weighted need. */
  protected inOrder(items: Items): void {
    this.left.fill(1);
    this.now.fill(0);
    let value = 0;
    for (let k = 0; k < items.count; k++) {
      const i = this.bestOrder[k] as number;
      const n = Math.min(items.most[i] as number, this.roomFor(i));
      if (n <= 0) continue;
      this.put(i, n);
      value += n * (items.value[i] as number);
    }
    this.keepIfBest(value);
  }

  /** Takes up a node for {@link around}; answers the most it can carry. */
  takeUp(items: Items, capacity: Float64Array, weights: Float64Array): number {
    this.look(items, capacity);
    return this.fractional(items, weights);
  }

  /**
   * A filling around one item, which takes half of the room it could have: other columns than the best one, for a
   * master problem that needs many. Call after {@link takeUp} on the same items and node.
   *
   * @param spare what a filling may be worth less than the most the node can carry; one that must lose more is not made
   */
  around(items: Items, i: number, weights: Float64Array, spare: number): Filling {
    this.best.fill(0);
    this.bestValue = 0;
    this.left.fill(1);
    this.now.fill(0);
    const n = Math.min(items.most[i] as number, (this.roomFor(i) + 1) >> 1);
    if (n > 0 && n * this.lossOf(items, i, weights) < spare) {
      this.put(i, n);
      this.greedy(items, STARTS[0], weights, n * (items.value[i] as number), spare);
    }
    return { value: this.bestValue, bound: Infinity, counts: this.best };
  }

  /**
   * Step by step, the item worth most for what it takes of resources weighed by their scarcity.
   *
   * @param begun worth of what is in the node already; 0 = it is empty
   * @param spare what the filling may be worth less than the fractional one last made: items that cost it more stay out
   */
  protected greedy(items: Items, scarcity: number, weights: Float64Array, begun: number, spare: number): void {
    const { resources, use, left, now, open, dearness } = this;
    if (begun === 0) {
      left.fill(1);
      now.fill(0);
    }
    let value = begun;
    let count = 0;
    for (let i = 0; i < items.count; i++) {
      if (spare === Infinity || this.lossOf(items, i, weights) < spare) open[count++] = i;
    }
    while (count > 0) {
      for (let r = 0; r < resources; r++) {
        const free = Math.max(left[r] as number, 1e-9);
        dearness[r] = (weights[r] as number) / (scarcity === 1 ? free : free ** scarcity);
      }
      let chosen = -1;
      let score = 0;
      let still = 0;
      for (let k = 0; k < count; k++) {
        const i = open[k] as number;
        let taken = 1e-12;
        let fits = (now[i] as number) < (items.most[i] as number);
        for (let r = 0; r < resources && fits; r++) {
          const u = use[i * resources + r] as number;
          if (u > (left[r] as number) + SLACK) fits = false;
          else taken += (dearness[r] as number) * u;
        }
        // what does not fit now never will again
        if (!fits) continue;
        open[still++] = i;
        if ((items.value[i] as number) > score * taken) {
          score = (items.value[i] as number) / taken;
          chosen = i;
        }
      }
      count = still;
      if (chosen < 0) break;
      // half of what fits at a time: as the node fills up, the steps become single replicas
      const room = Math.min(this.roomFor(chosen), (items.most[chosen] as number) - (now[chosen] as number));
      const n = Math.max(1, room >> 1);
      this.put(chosen, n);
      value += n * (items.value[chosen] as number);
    }
    this.keepIfBest(value);
  }

  protected roomFor(i: number): number {
    let n = Infinity;
    for (let r = 0; r < this.resources; r++) {
      const u = this.use[i * this.resources + r] as number;
      if (u > 0) n = Math.min(n, Math.floor((this.left[r] as number) / u + SLACK));
    }
    return n === Infinity ? 0 : n;
  }

  protected put(i: number, n: number): void {
    this.now[i] = (this.now[i] as number) + n;
    this.take(i, n);
  }

  protected take(i: number, n: number): void {
    for (let r = 0; r < this.resources; r++) {
      this.left[r] = (this.left[r] as number) - n * (this.use[i * this.resources + r] as number);
    }
  }

  protected keepIfBest(value: number): boolean {
    if (value <= this.bestValue * (1 + 1e-12)) return false;
    this.bestValue = value;
    this.best.set(this.now);
    return true;
  }
}

/** Insertion sort, falling by key and rising by item among equals. */
function sortDown(order: Int32Array, key: Float64Array, count: number): void {
  for (let k = 1; k < count; k++) {
    const i = order[k] as number;
    const x = key[i] as number;
    let j = k - 1;
    for (; j >= 0; j--) {
      const other = order[j] as number;
      const y = key[other] as number;
      if (y > x || (y === x && other < i)) break;
      order[j + 1] = other;
    }
    order[j + 1] = i;
  }
}
