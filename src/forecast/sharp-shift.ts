import { quantileIn } from './order-statistic.ts';

/** A step in the level: from one hour to the next, the same share by day and by night. */
export interface SharpShift {
  /** the last step before it */
  readonly before: number;
  /** how far load went, in logs */
  readonly by: number;
  /** what load was of what was expected before that, in logs */
  readonly from: number;
}

/** Looked for so far back; what is older the experts have followed. */
const LONGEST_H = 36;
/** Seen for less, one way and the other: load that falls may be an outage, and come back. */
const UP_AT_LEAST_H = 1;
const DOWN_AT_LEAST_H = 6;
/** The level before is that of so many hours. */
const BEFORE_H = 24;
/** Share of the step that at least is made from the hour before the onset to the hour after. */
const AT_ONCE = 0.7;
/** Mean distance of the quarters of an hour since from their level, and of those before from theirs, against the step. */
const UNEVEN_AT_MOST = 0.3;
const PIECE_H = 0.25;
/** Hours and days of the past that are not unusual. */
const USUAL = 0.98;
/** The step against the usual change from one hour to the next, and that of a day's level. */
const OVER_HOURS = 3;
const OVER_DAYS = 1.5;
/** Smaller ones are left to the experts: a tenth. */
const STEP_AT_LEAST = 0.1;
/** Fewer times than this tell nothing of what is usual. */
const TIMES_AT_LEAST = 10;

/**
 * The last step in the level, where there is one. An odd day (weather, a holiday) begins gradually and is off unevenly;
 * a shift (a market that moved over, a client that polls twice as often) does not and is not.
 *
 * @param came load at each step of the past
 * @param expected what earlier weeks say of it; NaN before `first`
 * @param held what it is held against: against the last days alone it may be found where against the whole past it isn't
 */
export function sharpShift(
  came: Float64Array,
  expected: Float64Array,
  stepMs: number,
  first: number,
  held: 'all' | 'recent' = 'all',
): SharpShift | undefined {
  const n = came.length;
  const hours = stepsOf(stepMs);
  const loads = summed(came, first);
  const bases = summed(expected, first);
  const share = (a: number, b: number): number => (bases[b] as number) - (bases[a] as number);
  const level = (a: number, b: number): number =>
    Math.log(Math.max(1e-9, (loads[b] as number) - (loads[a] as number)) / Math.max(1e-9, share(a, b)));
  const [hour, day] = [hours(1), hours(BEFORE_H)];
  const start = Math.max(first, n - hours(LONGEST_H) - day);
  let onset = -1;
  let most = 0;
  for (let c = start + day; c <= n - hours(UP_AT_LEAST_H); c++) {
    // the step that leaves least unexplained, each time counting by the load that is expected of it
    const [a, b] = [share(start, c), share(c, n)];
    const explained = ((level(c, n) - level(start, c)) ** 2 * a * b) / (a + b);
    if (explained > most) [most, onset] = [explained, c];
  }
  if (onset < 0) return undefined;
  const from = level(onset - day, onset);
  const since = level(onset, n);
  const by = since - from;
  const size = Math.abs(by);
  if (size < STEP_AT_LEAST || (by < 0 && n - onset < hours(DOWN_AT_LEAST_H))) return undefined;
  const atOnce = level(onset, onset + hour) - level(onset - hour, onset);
  if (Math.sign(by) * atOnce < AT_ONCE * size) return undefined;
  const piece = hours(PIECE_H);
  const uneven = (a: number, b: number): number => {
    let off = 0;
    for (let c = a; c < b; c += piece) {
      const d = Math.min(b, c + piece);
      off += share(c, d) * Math.abs(level(c, d) - level(a, b));
    }
    return off / share(a, b);
  };
  // what came and went before it will come and go again
  if (Math.max(uneven(onset, n), uneven(onset - day, onset)) > UNEVEN_AT_MOST * size) return undefined;
  if (held === 'recent') return { before: onset - 1, by, from };
  const width = Math.min(n - onset, day);
  const changes = usualChange(level, first, onset, hour, hour);
  const days = usualChange(level, first, onset, day, width);
  return size > OVER_HOURS * changes && size > OVER_DAYS * days ? { before: onset - 1, by, from } : undefined;
}

const stepsOf =
  (stepMs: number) =>
  (h: number): number =>
    Math.max(1, Math.round((h * 3_600_000) / stepMs));

/** Steps that tell of a step in the level, but for what is usual. */
export const longestSharp = (stepMs: number): number => stepsOf(stepMs)(LONGEST_H) + stepsOf(stepMs)(BEFORE_H) + 1;

/** By how much the level of `width` steps lies from that of the `before` ones before it, but for one time in fifty. */
function usualChange(
  level: (a: number, b: number) => number,
  first: number,
  end: number,
  before: number,
  width: number,
): number {
  const changes: number[] = [];
  for (let b = end; b - width - before >= first; b -= Math.max(1, width >> 1))
    changes.push(Math.abs(level(b - width, b) - level(b - width - before, b - width)));
  return changes.length < TIMES_AT_LEAST ? Infinity : quantileIn(Float64Array.from(changes), USUAL);
}

function summed(values: Float64Array, first: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    sums[i + 1] = (sums[i] as number) + (i < first ? 0 : (values[i] as number));
  }
  return sums;
}
