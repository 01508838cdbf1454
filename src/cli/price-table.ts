import Table from 'cli-table3';
import pc from 'picocolors';

/**
 * Columns without lines between them, so that a table can be read, searched and cut up by other programs.
 *
 * @param right indices of the columns that hold figures
 */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  colour: boolean,
  right: readonly number[] = [],
): string {
  const bold = pc.createColors(colour).bold;
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [] },
    head: head.map((name) => bold(name)),
    colAligns: head.map((_, i) => (right.includes(i) ? 'right' : 'left')),
  });
  for (const row of rows) table.push([...row]);
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

const NO_LINES = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((part) => [part, '']),
);
