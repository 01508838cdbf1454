import { type History, wideLog } from './history.ts';
import { quantileIn } from './order-statistic.ts';

/** An expected load at every step of the past and some of the future, in logs; NaN before there is one. */
export interface Expected {
  readonly logs: Float64Array;
}

/**
 * A regression on the last steps and on where days and weeks expect the load to go: how much of the way back to them is
 * gone by then, how much of their next change comes, what the last steps add, and what the last quarters of an hour and
 * the last hours did from this minute on. Each of these is a difference, so that nothing learnt means that the last value
 * stays.
 */
export interface RecentSteps {
  /** what it says, standing at step t, of step t + lead, in the measure of `scored`; NaN where it doesn't reach */
  ask(t: number, lead: number): number;
  /** what was learnt, in steps from the epoch: a history that has grown a little may go on with it */
  readonly learnt: readonly Learnt[];
}

/** Further ahead the last steps tell nothing that the level of the last day does not. */
const REACH_S = 6 * 3600;
/** Means of so many last steps are told to the regression. */
const WIDTHS = [3, 12, 36];
/**
 * Timers keep to the quarter and the hour: of 15 public series of steps under an hour three change by much of what they
 * changed 15 and 60 minutes before (correlation 0.4 to 0.6), which neither days nor weeks show. The mean change over so
 * many turns of each is told.
 */
const RHYTHMS_S = [900, 3600];
const TURNS = 4;
/** Steps of the past that are learnt from, at least; twice as many at most. */
const ROWS = 2000;
/**
 * Further off than so many times its median a row counts less, and what is said grows no more: little was learnt of
 * such times, and a straight line carried on over them runs away.
 */
const FAR_AT_MEDIANS = 6;
/** Half of what was learnt is forgotten after so many days. */
const REMEMBERED_DAYS = 14;
/** Share of the diagonal that is added to it, after a day; less by the square root of the days. */
const RIDGE = 0.05;

/**
 * @param expected what days and weeks say, each good for a day ahead
 * @param from the first step at which it may be asked
 * @param leads the furthest lead that will be asked for, in steps
 * @param before what was learnt from a history that has grown since; then only its last days may be asked
 */
