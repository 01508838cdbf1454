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
  read: (records: readonly DataRecord[]) => T,
): Checked<T> {
  try {
    return good(read(bodyOf(text, header)));
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

export function positive(text: string, line: number, what: string): number {
  const n = Number(text);
  if (Number.isFinite(n) && n > 0 && text.trim() !== '') return n;
  throw new Malformed(line, `${what} is not a number above 0`, text);
}

function bodyOf(text: string, header: readonly string[]): readonly DataRecord[] {
  const lines = text.split('\n');
  if (lines[0] !== header.join('\t')) {
    throw new Malformed(1, `the first line is not "${header.join(' ')}"`, lines[0] ?? '');
  }
  const records: DataRecord[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line === '') continue;
    const [kind = '', ...fields] = line.split('\t');
    records.push({ line: i + 1, kind, fields });
  }
  const end = records.pop();
  if (end?.kind !== 'end') throw new Malformed(0, 'it is cut short: the last line is not "end"');
  if (Number(end.fields[0]) !== records.length) {
    throw new Malformed(end.line, `it is cut short: it holds ${records.length} records`, `end ${end.fields[0] ?? ''}`);
  }
  return records;
}
