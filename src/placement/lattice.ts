/**
 * What any part of a node can carry at most, by dynamic programming over sums of requests: where requests are
 * multiples of a few common amounts (250m, 512Mi), every reachable sum is a point of a small lattice.
 *
 * Resources that can't run out are left out, and amounts are rounded down to the lattice where it would be too fine:
 * a value is never too small, and as a rule exact where it is {@link fine}.
 */
export interface LatticeItem {
  readonly value: number;
  readonly most: number;
  /** of each resource */
  readonly need: Float64Array;
}

export class Lattice {
  readonly unit: Float64Array;
  readonly extent: Int32Array;
  readonly stride: Int32Array;
  /** at each point: the most that so much room carries */
  readonly best: Float64Array;
  /** the resource along which neighbouring points lie */
  private readonly row: number;
  private readonly items: readonly LatticeItem[];
  /** those that a best filling may need, when items are there in any number */
  private readonly useful: readonly number[];
  /** points that one of item i takes of resource r at [i × resources + r] */
  private readonly step: Int32Array;

  /**
   * @param capacity the largest room that will be asked for
   * @param scarcity of each resource, adding up to one: where the table would be too large the plentiful give way
   * @param work the table may take: steps, one for each point and item
   * @returns undefined when a coarser lattice would tell nothing
   */
  static of(
    items: readonly LatticeItem[],
    capacity: Float64Array,
    scarcity: ArrayLike<number>,
    work: number,
  ): Lattice | undefined {
    const dimensions = [...capacity.keys()].filter((r) => binds(items, capacity, r));
    if (dimensions.length === 0) return undefined;
    const units = Float64Array.from(capacity, (_, r) => commonAmount(items, r));
    const steps = (r: number): number => Math.floor((capacity[r] ?? 0) / (units[r] ?? 1) + 1e-9);
    const needed = useful(items, capacity);
    const size = (): number => dimensions.reduce((all, r) => all * (steps(r) + 1), needed.length);
    while (size() > work) {
      const least = dimensions.reduce((a, b) => ((scarcity[b] ?? 0) < (scarcity[a] ?? 0) ? b : a));
      if ((scarcity[least] ?? 0) > PLENTIFUL) break;
      dimensions.splice(dimensions.indexOf(least), 1);
    }
    while (size() > work) {
      const finest = dimensions.reduce((a, b) => (steps(b) > steps(a) ? b : a));
      units[finest] = (units[finest] ?? 1) * Math.SQRT2;
      if ((units[finest] ?? 1) > ROUNDED * usual(items, finest)) return undefined;
    }
    return new Lattice(items, needed, capacity, dimensions, units).filled();
  }

  private constructor(
    items: readonly LatticeItem[],
    needed: readonly number[],
    capacity: Float64Array,
    dimensions: readonly number[],
    units: Float64Array,
  ) {
    this.items = items;
    this.unit = new Float64Array(capacity.length);
    this.extent = new Int32Array(capacity.length);
    this.stride = new Int32Array(capacity.length);
    // the widest resource first: its points are neighbours
    const widest = (r: number): number => (capacity[r] ?? 0) / (units[r] ?? 1);
    const order = dimensions.toSorted((a, b) => widest(b) - widest(a) || a - b);
    this.row = order[0] ?? 0;
    let points = 1;
    for (const r of order) {
      this.unit[r] = units[r] ?? 1;
      this.extent[r] = Math.floor(widest(r) + 1e-9);
      this.stride[r] = points;
      points *= (this.extent[r] ?? 0) + 1;
    }
    this.best = new Float64Array(points);
    this.useful = needed;
    this.step = Int32Array.from(items.flatMap((item) => Array.from(item.need, (amount, r) => this.steps(amount, r))));
  }

  /** The most that so much room can carry; more room than the table has is taken for all of it. */
  value(room: ArrayLike<number>): number {
    let point = 0;
    for (let r = 0; r < this.extent.length; r++) {
      if (this.unit[r] === 0) continue;
      point += Math.min(this.extent[r] as number, this.steps(room[r] ?? 0, r)) * (this.stride[r] as number);
    }
    return this.best[point] ?? 0;
  }

