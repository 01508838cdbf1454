import type { LinearAnswer, LinearModel, LinearSolver } from '../../ports.ts';
import type { Pattern } from '../columns.ts';
import type { Entry } from '../rows.ts';
import { compressed } from '../sparse.ts';
import type { Cell } from './cells.ts';
import type { Ways } from './path-bound.ts';

interface Row {
  readonly lower: number;
  readonly upper: number;
}

interface Column {
  readonly cost: number;
  readonly upper: number;
  readonly entries: readonly Entry[];
}

/**
 * All stretches in one linear program. Each has its own rows and filled nodes; nodes of an offering x in one stretch
 * and the next are tied by starts u ≥ x − x before, and leaving today's nodes by m ≥ running − x.
 */
export class PathModel {
  /** fillings by stretch, in the order of their columns */
  readonly fillings: { readonly at: number; readonly pattern: Pattern; readonly column: number }[] = [];
  /** of all stretches together */
  readonly hours: number;
  private readonly cells: readonly Cell[];
  private readonly model: LinearModel;
  private readonly known = new Set<string>();
  private readonly whole: boolean;
  private readonly rows: Row[] = [];
  /** first row of each cell's own */
  private readonly firstRow: number[] = [];
  /** at [stretch][candidate]: row that ties fillings to nodes, and column of the nodes; −1 where there is none */
  private readonly linkRow: Int32Array[];
  private readonly nodeColumn: Int32Array[];
  private width = 0;

  /**
   * @param active candidates that take part
   * @param missingUsd for a replica that is not served in a stretch
   * @param searchNodes whole nodes are looked for, in a search of so many nodes at most
   */
  constructor(
    cells: readonly Cell[],
    ways: readonly Ways[],
    active: readonly number[],
    missingUsd: number,
    solver: LinearSolver,
    searchNodes?: number,
  ) {
    this.cells = cells;
    this.hours = cells.reduce((sum, cell) => sum + cell.hours, 0);
    this.whole = searchNodes !== undefined;
    for (const { master } of cells) {
      this.firstRow.push(this.rows.length);
      this.rows.push(...master.rows);
    }
    this.linkRow = cells.map(() => new Int32Array(ways.length).fill(-1));
    this.nodeColumn = cells.map(() => new Int32Array(ways.length).fill(-1));
    const auxiliary = this.auxiliaryColumns(missingUsd);
    this.width = auxiliary.length;
    const { nodes, moves } = this.nodeColumns(ways, active);
    this.model = solver.open(
      {
        lower: Float64Array.from(this.rows, (r) => r.lower),
        upper: Float64Array.from(this.rows, (r) => r.upper),
      },
      searchNodes,
    );
    this.model.addColumns(compressed(auxiliary));
    this.model.addColumns(this.counted(nodes));
    this.model.addColumns(compressed(moves));
  }

  /** Adds fillings to a stretch; those of candidates that don't serve there are left out. @returns how many are new */
  add(at: number, patterns: readonly Pattern[]): number {
    const cell = this.cells[at];
    if (!cell) return 0;
    const fresh = patterns.filter((p) => {
      const key = `${at}:${p.candidate}:${p.filling.join(',')}`;
      if ((this.linkRow[at]?.[p.candidate] ?? -1) < 0 || this.known.has(key)) return false;
      this.known.add(key);
      return true;
    });
    this.model.addColumns(
      this.counted(fresh.map((p) => ({ cost: 0, upper: Infinity, entries: this.entriesOf(cell, at, p) }))),
    );
    for (const pattern of fresh) this.fillings.push({ at, pattern, column: this.width++ });
    return fresh.length;
  }

  solve(): LinearAnswer {
    return this.model.solve();
  }

  close(): void {
    this.model.close();
  }

  /** Duals of a stretch's own rows, in USD over its hours. */
  dualsOf(at: number, dual: Float64Array): Float64Array {
    const from = this.firstRow[at] ?? 0;
    return dual.slice(from, from + (this.cells[at]?.master.rows.length ?? 0));
  }

  /** What a filled node of a candidate may cost in a stretch; undefined where it takes no part. */
  linkDual(at: number, o: number, dual: Float64Array): number | undefined {
    const row = this.linkRow[at]?.[o] ?? -1;
    return row < 0 ? undefined : Math.max(0, dual[row] ?? 0);
  }

