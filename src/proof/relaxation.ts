/**
 * The most that a node could carry if replicas could be cut into pieces: a linear program in a handful of rows, solved
 * by the dual simplex method with bounded variables (Koberstein, The Dual Simplex Method, 2005, ch. 3).
 *
 * Whatever the method does, its multipliers (a price for each resource, at least 0) give a valid upper bound: resources
 * at their prices, plus what each replica is worth beyond the resources it takes. So no rounding of the method's own
 * can let a wrong certificate pass.
 */
export interface Items {
  readonly count: number;
  readonly resources: number;
  /** > 0 */
  readonly worth: Float64Array;
  /** resource r of item i at [i × resources + r] */
  readonly need: Float64Array;
}

const TINY = 1e-9;
/** Pivots after which the bound reached so far is answered; a handful is usual. */
const PIVOTS = 200;

export class Relaxation {
  /** value of each item beyond the resources it takes, at the multipliers of the last bound */
  readonly surplus: Float64Array;
  /** how many of each item the cut-up filling has; complete only when `settled` */
  readonly x: Float64Array;
  /** what `surplus` proves: the bound of the last multipliers */
  proved = Infinity;
  /** whether the last bound is the relaxation's own value, and not only above it */
  settled = false;
  private readonly items: Items;
  /** needs and capacities are looked at in these units, so that bytes and cores are of a size */
  private readonly unit: Float64Array;
  private readonly room: Float64Array;
  private readonly multiplier: Float64Array;
  /** items, then one for each resource that stands for what is left of it */
  private readonly basis: Int32Array;
  private readonly inverse: Float64Array;
  private readonly atMost: Uint8Array;
  private readonly inBasis: Uint8Array;
  private readonly rest: Float64Array;
  private readonly ratio: Float64Array;
  private readonly slope: Float64Array;
  private readonly candidates: Int32Array;

  constructor(items: Items) {
    const { count, resources, need } = items;
    this.unit = new Float64Array(resources);
    need.forEach((n, at) => (this.unit[at % resources] = Math.max(this.unit[at % resources] as number, n)));
    this.unit.forEach((n, r) => (this.unit[r] = n > 0 ? n : 1));
    this.items = { ...items, need: need.map((n, at) => n / (this.unit[at % resources] as number)) };
    this.room = new Float64Array(resources);
    this.surplus = new Float64Array(count);
    this.x = new Float64Array(count);
    this.multiplier = new Float64Array(resources);
    this.basis = Int32Array.from({ length: resources }, (_, r) => count + r);
    this.inverse = new Float64Array(resources * resources);
    this.atMost = new Uint8Array(count).fill(1);
    this.inBasis = new Uint8Array(count + resources);
    for (const j of this.basis) this.inBasis[j] = 1;
    this.rest = new Float64Array(resources);
    this.ratio = new Float64Array(count + resources);
    this.slope = new Float64Array(count + resources);
    this.candidates = new Int32Array(count + resources);
  }

  /**
   * @param least of each item, at the least
   * @param most of each item, at the most
   * @param enough a bound at or below it is answered at once
   * @returns no filling within these limits is worth more; −Infinity when there is none
   */
  bound(capacity: Float64Array, least: Float64Array, most: Float64Array, enough: number): number {
    this.settled = false;
    capacity.forEach((has, r) => (this.room[r] = has / (this.unit[r] as number)));
    let bound = Infinity;
    for (let pivot = 0; pivot < PIVOTS; pivot++) {
      if (!this.invert()) this.restart();
      this.proved = this.price(least, most);
      bound = Math.min(bound, this.proved);
      if (bound <= enough) return bound;
      const leaving = this.fill(least, most);
      if (leaving < 0) {
        this.settled = true;
        return bound;
      }
      const p = this.basis[leaving] as number;
      const value = this.rest[leaving] as number;
      const low = p < this.items.count ? (least[p] as number) : 0;
      const short = value < low;
      const off = short ? low - value : value - (most[p] as number);
      const entering = this.entering(leaving, short, off, least, most);
      if (entering < 0) return -Infinity;
      if (p < this.items.count) this.atMost[p] = short ? 0 : 1;
      this.inBasis[p] = 0;
      this.inBasis[entering] = 1;
      this.basis[leaving] = entering;
    }
    return bound;
  }

  /** Resources, the one that makes up most of the last bound first. */
  byImportance(): readonly number[] {
    const part = (r: number): number => (this.multiplier[r] as number) * (this.room[r] as number);
    return [...this.multiplier.keys()].toSorted((a, b) => part(b) - part(a) || a - b);
  }

  private restart(): void {
    const { count, resources } = this.items;
    this.inBasis.fill(0);
    for (let r = 0; r < resources; r++) {
      this.basis[r] = count + r;
      this.inBasis[count + r] = 1;
    }
    this.invert();
  }

