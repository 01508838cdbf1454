import type { Rolled } from '../../forecast/rolling-origins.ts';
import type { Scores } from '../../forecast/scores.ts';
import { written } from '../../signals/series-file/time-style.ts';
import { pathOf, plain, timeOf, type SeriesTold, type Told } from './outcome.ts';

/** What `-o json` prints, before it is text. Figures that are not known are null. */
export function asJson(told: Told): object {
  const { file, step, horizon, quantiles, series, notes, backtest } = told;
  return {
    file,
    stepS: step,
    horizonSteps: horizon,
    quantiles,
    notes,
    ...(backtest && { backtest: { originsAsked: backtest.origins, ...scoresJson(backtest.scores) } }),
    series: series.map((one) => seriesJson(one, told)),
  };
}

function seriesJson({ signal, forecast, notes, rolled }: SeriesTold, { quantiles, style }: Told): object {
  const { last, method } = forecast;
  return {
    unique_id: signal.name,
    last: last ? { ds: written(last.at, style), y: plain(last.value) } : null,
    method,
    notes,
    forecast: Array.from(forecast.mean, (mean, h) => ({
      ds: written(timeOf(forecast, h), style),
      mean: plain(mean),
      ...Object.fromEntries(quantiles.map((q) => [`q${q}`, plain(pathOf(forecast, q)[h] ?? 0)])),
    })),
    ...(rolled && { backtest: rolledJson(rolled, (at) => written(at, style)) }),
  };
}

function rolledJson(
  { origins, scores, check }: Rolled,
  ds: (at: Rolled['origins'][number]) => string | number,
): object {
  const { error, yardsticks, fallback, nearer, why } = check;
  return {
    origins: origins.map(ds),
    ...scoresJson(scores),
    yardsticks: {
      error,
      rivals: yardsticks.map(({ name, error: off, forecastError, days, daysNearer }) => ({
        name,
        error: off,
        forecastError,
        days,
        daysNearer,
      })),
      wouldHaveWon: nearer ?? 'the forecast',
      fallback,
      why,
    },
  };
}

const scoresJson = ({ steps, smape, mase, wql, quantiles }: Scores): object => ({
  stepsScored: steps,
  smape,
  mase,
  wql,
  quantiles: quantiles.map(({ quantile, coverage, loss }) => ({ quantile, coverage, loss })),
});
