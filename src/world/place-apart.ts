import { availableParallelism } from 'node:os';
import { cellsOf } from '../placement/cells.ts';
import { cheaperOf, fallback } from '../placement/fallback.ts';
import type { Placement } from '../placement/placement.ts';
import type { Problem } from '../placement/problem.ts';
import { placementPool } from './placement-pool.ts';
import { inCells, LARGE } from './placement-workers.ts';
import { nowMs } from './time-limit.ts';

export interface ApartOptions {
  /** when what is to be answered within the limit was asked, on the clock of `nowMs` */
  readonly from: number;
  /** after which the best found so far is the answer; absent: until it is done, which alone is repeatable */
  readonly limitMs?: number;
  /** the worker's program, another one in tests */
  readonly program?: URL;
}

export interface Apart {
  place(problem: Problem): Promise<Placement>;
  close(): Promise<void>;
}

/**
 * The solver is told to be done so much before the limit: it looks at the clock between steps, which on thousands of
 * offerings take some tenths of a second, and its answer has a way to go yet.
 */
const slackMs = (limitMs: number): number => Math.max(0.15 * limitMs, Math.min(400, 0.35 * limitMs));
const WITHOUT = 'placed without it';
/** What still has no answer at this part of it is answered without the solver. */
const ENDED = 1.03;
/** Milliseconds before the limit at which the answer without the solver is made ready. */
const READY_MS = 1500;

/**
 * One problem placed on threads while the calling one stays free: to be interrupted, and to answer at the limit
 * whatever the solver does. The answer at the limit keeps the rules like any other (`fallback.ts`); where the solver's
 * own, found in a hurry, is dearer or proves less, the better of the two is told.
 *
 * The first thread starts at once, so that it loads the solver while the problem is still being read.
 */
export function placeApart({ from, limitMs, program }: ApartOptions): Apart {
  const pool = placementPool(1, availableParallelism(), program);
  pool.catch(() => undefined); // told where it is awaited
  let closed = false;
  return {
    async place(problem) {
      const solved = solvedBy(problem);
      if (limitMs === undefined) return solved;
      const spare = readyAt(from + limitMs - READY_MS, () =>
        fallback(problem, `the solver had no answer within ${limitMs / 1000} s: ${WITHOUT}`, { hurried: true }),
      );
      const timer = alarm(from + ENDED * limitMs);
      const answer = await Promise.race([solved, timer.rung]);
      timer.stop();
      const ready = spare.stop(answer === undefined);
      if (!answer) return ready ?? solved;
      const dearer = `what the solver had within ${limitMs / 1000} s was dearer: ${WITHOUT}`;
      return ready ? cheaperOf(answer, { ...ready, conflict: [dearer, ...ready.conflict.slice(1)] }) : answer;
    },
    async close() {
      closed = true;
      await (await pool).close();
    },
  };

  async function solvedBy(problem: Problem): Promise<Placement> {
    const threads = await pool;
    const large = problem.groups.length * problem.offerings.length >= LARGE;
    const cells = large ? cellsOf(problem).length : 1;
    // only what is joined out of cells needs a solver here
    const solver = async () => (await import('./highs.ts')).loadHighs();
    return inCells(problem, cells, threads, solver, {
      from,
      limitMs: limitMs === undefined ? undefined : limitMs - slackMs(limitMs),
      abandoned: () => closed,
    });
  }
}

/** Made at its time, or when it is asked for; given up when it is not. */
function readyAt<T>(at: number, make: () => T): { stop(wanted: boolean): T | undefined } {
  let made: T | undefined;
  const timer = setTimeout(() => (made = make()), Math.max(0, at - nowMs()));
  return {
    stop(wanted) {
      clearTimeout(timer);
      return wanted ? (made ??= make()) : made;
    },
  };
}

function alarm(at: number): { readonly rung: Promise<undefined>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const rung = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, at - nowMs()));
  });
  return { rung, stop: () => clearTimeout(timer) };
}
