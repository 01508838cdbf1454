import type { Carried } from './carried.ts';

/** What a worker thread is given. */
export interface Task {
  readonly carried: Carried;
  /** the best found after so long, counted from when a thread takes it up, is the answer; at the latest at `until` */
  readonly limit?: { readonly ms: number; readonly until: number };
  /** the bound is what is asked for, good nodes are not */
  readonly brief?: boolean;
}

/** Asks a thread to solve something small, so that its code is compiled when work comes. */
export const WARM_UP = 'warm up';
