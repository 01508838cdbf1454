import pc from 'picocolors';

/** A column of a table: what stands in it, and how it gives way in a narrow terminal. */
export interface Column {
  readonly name: string;
  /** figures, flush right */
  readonly right?: true;
  /** absent: it always stays; otherwise the column with the lowest number goes first */
  readonly spare?: number;
}

/** Columns without lines between them, so that a table can be read, searched and cut up by other programs. */
export function plainTable(columns: readonly Column[], rows: readonly (readonly string[])[], colour: boolean): string {
  const bold = pc.createColors(colour).bold;
  const widths = widthsOf(columns, rows);
  const line = (cells: readonly string[], paint: (cell: string) => string): string =>
    columns
      .map(({ right }, i) => {
        const cell = cells[i] ?? '';
        const gap = ' '.repeat((widths[i] ?? 0) - cell.length);
        return right ? gap + paint(cell) : paint(cell) + gap;
      })
      .join(GAP)
      .trimEnd();
  const head = columns.map(({ name }) => name);
  return `${[line(head, bold), ...rows.map((row) => line(row, (cell) => cell))].join('\n')}\n`;
}

/**
 * Indices of the columns that fit side by side into a terminal: those that always stay, and of the others the less
 * spare first, as far as there is room. All of them when there is no terminal.
 *
 * @param width of the terminal in characters; undefined = no limit
 */
export function columnsThatFit(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): readonly number[] {
  const taken = widthsOf(columns, rows).map((cells) => cells + GAP.length);
  const all = columns.map((_, i) => i);
  const kept = new Set(all.filter((i) => columns[i]?.spare === undefined));
  // the last column has no gap behind it
  let room = (width ?? Infinity) + GAP.length;
  for (const i of kept) room -= taken[i] ?? 0;
  const spare = all.filter((i) => !kept.has(i));
  for (const i of spare.toSorted((a, b) => (columns[b]?.spare ?? 0) - (columns[a]?.spare ?? 0))) {
    if ((taken[i] ?? 0) > room) continue;
    kept.add(i);
    room -= taken[i] ?? 0;
  }
  return all.filter((i) => kept.has(i));
}

const GAP = '  ';

/** Row by row: a price list has more rows than a call takes arguments. */
function widthsOf(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly number[] {
  const widths = columns.map(({ name }) => name.length);
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return widths;
}
