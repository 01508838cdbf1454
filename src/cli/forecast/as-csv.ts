import { written } from '../../signals/series-file/time-style.ts';
import { csvOf } from '../csv-cell.ts';
import { pathOf, plain, timeOf, type Told } from './outcome.ts';

/** `unique_id,ds,mean,q0.1,q0.5,…`: one row for each step of each series, lines ended as the shell expects them. */
export function asCsv({ series, quantiles, style }: Told): string {
  const head = ['unique_id', 'ds', 'mean', ...quantiles.map((q) => `q${q}`)];
  const rows = series.flatMap(({ signal, forecast }) => {
    const paths = [forecast.mean, ...quantiles.map((q) => pathOf(forecast, q))];
    return Array.from(forecast.mean, (_, h) => [
      signal.name,
      written(timeOf(forecast, h), style),
      ...paths.map((path) => plain(path[h] ?? 0)),
    ]);
  });
  return csvOf(head, rows).replaceAll('\r\n', '\n');
}