  /** What filling i costs beyond what its replicas are worth at the duals, in USD over its stretch. */
  beyond(i: number, dual: Float64Array): number {
    const filling = this.fillings[i];
    const cell = filling && this.cells[filling.at];
    if (!cell) return Infinity;
    return -this.entriesOf(cell, filling.at, filling.pattern).reduce((sum, e) => sum + e.value * (dual[e.row] ?? 0), 0);
  }

  /** Nodes of a candidate in a stretch. */
  nodesOf(at: number, o: number, primal: Float64Array): number {
    const column = this.nodeColumn[at]?.[o] ?? -1;
    return column < 0 ? 0 : (primal[column] ?? 0);
  }

  private counted(columns: readonly Column[]): ReturnType<typeof compressed> {
    const batch = compressed(columns);
    if (!this.whole) return batch;
    // whole columns want an end: none is used more often than there could be replicas
    return { ...batch, upper: batch.upper.map((u) => Math.min(u, MOST)), whole: true };
  }

  private auxiliaryColumns(missingUsd: number): Column[] {
    return this.cells.flatMap(({ master, hours }, at) =>
      master.auxiliary.map((a) => ({
        cost: a.kind === 'missing' ? missingUsd : hours * a.cost,
        upper: a.upper,
        entries: a.entries.map(({ row, value }) => ({ row: row + (this.firstRow[at] ?? 0), value })),
      })),
    );
  }

  /** Rows and columns that tie stretches to one another, candidate by candidate. */
  private nodeColumns(ways: readonly Ways[], active: readonly number[]): { nodes: Column[]; moves: Column[] } {
    const nodes: Column[] = [];
    const moves: Column[] = [];
    for (const o of active) {
      const way = ways[o];
      if (!way) continue;
      const entries: Entry[][] = this.cells.map(() => []);
      this.cells.forEach((cell, at) => {
        const c = cell.narrow[o] ?? -1;
        if (c < 0) return;
        const link = this.row(0, Infinity);
        const linkRow = this.linkRow[at];
        if (linkRow) linkRow[o] = link;
        entries[at]?.push({ row: link, value: 1 });
        for (const { row, value } of cell.master.nodeTerms[c] ?? []) {
          entries[at]?.push({ row: row + (this.firstRow[at] ?? 0), value });
        }
        const before = at === 0 ? way.running : 0;
        const start = this.row(-Infinity, before + (way.arriving[at] ?? 0));
        entries[at]?.push({ row: start, value: 1 });
        entries[at - 1]?.push({ row: start, value: -1 });
        if (at >= way.opens) {
          moves.push({ cost: way.launchUsd, upper: Infinity, entries: [{ row: start, value: -1 }] });
        }
      });
      if (way.running > 0 && way.leaveUsd > 0) moves.push(this.leaving(way, entries));
      this.cells.forEach((cell, at) => {
        const c = cell.narrow[o] ?? -1;
        if (c < 0) return;
        const nodeColumn = this.nodeColumn[at];
        if (nodeColumn) nodeColumn[o] = this.width++;
        const cost = cell.hours * (cell.master.nodeCost[c] ?? 0);
        nodes.push({ cost, upper: Infinity, entries: summed(entries[at] ?? []) });
      });
    }
    this.width += moves.length;
    return { nodes, moves };
  }

  private leaving({ running, leaveUsd }: Ways, entries: readonly Entry[][]): Column {
    const left = entries.map((here) => {
      const row = this.row(running, Infinity);
      here.push({ row, value: 1 });
      return { row, value: 1 };
    });
    return { cost: leaveUsd, upper: running, entries: left };
  }

  private entriesOf({ instance, master, narrow }: Cell, at: number, { candidate, filling }: Pattern): Entry[] {
    const l = instance.locationOf[narrow[candidate] ?? 0] ?? 0;
    const entries: Entry[] = [{ row: this.linkRow[at]?.[candidate] ?? 0, value: -1 }];
    filling.forEach((n, g) => {
      if (n === 0) return;
      for (const { row, value } of master.replicaTerms[g * instance.locations.length + l] ?? []) {
        entries.push({ row: row + (this.firstRow[at] ?? 0), value: n * value });
      }
    });
    return summed(entries);
  }

  private row(lower: number, upper: number): number {
    return this.rows.push({ lower, upper }) - 1;
  }
}

const MOST = 1e4;

/** One entry a row. */
function summed(entries: readonly Entry[]): Entry[] {
  const sums = new Map<number, number>();
  for (const { row, value } of entries) sums.set(row, (sums.get(row) ?? 0) + value);
  return [...sums].filter(([, value]) => value !== 0).map(([row, value]) => ({ row, value }));
}
