import { type Asked, daysOf, moveBy, slopesOver, type Slopes } from './ask.ts';
import { middle, orderOf } from './blend.ts';
import type { Points } from './blocks.ts';
import { type DayWidths, evened, partsOf, type Timed } from './day-widths.ts';
import { LINEAR, type Experts } from './experts.ts';
import { spreadOf, type Spread } from './spread.ts';

/** What the past says about one block of leads: whom to believe, and how far off the blend comes out. */
export interface Calibration extends Judged {
  /** as multiples of the width of that part of the day */
  readonly spread: Spread;
  readonly widths: DayWidths;
}

/** The same before it is known at which times of the day errors are large, which all blocks tell together. */
export interface Judged {
  readonly slopes: Slopes;
  /** of each expert, adding up to 1 */
  readonly weights: Float64Array;
  readonly evidence: Evidence;
}

/** What weights and spread rest on, so that more can be added. */
export interface Evidence extends Timed {
  /** mean absolute error of a forecast that knows no better than to repeat yesterday, in logs */
  readonly expected: number;
  readonly tally: Tally;
}

/** Errors so far, half forgotten after some days: as they count at the newest target. */
export interface Tally {
  /** ms since the epoch */
  readonly newestMs: number;
  /** of each expert, and of the others on the same points */
  readonly errors: Float64Array;
  readonly others: Float64Array;
  /** what is usual at all points, and how many they count for; then how many they are */
  readonly all: number;
  readonly counted: number;
  readonly points: number;
}

/** Weight falls with the sixth power of the typical error: a tenth more error halves the say. */
const ERROR_POWER = 6;
/** At the next step experts are further apart and few of them right: there it falls with this power, and 30 is no better. */
const NEXT_STEP_POWER = 20;
/** From this lead on it is the other: by the hour a single day's luck must not decide. */
const POWER_LEAD_S = 2 * 3600;
/** An error of logs that counts as none, so that a series that never varies divides by something. */
const NO_ERROR = 1e-6;
/** What is known of experts without this series' past counts like so many days of it. */
const PRIOR_DAYS = 1.5;
/**
 * Errors 48 hours ahead against yesterday's same hour, on public load series by the hour: seasonal naive 168 0.84,
 * weekly means 0.66 to 0.68, double-seasonal smoothing 0.70, linear experts of other series 0.66.
 */
const KNOWN_ERRORS: Readonly<Record<string, number>> = {
  yesterday: 1,
  'mean of days': 0.95,
  'last week': 0.84,
  'mean of weeks': 0.67,
  'last value': 1.8,
  'calm Holt-Winters': 0.75,
  'Holt-Winters': 0.7,
  'quick Holt-Winters': 0.75,
  'nervous Holt-Winters': 0.85,
  [LINEAR]: 0.66,
};
/** Half of what an error says is forgotten after so many days. */
const RECENT_DAYS = 10;
/** From this lead on experts are worth what is known of them in general, before it less and less. */
const PRIOR_LEAD_S = 6 * 3600;

export function judge(experts: Experts, asked: Asked): Judged {
  const slopes = slopesOver(experts, asked);
  return weighed(experts, slopes, asked, daysOf(experts, asked), asked.leads[0] ?? 1);
}

export function calibrated(judged: Judged, widths: DayWidths): Calibration {
  const { residuals, parts, days, expected } = judged.evidence;
  return { ...judged, widths, spread: spreadOf(evened(residuals, parts, widths), days, expected) };
}

/**
 * The same with what has come since. Slopes and widths stay, and so do residuals that were learnt before.
 *
 * @param days from the first origin to the last
 * @param lead the first of the block
 */
export function recalibrate(
  experts: Experts,
  { slopes, evidence, widths }: Calibration,
  asked: Asked,
  days: number,
  lead: number,
): Calibration {
  return calibrated(weighed(experts, slopes, asked, days, lead, evidence), widths);
}

function weighed(
  experts: Experts,
  slopes: Slopes,
  asked: Asked,
  days: number,
  lead: number,
  before?: Evidence,
): Judged {
  const said = movedBy(experts, slopes, asked);
  const tally = tallyOf(experts, asked, said, before?.tally);
  const weights = weigh(experts, tally, days, lead);
  const added = residualsOf(experts, weights, asked, said);
  const known = before?.residuals.length ?? 0;
  const residuals = new Float64Array(known + added.length);
  if (before) residuals.set(before.residuals);
  residuals.set(added, known);
  const parts = new Uint8Array(residuals.length);
  if (before) parts.set(before.parts);
  parts.set(partsOf(experts.history, asked), known);
  return {
    slopes,
    weights,
    evidence: { residuals, parts, days, expected: plainError(experts, tally), tally },
  };
}

