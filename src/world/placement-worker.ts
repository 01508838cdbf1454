import { place } from '../placement/place.ts';
import type { Placement } from '../placement/placement.ts';
import type { Candidate, Group, Problem } from '../placement/problem.ts';
import { mib, milliCores } from '../units.ts';
import { unpacked } from './carried.ts';
import { loadHighs } from './highs.ts';
import { type Task, WARM_UP } from './placement-task.ts';
import { limitOf, nowMs } from './time-limit.ts';

/** A thread's whole program: the solver is loaded before the first task is taken. */
export default ready();

async function ready(): Promise<(task: Task | typeof WARM_UP) => Placement> {
  const solver = await loadHighs();
  return (task) => {
    if (task === WARM_UP) return place(SMALL, solver);
    const { carried, limit, brief = false } = task;
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

/** It takes every step from the relaxation to whole nodes. */
const SMALL: Problem = {
  groups: [group('a', 300), group('b', 700)],
  offerings: [node(4, 0.2), node(8, 0.39)],
  rules: { vendorShareAtMost: new Map(), commitments: [], discounts: [], flows: [], resourceRates: new Map() },
  running: [],
};
