import type { LinearSolver } from '../../ports.ts';
import { egressOf } from '../cost.ts';
import type { Limit } from '../limit.ts';
import { place } from '../place.ts';
import type { PlacedNodes } from '../placement.ts';
import type { Candidate, Problem } from '../problem.ts';
import { violations } from '../verify.ts';
import { type Change, offeringsOf } from './bill.ts';
import { bridged } from './bridged.ts';
import { brokenIn, countsOf, type Counts, type Course, type Filled } from './course.ts';
import type { Relaxed } from './relaxed.ts';
import { searched } from './searched.ts';
import type { Served } from './served.ts';
import type { Timeline } from './stretches.ts';

/** How often stretches are placed anew on the nodes that are kept over them anyway. */
const ROUNDS = 2;

/**
 * Whole nodes for all stretches, the cheapest of several ways to find them, each of which covers every need:
 * every stretch by itself; the relaxation rounded down and filled up stretch after stretch; in small fleets a search
 * over all stretches at once, in large ones each stretch from the nodes of the one before; and the best of these placed
 * again on the nodes it keeps anyway.
 */
export function bestCourse(
  line: Timeline,
  change: Change,
  served: readonly Served[],
  relaxed: Relaxed | undefined,
  solver: LinearSolver,
  limit: Limit,
): Course {
  const problems = served.map((s) => s.problem);
  const alone = served.map((s) => s.alone);
  let best = bridged(line, change, alone, problems);
  const rival = (course: Course | undefined): boolean => {
    if (!course || course.usd >= best.usd - 1e-9 || brokenIn(line, problems, course) !== undefined) return false;
    best = course;
    return true;
  };
  const late = (): boolean => limit.expired?.() === true;
  if (relaxed && !late()) {
    const whole = searched(relaxed, problems, solver)?.map((nodes, at) =>
      filled(line.problem, nodes, problems[at], solver),
    );
    if (whole) rival(bridged(line, change, whole, problems));
    if (!late()) {
      const rounded = onto(line, served, relaxed.nodes.map(floored), solver, limit);
      rival(bridged(line, change, rounded, problems));
    }
  }
  if (!relaxed && !late()) {
    const none = served.map(() => new Map<string, number>());
    const used = new Set(offeringsOf(line, best.counts));
    const one = onto(line, served, none, solver, limit, [], (o) => used.has(o.id));
    rival(bridged(line, change, one, problems));
  }
  for (let round = 0; round < ROUNDS && !late(); round++) {
    const { counts, nodes, egress } = best;
    // a stretch without idle nodes has no cause to be placed anew
    const standing = nodes.map((here, at) => {
      const idle = here.some((n) => Object.keys(n.replicas).length === 0);
      return idle ? undefined : { nodes: here, cost: { egress: egress[at] ?? 0 } };
    });
    if (standing.every((s) => s !== undefined)) break;
    const kept = counts.map((_, at) => throughout(line, counts, at));
    if (!rival(bridged(line, change, onto(line, served, kept, solver, limit, standing), problems))) break;
  }
  return best;
}

/** A whole number of nodes that the fraction stands for. */
const floored = (nodes: ReadonlyMap<string, number>): Counts =>
  new Map([...nodes].map(([id, n]) => [id, Math.floor(n + 1e-6)]));

/** Nodes of a stretch that serve in the one before and the one after as well: they are kept whatever is placed on them. */
function throughout(line: Timeline, counts: readonly Counts[], at: number): Counts {
  const before = at === 0 ? line.running : (counts[at - 1] ?? new Map<string, number>());
  const after = counts[at + 1] ?? new Map<string, number>();
  return new Map([...(counts[at] ?? [])].map(([id, n]) => [id, Math.min(n, before.get(id) ?? 0, after.get(id) ?? 0)]));
}

/**
 * Every stretch placed on nodes that are there in any case, in the order of time: what serves in one is at hand in the
 * next.
 *
 * @param standing stretches that stay as they are
 * @param among offerings to choose from
 */
function onto(
  line: Timeline,
  served: readonly Served[],
  floors: readonly Counts[],
  solver: LinearSolver,
  limit: Limit,
  standing: readonly (Filled | undefined)[] = [],
  among: (candidate: Candidate) => boolean = () => true,
): Filled[] {
  const { change } = line.problem;
  const placed: Filled[] = [];
  let there: Counts = line.running;
  let hoursLeft = line.stretches.reduce((sum, s) => sum + s.hours, 0);
  for (const [at, { problem, alone }] of served.entries()) {
    const floor = floors[at] ?? new Map<string, number>();
    const offerings = problem.offerings.filter(among).map((o) => {
      const atLeast = Math.max(o.atLeast ?? 0, Math.min(floor.get(o.id) ?? 0, o.atMost ?? Infinity));
      return atLeast > 0 ? { ...o, atLeast } : o;
    });
    const running = [...there].map(([offering, count]) => ({ offering, count }));
    const asked: Problem = {
      ...problem,
      offerings,
      running,
      ...(change && { change: { ...change, horizonHours: hoursLeft } }),
    };
    const next = standing[at] ?? placedOr(alone, asked, problem, solver, limit);
    placed.push(next);
    there = countsOf(next.nodes);
    hoursLeft -= line.stretches[at]?.hours ?? 0;
  }
  return placed;
}

function placedOr(other: Filled, asked: Problem, problem: Problem, solver: LinearSolver, limit: Limit): Filled {
  const answer = place(asked, solver, limit);
  return answer.status === 'placed' && violations(problem, answer.nodes, {}).length === 0 ? answer : other;
}

/** Nodes with what their replicas pay for egress. */
function filled(
  asked: Problem,
  nodes: readonly PlacedNodes[],
  problem: Problem | undefined,
  solver: LinearSolver,
): Filled {
  const placeOf = new Map(asked.offerings.map((o) => [o.id, `${o.provider}/${o.region}`]));
  const replicas = new Map<string, Map<string, number>>();
  for (const n of nodes) {
    const where = placeOf.get(n.offering) ?? '';
    for (const [group, each] of Object.entries(n.replicas)) {
      const there = replicas.get(group) ?? new Map<string, number>();
      replicas.set(group, there.set(where, (there.get(where) ?? 0) + each * n.count));
    }
  }
  const needed = new Map((problem ?? asked).groups.map((g) => [g.name, g.replicas]));
  const egress = egressOf(asked.rules.flows, replicas, needed, solver);
  return { nodes, cost: { egress } };
}
