import { written } from '../../signals/series-file/time-style.ts';
import { pathOf, plain, timeOf, type Told } from './outcome.ts';

/**
 * `unique_id,ds,mean,q0.1,q0.5,…`: one row for each step of each series. Ids and times stand as in the file, for they
 * are what a program joins by: nothing is put in front of them for the sake of spreadsheets.
 */
export function asCsv({ series, quantiles, style }: Told): string {
  const lines = [['unique_id', 'ds', 'mean', ...quantiles.map((q) => `q${q}`)].join(',')];
  for (const { signal, forecast } of series) {
    const id = cellOf(signal.name);
    const paths = [forecast.mean, ...quantiles.map((q) => pathOf(forecast, q))];
    for (let h = 0; h < forecast.mean.length; h++) {
      const figures = paths.map((path) => plain(path[h] ?? 0)).join(',');
      lines.push(`${id},${written(timeOf(forecast, h), style)},${figures}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** RFC 4180 */
const cellOf = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
