import { availableParallelism } from 'node:os';
import { cellsOf } from '../placement/cells.ts';
import { fallback } from '../placement/fallback.ts';
import { joined, type PlaceCell } from '../placement/joined.ts';
import { place } from '../placement/place.ts';
import type { Placement } from '../placement/placement.ts';
import type { Placer } from '../placement/placer.ts';
import type { Problem } from '../placement/problem.ts';
import type { LinearSolver } from '../ports.ts';
import { CLOSED, OVERDUE, placementPool, type PlacementPool, type Timing } from './placement-pool.ts';
import { limitOf, nowMs } from './time-limit.ts';

export interface PlacementWorkersOptions {
  /** for what is placed on the calling thread */
  readonly solver: LinearSolver;
  /** default: one for each core that the process may use */
  readonly threads?: number;
  /** after which the best found so far is the answer; absent: until it is done, which alone is repeatable */
  readonly limitMs?: number;
  /** the worker's program, another one in tests */
  readonly program?: URL;
}

export interface PlacementWorkers {
  readonly place: Placer;
  /** Starts the threads now and waits until each has solved once. Otherwise they start with the first large problem. */
  warmUp(): Promise<void>;
  /** Ends all threads; what is not answered yet is answered by a labelled fallback. */
  close(): Promise<void>;
}

/**
 * Groups × offerings from which threads are worth starting: below, a problem is placed on the calling thread about as
 * soon as threads are up and have loaded the solver.
 */
export const LARGE = 50_000;

/** Milliseconds that threads may need until they can take work: with less to spare they are not started. */
const START_MS = 2000;
/** A thread that has not answered by this part of the limit is ended. */
const OVERRUN = 1.2;
/** The part of the limit in which the cells are placed apart: with vendor shares the rest is for joining them. */
const APART = { shared: 0.4, alone: 0.9 };
/** The part of the limit after which no more prices are tried. */
const PRICED = 0.6;

/**
 * Placements on worker threads: a large problem is cut into cells that are placed at once and joined (`joined.ts`). A
 * small one, or one that can't be cut and has no limit, is placed on the calling thread. Never throws for what a thread
 * does: a thread that ends is replaced and its cell tried once more; a cell that still has no answer, or none by 120%
 * of the limit, is answered greedily and labelled so.
 */
export function placementWorkers(options: PlacementWorkersOptions): PlacementWorkers {
  const { solver, limitMs, threads = availableParallelism(), program } = options;
  let pool: Promise<PlacementPool> | undefined;
  let warm = false;
  let closed = false;
  const started = async (): Promise<PlacementPool> => (pool ??= placementPool(threads, threads, program));
  return {
    async place(problem) {
      const from = nowMs();
      const late = !warm && limitMs !== undefined && limitMs < START_MS;
      const large = !closed && !late && problem.groups.length * problem.offerings.length >= LARGE;
      const cells = large ? cellsOf(problem).length : 1;
      if (!large || (limitMs === undefined && cells < 2)) {
        return place(problem, solver, limitOf(limitMs === undefined ? undefined : { from, until: from + limitMs }));
      }
      const answer = await inCells(problem, cells, await started(), solver, { from, limitMs, overrun: OVERRUN });
      warm = true;
      return answer;
    },
    async warmUp() {
      await (await started()).warmUp();
      warm = true;
    },
    async close() {
      closed = true;
      await (await pool)?.close();
    },
  };
}

/** From when, and for how long. */
export interface Pace {
  readonly from: number;
  readonly limitMs: number | undefined;
  /** a thread is ended after so many times the limit; absent: never */
  readonly overrun?: number;
  /** true once nobody waits for the answer any more; absent: never */
  readonly abandoned?: () => boolean;
}

/** A solver for the calling thread, or how to load one where it turns out to be needed. */
type Solver = LinearSolver | (() => Promise<LinearSolver>);
const solverOf = async (solver: Solver): Promise<LinearSolver> => (typeof solver === 'function' ? solver() : solver);

/** A problem placed cell by cell on a pool's threads, and joined. */
export async function inCells(
  problem: Problem,
  cells: number,
  pool: PlacementPool,
  solver: Solver,
  { from, limitMs, overrun, abandoned = () => false }: Pace,
): Promise<Placement> {
  const part = problem.rules.vendorShareAtMost.size > 0 ? APART.shared : APART.alone;
  const each = (limitMs ?? Infinity) * part * Math.min(1, pool.size / cells);
  const timing = (cell: Problem): Timing | undefined =>
    limitMs === undefined
      ? undefined
      : {
          ms: cell === problem ? limitMs : each,
          until: from + limitMs,
          ...(overrun !== undefined && { ended: from + overrun * limitMs }),
        };
  const placeCell: PlaceCell = async (cell, { brief }) => {
    const answer = await pool.place(cell, brief, timing(cell));
    if (answer.placement) return answer.placement;
    return abandoned()
      ? new Promise<never>(() => undefined)
      : here(pool, cell, brief, timing(cell), solver, answer.reason);
  };
  if (cells === 1) return placeCell(problem, { brief: false });
  return joined(problem, placeCell, await solverOf(solver), {
    hurried: () => limitMs !== undefined && nowMs() >= from + PRICED * limitMs,
  });
}

/** What no thread has answered. Without any thread this one does the work; what ended a thread is not let near it. */
async function here(
  pool: PlacementPool,
  problem: Problem,
  brief: boolean,
  timing: Timing | undefined,
  solver: Solver,
  reason: string,
): Promise<Placement> {
  return pool.broken === undefined || pool.broken === CLOSED || reason === OVERDUE
    ? fallback(problem, `the solver gave no usable answer (${reason})`)
    : place(problem, await solverOf(solver), { brief, ...limitOf(timing && { from: nowMs(), until: timing.until }) });
}
