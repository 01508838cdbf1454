import { doubled, Fillings } from '../fillings.ts';
import type { Market } from '../market.ts';

/**
 * Nodes that Karpenter means to launch. A claim has no type: it keeps the set of offerings that all its pods may use, and
 * whatever of it still holds what they ask for together may become the node.
 *
 * Claims stand in an order, fewest pods first, that is sorted anew before each pod. Go's sort leaves equals in any order;
 * a stable sort is taken here: a claim that got a pod comes before those that had as many already, a new one after them.
 * `tie` is that order among equals.
 */
export class Claims {
  readonly fill: Fillings;
  /** set of offerings */
  mask = new Int32Array(64);
  tie = new Float64Array(64);
  private front = 0;
  private back = 0;

  constructor(market: Market) {
    this.fill = new Fillings(market.resources, market.need);
  }

  get count(): number {
    return this.fill.count;
  }

  /** A new claim with its first n pods, all of one group. */
  open(mask: number, g: number, n: number): number {
    const c = this.fill.add();
    if (c >= this.mask.length) {
      this.mask = doubled(this.mask);
      this.tie = doubled(this.tie);
    }
    this.mask[c] = mask;
    this.fill.put(c, g, n);
    this.tie[c] = n === 1 ? ++this.back : --this.front;
    return c;
  }

  /** Moves a claim in front of its equals, as the sort does with one that got a pod. */
  moveUp(c: number): void {
    this.tie[c] = --this.front;
  }

  before(a: number, b: number): boolean {
    const [x, y] = [this.fill.pods[a] as number, this.fill.pods[b] as number];
    return x !== y ? x < y : (this.tie[a] as number) < (this.tie[b] as number);
  }
}
