import type { Forecast } from './forecast.ts';

/** How well forecasts did, on the steps for which a value came. */
export interface Scores {
  readonly steps: number;
  /** percent, 0-200: 200·|y − f| ÷ (|y| + |f|), its mean; of two zeros 0. Source: Makridakis et al., M4, 2020 */
  readonly smape: number;
  /** mean |y − f| ÷ mean |y_t − y_(t − season)| of the history. Source: Hyndman and Koehler, 2006 */
  readonly mase: number;
  /** 2·Σ pinball ÷ Σ|y| for each quantile, their mean. Source: Park et al., 2022, as GluonTS computes it */
  readonly wql: number;
  readonly quantiles: readonly QuantileScore[];
}

export interface QuantileScore {
  readonly quantile: number;
  /** share of what came that lay at or under it */
  readonly coverage: number;
  /** 2·Σ pinball ÷ Σ|y| */
  readonly loss: number;
}

/** One forecast and what came. */
export interface Outcome {
  readonly forecast: Pick<Forecast, 'quantiles' | 'paths' | 'mean'>;
  /** one value a step, NaN where none came */
  readonly came: ArrayLike<number>;
  /** what the error of the naive seasonal forecast was in the history; NaN where it has none */
  readonly naiveError: number;
}

/** @param asked the quantiles that are scored; each must be one of every forecast's */
export function scoresOf(outcomes: readonly Outcome[], asked: readonly number[]): Scores {
  let [steps, smape, load, scaled, scaledSteps] = [0, 0, 0, 0, 0];
  const under = asked.map(() => 0);
  const pinball = asked.map(() => 0);
  for (const { forecast, came, naiveError } of outcomes) {
    const middle = forecast.paths[forecast.quantiles.indexOf(0.5)] ?? forecast.mean;
    const paths = asked.map((q) => forecast.paths[forecast.quantiles.indexOf(q)]);
    for (let h = 0; h < Math.min(came.length, middle.length); h++) {
      const y = came[h] ?? Number.NaN;
      const f = middle[h] ?? Number.NaN;
      if (Number.isNaN(y)) continue;
      steps++;
      load += Math.abs(y);
      smape += y === 0 && f === 0 ? 0 : (200 * Math.abs(y - f)) / (Math.abs(y) + Math.abs(f));
      if (naiveError > 0) {
        scaled += Math.abs(y - f) / naiveError;
        scaledSteps++;
      }
      for (const [i, q] of asked.entries()) {
        const over = y - (paths[i]?.[h] ?? Number.NaN);
        if (over <= 0) under[i] = (under[i] ?? 0) + 1;
        pinball[i] = (pinball[i] ?? 0) + Math.max(q * over, (q - 1) * over);
      }
    }
  }
  const losses = pinball.map((sum) => (load > 0 ? (2 * sum) / load : Number.NaN));
  return {
    steps,
    smape: smape / steps,
    mase: scaled / scaledSteps,
    wql: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    quantiles: asked.map((quantile, i) => ({
      quantile,
      coverage: (under[i] ?? 0) / steps,
      loss: losses[i] ?? Number.NaN,
    })),
  };
}

/** Mean |y_t − y_(t − season)| over a history, gaps left out; NaN where it is shorter than a season. */
export function naiveErrorOf(history: ArrayLike<number>, season: number): number {
  let [sum, n] = [0, 0];
  for (let i = season; i < history.length; i++) {
    const d = Math.abs((history[i] ?? Number.NaN) - (history[i - season] ?? Number.NaN));
    if (Number.isNaN(d)) continue;
    sum += d;
    n++;
  }
  return n > 0 ? sum / n : Number.NaN;
}

/** Several series' scores as one: each series counts alike, coverage by its steps. NaN where no series has the figure. */
export function meanScores(all: readonly Scores[]): Scores {
  const scored = all.filter((s) => s.steps > 0);
  const mean = (of: (s: Scores) => number): number => {
    const known = scored.map(of).filter((x) => !Number.isNaN(x));
    return known.reduce((sum, x) => sum + x, 0) / known.length;
  };
  const steps = scored.reduce((sum, s) => sum + s.steps, 0);
  return {
    steps,
    smape: mean((s) => s.smape),
    mase: mean((s) => s.mase),
    wql: mean((s) => s.wql),
    quantiles: (scored[0]?.quantiles ?? []).map(({ quantile }, i) => ({
      quantile,
      coverage: scored.reduce((sum, s) => sum + (s.quantiles[i]?.coverage ?? 0) * s.steps, 0) / steps,
      loss: mean((s) => s.quantiles[i]?.loss ?? Number.NaN),
    })),
  };
}
