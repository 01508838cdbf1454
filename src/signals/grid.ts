import { good, type Checked } from '../trouble.ts';
import { instant, isoOf, type Instant, type Seconds } from '../units.ts';
import { orderOf, OUT_OF_ORDER } from './order.ts';
import type { SignalFault } from './signal.ts';

/** Rows as they were written: one time each, and one value for each column; NaN where none. */
export interface Rows {
  readonly count: number;
  /** ms since 1970-01-01T00:00Z */
  readonly times: Float64Array;
  /** where a row stands, for people: `line 17` */
  readonly place: (row: number) => string;
  readonly columns: readonly Float64Array[];
}

export interface Grid {
  readonly start: Instant;
  readonly values: Float64Array;
  readonly faults: readonly SignalFault[];
}

/** How the reader of a format words what makes its rows no series. */
export interface Refusals {
  /** the grid would be too long; `row` is furthest in time from the row before it */
  readonly tooLong: (row: number) => Checked<never>;
  /** most of the rows are out of order */
  readonly disorder: (fault: SignalFault) => Checked<never>;
}

/** Nineteen years at five minutes: more is one wild time stamp, not a history. */
export const STEPS_AT_MOST = 2_000_000;

/**
 * Puts rows on a regular grid of `step` that is aligned to 1970-01-01T00:00Z. The value of a step is the mean of its
 * good rows, NaN when it has none.
 *
 * A row is not good when its value is NaN or negative, when its time is out of order, or when it has the time of
 * another row and another value (then neither counts). With `through`, the grid runs at least to that time.
 */
export function onGrid(rows: Rows, step: Seconds, refuse: Refusals, through?: Instant): Checked<readonly Grid[]> {
  const stepMs = step * 1000;
  const order = orderOf(rows.times, rows.count);
  const faults = orderFaults(rows, order);
  const [backwards] = faults;
  if (backwards?.kind === 'time-backwards' && backwards.count * 2 > rows.count) return refuse.disorder(backwards);
  let from = Infinity;
  let to = -Infinity;
  for (let i = 0; i < rows.count; i++) {
    if (order[i] === OUT_OF_ORDER) continue;
    const k = Math.floor((rows.times[i] ?? 0) / stepMs);
    if (k < from) from = k;
    if (k > to) to = k;
  }
  if (through !== undefined) to = Math.max(to, Math.floor(through / stepMs));
  const steps = to - from + 1;
  if (steps > STEPS_AT_MOST) return refuse.tooLong(largestJump(rows));
  return good(
    rows.columns.map((column) => {
      const own = valuesOf(rows, column, order, { from, steps, stepMs });
      return { start: instant(from * stepMs), values: own.values, faults: [...own.faults, ...faults] };
    }),
  );
}

/** What was out of order and what was repeated, by line. */
function orderFaults({ place }: Rows, order: Int32Array): SignalFault[] {
  const backwards = new Tally('time-backwards');
  const repeated = new Tally('duplicate');
  for (let i = 0; i < order.length; i++) {
    if (order[i] === OUT_OF_ORDER) backwards.add(place, i);
    else if (order[i] !== i) repeated.add(place, i);
  }
  return [...backwards.faults(), ...repeated.faults()];
}

/** The row that is furthest in time from the one before it. */
function largestJump({ count, times }: Rows): number {
  let row = 0;
  let largest = 0;
  for (let i = 1; i < count; i++) {
    const jump = Math.abs((times[i] ?? 0) - (times[i - 1] ?? 0));
    if (jump > largest) [largest, row] = [jump, i];
  }
  return row;
}

function valuesOf(
  rows: Rows,
  column: Float64Array,
  order: Int32Array,
  grid: { readonly from: number; readonly steps: number; readonly stepMs: number },
): { values: Float64Array; faults: SignalFault[] } {
  const sum = new Float64Array(grid.steps);
  const goodRows = new Uint32Array(grid.steps);
  const anyRows = new Uint8Array(grid.steps);
  const clashes = clashesOf(column, order);
  const noNumber = new Tally('not-a-number');
  const negative = new Tally('negative');
  for (let i = 0; i < rows.count; i++) {
    if (order[i] === OUT_OF_ORDER) continue;
    const k = Math.floor((rows.times[i] ?? 0) / grid.stepMs) - grid.from;
    const value = column[i] ?? Number.NaN;
    anyRows[k] = 1;
    if (Number.isNaN(value)) noNumber.add(rows.place, i);
    else if (value < 0) negative.add(rows.place, i);
    else if (order[i] === i && clashes[i] === 0) {
      sum[k] = (sum[k] ?? 0) + value;
      goodRows[k] = (goodRows[k] ?? 0) + 1;
    }
  }
  const gap = new Tally('gap');
  const stepName = (k: number): string => isoOf(instant((grid.from + k) * grid.stepMs));
  for (let k = 0; k < grid.steps; k++) {
    const n = goodRows[k] ?? 0;
    sum[k] = n === 0 ? Number.NaN : (sum[k] ?? 0) / n;
    if (anyRows[k] === 0) gap.add(stepName, k);
  }
  return { values: sum, faults: [...gap.faults(), ...noNumber.faults(), ...negative.faults()] };
}

/** 1 for each row that a later row of the same time contradicts. An equal row says the same twice and harms nobody. */
function clashesOf(column: Float64Array, order: Int32Array): Uint8Array {
  const clashes = new Uint8Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const first = order[i] ?? OUT_OF_ORDER;
    if (first !== OUT_OF_ORDER && column[i] !== column[first]) clashes[first] = 1;
  }
  return clashes;
}

/** Counts one kind of fault and remembers where it was first seen. */
class Tally {
  #count = 0;
  #first = '';
  readonly #kind: SignalFault['kind'];

  constructor(kind: SignalFault['kind']) {
    this.#kind = kind;
  }

  add(place: (i: number) => string, i: number): void {
    if (this.#count++ === 0) this.#first = place(i);
  }

  faults(): SignalFault[] {
    return this.#count === 0 ? [] : [{ kind: this.#kind, count: this.#count, first: this.#first }];
  }
}
