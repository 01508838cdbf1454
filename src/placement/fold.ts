import type { Instance } from './instance.ts';
import type { Master } from './master.ts';
import type { Auxiliary, Entry } from './rows.ts';

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
  const rows: number[] = [];
  /** folded rows' numbers of unfolded ones */
  const size: number[] = [];
  /** the folded row of each */
  const rowOf = Int32Array.from(master.rows, (row, i) => {
    const name = row.like ?? row.name;
    const to = first.get(name) ?? rows.length;
    if (to === rows.length) {
      first.set(name, to);
      rows.push(i);
    }
    size[to] = (size[to] ?? 0) + 1;
    return to;
  });
  /** of the one that stands for its like; -1 for the others */
  const at = rowOf.map((to, i) => (rows[to] === i ? to : -1));
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
      return Math.max(...seen.map((e) => size[rowOf[e.row] ?? -1] ?? 1));
    },
    unfolded: (dual) => Float64Array.from(rowOf, (to) => (dual[to] ?? 0) / (size[to] ?? 1)),
  };
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
