import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Piscina } from 'piscina';
import type { Placement } from '../placement/placement.ts';
import type { Problem } from '../placement/problem.ts';
import { carried } from './carried.ts';
import { type Task, WARM_UP } from './placement-task.ts';
import { nowMs } from './time-limit.ts';

/** When a problem is to be answered: after so many ms, at the latest at `until`; its thread is ended at `ended`, if ever. */
export interface Timing {
  readonly ms: number;
  readonly until: number;
  readonly ended?: number;
}

/** A placement, or why no thread has answered. */
export type Answered = { readonly placement: Placement } | { readonly placement?: undefined; readonly reason: string };

/** A problem whose thread ends under it is given to one other thread, not to all of them one after another. */
const ATTEMPTS = 2;

export const CLOSED = 'the worker threads have been closed';
export const OVERDUE = 'its thread did not answer and was ended';

const SOURCES = import.meta.url.endsWith('.ts');
const PROGRAM = new URL(SOURCES ? './placement-worker.ts' : './placement-worker.js', import.meta.url);

/**
 * Threads that place problems. The package of the pool is loaded with the first of them, not before.
 *
 * @param least threads started at once; the others when there is work for them
 */
export async function placementPool(least: number, threads: number, program = PROGRAM): Promise<PlacementPool> {
  const { Piscina } = await import('piscina');
  const most = Math.max(1, threads);
  return new PlacementPool(
    most,
    new Piscina<Task | typeof WARM_UP, Placement>({
      filename: program.href,
      minThreads: Math.min(least, most),
      maxThreads: most,
      // compiled code runs anywhere; sources are read through the loader that reads them here
      ...(program.href.endsWith('.ts') && { execArgv: ['--import', loader()] }),
    }),
  );
}

const loader = (): string => pathToFileURL(createRequire(fileURLToPath(import.meta.url)).resolve('tsx')).href;

export class PlacementPool {
  readonly size: number;
  /** why no thread can be had */
  broken: string | undefined;
  readonly #threads: Piscina<Task | typeof WARM_UP, Placement>;
  readonly #running = new Set<AbortController>();

  constructor(size: number, threads: Piscina<Task | typeof WARM_UP, Placement>) {
    this.size = size;
    this.#threads = threads;
    // a thread that can't even start: nothing that waits for one would ever be answered
    this.#threads.on('error', (error: unknown) => this.#giveUp(said(error)));
  }

  async place(problem: Problem, brief: boolean, timing: Timing | undefined): Promise<Answered> {
    const task: Task = { carried: carried(problem), brief, ...(timing && { limit: timing }) };
    let answer: Answered = { reason: this.broken ?? '' };
    for (let attempt = 0; attempt < ATTEMPTS && this.broken === undefined; attempt++) {
      answer = await this.#run(task, timing?.ended);
      if (answer.placement || answer.reason === OVERDUE) break;
    }
    return answer;
  }

  async warmUp(): Promise<void> {
    await Promise.all(Array.from({ length: this.size }, async () => this.#run(WARM_UP)));
  }

  async close(): Promise<void> {
    this.#giveUp(CLOSED);
    await this.#threads.destroy();
  }

  /** @param ended when a thread that has not answered is ended; absent: never */
  async #run(task: Task | typeof WARM_UP, ended?: number): Promise<Answered> {
    const ending = new AbortController();
    const timer = ended === undefined ? undefined : setTimeout(() => ending.abort(OVERDUE), ended - nowMs());
    this.#running.add(ending);
    try {
      return { placement: await this.#threads.run(task, { signal: ending.signal }) };
    } catch (error) {
      return { reason: ending.signal.aborted ? String(ending.signal.reason) : said(error) };
    } finally {
      clearTimeout(timer);
      this.#running.delete(ending);
    }
  }

  #giveUp(reason: string): void {
    this.broken ??= reason;
    for (const ending of this.#running) ending.abort(reason);
  }
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
