import type { LinearAnswer, LinearSolver } from '../../ports.ts';

/** A linear program written down row by row and column by column, then solved once. */
export class LinearProgram {
  private readonly lower: number[] = [];
  private readonly upper: number[] = [];
  private readonly costs: number[] = [];
  private readonly columnLower: number[] = [];
  private readonly columnUpper: number[] = [];
  private readonly starts: number[] = [0];
  private readonly index: number[] = [];
  private readonly value: number[] = [];

  get columns(): number {
    return this.costs.length;
  }

  get rows(): number {
    return this.lower.length;
  }

  row(lower: number, upper: number): number {
    return this.lower.push(lower) && this.upper.push(upper) - 1;
  }

  /** @param entries row and value in turn: the rows have to be there already, each once */
  column(cost: number, lower: number, upper: number, entries: readonly number[]): number {
    this.columnLower.push(lower);
    this.columnUpper.push(upper);
    for (let i = 0; i < entries.length; i += 2) {
      this.index.push(entries[i] as number);
      this.value.push(entries[i + 1] as number);
    }
    this.starts.push(this.index.length);
    return this.costs.push(cost) - 1;
  }

  minimised(solver: LinearSolver): LinearAnswer {
    const model = solver.open({ lower: Float64Array.from(this.lower), upper: Float64Array.from(this.upper) });
    try {
      model.addColumns({
        cost: Float64Array.from(this.costs),
        lower: Float64Array.from(this.columnLower),
        upper: Float64Array.from(this.columnUpper),
        starts: Int32Array.from(this.starts),
        index: Int32Array.from(this.index),
        value: Float64Array.from(this.value),
      });
      return model.solve();
    } finally {
      model.close();
    }
  }
}
