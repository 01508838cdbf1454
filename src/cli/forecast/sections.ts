import { counted, duration, percent, short } from '../../figures.ts';
import type { Forecast } from '../../forecast/forecast.ts';
import { left, right, type GridSection, type ListSection, type Row, type Section } from '../../plan/render/view.ts';
import { told as toldTime } from '../../signals/series-file/time-style.ts';
import { shortened } from '../../trouble.ts';
import type { Instant } from '../../units.ts';
import { middleOf, pathOf, timeOf, type SeriesTold, type Told } from './outcome.ts';

/** What text and page show of a run in the same words and figures. */

/** `99%`; the quantile as people say it */
export const quantileText = (q: number): string => percent(q);

const widest = ({ quantiles }: Told): number => quantiles.at(-1) ?? 0.5;

/** Step of the largest value; the first among equals. */
export const peakOf = (path: Float64Array): number =>
  path.reduce((best, v, h) => (v > (path[best] ?? -1) ? h : best), 0);

export function headlineOf(told: Told): readonly string[] {
  const { series, step, horizon } = told;
  const [only] = series;
  const ahead = `${counted(horizon, 'step')} of ${duration(step)}`;
  if (series.length !== 1 || !only) {
    return [`${counted(series.length, 'series', 'series')}, ${ahead} each`, ...backtestLine(told)];
  }
  if (only.forecast.mean.length === 0) return [only.notes[0] ?? 'no forecast'];
  const from = toldTime(timeOf(only.forecast, 0), told.style);
  return [peakText(only, told), `${ahead} from ${from}; ${only.forecast.method}`, ...backtestLine(told)];
}

const backtestLine = (told: Told): readonly string[] =>
  (told.backtest?.scores.steps ?? 0) > 0 ? [`backtest: ${scoreText(told)}`] : [];

/** `now 812k; the median peaks at 1.2M, 2026-03-02 20:00 UTC, the 99% quantile at 1.5M` */
export function peakText({ forecast }: SeriesTold, told: Told): string {
  const middle = middleOf(forecast);
  const at = toldTime(timeOf(forecast, peakOf(middle)), told.style);
  const top = pathOf(forecast, widest(told));
  const now = forecast.last ? `${lastText(forecast.last, forecast.origin, told)}; ` : '';
  return `${now}the median peaks at ${short(Math.max(...middle))}, ${at}; the ${quantileText(widest(told))} quantile at ${short(Math.max(...top))}`;
}

/** What was seen a while ago is not what is now. */
const lastText = ({ at, value }: NonNullable<Forecast['last']>, origin: Instant, { style }: Told): string =>
  at === origin ? `now ${short(value)}` : `last seen ${short(value)}, ${toldTime(at, style)}`;

/** Rows of the forecast of one series, at most `most` of them evenly, and the largest of each column. */
export function stepSection({ forecast }: SeriesTold, { quantiles, style, step }: Told, most: number): GridSection {
  const every = strideFor(forecast.mean.length, most);
  const columns = [forecast.mean, ...quantiles.map((q) => pathOf(forecast, q))];
  const row = (h: number): Row => ({
    cells: [toldTime(timeOf(forecast, h), style), ...columns.map((path) => short(path[h] ?? Number.NaN))],
  });
  const rows = Array.from({ length: Math.ceil(forecast.mean.length / every) }, (_, i) => row(i * every));
  const largest: Row = {
    cells: ['largest of all steps', ...columns.map((path) => short(Math.max(...path)))],
    tone: 'strong',
  };
  return {
    kind: 'grid',
    title: 'Forecast',
    columns: [left('time'), right('mean'), ...quantiles.map((q) => right(quantileText(q), dropOf(q)))],
    rows: [...rows, largest],
    note: [
      ...(every > 1 ? [`each ${every}th of ${counted(forecast.mean.length, 'step')} of ${duration(step)}`] : []),
      'under a quantile of 99% lie 99 of 100 values of that single step',
    ].join('; '),
  };
}

/** Where the line is too short the quantiles nearest the middle go first; the median and the outermost stay. */
const dropOf = (q: number): { readonly drop?: number } =>
  q === 0.5 || q <= 0.1 || q >= 0.99 ? {} : { drop: Math.max(1, Math.round(10 - Math.abs(q - 0.5) * 18)) };

const STRIDES = [1, 2, 3, 4, 6, 8, 12, 24, 30, 48, 60, 120, 240, 360, 720, 1440];
const strideFor = (steps: number, most: number): number =>
  STRIDES.find((n) => steps / n <= most) ?? Math.ceil(steps / most);

