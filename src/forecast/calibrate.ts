import { askExperts, daysOf, LINEAR, slopesOver, type Experts, type Points, type Slopes } from './experts.ts';
import { spreadOf, type Spread } from './spread.ts';

/** What the past says about one block of leads: whom to believe, and how far off the blend comes out. */
export interface Calibration {
  readonly slopes: Slopes;
  /** of each expert, adding up to 1 */
  readonly weights: Float64Array;
  readonly spread: Spread;
}

/** Weight falls with the sixth power of the typical error: a tenth more error halves the say. */
const ERROR_POWER = 6;
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

export function calibrate(experts: Experts, points: Points): Calibration {
  const slopes = slopesOver(experts, points);
  const said = answersAt(experts, slopes, points);
  const weights = weigh(experts, points, said);
  const width = weights.length;
  const residuals = new Float64Array(points.count);
  for (let p = 0; p < points.count; p++) {
    const t = points.origins[p] ?? 0;
    const was = experts.scored[t + (points.leads[p] ?? 1)] ?? 0;
    residuals[p] = was - middle(said.subarray(p * width, (p + 1) * width), weights, experts.scored[t] ?? 0);
  }
  return { slopes, weights, spread: spreadOf(residuals, daysOf(experts, points)) };
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
  return middle(said, weights, experts.scored[t] ?? 0);
}

/** The answers of all experts at each point, one point after the other. */
function answersAt(experts: Experts, slopes: Slopes, points: Points): Float64Array {
  const width = experts.families.length;
  const answers = new Float64Array(points.count * width);
  for (let p = 0; p < points.count; p++) {
    askExperts(experts, slopes, points.origins[p] ?? 0, points.leads[p] ?? 1, answers, p * width);
  }
  return answers;
}

/**
 * Weighted mean of the middle of the experts' answers: those that a quarter of the weight lies above or under are left
 * out, as far as they do. Nearer to a median than to a mean, so that no single expert can run away.
 */
function middle(said: Float64Array, weights: Float64Array, otherwise: number): number {
  const order = byAnswer(said);
  let total = 0;
  for (const e of order) total += weights[e] as number;
  if (!(total > 0)) return otherwise;
  let at = 0;
  let sum = 0;
  let within = 0;
  for (const e of order) {
    const from = at / total;
    at += weights[e] as number;
    const share = Math.max(0, Math.min(at / total, 1 - LEFT_OUT) - Math.max(from, LEFT_OUT));
    sum += share * (said[e] as number);
    within += share;
  }
  return within > 0 ? sum / within : otherwise;
}

/** Experts that have an answer, by what they say: an insertion sort, since there are some twenty. */
function byAnswer(said: Float64Array): number[] {
  const order: number[] = [];
  for (let e = 0; e < said.length; e++) {
    const one = said[e] as number;
    if (Number.isNaN(one)) continue;
    let at = order.length;
    while (at > 0 && (said[order[at - 1] as number] as number) > one) {
      order[at] = order[at - 1] as number;
      at--;
    }
    order[at] = e;
  }
  return order;
}

/**
 * By the mean absolute error, against what the others err on the same points: an expert that needs more past is asked
 * on fewer. While points are few, what experts are worth in general counts as much as what this past says.
 */
function weigh(experts: Experts, points: Points, said: Float64Array): Float64Array {
  const { families } = experts;
  const width = families.length;
  const errors = new Float64Array(width);
  const others = new Float64Array(width);
  const newest = (points.origins[points.count - 1] ?? 0) + (points.leads[points.count - 1] ?? 1);
  let all = 0;
  let counted = 0;
  for (let p = 0; p < points.count; p++) {
    const target = (points.origins[p] ?? 0) + (points.leads[p] ?? 1);
    const was = experts.scored[target] ?? 0;
    const recent = 0.5 ** (((newest - target) * experts.stepMs) / (RECENT_DAYS * 86_400_000));
    let sum = 0;
    let count = 0;
    for (let e = 0; e < width; e++) {
      const off = Math.abs(was - (said[p * width + e] as number));
      if (Number.isNaN(off) || families[e] === LINEAR) continue;
      sum += off;
      count++;
    }
    const usual = sum / Math.max(1, count);
    all += recent * usual;
    counted += recent;
    for (let e = 0; e < width; e++) {
      const off = Math.abs(was - (said[p * width + e] as number));
      if (Number.isNaN(off)) continue;
      errors[e] = (errors[e] as number) + recent * off;
      others[e] = (others[e] as number) + recent * usual;
    }
  }
  const prior =
    (PRIOR_DAYS / Math.max(0.25, daysOf(experts, points) * (counted / Math.max(1, points.count)))) * all + NO_ERROR;
  const known = Math.min(1, ((points.leads[0] ?? 1) * experts.stepMs) / 1000 / PRIOR_LEAD_S);
  const ratios = errors.map((error, e) => {
    const worth = (KNOWN_ERRORS[families[e] ?? ''] ?? 1) ** known;
    return (error + worth * prior) / ((others[e] as number) + prior);
  });
  const least = ratios.reduce((a, b) => Math.min(a, b), Infinity);
  const weights = ratios.map((ratio) => (least / ratio) ** ERROR_POWER);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
