import { QUANTILES, type Said } from './method.ts';

/** What came after one origin, and what it is measured against. */
export interface Outcome {
  /** NaN = nobody knows, not scored */
  readonly was: Float64Array;
  /** what repeating the latest 24 hours said of the same steps */
  readonly naive: Float64Array;
  /** mean absolute error of repeating 24 hours within the past (MASE's denominator) */
  readonly scale: number;
}

/** The levels whose coverage is told. */
export const COVERED = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

/** How one method did on one series, over its origins. */
export interface Figures {
  readonly forecasts: number;
  readonly steps: number;
  /** percent, 0-200; mean over origins of M4's */
  readonly smape: number;
  /** mean over origins of M4's, in-sample scale of 24 hours */
  readonly mase: number;
  readonly mae: number;
  /** MAE over that of repeating 24 hours, same steps */
  readonly relative: number;
  /** 2 × pinball over Σ|load|, mean of the nine deciles; NaN without quantiles, as are those that follow */
  readonly wql: number;
  /** mean pinball loss at P99 over the MAE of repeating 24 hours */
  readonly p99Loss: number;
  /** share of values at or under each of {@link COVERED} */
  readonly coverage: readonly number[];
  /** M4's mean scaled interval score at 95% */
  readonly msis: number;
  /** mean of one fit and of one prediction */
  readonly fitS: number;
  readonly predictS: number;
}

const DECILES = QUANTILES.flatMap((q, i) => (q >= 0.1 && q <= 0.9 ? [i] : []));
const P99 = QUANTILES.indexOf(0.99);
const COVERED_AT = COVERED.map((q) => QUANTILES.indexOf(q));
const LOW = QUANTILES.indexOf(0.025);
const HIGH = QUANTILES.indexOf(0.975);
/** What lies outside a 95% interval costs 2 / 0.05 of the distance. */
const OUTSIDE = 40;

/** Adds up forecasts of one series by one method. */
export class Tally {
  steps = 0;
  readonly under: number[] = COVERED.map(() => 0);
  #forecasts = 0;
  #scaled = 0;
  #smape = 0;
  #mase = 0;
  #msis = 0;
  #error = 0;
  #naive = 0;
  #load = 0;
  #deciles = 0;
  #p99 = 0;
  #fitS = 0;
  #predictS = 0;
  #quantiles = true;

  see({ was, naive, scale }: Outcome, { point, paths, fitS, predictS }: Said): void {
    let steps = 0;
    let smape = 0;
    let error = 0;
    let interval = 0;
    for (let h = 0; h < was.length; h++) {
      const y = was[h] as number;
      if (Number.isNaN(y + (naive[h] as number))) continue;
      const f = point[h] ?? Number.NaN;
      steps++;
      error += Math.abs(y - f);
      smape += y === f ? 0 : (200 * Math.abs(y - f)) / (Math.abs(y) + Math.abs(f));
      this.#naive += Math.abs(y - (naive[h] as number));
      this.#load += Math.abs(y);
      if (!paths) continue;
      const at = (q: number): number => paths[q]?.[h] ?? Number.NaN;
      for (const q of DECILES) this.#deciles += pinball(y, at(q), QUANTILES[q] ?? Number.NaN);
      this.#p99 += pinball(y, at(P99), 0.99);
      for (const [i, q] of COVERED_AT.entries()) if (y <= at(q)) this.under[i] = (this.under[i] ?? 0) + 1;
      interval += intervalScore(y, at(LOW), at(HIGH));
    }
    if (steps === 0) return;
    this.#quantiles &&= paths !== undefined;
    this.#forecasts++;
    this.steps += steps;
    this.#error += error;
    this.#smape += smape / steps;
    this.#fitS += fitS;
    this.#predictS += predictS;
    if (!(scale > 0)) return; // a past that repeats itself exactly gives no scale
    this.#scaled++;
    this.#mase += error / steps / scale;
    this.#msis += interval / steps / scale;
  }

  figures(): Figures {
    const known = this.#quantiles ? 1 : Number.NaN;
    return {
      forecasts: this.#forecasts,
      steps: this.steps,
      smape: this.#smape / this.#forecasts,
      mase: this.#mase / this.#scaled,
      mae: this.#error / this.steps,
      relative: this.#error / this.#naive,
      wql: (known * 2 * this.#deciles) / DECILES.length / this.#load,
      p99Loss: (known * this.#p99) / this.#naive,
      coverage: this.under.map((n) => (known * n) / this.steps),
      msis: (known * this.#msis) / this.#scaled,
      fitS: this.#fitS / this.#forecasts,
      predictS: this.#predictS / this.#forecasts,
    };
  }
}

export function pinball(was: number, said: number, q: number): number {
  return Math.max(q * (was - said), (q - 1) * (was - said));
}

/** Gneiting and Raftery, 2007: the width, and what the value lies outside × 2 / 0.05. */
export function intervalScore(was: number, low: number, high: number): number {
  return high - low + OUTSIDE * Math.max(0, low - was, was - high);
}

/** Mean absolute difference of values a season apart; pairs with a gap are left out. */
export function scaleOf(values: Float64Array, season: number): number {
  let sum = 0;
  let pairs = 0;
  for (let i = season; i < values.length; i++) {
    const difference = Math.abs((values[i] as number) - (values[i - season] as number));
    if (Number.isNaN(difference)) continue;
    sum += difference;
    pairs++;
  }
  return sum / pairs;
}

/** M4's overall weighted average over a set of series: mean of the ratios of mean sMAPE and of mean MASE to Naive2's. */
export function owaOf(method: readonly Figures[], naive2: readonly Figures[]): number {
  const ratio = (of: (f: Figures) => number): number => mean(method.map(of)) / mean(naive2.map(of));
  return (ratio((f) => f.smape) + ratio((f) => f.mase)) / 2;
}

/** Of an unknown and a known comes an unknown: a method that gave no forecast must not look better for it. */
export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

export const geometricMean = (values: readonly number[]): number => Math.exp(mean(values.map(Math.log)));
