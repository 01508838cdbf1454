import highsModule, { type Highs } from 'highs';
import type { Columns, LinearAnswer, LinearModel, LinearSolver, RowBounds } from '../ports.ts';

/** Simplex iterations after which a solve is given up: a count, not a time, so that a replay decides alike on any machine. */
const ITERATION_LIMIT = 200_000;

/** A search ends when its answer is this near to its own bound. */
const SEARCH_GAP = 1e-3;

/**
 * HiGHS in WebAssembly behind the {@link LinearSolver} port. Loading takes some tens of milliseconds.
 *
 * HiGHS answers malformed input with status "Empty" and objective 0 without throwing, so an answer counts only when
 * the status is Optimal, the vectors have the lengths asked for and every figure is finite.
 */
export async function loadHighs(): Promise<LinearSolver> {
  // the package's types describe its CommonJS build; its ESM build exports the loader itself as default
  const load = highsModule as unknown as (typeof highsModule)['default'];
  const highs = await load();
  return { name: 'highs', open: (rows, searchNodes) => openModel(highs, rows, searchNodes) };
}

function openModel(highs: Highs, rows: RowBounds, searchNodes?: number): LinearModel {
  const model = highs.createModel();
  model.options.set({
    output_flag: false,
    simplex_iteration_limit: ITERATION_LIMIT,
    simplex_strategy: 4,
    presolve: 'off',
    random_seed: 1,
    // a search is worth its preparation; a single linear program as small as ours is not
    ...(searchNodes !== undefined && { mip_max_nodes: searchNodes, mip_rel_gap: SEARCH_GAP, presolve: 'on' }),
  });
  const rowCount = rows.lower.length;
  let columnCount = 0;
  let whole = false;
  model.addRows({
    lower: rows.lower,
    upper: rows.upper,
    matrix: {
      format: 'csr',
      numRows: rowCount,
      numCols: 0,
      starts: new Int32Array(rowCount + 1),
      indices: new Int32Array(0),
      values: new Float64Array(0),
    },
  });
  return {
    addColumns(columns: Columns) {
      const count = columns.cost.length;
      if (count === 0) return;
      model.addCols({
        cost: columns.cost,
        lower: columns.lower,
        upper: columns.upper,
        matrix: {
          format: 'csc',
          numRows: rowCount,
          numCols: count,
          starts: columns.starts,
          indices: columns.index,
          values: columns.value,
        },
      });
      if (columns.whole) {
        const { integer } = highs.constants.variableType;
        model.changeColsIntegrality(
          { kind: 'range', from: columnCount, to: columnCount + count - 1 },
          new Int32Array(count).fill(integer),
        );
        whole = true;
      }
      columnCount += count;
    },
    setColumnBounds: (column, lower, upper) => void model.changeColBounds(column, lower, upper),
    setColumnCosts: (columns, costs) => void model.changeColsCost({ kind: 'set', indices: columns }, costs),
    setRowBounds: (row, lower, upper) => void model.changeRowBounds(row, lower, upper),
    solve(): LinearAnswer {
      try {
        model.run();
        const status = model.getModelStatus();
        if (status === highs.constants.modelStatus.infeasible) return { status: 'infeasible' };
        if (whole && status === highs.constants.modelStatus.solutionLimit) {
          const found = accepted(
            model.getSolution().colValue,
            new Float64Array(rowCount),
            model.getObjectiveValue(),
            columnCount,
            rowCount,
          );
          return found.status === 'optimal'
            ? { status: 'found', primal: found.primal, objective: found.objective }
            : found;
        }
        if (status !== highs.constants.modelStatus.optimal)
          return { status: 'failed', reason: `HiGHS model status ${status}` };
        const { colValue, rowDual } = model.getSolution();
        return accepted(
          colValue,
          whole ? new Float64Array(rowCount) : rowDual,
          model.getObjectiveValue(),
          columnCount,
          rowCount,
        );
      } catch (error) {
        return { status: 'failed', reason: error instanceof Error ? error.message : String(error) };
      }
    },
    close: () => model.dispose(),
  };
}

/** Only a complete and finite answer is an answer. */
export function accepted(
  primal: Float64Array,
  dual: Float64Array,
  objective: number,
  columns: number,
  rows: number,
): LinearAnswer {
  if (primal.length !== columns || dual.length !== rows) {
    return {
      status: 'failed',
      reason: `got ${primal.length} columns and ${dual.length} rows, asked for ${columns} and ${rows}`,
    };
  }
  if (!Number.isFinite(objective) || !primal.every(Number.isFinite) || !dual.every(Number.isFinite)) {
    return { status: 'failed', reason: 'the answer holds figures that are not finite' };
  }
  return { status: 'optimal', primal, dual, objective };
}
