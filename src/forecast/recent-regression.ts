import { roomFor } from './arena.ts';
import { quantileIn } from './order-statistic.ts';
import type { RecentFeatures } from './recent-features.ts';

/** Coefficients as of the end of each stretch of the past, so that none was learnt from what it is judged by. */
export interface Learnt {
  readonly first: number;
  readonly stretch: number;
  /** of each stretch, one coefficient for each feature */
  readonly coefficients: Float64Array[];
  /** median size of each feature */
  readonly sizes: Float64Array;
}

/** What is learnt from. */
export interface Task {
  readonly features: RecentFeatures;
  readonly seen: Uint8Array;
  /** the first step of the past that is learnt from, and every how many of them */
  readonly first: number;
  readonly stride: number;
  /** steps of a day: so many are a stretch */
  readonly day: number;
  readonly daysPerStep: number;
}

/**
 * Further off than so many times its median a row counts less, and what is said grows no more: little was learnt of
 * such times, and a straight line carried on over them runs away.
 */
const FAR_AT_MEDIANS = 6;
/** Half of what was learnt is forgotten after so many days. */
const REMEMBERED_DAYS = 14;
/** Share of the diagonal that is added to it, after a day; less by the square root of the days. */
const RIDGE = 0.05;
/** Every so manieth row tells how large features are, fewer where still so many are left. */
const SIZED = 8;
const SIZED_ROWS = 150;

/** Rows of a stretch, one column for each feature, then what is to be foretold, then naught where columns are odd. */
interface Rows {
  readonly room: number;
  readonly origins: Int32Array;
  readonly leads: Int32Array;
  readonly columns: Float64Array;
}

/** One lead: least squares with a little ridge, each stretch of a day adding to what was known before it. */
export function learn(task: Task, lead: number): Learnt {
  const { features, seen, first, day, daysPerStep, stride } = task;
  const { width } = features;
  const n = seen.length;
  const scales = sizesOf(task, lead);
  const even = evenOf(width + 1);
  const gram = new Float64Array(even * even);
  const rows = rowsOf(Math.ceil(day / stride) + 1, even, lead);
  const stretch = day;
  const kept = 0.5 ** ((stretch * daysPerStep) / REMEMBERED_DAYS);
  const coefficients: Float64Array[] = [];
  const solve = solver(width, even, scales);
  let t = first;
  for (let end = first; end - stretch < n; end += stretch) {
    let count = 0;
    for (; t + lead < Math.min(end, n); t += stride)
      if (seen[t] !== 0 && seen[t + lead] !== 0) rows.origins[count++] = t;
    count = fill(features, rows, count, lead, scales);
    addProducts(gram, even, rows, count);
    const days = Math.max(0, (t - first) * daysPerStep);
    coefficients.push(solve(gram, RIDGE / Math.sqrt(Math.max(0.1, days))));
    for (let i = 0; i < gram.length; i++) gram[i] = (gram[i] as number) * kept;
  }
  return { first, stretch, coefficients, sizes: scales };
}

/** Change from the last value to a step ahead, standing at step t, of features `x[from], x[from + room], …`. */
export function changeSaid(
  { first, stretch, coefficients, sizes }: Learnt,
  t: number,
  x: Float64Array,
  from: number,
  room: number,
): number {
  const c = coefficients[Math.min(coefficients.length - 1, Math.floor((t - first) / stretch))];
  if (!c) return 0;
  let sum = 0;
  let far = 1;
  for (let f = 0; f < c.length; f++) {
    const one = x[from + f * room] as number;
    sum += (c[f] as number) * one;
    far = Math.max(far, Math.abs(one) / (FAR_AT_MEDIANS * (sizes[f] as number)));
  }
  return sum / far;
}

const evenOf = (columns: number): number => columns + (columns & 1);

function rowsOf(room: number, columns: number, lead: number): Rows {
  return {
    room,
    origins: new Int32Array(room),
    leads: new Int32Array(room).fill(lead),
    columns: roomFor(columns * room).fill(0),
  };
}

/**
 * Features and changes of the rows' origins, each of the size one, and rows that lie far out shrunk by as much as they do:
 * their products then count by the square of that.
 *
 * @returns how many rows are left without those that something is missing of
 */
