import type { Instant, Seconds } from '../units.ts';

/**
 * Quantile paths of one signal in one market, from the first step after `origin`.
 *
 * Where nothing was ever seen there is no forecast: the paths are empty, `last` is absent and a note says so.
 */
export interface Forecast {
  readonly signal: string;
  readonly market: string;
  readonly unit: string;
  /** the last step that had begun when the decision was made; paths[…][0] is the load at origin + step */
  readonly origin: Instant;
  readonly step: Seconds;
  /** ascending, within (0, 1) */
  readonly quantiles: readonly number[];
  /** one path per quantile, equal in length; at every step they never cross */
  readonly paths: readonly Float64Array[];
  readonly mean: Float64Array;
  /** the newest value that was seen, outliers cut; absent when none was */
  readonly last?: { readonly at: Instant; readonly value: number };
  readonly method: string;
  /** quantiles above this one lie beyond what residuals tell: they are of a generalised Pareto tail; absent = none do */
  readonly extrapolatedFrom?: number;
  /** what a reader must know: short history, gaps bridged, fallback taken */
  readonly notes: readonly string[];
  /** how well it did on the held-back past of this very series */
  readonly backtest?: Backtest;
}

export interface Backtest {
  /** rolling origins that were scored; none of them had a part in the calibration that it reports on */
  readonly origins: number;
  readonly stepsScored: number;
  /** percent, 0-200 */
  readonly smape: number;
  /** share of held-back values at or under each quantile, in the order of `quantiles` */
  readonly coverage: readonly number[];
}
