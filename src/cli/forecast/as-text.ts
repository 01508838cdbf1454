import { hanging } from '../../plan/render/lines.ts';
import { PRINTED_WIDTH, renderSections, renderTable, type Paint } from '../../plan/render/table.ts';
import { shortened } from '../../trouble.ts';
import type { Told } from './outcome.ts';
import { NO_INK, plotOf, type Ink } from './plot.ts';
import {
  backtestSections,
  drawable,
  headlineOf,
  noteSections,
  notesOf,
  peakText,
  scoreText,
  seriesSection,
  stepSection,
  verdictText,
} from './sections.ts';
import { sightOf } from './sight.ts';

const MOST_ROWS = 12;
const MOST_SERIES = 20;

/** What a run prints on a terminal: the headline, a picture, a short table, scores and notes. */
export function asText(told: Told, width: number = PRINTED_WIDTH, paint?: Paint, ink: Ink = NO_INK): string {
  const { file, series, style } = told;
  const drawn = series.find(drawable);
  const title = series.length === 1 ? `Forecast of ${shortened(series[0]?.signal.name ?? '')}` : 'Forecasts';
  const head = renderTable(
    { title, asOf: `from ${file}`, headline: headlineOf(told), verdict: 'allow', sections: [] },
    width,
    paint,
  );
  const caption =
    drawn && series.length > 1 ? hanging(`  ${shortened(drawn.signal.name)}: ${peakText(drawn, told)}`, width) : [];
  const plot = drawn ? plotOf(sightOf(drawn, told.quantiles), style, width - 2, ink) : [];
  const picture = [...caption, ...plot].map((line) => `${line.trimEnd()}\n`).join('');
  const table =
    series.length > 1 ? [seriesSection(told, MOST_SERIES)] : drawn ? [stepSection(drawn, told, MOST_ROWS)] : [];
  const sections = [...table, ...backtestSections(told), ...noteSections(told)];
  return `${head}${picture === '' ? '' : '\n'}${picture}${renderSections(sections, width, paint)}`;
}

/** The scores as lines for stderr; none without a backtest. */
export function scoreLines(told: Told): readonly string[] {
  const { backtest, series } = told;
  if (!backtest) return [];
  const held = backtest.scores.quantiles.map(({ quantile, coverage }) => `q${quantile} ${coverage.toFixed(4)}`);
  return [`backtest: ${scoreText(told)}`, `backtest: coverage ${held.join(', ')}`, `backtest: ${verdictText(series)}`];
}

export const noteLines = (told: Told): readonly string[] => notesOf(told).map((note) => `note: ${note}`);
