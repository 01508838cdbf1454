import { bad, good, shortened, type Checked } from '../trouble.ts';

/**
 * The line format of Godwit's own data files: UTF-8 text, one record a line, fields separated by tabs. The first
 * record names the format and its version, the last is `end` and the number of records before it, so that a file that
 * was cut short is never taken for a small one.
 */
export interface DataRecord {
  /** 1-based */
  readonly line: number;
  /** the first field: what the record is */
  readonly kind: string;
  /** the fields after it */
  readonly fields: readonly string[];
}

/**
 * Reads a data file. `read` may throw {@link Malformed}, and the first one thrown becomes the one trouble: these files
 * are generated, so a damaged one is fetched or built again rather than mended line by line.
 *
 * @param header the first record: the format's name and version, then whatever else the file must say of itself
 */
export function readRecords<T>(
  file: string,
  text: string,
  header: readonly string[],
  read: (records: Iterable<DataRecord>) => T,
): Checked<T> {
  try {
    checkWhole(text, header);
    return good(read(recordsOf(text)));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const { line, value } = error;
    return bad({
      file,
      ...(line > 0 && { line }),
      ...(value !== undefined && { value: shortened(value) }),
      problem: error.message,
      remedy: 'the file is damaged or of another version: reinstall godwit, or build it again with its script',
    });
  }
}

export class Malformed extends Error {
  readonly line: number;
  readonly value: string | undefined;

  constructor(line: number, problem: string, value?: string) {
    super(problem);
    this.line = line;
    this.value = value;
  }
}

/** The field at `index`, never empty. */
export function textAt(record: DataRecord, index: number, what: string): string {
  const field = record.fields[index];
  if (field === undefined || field === '') throw new Malformed(record.line, `${record.kind}: ${what} is missing`);
  return field;
}

/** A number that is finite and > 0. */
export function positiveAt(record: DataRecord, index: number, what: string): number {
  return positive(textAt(record, index, what), record.line, what);
}

/** A whole number that is at least `least`. */
export function countAt(record: DataRecord, index: number, what: string, least = 0): number {
  const field = textAt(record, index, what);
  const n = Number(field);
  if (Number.isSafeInteger(n) && n >= least) return n;
  throw new Malformed(record.line, `${record.kind}: ${what} is not a whole number of at least ${least}`, field);
}

/** `2026-06-18` → milliseconds since the epoch, 00:00Z */
export function dayAt(record: DataRecord, index: number, what: string): number {
  const field = textAt(record, index, what);
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(field) ? Date.parse(`${field}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms))
    throw new Malformed(record.line, `${record.kind}: ${what} is not a date like 2026-06-18`, field);
  return ms;
}

function positive(text: string, line: number, what: string): number {
  const n = Number(text);
  if (Number.isFinite(n) && n > 0 && text.trim() !== '') return n;
  throw new Malformed(line, `${what} is not a number above 0`, text);
}

/** Before anything is read, so that a file cut in the middle of a figure is called cut short, not wrong. */
function checkWhole(text: string, header: readonly string[]): void {
  const first = text.slice(0, Math.max(0, text.indexOf('\n')));
  if (first !== header.join('\t')) throw new Malformed(1, `the first line is not "${header.join(' ')}"`, first);
  const whole = text.endsWith('\n') ? text.slice(0, -1) : text;
  const end = whole.slice(whole.lastIndexOf('\n') + 1).split('\t');
  if (end[0] !== 'end') throw new Malformed(0, 'it is cut short: the last line is not "end"');
  let records = -2;
  for (let at = 0; at >= 0; at = whole.indexOf('\n', at + 1)) records += 1;
  if (Number(end[1]) !== records) {
    throw new Malformed(records + 2, `it is cut short: it holds ${records} records`, end.join(' '));
  }
}

/** One at a time: a price list has ten thousand records, and none of them outlives its own reading. */
function* recordsOf(text: string): Iterable<DataRecord> {
  let line = 2;
  let from = text.indexOf('\n') + 1;
  for (; ; line++) {
    let to = text.indexOf('\n', from);
    if (to < 0) to = text.length;
    const [kind = '', ...fields] = text.slice(from, to).split('\t');
    if (kind === 'end') return;
    yield { line, kind, fields };
    from = to + 1;
  }
}