function fill(
  features: RecentFeatures,
  { origins, leads, columns, room }: Rows,
  count: number,
  lead: number,
  scales: Float64Array,
): number {
  const { width, came, since } = features;
  features.tell(origins, leads, count, columns, room);
  tellChange(came, since, origins, count, lead, columns, width * room);
  let kept = 0;
  for (let r = 0; r < count; r++) {
    let far = 1;
    for (let f = 0; f <= width; f++) {
      const one = (columns[f * room + r] as number) / (scales[f] as number);
      columns[f * room + kept] = one;
      far = Math.max(far, Math.abs(one) / FAR_AT_MEDIANS);
    }
    if (far > 1) for (let f = 0; f <= width; f++) columns[f * room + kept] = (columns[f * room + kept] as number) / far;
    if (far < Infinity) kept++;
  }
  return kept;
}

function tellChange(
  came: Float64Array,
  since: number,
  origins: Int32Array,
  count: number,
  lead: number,
  out: Float64Array,
  at: number,
): void {
  for (let r = 0; r < count; r++) {
    const t = (origins[r] as number) - since;
    out[at + r] = (came[t + lead] as number) - (came[t] as number);
  }
}

/** Sums of products of every two columns, four at a time so that they are fetched half as often. */
function addProducts(gram: Float64Array, even: number, { columns, room }: Rows, count: number): void {
  for (let a = 0; a < even; a += 2) {
    for (let b = a; b < even; b += 2) {
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let b0 = b * room;
      for (let a0 = a * room; a0 < a * room + count; a0++, b0++) {
        const x0 = columns[a0] as number;
        const x1 = columns[a0 + room] as number;
        const y0 = columns[b0] as number;
        const y1 = columns[b0 + room] as number;
        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
      }
      const at = a * even + b;
      gram[at] = (gram[at] as number) + s00;
      gram[at + 1] = (gram[at + 1] as number) + s01;
      gram[at + even] = (gram[at + even] as number) + s10;
      gram[at + even + 1] = (gram[at + even + 1] as number) + s11;
    }
  }
}

/** Median size of each feature and, last, of the change that is to be foretold. */
function sizesOf({ features, seen, first, stride }: Task, lead: number): Float64Array {
  const { width, came, since } = features;
  const rows = Math.floor((seen.length - first - lead) / stride);
  const sized = stride * Math.max(SIZED, Math.floor(rows / SIZED_ROWS));
  const room = Math.max(1, Math.floor((seen.length - first - lead) / sized));
  const { origins, leads, columns } = rowsOf(room, width + 1, lead);
  for (let r = 0; r < room; r++) origins[r] = first + r * sized;
  features.tell(origins, leads, room, columns, room);
  tellChange(came, since, origins, room, lead, columns, width * room);
  return Float64Array.from({ length: width + 1 }, (_, f) => {
    const of = columns.subarray(f * room, (f + 1) * room);
    return Math.max(1e-9, quantileIn(of, 0.5, Math.abs) || 0);
  });
}

/** Cholesky's way through (G + ridge · diag G) c = g, back in the features' own sizes; G by its upper half. */
function solver(
  width: number,
  stride: number,
  scales: Float64Array,
): (gram: Float64Array, ridge: number) => Float64Array {
  const l = new Float64Array(width * width);
  return (gram, ridge) => {
    const c = new Float64Array(width);
    for (let a = 0; a < width; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = gram[b * stride + a] as number;
        if (a === b) sum += ridge * sum + 1e-9;
        for (let k = 0; k < b; k++) sum -= (l[a * width + k] as number) * (l[b * width + k] as number);
        l[a * width + b] = a === b ? Math.sqrt(Math.max(1e-12, sum)) : sum / (l[b * width + b] as number);
      }
    }
    for (let a = 0; a < width; a++) {
      let sum = gram[a * stride + width] as number;
      for (let k = 0; k < a; k++) sum -= (l[a * width + k] as number) * (c[k] as number);
      c[a] = sum / (l[a * width + a] as number);
    }
    for (let a = width - 1; a >= 0; a--) {
      let sum = c[a] as number;
      for (let k = a + 1; k < width; k++) sum -= (l[k * width + a] as number) * (c[k] as number);
      c[a] = sum / (l[a * width + a] as number);
    }
    for (let a = 0; a < width; a++) c[a] = ((c[a] as number) * (scales[width] as number)) / (scales[a] as number);
    return c;
  };
}
