import { place } from '../placement/place.ts';
import type { Placement } from '../placement/placement.ts';
import type { Candidate, Group, Problem } from '../placement/problem.ts';
import { mib, milliCores } from '../units.ts';
import { type Carried, unpacked } from './carried.ts';
import { loadHighs } from './highs.ts';
import { limitOf, nowMs } from './time-limit.ts';

/** What a worker thread is given. */
export interface Task {
  readonly carried: Carried;
  /** the best found after so long, counted from when a thread takes it up, is the answer; at the latest at `until` */
  readonly limit?: { readonly ms: number; readonly until: number };
  /** the bound is what is asked for, good nodes are not */
  readonly brief?: boolean;
}

/** A thread's whole program: the solver is loaded and has solved once before the first task is taken. */
export default ready();

async function ready(): Promise<(task: Task) => Placement> {
  const solver = await loadHighs();
  place(WARM_UP, solver);
  return ({ carried, limit, brief = false }) => {
    const from = nowMs();
    const span = limit && { from, until: Math.min(from + limit.ms, limit.until) };
    return place(unpacked(carried), solver, { brief, ...limitOf(span) });
  };
}

const node = (cores: number, usdPerHour: number): Candidate => ({
  id: `warm/up/a/${cores}/on-demand`,
  provider: 'kubernetes',
  region: 'up',
  zone: 'a',
  type: `${cores}`,
  family: 'warm',
  arch: 'amd64',
  purchase: 'on-demand',
  vcpu: cores,
  memory: mib(cores * 4096),
  usdPerHour,
  allocatable: { cpu: milliCores(cores * 1000), memory: mib(cores * 4096) },
});

const group = (name: string, cpu: number): Group => ({
  name,
  replicas: 20,
  requests: { cpu: milliCores(cpu), memory: mib(1024) },
  allow: {},
});

/** Small, but it takes every step from the relaxation to whole nodes, so that the code is compiled when work comes. */
const WARM_UP: Problem = {
  groups: [group('a', 300), group('b', 700)],
  offerings: [node(4, 0.2), node(8, 0.39)],
  rules: { vendorShareAtMost: new Map(), commitments: [], discounts: [], flows: [], resourceRates: new Map() },
  running: [],
};
