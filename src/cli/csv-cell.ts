/**
 * Rows as CSV (RFC 4180). A text cell that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, a tab or a line
 * break at its start) gets an apostrophe in front; numbers are written as they are.
 */
export function csvOf(head: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** undefined = an empty cell */
export type CsvCell = string | number | undefined;

function csvCell(cell: CsvCell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
