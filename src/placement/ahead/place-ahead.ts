import { named } from '../../figures.ts';
import type { LinearSolver } from '../../ports.ts';
import { assembled, sunk } from '../answer.ts';
import { type Limit, RELAXED_BY } from '../limit.ts';
import type { Placement } from '../placement.ts';
import type { Problem } from '../problem.ts';
import { violations } from '../verify.ts';
import type { Ahead, PeriodAhead, Periods } from './ahead.ts';
import { type Change, changeOf } from './bill.ts';
import { bridged, limitsKept } from './bridged.ts';
import { type Course, courseOf, overTime } from './course.ts';
import { bestCourse } from './courses.ts';
import { keptOf, ordersOf, shortOf, shortWords, stopsOf } from './moves.ts';
import { relaxed } from './relaxed.ts';
import { replicasOf, type Served, servedIn } from './served.ts';
import { smallEnough } from './size.ts';
import { type Timeline, timelineOf } from './stretches.ts';

/**
 * Whole nodes for a need that changes: what to have in each period, what to order now so that it serves in time, and
 * what may go. Over all periods it costs no more than placing each by itself and paying for every change in between.
 *
 * A node costs its price from the time it serves, a launch that stands for all before, and its replicas' move when one
 * of today's is left. The last period stands for what comes after: make it as long as a change has to pay for itself.
 *
 * @param problem `running` are the nodes that serve now; its groups' replicas stand in where a bucket does not name them
 * @throws RangeError when there is no bucket, or one has no length
 */
export function placeAhead(problem: Problem, periods: Periods, solver: LinearSolver, limit: Limit = {}): Ahead {
  const line = timelineOf(problem, periods);
  const change = changeOf(line);
  const served = withinReach(line, change, servedIn(line, solver, limit));
  const problems = served.map((s) => s.problem);
  const together = smallEnough(line.problem, line.stretches.length) && !limit.expired?.(RELAXED_BY);
  const relaxation = together ? relaxed(line, change, problems, solver, limit) : undefined;
  const best = bestCourse(line, change, served, relaxation, solver, limit);
  const short = shortOf(line, served);
  const last = line.stretches.findLastIndex((s) => s.bucket === 0);
  const lacking = line.stretches.findLastIndex((_, at) => at <= last && replicasOf(served[at]?.short ?? {}) > 0);
  const course = lacking < 0 ? best : standing(line, change, best, lacking, problems);
  const held = lacking === last ? 'nothing stops while replicas of the current period have no room' : undefined;

  const apart = overTime(
    line,
    served.map((s) => s.alone.lowerBoundUsdPerHour),
  );
  const hours = line.stretches.reduce((sum, s) => sum + s.hours, 0);
  const joint = (relaxation?.lowerBoundUsd ?? 0) + sunk(problem) * hours;
  // the bound is exact arithmetic on rounded figures: never print one above a course that exists
  const lowerBoundUsd = Math.min(course.usd, Math.max(apart, joint));
  const orders = ordersOf(line, course, periods);
  const stops = stopsOf(line, course, periods);
  const kept = keptOf(line, change, course, served, last, held);
  return {
    status:
      short.length === 0 ? 'placed' : served.every((s) => s.late || replicasOf(s.short) === 0) ? 'late' : 'partial',
    now: nowOf(line, served, course, last, solver),
    periods: periodsOf(line, course),
    orders,
    stops,
    kept,
    short,
    usd: course.usd,
    changeUsd: course.changeUsd,
    lowerBoundUsd,
    gap: lowerBoundUsd > 0 ? course.usd / lowerBoundUsd - 1 : course.usd > 0 ? Infinity : 0,
    reasons: [
      ...short.map(shortWords),
      ...waiting(served),
      ...orders.map((o) => o.why),
      ...kept.map((k) => k.why),
      ...stops.map((s) => s.why),
      ...unknown(line),
    ],
  };
}

