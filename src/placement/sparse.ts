import type { Columns } from '../ports.ts';

/** Columns with their entries, lower bound 0, in the compressed form of the solver's port. */
export function compressed(
  columns: readonly {
    readonly cost: number;
    readonly upper: number;
    readonly entries: readonly { readonly row: number; readonly value: number }[];
  }[],
): Columns {
  const starts = new Int32Array(columns.length + 1);
  columns.forEach((c, j) => (starts[j + 1] = (starts[j] ?? 0) + c.entries.length));
  const size = starts[columns.length] ?? 0;
  const index = new Int32Array(size);
  const value = new Float64Array(size);
  let at = 0;
  for (const { entries } of columns) {
    for (const e of entries.toSorted((a, b) => a.row - b.row)) {
      index[at] = e.row;
      value[at] = e.value;
      at++;
    }
  }
  return {
    cost: Float64Array.from(columns, (c) => c.cost),
    lower: new Float64Array(columns.length),
    upper: Float64Array.from(columns, (c) => c.upper),
    starts,
    index,
    value,
  };
}