  /** The basis' inverse by Gauss and Jordan; false when it has none. */
  private invert(): boolean {
    const { items, basis, inverse } = this;
    const R = items.resources;
    const work = new Float64Array(R * R);
    inverse.fill(0);
    for (let k = 0; k < R; k++) {
      const j = basis[k] as number;
      for (let r = 0; r < R; r++) work[r * R + k] = this.need(j, r);
      inverse[k * R + k] = 1;
    }
    for (let k = 0; k < R; k++) {
      let top = k;
      for (let r = k + 1; r < R; r++) {
        if (Math.abs(work[r * R + k] as number) > Math.abs(work[top * R + k] as number)) top = r;
      }
      const pivot = work[top * R + k] as number;
      if (Math.abs(pivot) < 1e-12) return false;
      for (let c = 0; c < R; c++) {
        swap(work, top * R + c, k * R + c);
        swap(inverse, top * R + c, k * R + c);
        work[k * R + c] = (work[k * R + c] as number) / pivot;
        inverse[k * R + c] = (inverse[k * R + c] as number) / pivot;
      }
      for (let r = 0; r < R; r++) {
        const factor = work[r * R + k] as number;
        if (r === k || factor === 0) continue;
        for (let c = 0; c < R; c++) {
          work[r * R + c] = (work[r * R + c] as number) - factor * (work[k * R + c] as number);
          inverse[r * R + c] = (inverse[r * R + c] as number) - factor * (inverse[k * R + c] as number);
        }
      }
    }
    return true;
  }

  private need(j: number, r: number): number {
    const { count, resources, need } = this.items;
    return j < count ? (need[j * resources + r] as number) : j - count === r ? 1 : 0;
  }

  /** Multipliers of this basis, and the bound that they prove. */
  private price(least: Float64Array, most: Float64Array): number {
    const { items, room, basis, inverse, multiplier, surplus } = this;
    const { count, resources: R, worth, need } = items;
    let bound = 0;
    for (let r = 0; r < R; r++) {
      let y = 0;
      for (let k = 0; k < R; k++) {
        const j = basis[k] as number;
        if (j < count) y += (worth[j] as number) * (inverse[k * R + r] as number);
      }
      multiplier[r] = Math.max(0, y);
      bound += (multiplier[r] as number) * (room[r] as number);
    }
    for (let i = 0; i < count; i++) {
      let d = worth[i] as number;
      for (let r = 0; r < R; r++) d -= (multiplier[r] as number) * (need[i * R + r] as number);
      surplus[i] = d;
      bound += d * (d > 0 ? (most[i] as number) : (least[i] as number));
    }
    return bound;
  }

  /** The filling of this basis. Answers the row that is furthest outside its limits, −1 when none is. */
  private fill(least: Float64Array, most: Float64Array): number {
    const { items, room, basis, inverse, inBasis, atMost, surplus, x, rest } = this;
    const { count, resources: R, need } = items;
    const left = Float64Array.from(room);
    for (let i = 0; i < count; i++) {
      if (inBasis[i] === 1) continue;
      const d = surplus[i] as number;
      if (Math.abs(d) > TINY * (items.worth[i] as number)) atMost[i] = d > 0 ? 1 : 0;
      const n = atMost[i] === 1 ? (most[i] as number) : (least[i] as number);
      x[i] = n;
      if (n === 0) continue;
      for (let r = 0; r < R; r++) left[r] = (left[r] as number) - n * (need[i * R + r] as number);
    }
    let worst = -1;
    let furthest = TINY;
    for (let k = 0; k < R; k++) {
      let value = 0;
      for (let r = 0; r < R; r++) value += (inverse[k * R + r] as number) * (left[r] as number);
      rest[k] = value;
      const j = basis[k] as number;
      if (j < count) x[j] = value;
      const low = j < count ? (least[j] as number) : 0;
      const high = j < count ? (most[j] as number) : Infinity;
      const off = Math.max(low - value, value - high);
      if (off > furthest * Math.max(1, Math.abs(value))) {
        furthest = off;
        worst = k;
      }
    }
    return worst;
  }

  /**
   * What enters the basis for row `leaving`: the first whose surplus would change its sign beyond which the bound no
   * longer falls. Items passed on the way go over to their other limit.
   */
  private entering(leaving: number, short: boolean, off: number, least: Float64Array, most: Float64Array): number {
    const { items, inverse, inBasis, atMost, surplus, multiplier, ratio, slope, candidates } = this;
    const { count, resources: R } = items;
    let found = 0;
    for (let j = 0; j < count + R; j++) {
      if (inBasis[j] === 1) continue;
      let alpha = 0;
      for (let r = 0; r < R; r++) alpha += (inverse[leaving * R + r] as number) * this.need(j, r);
      const upper = j < count && atMost[j] === 1;
      if (Math.abs(alpha) < TINY || (short ? alpha > 0 : alpha < 0) !== upper) continue;
      const range = j < count ? (most[j] as number) - (least[j] as number) : Infinity;
      if (range <= 0) continue;
      const d = j < count ? (surplus[j] as number) : -(multiplier[j - count] as number);
      ratio[j] = Math.abs(d) / Math.abs(alpha);
      slope[j] = Math.abs(alpha) * range;
      candidates[found++] = j;
    }
    let room = off;
    for (let from = 0; from < found; from++) {
      let next = from;
      for (let k = from + 1; k < found; k++) {
        const [a, b] = [candidates[k] as number, candidates[next] as number];
        if ((ratio[a] as number) < (ratio[b] as number)) next = k;
      }
      const j = candidates[next] as number;
      candidates[next] = candidates[from] as number;
      room -= slope[j] as number;
      if (room <= 0 || from === found - 1) return j;
      if (j < count) atMost[j] = atMost[j] === 1 ? 0 : 1;
    }
    return -1;
  }
}

function swap(values: Float64Array, a: number, b: number): void {
  const kept = values[a] as number;
  values[a] = values[b] as number;
  values[b] = kept;
}
