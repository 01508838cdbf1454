import { askExperts, askMoved, daysOf, LINEAR, slopesOver, type Experts, type Points, type Slopes } from './experts.ts';
import { spreadOf, type Spread } from './spread.ts';

/** What the past says about one block of leads: whom to believe, and how far off the blend comes out. */
export interface Calibration {
  readonly slopes: Slopes;
  /** of each expert, adding up to 1 */
  readonly weights: Float64Array;
  readonly spread: Spread;
  readonly evidence: Evidence;
}

/** What weights and spread rest on, so that more can be added. */
export interface Evidence {
  /** in logs, in the order of time */
  readonly residuals: Float64Array;
  readonly days: number;
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
/** Share of the weight that is left out at either end of the answers. */
const LEFT_OUT = 0.25;
/** An error of logs that counts as none, so that a series that never varies divides by something. */
const NO_ERROR = 1e-6;
/** What is known of experts without this series' past counts like so many days of it. */
const PRIOR_DAYS = 3;
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
  'Holt-Winters, calm': 0.75,
  'Holt-Winters': 0.7,
  'Holt-Winters, quick': 0.75,
  'Holt-Winters, nervous': 0.85,
  [LINEAR]: 0.66,
};
/** Half of what an error says is forgotten after so many days. */
const RECENT_DAYS = 10;
/** From this lead on experts are worth what is known of them in general, before it less and less. */
const PRIOR_LEAD_S = 6 * 3600;

/** Points, and what every expert said at each, one point after the other. */
export interface Asked extends Points {
  readonly said: Float64Array;
}

/** Asks all experts once. What depends on slopes is said without any, and moved by whoever learns slopes. */
export function askAt(experts: Experts, points: Points): Asked {
  const width = experts.families.length;
  const said = new Float64Array(points.count * width);
  const none = new Float64Array(2 * experts.kinds.length);
  for (let p = 0; p < points.count; p++) {
    askExperts(experts, none, points.origins[p] as number, points.leads[p] as number, said, p * width);
  }
  return { ...points, said };
}

/** Those points whose origin is no earlier than `from` and whose target is earlier than `to`. */
export function among({ count, origins, leads, said }: Asked, from: number, to: number): Asked {
  const width = count === 0 ? 0 : said.length / count;
  const kept: number[] = [];
  for (let p = 0; p < count; p++) {
    const t = origins[p] as number;
    if (t >= from && t + (leads[p] as number) < to) kept.push(p);
  }
  const first = kept[0] ?? 0;
  const whole = (kept.at(-1) ?? -1) - first + 1 === kept.length;
  const rows = whole
    ? said.subarray(first * width, (first + kept.length) * width)
    : new Float64Array(kept.length * width);
  if (!whole) for (const [row, p] of kept.entries()) rows.set(said.subarray(p * width, (p + 1) * width), row * width);
  return {
    count: kept.length,
    origins: Int32Array.from(kept, (p) => origins[p] as number),
    leads: Int32Array.from(kept, (p) => leads[p] as number),
    said: rows,
  };
}

export function calibrate(experts: Experts, asked: Asked): Calibration {
  const slopes = slopesOver(experts, asked);
  return weighed(experts, slopes, asked, daysOf(experts, asked), asked.leads[0] ?? 1);
}

/**
 * The same with what has come since. Slopes stay, and so do residuals that were learnt before.
 *
 * @param days from the first origin to the last
 * @param lead the first of the block
 */
export function recalibrate(
  experts: Experts,
  { slopes, evidence }: Calibration,
  asked: Asked,
  days: number,
  lead: number,
): Calibration {
  return weighed(experts, slopes, asked, days, lead, evidence);
}

function weighed(
  experts: Experts,
  slopes: Slopes,
  asked: Asked,
  days: number,
  lead: number,
  before?: Evidence,
): Calibration {
  const said = movedBy(experts, slopes, asked);
  const tally = tallyOf(experts, asked, said, before?.tally);
  const weights = weigh(experts, tally, days, lead);
  const added = residualsOf(experts, weights, asked, said);
  const known = before?.residuals.length ?? 0;
  const residuals = new Float64Array(known + added.length);
  if (before) residuals.set(before.residuals);
  residuals.set(added, known);
  return {
    slopes,
    weights,
    spread: spreadOf(residuals, days, plainError(experts, tally)),
    evidence: { residuals, days, tally },
  };
}

/** Mean absolute error of repeating yesterday, of less than a day's past that of the last value, in logs. */
function plainError({ families }: Experts, { errors, others, all, counted }: Tally): number {
  const plain = Math.max(0, families.indexOf(families.includes('yesterday') ? 'yesterday' : 'last value'));
  const against = others[plain] ?? 0;
  return against > 0 ? (((errors[plain] ?? 0) / against) * all) / counted : 0;
}

/** How far what came lies from what the blend said, in logs, in the order of the points. */
export function residualsAt(experts: Experts, { slopes, weights }: Calibration, asked: Asked): Float64Array {
  return residualsOf(experts, weights, asked, movedBy(experts, slopes, asked));
}

