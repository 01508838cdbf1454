import type { Instant, Seconds } from '../units.ts';

/** Quantile paths of one signal in one market, from the first step after `origin`. */
export interface Forecast {
  readonly signal: string;
  readonly market: string;
  readonly unit: string;
  /** the time the decision is made at; paths[…][0] is the load at origin + step */
  readonly origin: Instant;
  readonly step: Seconds;
  /** ascending, within (0, 1) */
  readonly quantiles: readonly number[];
  /** one path per quantile, equal in length; at every step they never cross */
  readonly paths: readonly Float64Array[];
  readonly mean: Float64Array;
  readonly method: string;
  /** what a reader must know: short history, gaps bridged, fallback taken */
  readonly notes: readonly string[];
  /** how well it did on the held-back past of this very series */
  readonly backtest?: Backtest;
}

export interface Backtest {
  /** rolling origins that were scored */
  readonly origins: number;
  readonly stepsScored: number;
  /** percent, 0-200 */
  readonly smape: number;
  /** share of held-back values at or under each quantile, in the order of `quantiles` */
  readonly coverage: readonly number[];
}
