import type { LinearSolver } from '../ports.ts';

/** For what can do without: every program it is given stays unsolved. */
export const NO_SOLVER: LinearSolver = {
  name: 'none',
  open: () => ({
    addColumns: () => undefined,
    setColumnBounds: () => undefined,
    setColumnCosts: () => undefined,
    setRowBounds: () => undefined,
    solve: () => ({ status: 'failed', reason: 'there is no solver' }),
    close: () => undefined,
  }),
};
