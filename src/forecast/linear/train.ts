import { addGram, BATCH, emptyGram, type Gram, solved, takeUp } from './gram.ts';
import type { LinearExperts } from './linear-experts.ts';
import { LEADS, type Measure, measureAt, takeWindow, WINDOW } from './window.ts';

export interface Training {
  /** linear maps beside the one of all series together */
  readonly experts?: number;
  /** every so manieth window is learnt from */
  readonly stride?: number;
  /** windows that end at the same hour of the day as the series count so many times more */
  readonly sameHour?: number;
  /** of the first division of series among experts */
  readonly seed?: number;
}

const EXPERTS = 8;
const STRIDE = 2;
/** Ridge as a share of the mean square of a window's steps: of all series together, and of an expert towards all. */
const RIDGE = 2e-3;
const RIDGE_OF_EXPERT = 1e-3;
/** Divisions that are begun with, of which the best is gone on with, and rounds for each. */
const STARTS = 3;
const ROUNDS = 5;
const LAST_ROUNDS = 4;
/** Windows by which an expert is chosen for a series. */
const JUDGED = 16;
/** A window counts by one over its error and this: from there on its error counts by its size and not by its square. */
const CALM_ERROR = 0.1;
const DAY = 24;

/** Experts and who has which. */
interface Mixture {
  readonly experts: readonly Float64Array[];
  readonly chosen: readonly number[];
  /** mean error over the series, each counting alike */
  readonly error: number;
}

/**
 * Learns linear experts: one of all series, and a mixture in which each series goes to the expert that foretells it
 * best, until none moves. Then all is learnt once more with windows counting less, the worse they were foretold: an
 * incident is nothing to learn from, nor may a few wild series decide for all. Deterministic by seed.
 *
 * @param series hourly logs without holes; those too short for a window and 48 hours are left out
 */
export function trainExperts(series: readonly Float64Array[], training: Training = {}): LinearExperts {
  const { experts = EXPERTS, stride = STRIDE, sameHour = 0, seed = 1 } = training;
  const able = series.filter((logs) => logs.length >= WINDOW + LEADS);
  if (able.length === 0) return { coefficients: [] };
  const grams = able.map((logs) => gramOf(logs, stride, sameHour));
  const pooled = pooledOf(grams);
  const judged = able.map(judgedOf);
  const starts = Array.from({ length: STARTS }, (_, s) => {
    const parts = randomParts(able.length, experts, seed + s);
    return settled(judged, grams, pooled, parts, experts, ROUNDS);
  });
  const first = starts.reduce((a, b) => (b.error < a.error ? b : a));
  const calm = able.map((logs, s) => gramOf(logs, stride, sameHour, first.experts[first.chosen[s] ?? 0]));
  const again = pooledOf(calm);
  const { experts: last } = settled(judged, calm, again, first.chosen, experts, LAST_ROUNDS);
  return { coefficients: [again, ...last] };
}

/**
 * What a series teaches; every series counts alike, however long it is.
 *
 * @param known an expert whose error makes windows count less, the larger it is, and with them series that are foretold
 *   badly everywhere
 */
function gramOf(logs: Float64Array, stride: number, sameHour: number, known?: Float64Array): Gram {
  const gram = emptyGram();
  const windows = new Float64Array(BATCH * WINDOW);
  const after = new Float64Array(BATCH * LEADS);
  const said = new Float64Array(LEADS);
  let held = 0;
  let weight = 0;
  let windowsCounted = 0;
  const last = logs.length - 1;
  for (let end = last - LEADS; end >= WINDOW - 1; end -= stride) {
    const measure = measureAt(logs, end);
    if (measure.scale === 0) continue;
    const window = windows.subarray(held * WINDOW, (held + 1) * WINDOW);
    takeWindow(logs, end, measure, window);
    const ofHour = 1 + ((last - end) % DAY === 0 ? sameHour : 0);
    const counts = known ? ofHour / (CALM_ERROR + errorOf(known, window, logs, end, measure, said)) : ofHour;
    windowsCounted += ofHour;
    const root = Math.sqrt(counts);
    for (let i = 0; i < WINDOW; i++) window[i] = root * (window[i] as number);
    for (let k = 0; k < LEADS; k++) after[held * LEADS + k] = root * afterwards(logs, end, k, measure);
    weight += counts;
    if (++held < BATCH) continue;
    takeUp(gram, windows, after, weight);
    held = 0;
    weight = 0;
  }
  windows.fill(0, held * WINDOW);
  after.fill(0, held * LEADS);
  if (held > 0) takeUp(gram, windows, after, weight);
  const even = emptyGram();
  if (gram.weight > 0) addGram(even, gram, 1 / windowsCounted);
  return even;
}

