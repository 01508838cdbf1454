import { Malformed } from './records.ts';

/**
 * A row of figures of one family of instance types, in the order of its types, separated by blanks.
 *
 * - `0.192`: the figure itself
 * - `=`: the figure before it in the row, grown in proportion to the weights (a price per vCPU that stays the same)
 * - `-`: none. Cells missing at the end of the row are none too.
 *
 * Prices of one family nearly always grow with its vCPUs, so most cells are `=`; the figure it stands for is exact to
 * the 1e-6 that all figures here are rounded to.
 */
export function decodeCells(row: string, weights: readonly number[], line: number): readonly number[] {
  const cells = row.split(' ');
  if (cells.length > weights.length) {
    throw new Malformed(line, `the row has ${cells.length} cells for ${weights.length} types`);
  }
  const figures = weights.map(() => Number.NaN);
  let last = Number.NaN;
  let lastWeight = 1;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? '';
    const weight = weights[i] ?? 1;
    if (cell === '-') continue;
    const figure = cell === '=' ? toMicro((last * weight) / lastWeight) : Number(cell);
    if (!(figure > 0 && figure < Infinity)) throw new Malformed(line, 'a cell is not a figure above 0', cell);
    figures[i] = last = figure;
    lastWeight = weight;
  }
  return figures;
}

/** @param figures NaN = none; the others > 0 and rounded by {@link toMicro} */
export function encodeCells(figures: readonly number[], weights: readonly number[]): string {
  const cells: string[] = [];
  let last = Number.NaN;
  let lastWeight = 1;
  figures.forEach((figure, i) => {
    const weight = weights[i] ?? 1;
    if (Number.isNaN(figure)) return void cells.push('-');
    if (!(figure > 0 && figure < Infinity)) throw new RangeError(`a figure must be finite and > 0, got ${figure}`);
    cells.push(toMicro((last * weight) / lastWeight) === figure ? '=' : String(figure));
    [last, lastWeight] = [figure, weight];
  });
  while (cells.at(-1) === '-') cells.pop();
  return cells.join(' ');
}

/** Rounded to 1e-6: what the vendors' own lists carry. */
export const toMicro = (n: number): number => Math.round(n * 1e6) / 1e6;
