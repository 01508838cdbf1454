import { askExperts, daysOf, slopesOver, type Experts, type Points, type Slopes } from './experts.ts';
import { spreadOf, type Spread } from './spread.ts';

/** What the past says about one block of leads: whom to believe, and how far off the blend comes out. */
export interface Calibration {
  readonly slopes: Slopes;
  /** of each expert, adding up to 1 */
  readonly weights: Float64Array;
  readonly spread: Spread;
}

/** Weight falls with the third power of the typical error: twice the error has an eighth of the say. */
const ERROR_POWER = 3;
/** An error of logs that counts as none, so that a series that never varies divides by something. */
const NO_ERROR = 1e-6;
/** Fewer points than this say nothing about who is better. */
const POINTS_TO_WEIGH = 5;

export function calibrate(experts: Experts, points: Points): Calibration {
  const slopes = slopesOver(experts, points);
  const said = answersAt(experts, slopes, points);
  const weights = weigh(experts, points, said);
  const width = weights.length;
  const residuals = new Float64Array(points.count);
  for (let p = 0; p < points.count; p++) {
    const t = points.origins[p] ?? 0;
    const was = experts.scored[t + (points.leads[p] ?? 1)] ?? 0;
    residuals[p] = was - mean(said.subarray(p * width, (p + 1) * width), weights, experts.logs[t] ?? 0);
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
  return mean(said, weights, experts.logs[t] ?? 0);
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

/** Weighted, of the experts that have an answer. */
function mean(said: Float64Array, weights: Float64Array, otherwise: number): number {
  let sum = 0;
  let total = 0;
  for (let e = 0; e < weights.length; e++) {
    const one = said[e] ?? Number.NaN;
    if (Number.isNaN(one)) continue;
    sum += (weights[e] ?? 0) * one;
    total += weights[e] ?? 0;
  }
  return total > 0 ? sum / total : otherwise;
}

/** By the mean absolute error in logs: an expert that incidents throw off is not whom to size a fleet by. */
function weigh(experts: Experts, points: Points, said: Float64Array): Float64Array {
  const width = experts.families.length;
  const errors = new Float64Array(width);
  for (let p = 0; p < points.count; p++) {
    const was = experts.scored[(points.origins[p] ?? 0) + (points.leads[p] ?? 1)] ?? 0;
    for (let e = 0; e < width; e++) {
      const one = said[p * width + e] ?? Number.NaN;
      errors[e] = (errors[e] ?? 0) + (Number.isNaN(one) ? 1 : Math.abs(was - one));
    }
  }
  if (points.count < POINTS_TO_WEIGH) return errors.fill(1 / width);
  const least = errors.reduce((a, b) => Math.min(a, b), Infinity) + NO_ERROR;
  const weights = errors.map((error) => (least / (error + NO_ERROR)) ** ERROR_POWER);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
