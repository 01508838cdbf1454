import { bad, good, type Checked, type Trouble } from '../trouble.ts';
import type { Instant, Seconds } from '../units.ts';
import { Cells } from './cells.ts';
import {
  badTime,
  badValue,
  disorder,
  empty,
  missingColumn,
  noRows,
  quotes,
  tooLong,
  twoColumns,
  wrongWidth,
} from './csv-trouble.ts';
import { onGrid, type Rows } from './grid.ts';
import { parseNumber } from './number.ts';
import type { ObservedSignal } from './signal.ts';
import { parseTime } from './time.ts';

/** How to read a CSV file: what all of its series share. */
export interface CsvTable {
  /** as the user named it */
  readonly file: string;
  readonly timeColumn: string;
  readonly step: Seconds;
  /** what offsets in the time column count from; absent = 1970-01-01T00:00Z */
  readonly epoch?: Instant;
  /** all rows are moved in time, as a whole, so that the last one stands at it; absent = they stay */
  readonly endsAt?: Instant;
  /** rows after it are not seen (once moved); absent = all are */
  readonly until?: Instant;
}

export interface CsvColumn {
  readonly name: string;
  readonly market: string;
  readonly unit: string;
  readonly valueColumn: string;
  /** multiplied onto every value */
  readonly scale: number;
}

export type CsvSpec = CsvTable & CsvColumn;

/** One series of a CSV text; see {@link parseColumns}. */
export function parseSeries(text: string, spec: CsvSpec): Checked<ObservedSignal> {
  const read = parseColumns(text, spec, [spec]);
  if (!read.ok) return read;
  const [signal] = read.value;
  return signal ? good(signal) : bad({ file: spec.file, problem: 'no column was asked for', remedy: 'name one' });
}

/**
 * Several series of one CSV text, parsed in one pass.
 *
 * The first row names the columns; cells are separated by commas and may be quoted. Times: see `parseTime`. Rows
 * finer than `step` become the mean of the step, the step being named by its beginning. What is wrong but can be
 * left out (gaps, NaN, negative values, repeated and backward times) becomes NaN and a fault of the signal; what
 * means that the file is not what it is taken for is a trouble with its line.
 */
export function parseColumns(
  text: string,
  table: CsvTable,
  columns: readonly CsvColumn[],
): Checked<readonly ObservedSignal[]> {
  const rows = readRows(text, table, columns);
  if (!rows.ok) return rows;
  const grids = onGrid(rows.value, table.step, {
    tooLong: (row) => bad(tooLong(table, rows.value, row)),
    disorder: (fault) => bad(disorder(table.file, fault, rows.value.count)),
  });
  if (!grids.ok) return grids;
  const signals: ObservedSignal[] = [];
  for (const [c, grid] of grids.value.entries()) {
    const column = columns[c];
    if (!column) continue;
    const { name, market, unit, valueColumn } = column;
    signals.push({ name, market, unit, source: `csv ${table.file} ${valueColumn}`, step: table.step, ...grid });
  }
  return good(signals);
}

const TROUBLES_AT_MOST = 50;

interface CsvRows extends Rows {
  readonly lines: Int32Array;
}

function readRows(text: string, table: CsvTable, columns: readonly CsvColumn[]): Checked<CsvRows> {
  const { file } = table;
  const cells = new Cells(text);
  if (!cells.next()) {
    return cells.broken ? bad(quotes(file, cells)) : bad(empty(file));
  }
  const header = Array.from({ length: cells.count }, (_, c) => cells.cell(c));
  const wanted = [table.timeColumn, ...columns.map((column) => column.valueColumn)];
  const places = placesIn(header, wanted, file, cells.line);
  if (!places.ok) return places;
  const [timeAt = 0, ...valuesAt] = places.value;

  const most = lineEndsIn(text) + 1;
  const times = new Float64Array(most);
  const lines = new Int32Array(most);
  const values = columns.map(() => new Float64Array(most));
  const troubles: Trouble[] = [];
  let count = 0;
  let seen = 0;
  while (cells.next() && troubles.length < TROUBLES_AT_MOST) {
    const { line } = cells;
    seen++;
    if (cells.count !== header.length) {
      troubles.push(wrongWidth(file, line, cells.count, header.length));
      continue;
    }
    const time = parseTime(cells.cell(timeAt), table.epoch);
    if (Number.isNaN(time)) {
      troubles.push(badTime(file, line, table.timeColumn, cells.cell(timeAt)));
      continue;
    }
    if (table.endsAt === undefined && table.until !== undefined && time > table.until) continue;
    for (const [c, at] of valuesAt.entries()) {
      const value = parseNumber(cells.cell(at));
      const scaled = (value ?? 0) * (columns[c]?.scale ?? 1);
      if (value === undefined || Math.abs(scaled) === Infinity) {
        troubles.push(badValue(file, line, columns[c]?.valueColumn ?? '', cells.cell(at)));
      }
      const column = values[c];
      if (column) column[count] = scaled;
    }
    times[count] = time;
    lines[count++] = line;
  }
  if (cells.broken) troubles.push(quotes(file, cells));
  if (troubles.length > 0) return bad(...troubles.slice(0, TROUBLES_AT_MOST));
  if (table.endsAt !== undefined)
    count = moveToEnd({ count, times, lines, columns: values }, table.endsAt, table.until);
  if (count === 0) return bad(noRows(table, seen));
  return good({ count, times, lines, columns: values, place: (row) => `line ${lines[row]}` });
}

/** Moves the rows so that the latest stands at `end`, then leaves out those after `until`. Answers how many are left. */
function moveToEnd(rows: Omit<CsvRows, 'place'>, end: Instant, until = end): number {
  const { times, lines, columns } = rows;
  const latest = times.subarray(0, rows.count).reduce((a, b) => Math.max(a, b), -Infinity);
  let kept = 0;
  for (let row = 0; row < rows.count; row++) {
    const time = (times[row] ?? 0) - latest + end;
    if (time > until) continue;
    times[kept] = time;
    lines[kept] = lines[row] ?? 0;
    for (const column of columns) column[kept] = column[row] ?? Number.NaN;
    kept++;
  }
  return kept;
}

/** Where each wanted column stands. */
function placesIn(header: readonly string[], wanted: readonly string[], file: string, line: number): Checked<number[]> {
  const troubles: Trouble[] = [];
  const places = wanted.map((name) => {
    const at = header.indexOf(name);
    if (at < 0) troubles.push(missingColumn(header, name, file, line));
    else if (header.includes(name, at + 1)) troubles.push(twoColumns(name, file, line));
    return at;
  });
  return troubles.length > 0 ? bad(...troubles) : good(places);
}

/** No text has more rows than line ends and one. */
function lineEndsIn(text: string): number {
  let n = 0;
  for (const end of ['\n', '\r']) {
    for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + 1)) n++;
  }
  return n;
}
