import type { Items } from './relaxation.ts';

/** Points of a table times what is put into it: a tenth of a second. */
const WORK = 40_000_000;
const POINTS = 4_000_000;

/**
 * The most that nodes of any size can carry, by dynamic programming over what has been used so far (Bellman, 1957):
 * exact where amounts are multiples of a few common ones, as requests are that people write.
 *
 * Resources may be left out where the table would grow too large: it then answers too much, never too little.
 */
export class Table {
  private readonly grid: Grid;
  private readonly best: Float64Array;

  /**
   * @param most of each item on any node
   * @param largest capacity that will be asked for, by resource
   * @param order resources, those first that matter most: the last are left out first
   * @returns undefined where amounts have too little in common
   */
  static of(items: Items, most: Float64Array, largest: Float64Array, order: readonly number[]): Table | undefined {
    // one resource alone says next to nothing where there are several
    for (let kept = order.length; kept >= Math.min(2, order.length); kept--) {
      const grid = gridOf(items, largest, order.slice(0, kept));
      if (grid.points > POINTS) continue;
      const pieces = piecesOf(items, most, grid);
      if (grid.points * pieces.length <= WORK) return new Table(grid, pieces);
    }
    return undefined;
  }

  private constructor(grid: Grid, pieces: readonly Piece[]) {
    this.grid = grid;
    this.best = new Float64Array(grid.points);
    for (const piece of pieces) this.put(piece);
  }

  /** No filling of a node of this capacity is worth more. */
  bound(capacity: Float64Array): number {
    const { resources, unit, extent, stride } = this.grid;
    let point = 0;
    resources.forEach((r, k) => {
      const steps = Math.floor((capacity[r] as number) / (unit[k] as number) + 1e-9);
      point += Math.min(steps, extent[k] as number) * (stride[k] as number);
    });
    return this.best[point] as number;
  }

  /**
   * Each point without the piece, and with it where it fits. From the far end, so that it is taken once at most; what
   * may be taken any number of times goes from the near end, on top of itself.
   */
  private put({ steps, worth, again }: Piece): void {
    const { best, grid } = this;
    const width = (grid.extent[0] ?? 0) + 1;
    const first = steps[0] ?? 0;
    const offset = steps.reduce((sum, n, k) => sum + n * (grid.stride[k] as number), 0);
    for (let row = 0; row < best.length; row += width) {
      const start = again ? row : best.length - width - row;
      if (!fitsRow(start, steps, grid)) continue;
      const [from, to, by] = again ? [start + first, start + width, 1] : [start + width - 1, start + first - 1, -1];
      for (let point = from; point !== to; point += by) {
        const value = (best[point - offset] as number) + worth;
        if (value > (best[point] as number)) best[point] = value;
      }
    }
  }
}

/** The points of a table: amounts of each resource in steps of what all needs of it are multiples of. */
interface Grid {
  readonly resources: readonly number[];
  readonly unit: readonly number[];
  /** steps that the largest node holds */
  readonly extent: readonly number[];
  readonly stride: readonly number[];
  readonly points: number;
}

function gridOf(items: Items, largest: Float64Array, resources: readonly number[]): Grid {
  const unit = resources.map((r) => commonAmount(items, r));
  const extent = resources.map((r, k) => Math.floor((largest[r] as number) / (unit[k] as number) + 1e-9));
  const stride: number[] = [];
  let points = 1;
  for (const steps of extent) {
    stride.push(points);
    points *= steps + 1;
  }
  return { resources, unit, extent, stride, points };
}

/** So many of an item at once. */
interface Piece {
  readonly steps: readonly number[];
  readonly worth: number;
  /** whether as many as fit may be taken */
  readonly again: boolean;
}

/**
 * Each item in pieces of 1, 2, 4 … and the rest, so that every count up to its most is a sum of them; in one piece
 * where any number may be taken. Of items that take the same, the dearest come first, and no more than fit.
 */
function piecesOf(items: Items, most: Float64Array, { resources, unit, extent }: Grid): readonly Piece[] {
  const alike = new Map<string, { readonly steps: readonly number[]; readonly list: number[] }>();
  for (let i = 0; i < items.count; i++) {
    const steps = resources.map((r, k) =>
      Math.floor((items.need[i * items.resources + r] as number) / (unit[k] as number) + 1e-9),
    );
    const known = alike.get(steps.join(','));
    if (known) known.list.push(i);
    else alike.set(steps.join(','), { steps, list: [i] });
  }
  const pieces: Piece[] = [];
  for (const { steps, list } of alike.values()) {
    let room = Math.min(...steps.map((n, k) => (n > 0 ? Math.floor((extent[k] as number) / n) : Infinity)));
    for (const i of list.toSorted((a, b) => (items.worth[b] as number) - (items.worth[a] as number))) {
      const worth = items.worth[i] as number;
      if (room <= 0) break;
      if ((most[i] as number) >= room) {
        pieces.push({ steps, worth, again: true });
        break;
      }
      let left = most[i] as number;
      room -= left;
      for (let count = 1; left > 0; count *= 2) {
        const n = Math.min(count, left);
        pieces.push({ steps: steps.map((x) => x * n), worth: worth * n, again: false });
        left -= n;
      }
    }
  }
  return pieces;
}

function fitsRow(start: number, steps: readonly number[], { extent, stride }: Grid): boolean {
  for (let k = 1; k < steps.length; k++) {
    if (Math.floor(start / (stride[k] as number)) % ((extent[k] as number) + 1) < (steps[k] as number)) return false;
  }
  return true;
}

/** The largest amount that every item takes a whole multiple of; next to nothing where one takes a fraction. */
function commonAmount({ count, resources, need }: Items, r: number): number {
  let common = 0;
  for (let i = 0; i < count; i++) common = commonOf(common, need[i * resources + r] as number);
  return Math.max(common, 1);
}

/** The greatest amount that both are multiples of; 1 where one is no whole number. */
export function commonOf(a: number, b: number): number {
  if (!Number.isInteger(b)) return 1;
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}