/** One row a series. */
export function seriesSection(told: Told, most: number): GridSection {
  const { series, style } = told;
  const top = widest(told);
  const hidden = series.length - Math.min(most, series.length);
  return {
    kind: 'grid',
    title: 'Series',
    columns: [
      left('series', { flexible: true }),
      right('last seen'),
      right('next step'),
      right('median peak'),
      right(`${quantileText(top)} peak`),
      left('at', { drop: 1, about: `at: when the ${quantileText(top)} quantile is largest` }),
    ],
    rows: series.slice(0, most).map(({ signal, forecast }): Row => {
      if (forecast.mean.length === 0)
        return { cells: [shortened(signal.name), 'none', '', '', '', 'no forecast'], tone: 'warn' };
      const path = pathOf(forecast, top);
      const middle = middleOf(forecast);
      return {
        cells: [
          shortened(signal.name),
          short(forecast.last?.value ?? Number.NaN),
          short(middle[0] ?? Number.NaN),
          short(Math.max(...middle)),
          short(Math.max(...path)),
          toldTime(timeOf(forecast, peakOf(path)), style),
        ],
      };
    }),
    note: `next step: its median${hidden > 0 ? `; ${hidden} more series not shown, -o csv has all` : ''}`,
  };
}

/** Scores of the backtest, by quantile, and which yardstick would have won; nothing where none was asked for. */
export function backtestSections(told: Told): readonly Section[] {
  const { backtest, series } = told;
  if (!backtest) return [];
  const { scores, origins } = backtest;
  const scored = series.filter(({ rolled }) => (rolled?.scores.steps ?? 0) > 0).length;
  const title = `Backtest: ${counted(origins, 'origin')} in the series’ own past`;
  if (scores.steps === 0)
    return [{ kind: 'list', title, items: ['the history is too short for it: 2 days and the horizon are needed'] }];
  const grid: GridSection = {
    kind: 'grid',
    title,
    columns: [
      left('quantile'),
      right('held', { about: 'held: share of what came that lay at or under the quantile' }),
      right('quantile loss'),
    ],
    rows: scores.quantiles.map(({ quantile, coverage, loss }) => ({
      cells: [quantileText(quantile), percent(coverage), lossText(loss)],
    })),
    note: `${counted(scores.steps, 'step')}${series.length > 1 ? ` of ${scored} series` : ''} scored; ${verdictText(series)}`,
  };
  return [grid];
}

/** `sMAPE 8.16%, MASE 0.689, weighted quantile loss 0.0431` */
export function scoreText({ backtest }: Told): string {
  const { smape = Number.NaN, mase = Number.NaN, wql = Number.NaN } = backtest?.scores ?? {};
  const figure = (x: number): string => (Number.isFinite(x) ? x.toFixed(3) : 'n/a (no season in the history)');
  return `sMAPE ${percent(smape / 100)}, MASE ${figure(mase)}, weighted quantile loss ${lossText(wql)}`;
}

const lossText = (loss: number): string => (Number.isFinite(loss) ? loss.toFixed(4) : 'n/a');

/** Of one series the reason; of many, how often which would have won. */
export function verdictText(series: readonly SeriesTold[]): string {
  const checks = series.flatMap(({ rolled }) => (rolled && rolled.scores.steps > 0 ? rolled.check : []));
  const [only] = checks;
  if (checks.length === 1 && only) return only.why;
  const wins = new Map<string, number>();
  for (const { nearer } of checks) wins.set(nearer ?? 'the forecast', (wins.get(nearer ?? 'the forecast') ?? 0) + 1);
  const counts = [...wins].toSorted(([, a], [, b]) => b - a).map(([name, n]) => `${name} on ${n}`);
  const better = checks.filter(({ fallback }) => fallback).length;
  return `nearest to what came: ${counts.join(', ')}${better > 0 ? `; a yardstick was clearly better on ${better}` : ''}`;
}

const MOST_NOTES = 12;

export function noteSections(told: Told): readonly ListSection[] {
  const items = notesOf(told);
  const rest = items.length - MOST_NOTES;
  if (items.length === 0) return [];
  return [
    {
      kind: 'list',
      title: 'Notes',
      items: rest > 0 ? [...items.slice(0, MOST_NOTES), `and ${rest} more, in -o json`] : items,
    },
  ];
}

/** The notes of the run and of its series; where there are many, the same note of several is told once. */
export function notesOf({ notes, series }: Told): readonly string[] {
  if (series.length === 1) return [...notes, ...(series[0]?.notes ?? [])];
  const names = new Map<string, string[]>();
  for (const { signal, notes: own } of series)
    for (const note of own) names.set(note, [...(names.get(note) ?? []), shortened(signal.name)]);
  const told = [...names].map(([note, ids]) => {
    const [first = '', second = ''] = ids;
    const who =
      ids.length === 1
        ? first
        : ids.length === 2
          ? `${first} and ${second}`
          : `${first}, ${second} and ${ids.length - 2} more series`;
    return `${who}: ${note}`;
  });
  return [...notes, ...told];
}

/** A forecast that has steps, so that it can be drawn. */
export const drawable = ({ forecast }: { readonly forecast: Forecast }): boolean => forecast.mean.length > 0;
