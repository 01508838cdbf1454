import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CsvColumn, parseColumns } from '../../src/signals/csv.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { parseTime } from '../../src/signals/time.ts';
import { seconds } from '../../src/units.ts';

/** A file with the series in it, at its own step. */
export interface Recorded {
  /** the file's name without `.csv`, and the column's where it has several */
  readonly name: string;
  readonly file: string;
  readonly column: string;
  readonly timeColumn: string;
  readonly stepS: number;
}

/** What the published figures are over; what of it is not there is told. */
const EXPECTED = [
  'appserver_hourly',
  'ms_cloud_api-01',
  'ms_cloud_ingress-01',
  'ms_cloud_ingress-02',
  'ms_cloud_ingress-03',
  'nab_Twitter_volume_AAPL',
  'nab_nyc_taxi',
  'nasa_1min',
  'servegen_m-small_10min',
  'steam_ccu_Apex_Legends',
  'steam_ccu_Counter_Strike2',
  'steam_ccu_Dota_2',
  'steam_ccu_PUBG_Battlegrounds',
  'worldcup98_1min',
  'zulip_lean_hourly',
];

/** Columns that are not load. */
const NOT_LOAD = new Set(['anomaly']);

/**
 * Every column of every CSV file of a folder: the first column is the time (ISO, or seconds), the others are load.
 * Files in long format (`unique_id,…`) are left to {@link readLong}.
 *
 * @returns also the names of expected files that are not there
 */
export function recordedIn(folder: string): { readonly recorded: readonly Recorded[]; readonly absent: string[] } {
  const absent = EXPECTED.filter((name) => !existsSync(join(folder, `${name}.csv`)));
  if (!existsSync(folder)) return { recorded: [], absent };
  const files = readdirSync(folder).filter((file) => file.endsWith('.csv'));
  return { recorded: files.toSorted().flatMap((file) => columnsOf(join(folder, file), file.slice(0, -4))), absent };
}

function columnsOf(file: string, name: string): Recorded[] {
  const text = readFileSync(file, 'utf8');
  const [timeColumn = '', ...others] = text.slice(0, text.search(/\r?\n/)).split(',');
  if (timeColumn === 'unique_id') return [];
  const stepS = ownStep(text);
  const columns = others.filter((column) => !NOT_LOAD.has(column));
  return columns.map((column) => ({
    name: columns.length === 1 ? name : `${name} ${column}`,
    file,
    column,
    timeColumn,
    stepS,
  }));
}

/**
 * Seconds from one row to the next, at the third quartile: a file whose last weeks are finer has the step of its
 * coarser part, and gaps (fewer than a quarter of all rows) count for nothing.
 */
function ownStep(text: string): number {
  const times = text
    .split('\n')
    .slice(1)
    .map((line) => parseTime(line.slice(0, Math.max(0, line.indexOf(',')))))
    .filter((time) => !Number.isNaN(time));
  const apart = times.slice(1).map((time, i) => time - (times[i] as number));
  return (apart.toSorted((a, b) => a - b)[Math.floor(apart.length * 0.75)] ?? 0) / 1000;
}

/** The series at a step of so many seconds; finer rows become the mean of the step. */
export function readAt({ name, file, column, timeColumn }: Recorded, stepS: number): ObservedSignal {
  const spec: CsvColumn = { name, market: '', unit: '', valueColumn: column, scale: 1 };
  const read = parseColumns(readFileSync(file, 'utf8'), { file, timeColumn, step: seconds(stepS) }, [spec]);
  const [signal] = read.ok ? read.value : [];
  if (!signal) throw new Error(`${file} cannot be read: ${JSON.stringify(read)}`);
  return signal;
}
