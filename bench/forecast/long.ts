import { existsSync, readFileSync } from 'node:fs';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds } from '../../src/units.ts';

/**
 * Series in long format, `unique_id,ds,y` with `ds` a whole step that means nothing but order: hours from 1970 on,
 * as the forecast command reads them.
 *
 * @returns undefined when the file is not there
 */
export function readLong(file: string): Map<string, ObservedSignal> | undefined {
  if (!existsSync(file)) return undefined;
  const rows = new Map<string, [step: number, value: number][]>();
  for (const line of readFileSync(file, 'utf8').trimEnd().split(/\r?\n/).slice(1)) {
    const [id = '', ds = '', y = ''] = line.split(',');
    const row: [number, number] = [Number(ds), Number(y)];
    const series = rows.get(id);
    if (series) series.push(row);
    else rows.set(id, [row]);
  }
  return new Map([...rows].map(([id, of]) => [id, signalOf(id, file, of)]));
}

function signalOf(id: string, file: string, rows: readonly (readonly [step: number, value: number])[]): ObservedSignal {
  const first = rows.reduce((least, [step]) => Math.min(least, step), Infinity);
  const last = rows.reduce((most, [step]) => Math.max(most, step), -Infinity);
  const values = new Float64Array(last - first + 1).fill(Number.NaN);
  for (const [step, value] of rows) values[step - first] = value;
  const start = instant(first * 3_600_000);
  return { name: id, market: '', unit: '', source: `csv ${file}`, start, step: seconds(3600), values, faults: [] };
}
