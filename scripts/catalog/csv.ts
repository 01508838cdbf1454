import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export type Row = Readonly<Record<string, string>>;

/** A CSV file of the data folder, gzipped or not, as rows by column name. None of them spans lines. */
export function readCsv(folder: string, file: string): readonly Row[] {
  const bytes = readFileSync(join(folder, file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const names = fieldsOf(head);
  return lines.map((line) => {
    const fields = fieldsOf(line);
    if (fields.length !== names.length)
      throw new Error(`${file}: ${fields.length} fields for ${names.length}: ${line}`);
    return Object.fromEntries(names.map((name, i) => [name, fields[i] ?? '']));
  });
}

/** The column's text; a column that is not there is a mistake of this script or a changed source. */
export function cell(row: Row, column: string): string {
  const text = row[column];
  if (text === undefined) throw new Error(`no column ${column} in ${Object.keys(row).join(', ')}`);
  return text;
}

/** NaN where the cell is empty: a missing figure is never 0. */
export function figure(row: Row, column: string): number {
  const text = cell(row, column);
  return text === '' ? Number.NaN : Number(text);
}

function fieldsOf(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .map((m) => m[1] ?? '')
    .slice(0, -1)
    .map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}