/** Nodes kept because an order would come too late may tip a share for so long: the share waits, the need does not. */
function withinReach(line: Timeline, change: Change, served: readonly Served[]): Served[] {
  const { counts, nodes } = bridged(
    line,
    change,
    served.map((s) => s.alone),
    served.map((s) => s.problem),
  );
  return served.map((s, at) => {
    if (limitsKept(s.problem, counts[at] ?? new Map())) return s;
    const problem = { ...s.problem, rules: { ...s.problem.rules, vendorShareAtMost: new Map<string, number>() } };
    return { ...s, problem, broken: [...s.broken, ...violations(s.problem, nodes[at] ?? [], {})] };
  });
}

/** None of today's nodes goes while replicas of the current bucket lack room, as far as limits and shares allow. */
function standing(line: Timeline, change: Change, course: Course, last: number, problems: readonly Problem[]): Course {
  const counts = course.counts.map((before, at) => {
    if (at > last) return before;
    const stay = new Map(before);
    for (const [id, n] of line.running) if (line.offerings.has(id)) stay.set(id, Math.max(n, before.get(id) ?? 0));
    const problem = problems[at];
    return problem && limitsKept(problem, stay) ? stay : before;
  });
  const filled = course.nodes.map((nodes, at) => ({ nodes, cost: { egress: course.egress[at] ?? 0 } }));
  return courseOf(line, change, filled, counts);
}

/** The nodes of the current bucket as a placement, with the proof of the bucket by itself. */
function nowOf(
  line: Timeline,
  served: readonly Served[],
  course: Course,
  last: number,
  solver: LinearSolver,
): Placement {
  const { problem, alone, short } = served[last] ?? { problem: line.problem, alone: undefined, short: {} };
  const bound = alone?.lowerBoundUsdPerHour ?? 0;
  const method = alone?.method === 'columns' ? 'ahead' : (alone?.method ?? 'ahead');
  const answer = assembled(problem, course.nodes[last] ?? [], method, bound, alone?.duals ?? new Map(), solver);
  if (!alone) return answer;
  const status = Object.keys(short).length === 0 ? 'placed' : alone.status;
  return { ...answer, status, unplaced: short, conflict: alone.conflict, certificate: alone.certificate };
}

function periodsOf(line: Timeline, course: Course): PeriodAhead[] {
  const buckets = new Map<number, number[]>();
  line.stretches.forEach(({ bucket }, at) => buckets.set(bucket, [...(buckets.get(bucket) ?? []), at]));
  return [...buckets.values()].map((stretches) => {
    const parts = stretches.map((at) => ({
      fromHours: line.stretches[at]?.fromHours ?? 0,
      hours: line.stretches[at]?.hours ?? 0,
      nodes: course.nodes[at] ?? [],
      usdPerHour: course.usdPerHour[at] ?? 0,
    }));
    const counts = [...(course.counts[stretches.at(-1) ?? 0] ?? [])].filter(([, n]) => n > 0);
    return {
      fromHours: parts[0]?.fromHours ?? 0,
      hours: parts.reduce((sum, p) => sum + p.hours, 0),
      nodes: Object.fromEntries(counts.toSorted(([a], [b]) => (a < b ? -1 : 1))),
      usd: parts.reduce((sum, p) => sum + p.hours * p.usdPerHour, 0),
      stretches: parts,
    };
  });
}

/** Rules that can't be kept before ordered nodes serve. */
function waiting(served: readonly Served[]): string[] {
  const rules = [...new Set(served.flatMap((s) => s.broken))];
  return rules.length > 0 ? [`until ordered nodes serve: ${named(rules)}`] : [];
}

/** Nodes of which no offering is known are nobody's to stop. */
const unknown = ({ running, offerings }: Timeline): string[] =>
  [...running]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, n]) => {
      return n > 0 && !offerings.has(id) ? [`${id} is left as it is: what its nodes hold and cost is not known`] : [];
    });