function residualsOf(
  { scored }: Experts,
  weights: Float64Array,
  { count, origins, leads }: Points,
  said: Float64Array,
): Float64Array {
  const residuals = new Float64Array(count);
  const order = orderOf(weights.length);
  for (let p = 0; p < count; p++) {
    const t = origins[p] as number;
    const was = scored[t + (leads[p] as number)] as number;
    residuals[p] = was - middle(said, p * weights.length, weights, scored[t] as number, order);
  }
  return residuals;
}

/** What the blend, standing at step t, says of step t + lead, in logs. `said` is room for the experts' answers. */
export function blend(
  experts: Experts,
  { slopes, weights }: Pick<Calibration, 'slopes' | 'weights'>,
  t: number,
  lead: number,
  said: Float64Array,
): number {
  askExperts(experts, slopes, t, lead, said);
  return middle(said, 0, weights, experts.scored[t] as number, orderOf(weights.length));
}

/** The same where all have been asked already: `said` holds their answers, of which those that slopes move are replaced. */
export function blendAsked(
  experts: Experts,
  { slopes, weights }: Pick<Calibration, 'slopes' | 'weights'>,
  t: number,
  lead: number,
  said: Float64Array,
): number {
  askMoved(experts, slopes, t, lead, said, 0);
  return middle(said, 0, weights, experts.scored[t] as number, orderOf(weights.length));
}

/** Room for answers that are moved: what is made of them is made before others are. */
let moves = new Float64Array(0);

/** The answers with those that follow a departure moved by as much of it as the slopes say. */
function movedBy(experts: Experts, slopes: Slopes, { count, origins, leads, said }: Asked): Float64Array {
  const width = experts.families.length;
  if (moves.length < said.length) moves = new Float64Array(said.length);
  const moved = moves.subarray(0, said.length);
  moved.set(said);
  for (let p = 0; p < count; p++) {
    askMoved(experts, slopes, origins[p] as number, leads[p] as number, moved, p * width);
  }
  return moved;
}

/**
 * Weighted mean of the middle of the experts' answers: those that a quarter of the weight lies above or under are left
 * out, as far as they do. Nearer to a median than to a mean, so that no single expert can run away.
 *
 * @param from where the answers begin in `said`
 * @param order the experts in any order; they are sorted here, and are nearly so for the next lead
 */
function middle(said: Float64Array, from: number, weights: Float64Array, otherwise: number, order: Int32Array): number {
  const answers = sortByAnswer(said, from, order);
  let total = 0;
  for (let i = 0; i < answers; i++) total += weights[order[i] as number] as number;
  if (!(total > 0)) return otherwise;
  let at = 0;
  let sum = 0;
  let within = 0;
  for (let i = 0; i < answers; i++) {
    const e = order[i] as number;
    const begins = at / total;
    at += weights[e] as number;
    const share = Math.max(0, Math.min(at / total, 1 - LEFT_OUT) - Math.max(begins, LEFT_OUT));
    sum += share * (said[from + e] as number);
    within += share;
  }
  return within > 0 ? sum / within : otherwise;
}

/**
 * Experts by what they say, those without an answer last: an insertion sort, since there are some twenty. Equal answers
 * go by the expert's number, so that the order which was there before does not show.
 *
 * @returns how many have an answer
 */
function sortByAnswer(said: Float64Array, from: number, order: Int32Array): number {
  let answers = 0;
  for (let i = 0; i < order.length; i++) {
    const e = order[i] as number;
    const answer = said[from + e] as number;
    const one = answer === answer ? Math.min(answer, Number.MAX_VALUE) : Infinity;
    if (answer === answer) answers++;
    let at = i;
    while (at > 0) {
      const other = sorted[at - 1] as number;
      if (other < one || (other === one && (order[at - 1] as number) < e)) break;
      order[at] = order[at - 1] as number;
      sorted[at] = other;
      at--;
    }
    order[at] = e;
    sorted[at] = one;
  }
  return answers;
}

/** Experts in some order: which one does not show in what is made of it, so that one room serves all. */
let room = new Int32Array(0);
/** Room for their answers in that order. */
let sorted = new Float64Array(0);

function orderOf(width: number): Int32Array {
  if (room.length !== width) {
    room = Int32Array.from({ length: width }, (_, e) => e);
    sorted = new Float64Array(width);
  }
  return room;
}

/** Absolute errors over the points, on top of what was known before. */
function tallyOf(experts: Experts, points: Points, said: Float64Array, before?: Tally): Tally {
  const { families, scored, stepMs, history } = experts;
  const width = families.length;
  const newest = (points.origins[points.count - 1] ?? 0) + (points.leads[points.count - 1] ?? 1);
  const newestMs = Math.max(history.startMs + newest * stepMs, before?.newestMs ?? 0);
  const ageOf = (ms: number): number => 0.5 ** ((newestMs - ms) / (RECENT_DAYS * 86_400_000));
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
