/**
 * The exact best filling of nodes by dynamic programming, where requests are multiples of a few common amounts
 * (250m, 512Mi): every reachable sum of requests is a point of a small lattice.
 *
 * One table serves all nodes that the same items may use. Resources with too many points are left out, and amounts
 * are rounded down to the lattice, so a value is never too small; a filling is checked before it is used.
 */
export interface LatticeItem {
  readonly value: number;
  readonly most: number;
  /** of each resource */
  readonly need: Float64Array;
}

/** Points of a table: at most some milliseconds to fill. */
const POINTS = 160_000;
/** Points × pieces: what a table may take of memory and time. */
const WORK = 1_500_000;

export class Lattice {
  private readonly unit: Float64Array;
  private readonly extent: Int32Array;
  private readonly stride: Int32Array;
  private readonly pieces: { readonly item: number; readonly count: number; readonly step: Int32Array }[] = [];
  /** the resource along which neighbouring points lie */
  private readonly row: number;
  private readonly best: Float64Array;
  private readonly taken: Uint8Array;
  private readonly items: readonly LatticeItem[];

  /**
   * @param capacities of the nodes that will be asked for
   * @returns undefined when the table would be too large
   */
  static of(items: readonly LatticeItem[], capacities: readonly Float64Array[]): Lattice | undefined {
    const largest = Float64Array.from(capacities[0] ?? [], (_, r) => Math.max(...capacities.map((c) => c[r] ?? 0)));
    const dimensions = [...largest.keys()].filter((r) => capacities.some((capacity) => binds(items, capacity, r)));
    const units = Float64Array.from(largest, (_, r) => commonAmount(items, r));
    // the finest resources give way first: one that is left out only loosens the bound
    const extents = (): number =>
      dimensions.reduce((points, r) => points * (Math.floor((largest[r] ?? 0) / (units[r] ?? 1)) + 1), 1);
    while (dimensions.length > 2 && extents() > POINTS) {
      const widest = dimensions.reduce((a, b) =>
        (largest[a] ?? 0) / (units[a] ?? 1) >= (largest[b] ?? 0) / (units[b] ?? 1) ? a : b,
      );
      dimensions.splice(dimensions.indexOf(widest), 1);
    }
    if (dimensions.length === 0 || extents() > POINTS) return undefined;
    const lattice = new Lattice(items, largest, dimensions, units);
    return lattice.best.length * lattice.pieces.length > WORK ? undefined : lattice.filled();
  }

  private constructor(
    items: readonly LatticeItem[],
    largest: Float64Array,
    dimensions: readonly number[],
    units: Float64Array,
  ) {
    this.items = items;
    this.unit = new Float64Array(largest.length);
    this.extent = new Int32Array(largest.length);
    this.stride = new Int32Array(largest.length);
    let points = 1;
    // the widest resource first: its points are neighbours
    const widest = (r: number): number => (largest[r] ?? 0) / (units[r] ?? 1);
    const order = dimensions.toSorted((a, b) => widest(b) - widest(a) || a - b);
    this.row = order[0] ?? 0;
    for (const r of order) {
      this.unit[r] = units[r] ?? 1;
      this.extent[r] = Math.floor((largest[r] ?? 0) / (units[r] ?? 1) + 1e-9);
      this.stride[r] = points;
      points *= (this.extent[r] ?? 0) + 1;
    }
    for (const [step, alike] of this.byShape(items)) {
      let room = Infinity;
      for (let r = 0; r < step.length; r++) {
        const s = step[r] ?? 0;
        if (s > 0) room = Math.min(room, Math.floor((this.extent[r] ?? 0) / s));
      }
      // of requests that are alike the dearest come first, and no more of them than the largest node holds
      for (const i of alike) {
        let left = Math.min(room, items[i]?.most ?? 0);
        if (left === Infinity) continue;
        room -= left;
        // 1, 2, 4 … and the rest: every count is a sum of pieces
        for (let count = 1; left > 0; count *= 2) {
          const n = Math.min(count, left);
          this.pieces.push({ item: i, count: n, step: step.map((s) => s * n) });
          left -= n;
        }
      }
    }
    const work = points * this.pieces.length;
    this.best = new Float64Array(points);
    this.taken = new Uint8Array(work > WORK ? 0 : work);
  }

