import type { Instance } from './instance.ts';
import type { Master } from './master.ts';
import type { Auxiliary, Entry, Row } from './rows.ts';

/**
 * A master problem with the zones that are alike taken together: what one of them gets the others get as well. Some
 * best solution of the relaxation is of that kind (the mean over all ways to exchange such zones is), so nothing is
 * lost, and its rows and columns are several times fewer.
 *
 * A folded column stands for one node in each such zone; a folded row for one of the rows that are alike.
 */
export interface Fold {
  /** rows of the folded problem, as indices of the master problem's */
  readonly rows: readonly number[];
  /** candidates that a filling of this one stands for, itself first */
  readonly together: (candidate: number) => readonly number[];
  /** entries of the unfolded rows added up in the folded ones */
  readonly folded: (entries: Iterable<Entry>) => Entry[];
  /** how often an auxiliary column counts; 0: another stands for it */
  readonly times: (auxiliary: Auxiliary) => number;
  /** duals of the folded rows as duals of the master problem's */
  readonly unfolded: (dual: Float64Array) => Float64Array;
}

export function foldOf(instance: Instance, master: Master): Fold {
  const { like, others } = instance.symmetry;
  const first = new Map<string, number>();
  const size = new Map<string, number>();
  const nameOf = (row: Row): string => row.like ?? row.name;
  const rows: number[] = [];
  const at = Int32Array.from(master.rows, (row, i) => {
    const name = nameOf(row);
    size.set(name, (size.get(name) ?? 0) + 1);
    if (first.has(name)) return -1;
    first.set(name, rows.length);
    rows.push(i);
    return rows.length - 1;
  });
  return {
    rows,
    together: (candidate) => {
      const stands = like[candidate] ?? candidate;
      return [stands, ...(others[stands] ?? [])];
    },
    folded: (entries) => {
      const sums = new Map<number, number>();
      for (const { row, value } of entries) {
        const to = at[row] ?? -1;
        if (to >= 0) sums.set(to, (sums.get(to) ?? 0) + value);
      }
      return [...sums].filter(([, value]) => value !== 0).map(([row, value]) => ({ row, value }));
    },
    times: ({ kind, entries }) => {
      const seen = entries.filter((e) => (at[e.row] ?? -1) >= 0);
      if (seen.length === 0) return entries.length === 0 ? 1 : 0;
      if (kind !== 'missing' && kind !== 'kept') return 1;
      return Math.max(...seen.map((e) => sizeAt(e.row)));
    },
    unfolded: (dual) =>
      Float64Array.from(master.rows, (row) => {
        const name = nameOf(row);
        return (dual[first.get(name) ?? -1] ?? 0) / (size.get(name) ?? 1);
      }),
  };

  function sizeAt(row: number): number {
    const known = master.rows[row];
    return known ? (size.get(nameOf(known)) ?? 1) : 1;
  }
}

/** The master problem as it is. */
export function unfoldedMaster({ rows }: Pick<Master, 'rows'>): Fold {
  return {
    rows: [...rows.keys()],
    together: (candidate) => [candidate],
    folded: (entries) => [...entries],
    times: () => 1,
    unfolded: (dual) => dual,
  };
}
