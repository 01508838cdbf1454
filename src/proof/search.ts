import { type Items, Relaxation } from './relaxation.ts';
import { commonOf } from './table.ts';

/** What a search for a filling worth more than `enough` came to. */
export type Searched =
  | { readonly outcome: 'none' }
  /** a filling that is worth more: how many of each item */
  | { readonly outcome: 'found'; readonly counts: readonly number[] }
  /** cut off: `bound` is what is still not ruled out */
  | { readonly outcome: 'open'; readonly bound: number };

/** Shares of a replica that count as none: rounding of the relaxation. */
const WHOLE = 1e-7;

/**
 * Looks for a filling of one node that is worth more than `enough`: branch and bound over the relaxation, with each
 * item's count narrowed to what could still make up for its surplus.
 */
export class Search {
  private readonly items: Items;
  private readonly relaxation: Relaxation;
  private capacity: Float64Array = new Float64Array(0);
  private enough = 0;
  private left = 0;
  private open = -Infinity;

  constructor(items: Items) {
    this.items = items;
    this.relaxation = new Relaxation(items);
  }

  /** The relaxation's bound, or any that is low enough. */
  bound(capacity: Float64Array, most: Float64Array, enough: number): number {
    return this.relaxation.bound(capacity, new Float64Array(most.length), most, enough);
  }

  /** Resources, the one whose price the last bound makes most of first. */
  byImportance(): readonly number[] {
    return this.relaxation.byImportance();
  }

  /** @param steps after which the search is cut off */
  run(
    capacity: Float64Array,
    most: Float64Array,
    enough: number,
    steps: number,
  ): Searched & { readonly steps: number } {
    this.capacity = capacity;
    this.enough = enough;
    this.left = steps;
    this.open = -Infinity;
    const counts = this.branch(new Float64Array(most.length), Float64Array.from(most));
    const used = { steps: steps - this.left };
    if (counts) return { outcome: 'found', counts, ...used };
    return this.open > enough * (1 + 1e-9)
      ? { outcome: 'open', bound: this.open, ...used }
      : { outcome: 'none', ...used };
  }

  private branch(least: Float64Array, most: Float64Array): readonly number[] | undefined {
    const { relaxation, enough } = this;
    const bound = relaxation.bound(this.reachable(least, most), least, most, enough);
    if (bound <= enough) return undefined;
    if (this.left-- <= 0) {
      this.left = 0;
      this.open = Math.max(this.open, bound);
      return undefined;
    }
    const rounded = this.roundedDown(least);
    if (rounded) return rounded;
    const split = this.splitting(least, most);
    if (split < 0) {
      // whole, and yet not worth it once counted: only rounding stands between it and the bound
      this.open = Math.max(this.open, bound);
      return undefined;
    }
    const at = Math.min(
      (most[split] as number) - 1,
      Math.max(least[split] as number, Math.floor(relaxation.x[split] as number)),
    );
    this.narrow(least, most, relaxation.proved - enough);
    const above = Float64Array.from(least);
    above[split] = at + 1;
    if (at + 1 <= (most[split] as number)) {
      const found = this.branch(above, Float64Array.from(most));
      if (found) return found;
    }
    if (at < (least[split] as number)) return undefined;
    most[split] = Math.min(at, most[split] as number);
    return this.branch(least, most);
  }

  /**
   * The capacity without what can never be used: items still open come in multiples of a common amount, so what is left
   * beside the settled ones can only be filled to a multiple of it.
   */
  private reachable(least: Float64Array, most: Float64Array): Float64Array {
    const { count, resources, need } = this.items;
    return this.capacity.map((capacity, r) => {
      let common = 0;
      let settled = 0;
      for (let i = 0; i < count && common !== 1; i++) {
        const amount = need[i * resources + r] as number;
        settled += (least[i] as number) * amount;
        if ((most[i] as number) > (least[i] as number)) common = commonOf(common, amount);
      }
      if (common <= 1) return capacity;
      return settled + Math.floor((capacity - settled) / common + ROUNDING) * common;
    });
  }

  /** The cut-up filling without its pieces, where that is worth it already. */
  private roundedDown(least: Float64Array): readonly number[] | undefined {
    const { x, settled } = this.relaxation;
    if (!settled) return undefined;
    let value = 0;
    for (let i = 0; i < x.length; i++) value += Math.floor((x[i] as number) + WHOLE) * (this.items.worth[i] as number);
    if (value <= this.enough) return undefined;
    const counts = Array.from(x, (n, i) => Math.max(least[i] as number, Math.floor(n + WHOLE)));
    return this.fits(counts) ? counts : undefined;
  }

  private fits(counts: readonly number[]): boolean {
    const { resources, need } = this.items;
    for (let r = 0; r < resources; r++) {
      const used = counts.reduce((sum, n, i) => sum + n * (need[i * resources + r] as number), 0);
      if (used > (this.capacity[r] as number) * (1 + 1e-9)) return false;
    }
    return true;
  }

  /** The item whose pieces are worth most; any that is not fixed where the relaxation was cut short. */
  private splitting(least: Float64Array, most: Float64Array): number {
    const { x, settled } = this.relaxation;
    let best = -1;
    let dearest = 0;
    for (let i = 0; i < x.length; i++) {
      if ((most[i] as number) <= (least[i] as number)) continue;
      const piece = (x[i] as number) - Math.floor(x[i] as number);
      const size = settled ? Math.min(piece, 1 - piece) : 0.5;
      if (settled && size < WHOLE) continue;
      if (size * (this.items.worth[i] as number) <= dearest) continue;
      dearest = size * (this.items.worth[i] as number);
      best = i;
    }
    return best;
  }

  /** An item away from its limit costs its surplus each: more than `budget` is not to be made up for. */
  private narrow(least: Float64Array, most: Float64Array, budget: number): void {
    const { surplus } = this.relaxation;
    for (let i = 0; i < surplus.length; i++) {
      const d = surplus[i] as number;
      if (d === 0) continue;
      const steps = Math.floor(budget / Math.abs(d) + 1e-6);
      if (d < 0) most[i] = Math.min(most[i] as number, (least[i] as number) + steps);
      else least[i] = Math.max(least[i] as number, (most[i] as number) - steps);
    }
  }
}

const ROUNDING = 1e-9;