export function recentSteps(
  history: History,
  expected: readonly Expected[],
  from: number,
  leads: number,
  before?: readonly Learnt[],
): RecentSteps | undefined {
  const { scored, logs, seen, stepMs, seasons } = history;
  const n = scored.length;
  const day = Math.max(1, Math.round(seasons.day ?? 1));
  const reach = Math.min(leads, day, Math.max(3, Math.round((REACH_S * 1000) / stepMs)));
  const known = expected.reduce((latest, { logs: of }) => Math.max(latest, firstOf(of, from)), from);
  const first = Math.max(1, known);
  if (!before && n - first < MANY * (2 * expected.length + OWN)) return undefined;
  const came = scored.slice();
  const since = before ? Math.max(0, n - KNOWN_DAYS * day) : 0;
  for (let i = since; i < n; i++) if (Number.isNaN(came[i])) came[i] = wideLog(history, logs[i] as number);
  const bases = expected.map((base) => {
    const wide = new Float64Array(Math.min(base.logs.length, n + reach));
    for (let i = since; i < wide.length; i++) wide[i] = wideLog(history, base.logs[i] as number);
    return wide;
  });
  const sums = new Float64Array(n + 1);
  for (let i = since; i < n; i++) sums[i + 1] = (sums[i] as number) + (came[i] as number);
  const rhythms = RHYTHMS_S.map((s) => (s * 1000) / stepMs).filter((of) => Number.isInteger(of) && of > 1 && of < day);
  const width = 2 * bases.length + OWN + rhythms.length;

  const ownAt = 2 * bases.length;

  /** Differences from the last value, standing at step t → `out`: what days, weeks and rhythms expect of step t + lead … */
  const ahead = (t: number, lead: number, out: Float64Array): void => {
    const last = came[t] as number;
    for (let b = 0; b < bases.length; b++) {
      const base = bases[b] as Float64Array;
      const then = base[t + lead] as number;
      out[2 * b] = then - last;
      out[2 * b + 1] = then - (base[t] as number);
    }
    for (let r = 0; r < rhythms.length; r++) {
      const rhythm = rhythms[r] as number;
      let sum = 0;
      let ago = t - rhythm * Math.ceil(lead / rhythm);
      for (let turn = 0; turn < TURNS && ago >= 0; turn++, ago -= rhythm)
        sum += (came[ago + lead] as number) - (came[ago] as number);
      out[ownAt + OWN + r] = sum / TURNS;
    }
  };
  /** … and the last steps, the same for every lead, from `f` on. */
  const own = (t: number, out: Float64Array, f: number): void => {
    const last = came[t] as number;
    out[f] = (came[Math.max(0, t - 1)] as number) - last;
    for (let w = 0; w < WIDTHS.length; w++) {
      const k = Math.max(0, t + 1 - (WIDTHS[w] as number));
      out[f + 1 + w] = ((sums[t + 1] as number) - (sums[k] as number)) / (t + 1 - k) - last;
    }
  };
  const anchors = anchorsUpTo(reach);
  const epoch = Math.round(history.startMs / stepMs);
  const told = before?.map((one) => ({ ...one, first: one.first - epoch }));
  const stride = 2 ** Math.max(0, Math.floor(Math.log2((n - first) / ROWS)));
  const rows = told ? undefined : ownRows(own, first, stride, n);
  const task = { came, seen, first, day, stride, width, ownAt, daysPerStep: stepMs / 86_400_000, ahead };
  const learnt = told ?? anchors.map((lead) => learn({ ...task, lead, rows: rows ?? new Float64Array(0) }));
  const x = new Float64Array(width);
  return {
    learnt: learnt.map((one) => ({ ...one, first: one.first + epoch })),
    ask(t, lead) {
      if (lead > reach || t < first) return Number.NaN;
      ahead(t, lead, x);
      own(t, x, ownAt);
      const after = anchors.findIndex((anchor) => anchor >= lead);
      const near = after > 0 && (anchors[after] as number) > lead ? after - 1 : after;
      const [low, high] = [anchors[near] as number, anchors[after] as number];
      const share = high === low ? 0 : Math.log(lead / low) / Math.log(high / low);
      const a = changeSaid(learnt[near] as Learnt, t, x);
      const b = near === after ? a : changeSaid(learnt[after] as Learnt, t, x);
      return (came[t] as number) + a + share * (b - a);
    },
  };
}

function firstOf(logs: Float64Array, from: number): number {
  let i = from;
  while (i < logs.length && Number.isNaN(logs[i])) i++;
  return i;
}

/** With what was learnt before, origins this old may be asked. */
const KNOWN_DAYS = 3;
/** Features that need no base and no rhythm: the step before, and the means. */
const OWN = 1 + WIDTHS.length;
/** Steps to learn from for each feature, or nothing is learnt. */
const MANY = 12;

/** Leads that are learnt; between them what two of them say is mixed. */
function anchorsUpTo(reach: number): readonly number[] {
  const anchors: number[] = [];
  for (let lead = 1; lead < reach; lead = Math.max(lead + 1, Math.round(lead * Math.SQRT2))) anchors.push(lead);
  return [...anchors, reach];
}

/** Coefficients as of the end of each stretch of the past, so that none was learnt from what it is judged by. */
export interface Learnt {
  readonly first: number;
  readonly stretch: number;
  /** of each stretch, one coefficient for each feature */
  readonly coefficients: Float64Array[];
  /** median size of each feature */
  readonly sizes: Float64Array;
}

interface Task {
  readonly came: Float64Array;
  readonly seen: Uint8Array;
  readonly first: number;
  readonly day: number;
  readonly lead: number;
  readonly width: number;
  readonly daysPerStep: number;
  readonly stride: number;
  readonly ahead: (t: number, lead: number, out: Float64Array) => void;
  /** the features that are the same for every lead, of each `stride`th step from `first` on, and their place */
  readonly rows: Float64Array;
  readonly ownAt: number;
}

