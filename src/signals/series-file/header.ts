import { listed, meant } from '../../fleet/nearest.ts';
import { bad, good, shortened, type Checked, type Trouble } from '../../trouble.ts';
import { missingColumn, twoColumns } from '../csv-trouble.ts';
import { parseTime } from '../time.ts';

/** Which columns a series file is read from; absent = found by their usual names. */
export interface NamedColumns {
  readonly timeColumn?: string;
  readonly valueColumn?: string;
  readonly idColumn?: string;
}

/** Where the columns stand. `id` is absent in a file of one series. */
export interface Places {
  readonly time: number;
  readonly value: number;
  readonly id?: number;
}

const USUAL = { time: ['ds', 'timestamp', 'time'], value: ['y', 'value'], id: ['unique_id'] } as const;
type Role = keyof typeof USUAL;

/** Finds the columns by the names that were stated, else by their usual names in any case. */
export function placesIn(header: readonly string[], named: NamedColumns, file: string, line: number): Checked<Places> {
  const [first = ''] = header;
  if (!Number.isNaN(parseTime(first))) return bad(noHeader(file, line, first));
  const repeated = header.find((name, i) => header.indexOf(name) < i);
  if (repeated !== undefined) return bad(twoColumns(repeated === '' ? 'a blank name' : repeated, file, line));
  const time = placeOf('time', named.timeColumn, header, file, line);
  const value = placeOf('value', named.valueColumn, header, file, line);
  const id =
    named.idColumn === undefined ? good(usualPlace('id', header)) : placeOf('id', named.idColumn, header, file, line);
  const troubles = [time, value, id].flatMap((found) => (found.ok ? [] : found.troubles));
  if (!time.ok || !value.ok || !id.ok || troubles.length > 0)
    return bad(...(header.length === 1 ? troubles.slice(0, 1) : troubles));
  return good({ time: time.value, value: value.value, ...(id.value >= 0 && { id: id.value }) });
}

function placeOf(
  role: Role,
  stated: string | undefined,
  header: readonly string[],
  file: string,
  line: number,
): Checked<number> {
  const at = stated === undefined ? usualPlace(role, header) : header.indexOf(stated);
  if (at >= 0) return good(at);
  if (header.length === 1 && /[;\t|]/.test(header[0] ?? ''))
    return bad(missingColumn(header, stated ?? '', file, line));
  const others = header.map(shortened);
  if (stated !== undefined)
    return bad({ file, line, problem: `has no column ${shortened(stated)}`, remedy: meant(stated, others) });
  return bad({
    file,
    line,
    problem: `has no column ${USUAL[role].join(' or ')}`,
    remedy: `name the column of the ${role === 'time' ? 'times' : 'values'} with --${role}-column; there are ${listed(others)}`,
  });
}

function usualPlace(role: Role, header: readonly string[]): number {
  const names = header.map((name) => name.toLowerCase());
  for (const name of USUAL[role]) if (names.includes(name)) return names.indexOf(name);
  return -1;
}

const noHeader = (file: string, line: number, value: string): Trouble => ({
  file,
  line,
  value,
  problem: 'a row where the header should be',
  remedy: 'begin the file with a line such as timestamp,value',
});
