import type { Forecast } from '../../forecast/forecast.ts';
import { rollingOrigins, type Rolled } from '../../forecast/rolling-origins.ts';
import { meanScores, type Scores } from '../../forecast/scores.ts';
import { counted, duration } from '../../figures.ts';
import type { ObservedSignal } from '../../signals/signal.ts';
import { faultNotes } from '../../signals/series-file/to-signals.ts';
import type { TimeStyle } from '../../signals/series-file/time-style.ts';
import { seconds, type Instant, type Seconds } from '../../units.ts';

/** All that is told of one run, before it is CSV, JSON, a page or text. */
export interface Told {
  /** as the user named it */
  readonly file: string;
  readonly step: Seconds;
  readonly style: TimeStyle;
  /** steps */
  readonly horizon: number;
  /** those that were asked for, ascending */
  readonly quantiles: readonly number[];
  readonly series: readonly SeriesTold[];
  /** origins that were asked for, and the scores over all series */
  readonly backtest?: { readonly origins: number; readonly scores: Scores };
  readonly notes: readonly string[];
}

export interface SeriesTold {
  readonly signal: ObservedSignal;
  /** at the quantiles that were asked for, and the median */
  readonly forecast: Forecast;
  readonly notes: readonly string[];
  readonly rolled?: Rolled;
}

/** Forecasts a signal as it was known at a time; absent = at its end. */
export type Forecaster = (signal: ObservedSignal, quantiles: readonly number[], until?: Instant) => Forecast;

export interface Asked {
  readonly horizon: number;
  readonly quantiles: readonly number[];
  readonly origins: number;
  /** steps of the season that MASE scales with; absent = a day */
  readonly season?: number;
}

/** A backtest forecasts from no less history than a forecast needs to be worth something. */
const LEAST_HISTORY_S = seconds(2 * 86_400);
const DAY_S = 86_400;

/** The forecast of one series, and its backtest where one was asked for. */
export function tell(signal: ObservedSignal, asked: Asked, forecaster: Forecaster): SeriesTold {
  const quantiles = [...new Set([...asked.quantiles, 0.5])].toSorted((a, b) => a - b);
  const forecast = forecaster(signal, quantiles);
  const notes = [...forecast.notes, ...tailNote(forecast), ...faultNotes(signal)];
  if (asked.origins === 0) return { signal, forecast, notes };
  const { step } = signal;
  const rolled = rollingOrigins(signal, {
    origins: asked.origins,
    horizon: asked.horizon,
    season: asked.season ?? Math.max(1, Math.round(DAY_S / step)),
    leastHistory: Math.ceil(LEAST_HISTORY_S / step),
    quantiles: asked.quantiles,
    forecastAt: (origin) => forecaster(signal, quantiles, origin),
  });
  const fewer = rolled.origins.length < asked.origins;
  const needs = `${duration(LEAST_HISTORY_S)} of history and the horizon of ${duration(asked.horizon * step)} after each`;
  const note = `backtest: ${counted(rolled.origins.length, 'origin')} instead of ${asked.origins}, which need ${needs}`;
  return { signal, forecast, notes: fewer ? [...notes, note] : notes, rolled };
}

export const overall = (series: readonly SeriesTold[]): Scores =>
  meanScores(series.flatMap(({ rolled }) => rolled?.scores ?? []));

/** The path of a quantile; of one that the forecast does not have, an empty one. */
export function pathOf({ quantiles, paths }: Forecast, quantile: number): Float64Array {
  return paths[quantiles.indexOf(quantile)] ?? new Float64Array(0);
}

/** The median; of a forecast that has none, its mean. */
export const middleOf = (forecast: Forecast): Float64Array =>
  forecast.paths[forecast.quantiles.indexOf(0.5)] ?? forecast.mean;

/** Time of a step of the forecast, 0 being the first after the origin. */
export const timeOf = ({ origin, step }: Pick<Forecast, 'origin' | 'step'>, h: number): Instant =>
  (origin + (h + 1) * step * 1000) as Instant;

/** To seven digits: more are noise, and make files of many series twice as long. */
export const plain = (value: number): number => Number(value.toPrecision(7));

/** P99 rests on a few errors of any past; what lies beyond it, or more than that in a short past, is told. */
const USUAL = { most: 0.99, from: 0.9 };

function tailNote({ extrapolatedFrom: from, quantiles }: Forecast): string[] {
  if (from === undefined || ((quantiles.at(-1) ?? 0) <= USUAL.most && from >= USUAL.from)) return [];
  const share = `${(100 * from).toFixed(1)}%`;
  return [
    `quantiles above ${share} lie beyond what this past can show: an extreme-value tail fitted to its largest errors`,
  ];
}
