import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Piscina } from 'piscina';
import { cellsOf } from '../placement/cells.ts';
import { joined } from '../placement/joined.ts';
import { place } from '../placement/place.ts';
import type { Placement } from '../placement/placement.ts';
import type { Placer } from '../placement/placer.ts';
import type { Problem } from '../placement/problem.ts';
import type { LinearSolver } from '../ports.ts';
import { carried } from './carried.ts';
import type { Task } from './placement-worker.ts';
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
/** A problem whose thread ends under it is given to one other thread, not to all of them one after another. */
const ATTEMPTS = 2;

/**
 * Placements on worker threads: a large problem is cut into cells that are placed at once and joined (`joined.ts`). A
 * small one, or one that can't be cut and has no limit, is placed on the calling thread. Never throws for what a thread
 * does: a thread that ends is replaced and its cell tried once more; a cell that still has no answer, or none by 120%
 * of the limit, is answered greedily and labelled so.
 */
export function placementWorkers(options: PlacementWorkersOptions): PlacementWorkers {
  const { solver, limitMs } = options;
  let pool: Promise<Pool> | undefined;
  let warm = false;
  let closed = false;
  const started = async (): Promise<Pool> => (pool ??= poolOf(options));
  return {
    async place(problem) {
      const from = nowMs();
      const late = !warm && limitMs !== undefined && limitMs < START_MS;
      const large = !closed && !late && problem.groups.length * problem.offerings.length >= LARGE;
      const cells = large ? cellsOf(problem).length : 1;
      if (!large || (limitMs === undefined && cells < 2)) {
        return place(problem, solver, limitOf(limitMs === undefined ? undefined : { from, until: from + limitMs }));
      }
      const threads = await started();
      const part = problem.rules.vendorShareAtMost.size > 0 ? APART.shared : APART.alone;
      const each = (limitMs ?? Infinity) * part * Math.min(1, threads.size / cells);
      const timing = (cell: Problem): Timing | undefined =>
        limitMs === undefined
          ? undefined
          : { ms: cell === problem ? limitMs : each, until: from + limitMs, ended: from + OVERRUN * limitMs };
      const answer = await joined(
        problem,
        async (cell, { brief }) => threads.place(cell, brief, timing(cell)),
        solver,
        {
          hurried: () => limitMs !== undefined && nowMs() >= from + PRICED * limitMs,
        },
      );
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

/** When a cell is to be answered: after so many ms, at the latest at `until`; its thread is ended at `ended`. */
interface Timing {
  readonly ms: number;
  readonly until: number;
  readonly ended: number;
}

/** The pool's package is loaded with the first large problem: a small one must not wait for it. */
async function poolOf({
  solver,
  threads = availableParallelism(),
  program = PROGRAM,
}: PlacementWorkersOptions): Promise<Pool> {
  const { Piscina } = await import('piscina');
  const size = Math.max(1, threads);
  const options = {
    filename: program.href,
    minThreads: size,
    maxThreads: size,
    // compiled code runs anywhere; sources are read through the loader that reads them here
    ...(program.href.endsWith('.ts') && { execArgv: ['--import', loader()] }),
  };
  return new Pool(size, solver, new Piscina<Task, Placement>(options));
}

class Pool {
  readonly size: number;
  readonly #solver: LinearSolver;
  readonly #threads: Piscina<Task, Placement>;
  readonly #running = new Set<AbortController>();
  /** why no thread can be had */
  #broken: string | undefined;

  constructor(size: number, solver: LinearSolver, threads: Piscina<Task, Placement>) {
    this.size = size;
    this.#solver = solver;
    this.#threads = threads;
    // a thread that can't even start: nothing that waits for one would ever be answered
    this.#threads.on('error', (error: unknown) => this.#giveUp(said(error)));
  }

  async place(problem: Problem, brief: boolean, timing: Timing | undefined): Promise<Placement> {
    const task: Task = { carried: carried(problem), brief, ...(timing && { limit: timing }) };
    let reason = this.#broken ?? '';
    for (let attempt = 0; attempt < ATTEMPTS && this.#broken === undefined; attempt++) {
      const answer = await this.#run(task, timing?.ended);
      if (typeof answer !== 'string') return answer;
      reason = answer;
      if (reason === OVERDUE) break;
    }
    // without any thread the calling one does the work; what ended a thread is not let near it
    return this.#broken === undefined || this.#broken === CLOSED || reason === OVERDUE
      ? greedily(problem, reason)
      : place(problem, this.#solver, { brief, ...limitOf(timing && { from: nowMs(), until: timing.until }) });
  }

  async warmUp(): Promise<void> {
    const nothing = carried({ groups: [], offerings: [], rules: NO_RULES, running: [] });
    await Promise.all(Array.from({ length: this.size }, async () => this.#run({ carried: nothing })));
  }

  async close(): Promise<void> {
    this.#giveUp(CLOSED);
    await this.#threads.destroy();
  }

  /**
   * @param ended when a thread that has not answered is ended; absent: never
   * @returns the answer, or why there is none
   */
  async #run(task: Task, ended?: number): Promise<Placement | string> {
    const ending = new AbortController();
    const timer = ended === undefined ? undefined : setTimeout(() => ending.abort(OVERDUE), ended - nowMs());
    this.#running.add(ending);
    try {
      return await this.#threads.run(task, { signal: ending.signal });
    } catch (error) {
      return ending.signal.aborted ? String(ending.signal.reason) : said(error);
    } finally {
      clearTimeout(timer);
      this.#running.delete(ending);
    }
  }

  #giveUp(reason: string): void {
    this.#broken ??= reason;
    for (const ending of this.#running) ending.abort(reason);
  }
}

const CLOSED = 'the worker threads have been closed';
const OVERDUE = 'its thread did not answer and was ended';
const NO_RULES = { vendorShareAtMost: new Map(), commitments: [], discounts: [], flows: [], resourceRates: new Map() };

const SOURCES = import.meta.url.endsWith('.ts');
const PROGRAM = new URL(SOURCES ? './placement-worker.ts' : './placement-worker.js', import.meta.url);

const loader = (): string => pathToFileURL(createRequire(fileURLToPath(import.meta.url)).resolve('tsx')).href;

/** A placement that needs no solver, labelled `greedy-fallback`, with the reason why. */
function greedily(problem: Problem, reason: string): Placement {
  return place(problem, {
    name: 'none',
    open: () => ({
      addColumns: () => undefined,
      setColumnBounds: () => undefined,
      setColumnCosts: () => undefined,
      setRowBounds: () => undefined,
      solve: () => ({ status: 'failed', reason }),
      close: () => undefined,
    }),
  });
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
