import type { Problem } from '../../src/placement/problem.ts';

const GROUPS = 20;
const SHRUNK = 10;

/**
 * A smaller problem of the same kind: twenty of the groups with a tenth of their replicas, on all the offerings. The
 * first solve in a process pays for compiling WebAssembly and JavaScript, which a controller pays once at its start.
 */
export function warmUpOf(problem: Problem): Problem {
  const step = Math.max(1, Math.floor(problem.groups.length / GROUPS));
  const groups = problem.groups
    .filter((_, i) => i % step === 0)
    .slice(0, GROUPS)
    .map((g) => ({ ...g, replicas: Math.ceil(g.replicas / SHRUNK) }));
  return { ...problem, groups };
}