  private filled(): this {
    const width = this.extent.length;
    for (const i of this.useful) {
      const item = this.items[i];
      if (!item) continue;
      const step = this.step.subarray(i * width, (i + 1) * width);
      let room = Infinity;
      step.forEach((s, r) => {
        if (s > 0) room = Math.min(room, Math.floor((this.extent[r] ?? 0) / s));
      });
      if (room === Infinity) this.free(item);
      else if (item.most >= room) this.run(step, item.value, true);
      else {
        // 1, 2, 4 … and the rest: every count is a sum of pieces
        for (let count = 1, left = item.most; left > 0; left -= count, count = Math.min(2 * count, left)) {
          this.run(
            step.map((s) => s * count),
            item.value * count,
            false,
          );
        }
      }
    }
    return this;
  }

  /** What takes no room on the lattice goes in everywhere. */
  private free({ value, most }: LatticeItem): void {
    for (let p = 0; p < this.best.length; p++) this.best[p] = (this.best[p] as number) + value * most;
  }

  /**
   * Row by row: within a row the widest resource runs, so the inner loop is a plain walk over neighbouring points and
   * whether a piece fits in the other resources is asked once a row. Written without a branch, which no processor could
   * foresee.
   *
   * @param often upwards, so that a piece builds on itself; false: downwards, so that it is taken once at most
   */
  private run(step: Int32Array, worth: number, often: boolean): void {
    const { best, extent, stride, row } = this;
    const width = (extent[row] as number) + 1;
    const others = [...stride.keys()].filter((r) => r !== row && (stride[r] as number) > 0);
    let offset = 0;
    for (let r = 0; r < step.length; r++) offset += (step[r] as number) * (stride[r] as number);
    const first = step[row] as number;
    const rows = best.length / width;
    for (let k = 0; k < rows; k++) {
      const start = (often ? k : rows - 1 - k) * width;
      let fits = true;
      for (const r of others) {
        if (Math.floor(start / (stride[r] as number)) % ((extent[r] as number) + 1) < (step[r] as number)) {
          fits = false;
          break;
        }
      }
      if (!fits) continue;
      if (often) {
        for (let p = start + first; p < start + width; p++) {
          const known = best[p] as number;
          const value = (best[p - offset] as number) + worth;
          best[p] = value > known ? value : known;
        }
      } else {
        for (let p = start + width - 1; p >= start + first; p--) {
          const known = best[p] as number;
          const value = (best[p - offset] as number) + worth;
          best[p] = value > known ? value : known;
        }
      }
    }
  }

  private steps(amount: number, r: number): number {
    const unit = this.unit[r] ?? 0;
    return unit === 0 ? 0 : Math.floor(amount / unit + 1e-9);
  }
}

/** Weight of a resource in the bound that adds resources up below which it is hardly scarce. */
const PLENTIFUL = 0.1;
/** Amounts rounded by more than this share of a usual request make a bound looser than adding resources up does. */
const ROUNDED = 0.03;

/** What an item that needs the resource at all needs of it, on average. */
function usual(items: readonly LatticeItem[], r: number): number {
  const needs = items.flatMap((item) => ((item.need[r] ?? 0) > 0 ? [item.need[r] ?? 0] : []));
  return needs.reduce((sum, n) => sum + n, 0) / Math.max(1, needs.length);
}

/**
 * Items that others don't make needless: one is when another, of which there are enough to fill any node, takes its
 * room as often as it goes there and is worth as much or more.
 */
function useful(items: readonly LatticeItem[], capacity: Float64Array): number[] {
  const plenty = items.flatMap((item, j) => {
    const room = capacity.reduce((least, have, r) => {
      const need = item.need[r] ?? 0;
      return need > 0 ? Math.min(least, Math.floor(have / need + 1e-9)) : least;
    }, Infinity);
    return item.most >= room ? [{ item, j }] : [];
  });
  return items.flatMap((item, i) => {
    const needless = plenty.some(({ item: other, j }) => {
      if (i === j) return false;
      let times = Infinity;
      for (let r = 0; r < item.need.length && times >= 1; r++) {
        const need = other.need[r] as number;
        if (need > 0) times = Math.min(times, Math.floor((item.need[r] as number) / need + 1e-9));
      }
      const worth = times * other.value;
      return times >= 1 && times < Infinity && (worth > item.value || (worth === item.value && j < i));
    });
    return needless ? [] : [i];
  });
}

/** Whether the items could ever use up the resource: by their numbers, or before another resource stops them. */
function binds(items: readonly LatticeItem[], capacity: Float64Array, r: number): boolean {
  const have = capacity[r] ?? 0;
  const users = items.filter((i) => (i.need[r] ?? 0) > 0);
  if (users.reduce((sum, i) => sum + i.most * (i.need[r] ?? 0), 0) <= have) return false;
  return capacity.every((other, o) => {
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
