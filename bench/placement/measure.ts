import { place } from '../../src/placement/place.ts';
import type { Placement } from '../../src/placement/placement.ts';
import type { Problem } from '../../src/placement/problem.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { type Instance, isLeftOut } from './instance.ts';
import { brokenIn } from './judge.ts';
import { warmUpOf } from './warm-up.ts';

export interface How {
  readonly repeat: number;
  readonly timeLimitS: number | undefined;
}

/** One line of the table. Times are of each run, warm; rates are USD per hour. */
export type Measured = { readonly name: string; readonly seed: number } & (Solved | NotSolved);

export interface NotSolved {
  /** `left out` for want of data, or what was thrown */
  readonly kind: 'left out' | 'failed';
  readonly reason: string;
}

export interface Solved {
  readonly kind: 'solved';
  readonly replicas: number;
  readonly groups: number;
  readonly offerings: number;
  readonly status: Placement['status'];
  readonly method: string;
  readonly nodes: number;
  readonly usdPerHour: number;
  readonly lowerBoundUsdPerHour: number;
  readonly gap: number;
  readonly optimum: number | undefined;
  readonly wallS: readonly number[];
  readonly cpuS: readonly number[];
  /** peak of the whole process, with the runtime and the price lists in it */
  readonly rssMb: number;
  /** what does not hold of the answer; empty = verified */
  readonly broken: readonly string[];
}

/** `place` may be told when its time is up. */
type Place = (problem: Problem, solver: LinearSolver, limits?: { readonly expired?: () => boolean }) => Placement;

/** Solves one instance in this process: a warm-up, then so many runs. */
export function measured(
  instance: Instance,
  seed: number,
  linear: LinearSolver,
  { repeat, timeLimitS }: How,
): Measured {
  const { name } = instance;
  const problem = instance.make(seed);
  if (isLeftOut(problem)) return { name, seed, kind: 'left out', reason: problem.leftOut };
  const solver: Place = place;
  const solve = (p: Problem): Placement => solver(p, linear, limitsOf(timeLimitS));
  solve(warmUpOf(problem));
  const runs = Array.from({ length: repeat }, () => timed(() => solve(problem)));
  const { maxRSS } = process.resourceUsage();
  const [first] = runs;
  if (!first) throw new RangeError(`--repeat must be 1 at least, got ${repeat}`);
  const { answer } = first;
  const optimum = instance.optimum?.(seed);
  const differing = timeLimitS === undefined && runs.some((r) => r.answer.usdPerHour !== answer.usdPerHour);
  return {
    name,
    seed,
    kind: 'solved',
    replicas: problem.groups.reduce((sum, g) => sum + g.replicas, 0),
    groups: problem.groups.length,
    offerings: problem.offerings.length,
    status: answer.status,
    method: answer.method,
    nodes: answer.nodes.reduce((sum, n) => sum + n.count, 0),
    usdPerHour: answer.usdPerHour,
    lowerBoundUsdPerHour: answer.lowerBoundUsdPerHour,
    gap: answer.gap,
    optimum,
    wallS: runs.map((r) => r.wallS),
    cpuS: runs.map((r) => r.cpuS),
    rssMb: maxRSS / 1024,
    broken: [...brokenIn(problem, answer, optimum), ...(differing ? ['two runs gave two answers'] : [])],
  };
}

function limitsOf(timeLimitS: number | undefined): { readonly expired?: () => boolean } {
  if (timeLimitS === undefined) return {};
  const end = performance.now() + timeLimitS * 1000;
  return { expired: () => performance.now() > end };
}

function timed(solve: () => Placement): { answer: Placement; wallS: number; cpuS: number } {
  const cpu = process.cpuUsage();
  const from = performance.now();
  const answer = solve();
  const wallS = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { answer, wallS, cpuS: (user + system) / 1e6 };
}