  /** The most that a node of this capacity can carry. */
  value(capacity: ArrayLike<number>): number {
    return this.best[this.pointOf(capacity)] ?? 0;
  }

  /** Counts of each item that are worth it. */
  filling(capacity: ArrayLike<number>): Int32Array {
    const counts = new Int32Array(this.items.length);
    let point = this.pointOf(capacity);
    for (let p = this.pieces.length - 1; p >= 0; p--) {
      const piece = this.pieces[p];
      if (!piece || this.taken[p * this.best.length + point] !== 1) continue;
      counts[piece.item] = (counts[piece.item] ?? 0) + piece.count;
      point -= this.offset(piece.step);
    }
    return counts;
  }

  /**
   * Row by row: within a row the widest resource runs, so the inner loop is a plain walk over neighbouring points and
   * whether a piece fits in the other resources is asked once a row.
   */
  private filled(): this {
    const { best, taken, extent, stride, row } = this;
    const points = best.length;
    const width = (extent[row] as number) + 1;
    const others = [...stride.keys()].filter((r) => r !== row && (stride[r] as number) > 0);
    this.pieces.forEach(({ item, count, step }, p) => {
      const worth = (this.items[item]?.value ?? 0) * count;
      const offset = this.offset(step);
      const first = step[row] as number;
      const flags = p * points;
      // downwards, so that each piece is taken once at most
      for (let start = points - width; start >= 0; start -= width) {
        let fits = true;
        for (const r of others) {
          if (Math.floor(start / (stride[r] as number)) % ((extent[r] as number) + 1) < (step[r] as number)) {
            fits = false;
            break;
          }
        }
        if (!fits) continue;
        for (let point = start + width - 1; point >= start + first; point--) {
          const value = (best[point - offset] as number) + worth;
          if (value > (best[point] as number)) {
            best[point] = value;
            taken[flags + point] = 1;
          }
        }
      }
    });
    return this;
  }

  /** Items by what they take of the lattice, the most valuable first. */
  private byShape(items: readonly LatticeItem[]): (readonly [Int32Array, readonly number[]])[] {
    const shapes = new Map<string, { step: Int32Array; alike: number[] }>();
    items.forEach((item, i) => {
      const step = Int32Array.from(item.need, (amount, r) => this.steps(amount, r));
      const known = shapes.get(step.join(','));
      if (known) known.alike.push(i);
      else shapes.set(step.join(','), { step, alike: [i] });
    });
    return [...shapes.values()].map(({ step, alike }) => [
      step,
      alike.toSorted((a, b) => (items[b]?.value ?? 0) - (items[a]?.value ?? 0) || a - b),
    ]);
  }

  private steps(amount: number, r: number): number {
    const unit = this.unit[r] ?? 0;
    return unit === 0 ? 0 : Math.floor(amount / unit + 1e-9);
  }

  private offset(step: Int32Array): number {
    let offset = 0;
    for (let r = 0; r < step.length; r++) offset += (step[r] as number) * (this.stride[r] as number);
    return offset;
  }

  private pointOf(capacity: ArrayLike<number>): number {
    let point = 0;
    for (let r = 0; r < this.extent.length; r++) {
      if ((this.unit[r] ?? 0) === 0) continue;
      point += Math.min(this.extent[r] ?? 0, this.steps(capacity[r] ?? 0, r)) * (this.stride[r] ?? 0);
    }
    return point;
  }
}

/** Whether the items could ever use up the resource: by their numbers, or before another resource stops them. */
function binds(items: readonly LatticeItem[], capacity: Float64Array, r: number): boolean {
  const have = capacity[r] ?? 0;
  if (items.reduce((sum, i) => sum + i.most * (i.need[r] ?? 0), 0) <= have) return false;
  return capacity.every((other, o) => {
    const users = items.filter((i) => (i.need[r] ?? 0) > 0);
    if (o === r || users.some((i) => (i.need[o] ?? 0) <= 0)) return true;
    return other * Math.max(...users.map((i) => (i.need[r] ?? 0) / (i.need[o] ?? 1))) > have;
  });
}

/** The greatest amount that every item's need is a whole multiple of; fractions of a unit are rounded away. */
function commonAmount(items: readonly LatticeItem[], r: number): number {
  let common = 0;
  for (const item of items) {
    let a = Math.round(item.need[r] ?? 0);
    while (a > 0) [a, common] = [common % a, a];
  }
  return Math.max(common, 1);
}