function ownRows(
  own: (t: number, out: Float64Array, f: number) => void,
  first: number,
  stride: number,
  n: number,
): Float64Array {
  const rows = new Float64Array(OWN * Math.max(0, Math.ceil((n - first) / stride)));
  for (let r = 0; r * OWN < rows.length; r++) own(first + r * stride, rows, r * OWN);
  return rows;
}

function changeSaid({ first, stretch, coefficients, sizes }: Learnt, t: number, x: Float64Array): number {
  const c = coefficients[Math.min(coefficients.length - 1, Math.floor((t - first) / stretch))];
  if (!c) return 0;
  let sum = 0;
  let far = 1;
  for (let f = 0; f < x.length; f++) {
    const one = x[f] as number;
    sum += (c[f] as number) * one;
    far = Math.max(far, Math.abs(one) / (FAR_AT_MEDIANS * (sizes[f] as number)));
  }
  return sum / far;
}

/** One lead: least squares with a little ridge, each stretch of a day adding to what was known before it. */
function learn(task: Task): Learnt {
  const { came, seen, first, day, lead, width, ownAt, daysPerStep, stride, ahead, rows } = task;
  const n = came.length;
  const scales = scalesOf(task);
  const gram = new Float64Array((width + 1) * (width + 1));
  const x = new Float64Array(width + 1);
  const stretch = day;
  const kept = 0.5 ** ((stretch * daysPerStep) / REMEMBERED_DAYS);
  const coefficients: Float64Array[] = [];
  let t = first;
  for (let end = first; end - stretch < n; end += stretch) {
    for (; t + lead < Math.min(end, n); t += stride) {
      if (seen[t] === 0 || seen[t + lead] === 0) continue;
      ahead(t, lead, x);
      const row = ((t - first) / stride) * OWN;
      for (let f = 0; f < OWN; f++) x[ownAt + f] = rows[row + f] as number;
      x[width] = (came[t + lead] as number) - (came[t] as number);
      let far = 1;
      for (let f = 0; f <= width; f++) {
        const one = (x[f] as number) / (scales[f] as number);
        x[f] = one;
        far = Math.max(far, Math.abs(one) / FAR_AT_MEDIANS);
      }
      if (!Number.isFinite(far)) continue;
      const weight = 1 / (far * far);
      for (let a = 0; a <= width; a++) {
        const wx = weight * (x[a] as number);
        const at = a * (width + 1);
        for (let b = a; b <= width; b++) gram[at + b] = (gram[at + b] as number) + wx * (x[b] as number);
      }
    }
    const days = Math.max(0, (t - first) * daysPerStep);
    coefficients.push(solved(gram, width, RIDGE / Math.sqrt(Math.max(0.1, days)), scales));
    for (let i = 0; i < gram.length; i++) gram[i] = (gram[i] as number) * kept;
  }
  return { first, stretch, coefficients, sizes: scales };
}

/** Median size of each feature and, last, of the change that is to be foretold. */
function scalesOf({ came, first, lead, width, ownAt, stride, ahead, rows: own }: Task): Float64Array {
  const rows = Math.max(1, Math.floor((came.length - first - lead) / (stride * 8)));
  const sizes = Array.from({ length: width + 1 }, () => new Float64Array(rows));
  const x = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    const t = first + r * stride * 8;
    ahead(t, lead, x);
    for (let f = 0; f < OWN; f++) x[ownAt + f] = own[r * 8 * OWN + f] as number;
    for (let f = 0; f < width; f++) (sizes[f] as Float64Array)[r] = Math.abs(x[f] as number);
    (sizes[width] as Float64Array)[r] = Math.abs((came[t + lead] as number) - (came[t] as number));
  }
  return Float64Array.from(sizes, (of) => Math.max(1e-9, quantileIn(of, 0.5) || 0));
}

/** Cholesky's way through (G + ridge · diag G) c = g, back in the features' own sizes. */
function solved(gram: Float64Array, width: number, ridge: number, scales: Float64Array): Float64Array {
  const stride = width + 1;
  const l = new Float64Array(width * width);
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
}
