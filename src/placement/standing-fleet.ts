import { minimums } from './greedy.ts';
import type { Filled } from './greedy-nodes.ts';
import { filledUp } from './standing-filled.ts';
import { fitsOn } from './fits.ts';
import type { Instance } from './instance.ts';
import { namedNodes } from './named.ts';
import type { PlacedNodes } from './placement.ts';
import type { Problem, RunningNodes } from './problem.ts';
import { violations } from './verify.ts';

/** Today's nodes with today's demand on them, every rule kept. */
export interface Standing {
  readonly nodes: readonly PlacedNodes[];
  readonly filled: readonly Filled[];
}

/**
 * The fleet as it stands: every node that runs stays, with what runs on it. Replicas that are no longer wanted go,
 * those that are wanted besides come into the room that is left, and where there is none onto the fewest new nodes.
 *
 * @returns undefined where what runs on some node is not known, or the rules can't be kept so
 */
export function standingFleet(problem: Problem, instance: Instance): Standing | undefined {
  const runs = runningHere(problem, instance);
  if (runs.length === 0 || runs.some(({ replicas }) => replicas === undefined)) return undefined;
  const at = new Map(instance.candidates.map((c, o) => [c.id, o]));
  const start = runs.map(({ offering, count, replicas = {} }): Filled => {
    const candidate = at.get(offering) ?? 0;
    const filling = Int32Array.from(instance.groups, ({ name }) => replicas[name] ?? 0);
    return { candidate, count, filling: fitted(instance, candidate, filling) };
  });
  return kept(problem, instance, start, { starts: true });
}

/**
 * An answer without its starts: the replicas of nodes that would have to be launched find room on nodes that run, those
 * that the answer would let go among them. So what runs provably carries the demand, though nobody knows what is on it.
 *
 * @returns all nodes that run; undefined where none was found that keeps the rules
 */
export function startless(problem: Problem, instance: Instance, answer: readonly PlacedNodes[]): Standing | undefined {
  if (!instance.running.some((n) => n > 0)) return undefined;
  const at = new Map(instance.candidates.map((c, o) => [c.id, o]));
  const left = instance.running.slice();
  const start = answer.flatMap(({ offering, count, replicas }): Filled[] => {
    const candidate = at.get(offering);
    if (candidate === undefined) return [];
    const stay = Math.min(count, left[candidate] ?? 0);
    left[candidate] = (left[candidate] ?? 0) - stay;
    const filling = Int32Array.from(instance.groups, ({ name }) => replicas[name] ?? 0);
    return stay > 0 ? [{ candidate, count: stay, filling }] : [];
  });
  left.forEach((count, candidate) => {
    if (count > 0) start.push({ candidate, count, filling: new Int32Array(instance.groups.length) });
  });
  return kept(problem, instance, start, { starts: false });
}

/** Without the nodes that hold nothing, as far as none of their kind have to stay. */
export function withoutIdle({ candidates }: Instance, { filled }: Standing): readonly Filled[] {
  const spare = Int32Array.from(candidates, ({ atLeast = 0 }) => -atLeast);
  for (const { candidate, count } of filled) spare[candidate] = (spare[candidate] ?? 0) + count;
  return filled.flatMap((node): Filled[] => {
    if (node.filling.some((n) => n > 0)) return [node];
    const gone = Math.min(node.count, Math.max(0, spare[node.candidate] ?? 0));
    spare[node.candidate] = (spare[node.candidate] ?? 0) - gone;
    return node.count > gone ? [{ ...node, count: node.count - gone }] : [];
  });
}

/** The nodes that run, of offerings that the problem knows. */
function runningHere(problem: Problem, { candidates }: Instance): readonly RunningNodes[] {
  const known = new Set(candidates.map(({ id }) => id));
  return problem.running.filter(({ offering, count }) => count > 0 && known.has(offering));
}

function kept(
  problem: Problem,
  instance: Instance,
  start: readonly Filled[],
  how: { readonly starts: boolean },
): Standing | undefined {
  const nodes = [...start];
  minimums(instance, nodes);
  const filled = filledUp(problem, instance, nodes, how);
  if (!filled) return undefined;
  const named = namedNodes(instance, filled);
  return violations(problem, named, {}).length === 0 ? { nodes: named, filled } : undefined;
}

/** As much of a filling as fits: requests may have grown since, and a group may have lost the right to run there. */
function fitted(instance: Instance, o: number, filling: Int32Array): Int32Array {
  const { fits, candidates } = instance;
  const fitting = filling.map((n, g) => Math.min(n, fits[g * candidates.length + o] ?? 0));
  while (!fitsOn(instance, o, fitting)) {
    const most = fitting.reduce((best, n, g) => (n > (fitting[best] ?? 0) ? g : best), 0);
    if ((fitting[most] ?? 0) === 0) break;
    fitting[most] = (fitting[most] ?? 0) - 1;
  }
  return fitting;
}