/** Mean absolute error of repeating yesterday, of less than a day's past that of the last value, in logs. */
function plainError({ families }: Experts, { errors, others, all, counted }: Tally): number {
  const plain = Math.max(0, families.indexOf(families.includes('yesterday') ? 'yesterday' : 'last value'));
  const against = others[plain] ?? 0;
  return against > 0 ? (((errors[plain] ?? 0) / against) * all) / counted : 0;
}

/** How far what came lies from what the blend said, in logs, in the order of the points. */
export function residualsAt(experts: Experts, { slopes, weights }: Judged, asked: Asked): Float64Array {
  return residualsOf(experts, weights, asked, movedBy(experts, slopes, asked));
}

function residualsOf(
  { scored }: Experts,
  weights: Float64Array,
  { count, origins, leads }: Points,
  said: Float64Array,
): Float64Array {
  const residuals = new Float64Array(count);
  const order = orderOf(weights);
  for (let p = 0; p < count; p++) {
    const t = origins[p] as number;
    const was = scored[t + (leads[p] as number)] as number;
    residuals[p] = was - middle(said, p * weights.length, weights, scored[t] as number, order);
  }
  return residuals;
}

/** Room for answers that are moved: what is made of them is made before others are. */
let moves = new Float64Array(0);

function movedBy(experts: Experts, slopes: Slopes, asked: Asked): Float64Array {
  const width = experts.families.length;
  if (moves.length < asked.count * width) moves = new Float64Array(asked.count * width);
  for (let p = 0; p < asked.count; p++) moveBy(experts, slopes, asked, p, moves, p * width);
  return moves;
}

/** Absolute errors over the points, on top of what was known before. */
function tallyOf(experts: Experts, points: Points, said: Float64Array, before?: Tally): Tally {
  const { families, scored, stepMs, history } = experts;
  const width = families.length;
  const newest = (points.origins[points.count - 1] ?? 0) + (points.leads[points.count - 1] ?? 1);
  const newestMs = Math.max(history.startMs + newest * stepMs, before?.newestMs ?? 0);
  const ageOf = (ms: number): number => Math.exp((ms - newestMs) * (Math.LN2 / (RECENT_DAYS * 86_400_000)));
  const kept = before ? ageOf(before.newestMs) : 0;
  const errors = new Float64Array(width);
  const others = new Float64Array(width);
  before?.errors.forEach((error, e) => (errors[e] = kept * error));
  before?.others.forEach((error, e) => (others[e] = kept * error));
  const judges = families.map((name) => name !== LINEAR);
  const off = new Float64Array(width);
  let all = before ? kept * before.all : 0;
  let counted = before ? kept * before.counted : 0;
  for (let p = 0; p < points.count; p++) {
    const target = (points.origins[p] as number) + (points.leads[p] as number);
    const was = scored[target] as number;
    const recent = ageOf(history.startMs + target * stepMs);
    let sum = 0;
    let count = 0;
    for (let e = 0; e < width; e++) {
      const one = Math.abs(was - (said[p * width + e] as number));
      off[e] = one;
      if (one !== one || judges[e] === false) continue;
      sum += one;
      count++;
    }
    const usual = sum / Math.max(1, count);
    all += recent * usual;
    counted += recent;
    for (let e = 0; e < width; e++) {
      const one = off[e] as number;
      if (one !== one) continue;
      errors[e] = (errors[e] as number) + recent * one;
      others[e] = (others[e] as number) + recent * usual;
    }
  }
  return {
    newestMs,
    errors,
    others,
    all,
    counted,
    points: points.count + (before?.points ?? 0),
  };
}

/**
 * By the mean absolute error, against what the others err on the same points: an expert that needs more past is asked
 * on fewer. While points are few, what experts are worth in general counts as much as what this past says.
 *
 * @param days from the first origin to the last
 * @param lead the first of the block
 */
function weigh({ families, stepMs }: Experts, tally: Tally, days: number, lead: number): Float64Array {
  const { errors, others, all, counted, points } = tally;
  const prior = (PRIOR_DAYS / Math.max(0.25, days * (counted / Math.max(1, points)))) * all + NO_ERROR;
  const leadS = (lead * stepMs) / 1000;
  const known = Math.min(1, leadS / PRIOR_LEAD_S);
  const power = NEXT_STEP_POWER + Math.min(1, leadS / POWER_LEAD_S) * (ERROR_POWER - NEXT_STEP_POWER);
  const ratios = errors.map((error, e) => {
    const worth = (KNOWN_ERRORS[families[e] ?? ''] ?? 1) ** known;
    return (error + worth * prior) / ((others[e] as number) + prior);
  });
  const least = ratios.reduce((a, b) => Math.min(a, b), Infinity);
  const weights = ratios.map((ratio) => (least / ratio) ** power);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
