import type { LinearSolver } from '../../ports.ts';
import type { Limit } from '../limit.ts';
import { place } from '../place.ts';
import type { Placement } from '../placement.ts';
import type { Group, Problem } from '../problem.ts';
import { violations } from '../verify.ts';
import type { Stretch, Timeline } from './stretches.ts';

/** What of a stretch's need can be met at all, and whole nodes that meet it. */
export interface Served {
  /** the stretch with the need, and under the rules, that can be met; what every answer to it keeps */
  readonly problem: Problem;
  /** placed as if there were no other stretch */
  readonly alone: Placement;
  /** group → replicas that can't be met */
  readonly short: Readonly<Record<string, number>>;
  /** what is short would not be if ordered nodes served at once */
  readonly late: boolean;
  /** rules that nodes of now don't keep and ordered ones come too late for, in words */
  readonly broken: readonly string[];
  /** with `short`: rules that clash, in words */
  readonly conflict: readonly string[];
}

/**
 * Each stretch by itself. Before ordered nodes serve there is only what runs: where that does not keep the rules on
 * where replicas are, no plan can, and the stretch is held to its need and its nodes alone.
 */
export function servedIn({ stretches }: Timeline, solver: LinearSolver, limit: Limit): Served[] {
  const known = new Map<string, Served>();
  return stretches.map((stretch) => {
    const key = keyOf(stretch);
    const answer = known.get(key) ?? served(stretch, solver, limit);
    known.set(key, answer);
    return answer;
  });
}

const keyOf = ({ early, problem }: Stretch): string =>
  JSON.stringify([problem.groups.map((g) => g.replicas), early && problem.offerings.map((o) => [o.id, o.atMost])]);

function served({ early, problem, open }: Stretch, solver: LinearSolver, limit: Limit): Served {
  const strict = answered(problem, problem, solver, limit);
  if (replicasOf(strict.short) === 0 || !early) return strict;
  const atOnce = answered(open, open, solver, limit);
  if (replicasOf(atOnce.short) >= replicasOf(strict.short)) return { ...strict, conflict: atOnce.conflict };
  const eased = answered(problem, withoutSpread(problem), solver, limit);
  const best = replicasOf(eased.short) < replicasOf(strict.short) ? eased : strict;
  return { ...best, late: replicasOf(atOnce.short) === 0, conflict: atOnce.conflict };
}

function answered(asked: Problem, problem: Problem, solver: LinearSolver, limit: Limit): Served {
  const found = place(problem, solver, limit);
  const short = unplaced(problem, found);
  const kept = less(problem, short);
  // what a fallback gives up may leave less than its rules are counted on: then only the need counts
  const sound = violations(kept, found.nodes, {}).length === 0;
  const held = sound ? kept : withoutSpread(kept);
  const alone = violations(held, found.nodes, {}).length === 0 ? found : { ...found, nodes: [] };
  const left = alone === found ? short : Object.fromEntries(problem.groups.map((g) => [g.name, g.replicas]));
  return {
    problem: alone === found ? held : less(problem, left),
    alone,
    short: left,
    late: false,
    broken: violations(less(asked, left), alone.nodes, {}),
    conflict: found.conflict,
  };
}

function unplaced({ groups }: Problem, { status, unplaced: missing }: Placement): Record<string, number> {
  if (status === 'placed') return {};
  return Object.fromEntries(
    groups.flatMap(({ name }) => ((missing[name] ?? 0) > 0 ? [[name, missing[name] ?? 0]] : [])),
  );
}

function less(problem: Problem, missing: Readonly<Record<string, number>>): Problem {
  const groups = problem.groups.map((g) => ({ ...g, replicas: Math.max(0, g.replicas - (missing[g.name] ?? 0)) }));
  return { ...problem, groups };
}

/** The rules on nodes and on which may be used stay; those on how replicas are spread over places go. */
function withoutSpread(problem: Problem): Problem {
  const groups = problem.groups.map((group): Group => {
    const { survive: _survive, absorb: _absorb, zoneSkew: _zoneSkew, spotAtMost, ...rest } = group;
    return spotAtMost === 0 ? { ...rest, spotAtMost } : rest;
  });
  return { ...problem, groups, rules: { ...problem.rules, vendorShareAtMost: new Map() } };
}

export const replicasOf = (by: Readonly<Record<string, number>>): number =>
  Object.values(by).reduce((sum, n) => sum + n, 0);