/** Step k + 1 after a window, in its measure. */
const afterwards = (logs: Float64Array, end: number, k: number, { level, scale }: Measure): number =>
  ((logs[end + 1 + k] as number) - level) / scale;

/** Mean absolute error of one expert on one window, in its measure. */
function errorOf(
  expert: Float64Array,
  window: Float64Array,
  logs: Float64Array,
  end: number,
  measure: Measure,
  said: Float64Array,
): number {
  said.fill(0);
  for (let i = 0; i < WINDOW; i++) {
    const x = window[i] as number;
    for (let k = 0; k < LEADS; k++) said[k] = (said[k] as number) + x * (expert[i * LEADS + k] as number);
  }
  let error = 0;
  for (let k = 0; k < LEADS; k++) error += Math.abs(afterwards(logs, end, k, measure) - (said[k] as number));
  return error / LEADS;
}

function pooledOf(grams: readonly Gram[]): Float64Array {
  const all = summed(grams);
  return solved(all, RIDGE * meanSquare(all));
}

function summed(grams: readonly Gram[]): Gram {
  const sum = emptyGram();
  for (const gram of grams) addGram(sum, gram);
  return sum;
}

/** Mean square of a window's steps, times the weight of the windows. */
function meanSquare({ inside }: Gram): number {
  let sum = 0;
  for (let i = 0; i < WINDOW; i++) sum += inside[(i * (i + 3)) / 2] as number;
  return sum / WINDOW;
}

/** Each series to the expert that foretells it best, and experts anew from the series they have, until none moves. */
function settled(
  series: readonly Judged[],
  grams: readonly Gram[],
  pooled: Float64Array,
  parts: readonly number[],
  experts: number,
  rounds: number,
): Mixture {
  const learnt = (chosen: readonly number[]): Float64Array[] =>
    Array.from({ length: experts }, (_, e) => {
      const mine = summed(grams.filter((_gram, s) => chosen[s] === e));
      return mine.weight > 0 ? solved(mine, RIDGE_OF_EXPERT * meanSquare(mine), pooled) : pooled;
    });
  let chosen = parts;
  let mixture = learnt(chosen);
  let error = Infinity;
  for (let round = 0; round < rounds; round++) {
    const judged = series.map((one) => bestFor(one, mixture));
    error = judged.reduce((sum, one) => sum + one.error, 0) / judged.length;
    const next = judged.map((one) => one.expert);
    const moved = next.some((e, s) => e !== chosen[s]);
    chosen = next;
    if (!moved) break;
    mixture = learnt(chosen);
  }
  return { experts: mixture, chosen, error };
}

function randomParts(series: number, experts: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: series }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * experts);
  });
}

/** Windows spread evenly over a series, in its measure, and what came after each. */
interface Judged {
  readonly count: number;
  /** window w from w × WINDOW on */
  readonly windows: Float64Array;
  /** from w × LEADS on */
  readonly after: Float64Array;
}

function judgedOf(logs: Float64Array): Judged {
  const most = logs.length - 1 - LEADS;
  const step = Math.max(1, Math.floor((most - WINDOW + 1) / JUDGED));
  const room = Math.ceil((most - WINDOW + 2) / step);
  const windows = new Float64Array(room * WINDOW);
  const after = new Float64Array(room * LEADS);
  let count = 0;
  for (let end = most; end >= WINDOW - 1; end -= step) {
    const measure = measureAt(logs, end);
    if (measure.scale === 0) continue;
    takeWindow(logs, end, measure, windows.subarray(count * WINDOW, (count + 1) * WINDOW));
    for (let k = 0; k < LEADS; k++) after[count * LEADS + k] = afterwards(logs, end, k, measure);
    count++;
  }
  return { count, windows, after };
}

/** The expert of least error: each coefficient is fetched once for all windows. */
function bestFor(
  { count, windows, after }: Judged,
  mixture: readonly Float64Array[],
): { expert: number; error: number } {
  const said = new Float64Array(count * LEADS);
  const errors = mixture.map((expert) => {
    said.fill(0);
    for (let i = 0; i < WINDOW; i++) {
      for (let w = 0; w < count; w++) {
        const x = windows[w * WINDOW + i] as number;
        for (let k = 0, at = w * LEADS; k < LEADS; k++, at++)
          said[at] = (said[at] as number) + x * (expert[i * LEADS + k] as number);
      }
    }
    let error = 0;
    for (let at = 0; at < said.length; at++) error += Math.abs((after[at] as number) - (said[at] as number)) / LEADS;
    return error;
  });
  const expert = errors.indexOf(Math.min(...errors));
  return { expert, error: count > 0 ? (errors[expert] as number) / count : 0 };
}
