import { meant } from '../fleet/nearest.ts';
import { shortened, type Trouble } from '../trouble.ts';
import { instant, isoOf, type Instant, type Seconds } from '../units.ts';
import type { Cells } from './cells.ts';
import { STEPS_AT_MOST } from './grid.ts';
import type { SignalFault } from './signal.ts';

/** What may be wrong with a CSV file as a whole or with one line of it, in words. */

interface Table {
  readonly file: string;
  readonly timeColumn: string;
  readonly step: Seconds;
  readonly until?: Instant;
}

export const empty = (file: string): Trouble => ({
  file,
  problem: 'is empty',
  remedy: 'write a header line such as timestamp,value and a line for every step',
});

export const twoColumns = (name: string, file: string, line: number): Trouble => ({
  file,
  line,
  value: name,
  problem: 'names two columns',
  remedy: 'give every column its own name',
});

export function missingColumn(header: readonly string[], name: string, file: string, line: number): Trouble {
  const [only = ''] = header;
  if (header.length === 1 && /[;\t|]/.test(only)) {
    return { file, line, value: only, problem: 'is not separated by commas', remedy: 'separate the cells by commas' };
  }
  return { file, line, problem: `has no column ${shortened(name)}`, remedy: meant(name, header.map(shortened)) };
}

export const wrongWidth = (file: string, line: number, cells: number, columns: number): Trouble => ({
  file,
  line,
  problem: `has ${cells} ${cells === 1 ? 'cell' : 'cells'} where the header names ${columns} columns`,
  remedy: 'write one cell for each column, and numbers without thousands separators',
});

export const badTime = (file: string, line: number, at: string, value: string): Trouble => ({
  file,
  line,
  at,
  value: value === '' ? 'empty' : value,
  problem: 'not a time',
  remedy: 'write 2026-03-01T09:30Z, Unix seconds or milliseconds, or seconds from the start',
});

export const badValue = (file: string, line: number, at: string, value: string): Trouble => ({
  file,
  line,
  at,
  value,
  problem: 'not a finite number',
  remedy: 'write a plain decimal such as 1234.5, or leave the cell empty for a gap',
});

export const quotes = (file: string, cells: Cells): Trouble => ({
  file,
  line: cells.line,
  problem: cells.broken === 'trailing' ? 'has text after a closing quote' : 'has a quote that is never closed',
  remedy: 'quote a whole cell or none of it, and double the quotes inside',
});

export function noRows(table: Table, seen: number): Trouble {
  if (seen === 0 || table.until === undefined) {
    return { file: table.file, problem: 'has a header and no rows', remedy: 'write a line for every step' };
  }
  const until = isoOf(table.until);
  return {
    file: table.file,
    problem: `has no row up to ${until}, only ${seen} after it`,
    remedy: 'plan for a time within the series, or bring its history',
  };
}

export function tooLong(
  table: Table,
  rows: { readonly times: Float64Array; readonly lines: Int32Array },
  row: number,
): Trouble {
  const at = (i: number): string => isoOf(instant(rows.times[i] ?? 0));
  return {
    file: table.file,
    line: rows.lines[row] ?? 1,
    at: table.timeColumn,
    value: at(row),
    problem: `${row === 0 ? '' : `follows ${at(row - 1)}, which makes `}more than ${STEPS_AT_MOST.toLocaleString('en-US')} steps of ${table.step} s`,
    remedy: 'correct the time of this row, or state a longer step',
  };
}

export const disorder = (file: string, fault: SignalFault, rows: number): Trouble => ({
  file,
  problem: `has ${fault.count} of ${rows} rows out of order, the first on ${fault.first}`,
  remedy: 'sort the rows by time, and give each series a column or a file of its own',
});
