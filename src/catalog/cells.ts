import { Malformed } from './records.ts';

/**
 * A row of figures of one family of instance types, in the order of its types, separated by blanks.
 *
 * - `0.192`: the figure itself
 * - `=`: the figure before it in the row, grown in proportion to the weights (a price per vCPU that stays the same)
 * - `42%`: that share of the type's on-demand price; spot only
 * - `-`: none. Cells missing at the end of the row are none too.
 *
 * A spot cell may end in `/` and its band of interruption: `42%/3`. Prices of one family nearly always grow with its
 * vCPUs, so most cells are `=`; the figure it stands for is exact to the 1e-6 that all figures here are rounded to.
 */
export interface CellRow {
  readonly text: string;
  /** of the file, for troubles */
  readonly line: number;
  /** one a type of the family */
  readonly weights: readonly number[];
  /** index of the family's first type in the arrays below */
  readonly first: number;
  /** what is written: NaN where there is none */
  readonly into: Float64Array;
  /** absent where shares and bands have no place */
  readonly spot?: { readonly onDemand: Float64Array; readonly band: Uint8Array; readonly bands: number };
}

/** Writes the row's figures; `seen` is told the index of each. */
export function decodeCells(row: CellRow, seen: (index: number) => void): void {
  const { text, line, weights, first, into, spot } = row;
  let last = Number.NaN;
  let lastWeight = 1;
  let from = 0;
  for (let i = 0; from <= text.length; i++) {
    let to = text.indexOf(' ', from);
    if (to < 0) to = text.length;
    const start = from;
    from = to + 1;
    const only = to - start === 1 ? text.charCodeAt(start) : 0;
    if (only === NONE) continue;
    const weight = weights[i];
    if (weight === undefined) throw new Malformed(line, `the row has more cells than the ${weights.length} types`);
    const index = first + i;
    // most cells by far: nothing to cut out of the text
    if (only === SAME) {
      last = toMicro((last * weight) / lastWeight);
      lastWeight = weight;
      if (!(last > 0 && last < Infinity)) throw new Malformed(line, '"=" before any figure');
      into[index] = last;
      seen(index);
      continue;
    }
    const cell = text.slice(start, to);
    const slash = spot ? cell.indexOf('/') : -1;
    const head = slash < 0 ? cell : cell.slice(0, slash);
    if (spot && slash >= 0) spot.band[index] = bandOf(cell.slice(slash + 1), spot.bands, line);
    last = head === '=' ? toMicro((last * weight) / lastWeight) : figureOf(head, spot?.onDemand[index]);
    lastWeight = weight;
    if (!(last > 0 && last < Infinity)) throw new Malformed(line, 'a cell is not a figure above 0', cell);
    into[index] = last;
    seen(index);
  }
}

const NONE = 0x2d;
const SAME = 0x3d;

/** NaN when it is none */
function figureOf(cell: string, onDemand: number | undefined): number {
  if (!cell.endsWith('%')) return cell === '' ? Number.NaN : Number(cell);
  return toMicro(((onDemand ?? Number.NaN) * Number(cell.slice(0, -1))) / 100);
}

function bandOf(text: string, bands: number, line: number): number {
  const band = Number(text);
  if (text !== '' && Number.isInteger(band) && band >= 0 && band < bands) return band;
  throw new Malformed(line, 'there is no such band of interruption', text);
}

/** @param figures NaN = none; the others > 0 and rounded by {@link toMicro} */
export function encodeCells(figures: readonly number[], weights: readonly number[]): string {
  const cells: string[] = [];
  let last = Number.NaN;
  let lastWeight = 1;
  for (const [i, figure] of figures.entries()) {
    const weight = weights[i] ?? 1;
    if (Number.isNaN(figure)) {
      cells.push('-');
      continue;
    }
    if (!(figure > 0 && figure < Infinity)) throw new RangeError(`a figure must be finite and > 0, got ${figure}`);
    cells.push(toMicro((last * weight) / lastWeight) === figure ? '=' : String(figure));
    [last, lastWeight] = [figure, weight];
  }
  while (cells.at(-1) === '-') cells.pop();
  return cells.join(' ');
}

/** Rounded to 1e-6: what the vendors' own lists carry. */
export const toMicro = (n: number): number => Math.round(n * 1e6) / 1e6;
