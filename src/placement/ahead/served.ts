import type { LinearSolver } from '../../ports.ts';
import { fallback } from '../fallback.ts';
import type { Limit } from '../limit.ts';
import { place } from '../place.ts';
import type { PlacedNodes, Placement } from '../placement.ts';
import type { Group, Problem } from '../problem.ts';
import { violations } from '../verify.ts';
import { smallEnough } from './size.ts';
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
export function servedIn({ problem, stretches, opens }: Timeline, solver: LinearSolver, limit: Limit): Served[] {
  const known = new Map<string, Served>();
  const small = smallEnough(problem, stretches.length);
  return stretches.map((stretch, at) => {
    const key = keyOf(stretch);
    const { launchUsd = 0 } = problem.change ?? {};
    // what serves for minutes only is no reason to launch other nodes
    const brief = stretch.early && launchUsd > 0 && problem.change;
    const full: Place = (p) => place(p, solver, limit);
    const here: Place = brief
      ? (p) => place({ ...p, change: { ...brief, horizonHours: stretch.hours } }, solver, limit)
      : full;
    const waits = stretch.early && !small && stretch.problem.offerings.every((o) => at < (opens.get(o.id) ?? 0));
    const answer = known.get(key) ?? (waits ? asItIs(stretch, full) : served(stretch, here, full));
    known.set(key, answer);
    return answer;
  });
}

const keyOf = ({ early, problem }: Stretch): string =>
  JSON.stringify([problem.groups.map((g) => g.replicas), early && problem.offerings.map((o) => [o.id, o.atMost])]);

type Place = (problem: Problem) => Placement;

function served({ early, problem, open }: Stretch, here: Place, full: Place): Served {
  const strict = answered(problem, problem, here);
  if (replicasOf(strict.short) === 0 || !early) return strict;
  const atOnce = answered(open, open, full);
  if (replicasOf(atOnce.short) >= replicasOf(strict.short)) return { ...strict, conflict: atOnce.conflict };
  const eased = answered(problem, withoutSpread(problem), here);
  const best = replicasOf(eased.short) < replicasOf(strict.short) ? eased : strict;
  return { ...best, late: replicasOf(atOnce.short) === 0, conflict: atOnce.conflict };
}

/**
 * A large fleet before any ordered node serves: all nodes stay as they are for these minutes, and what is told is how
 * much of the need there is room for: by the replicas known to be on them, else greedily, else by a full search.
 */
function asItIs({ problem }: Stretch, full: Place): Served {
  const there = problem.offerings.map((o) => ({ ...o, atLeast: o.atMost ?? o.atLeast ?? 0 }));
  const asked = withoutSpread({ ...problem, offerings: there });
  const greedily = fallback(asked, 'ordered nodes do not serve yet', { hurried: true });
  const tries = [() => asKnown(asked, greedily), () => greedily, () => full(asked)];
  let best: Placement | undefined;
  let short: Record<string, number> = {};
  for (const attempt of tries) {
    const found = attempt();
    const missing = unplaced(asked, found);
    if (violations(less(asked, missing), withRest(there, found.nodes), {}).length > 0) continue;
    if (best && replicasOf(missing) >= replicasOf(short)) continue;
    best = found;
    short = missing;
    if (replicasOf(short) === 0) break;
  }
  const alone = { ...(best ?? greedily), nodes: withRest(there, best?.nodes ?? []) };
  if (!best) short = Object.fromEntries(asked.groups.map((g) => [g.name, g.replicas]));
  return { problem: less(asked, short), alone, short, late: replicasOf(short) > 0, broken: [], conflict: [] };
}

/** Today's nodes with the replicas that are known to be on them, with the bound of another answer. */
function asKnown(problem: Problem, other: Placement): Placement {
  const offered = new Set(problem.offerings.map((o) => o.id));
  const names = new Set(problem.groups.map((g) => g.name));
  const nodes = problem.running
    .filter((r) => offered.has(r.offering) && r.count > 0)
    .map(({ offering, count, replicas = {} }) => ({
      offering,
      count,
      replicas: Object.fromEntries(Object.entries(replicas).filter(([name]) => names.has(name))),
    }));
  const missing = problem.groups.flatMap(({ name, replicas }): [string, number][] => {
    const placed = nodes.reduce((sum, n) => sum + n.count * (n.replicas[name] ?? 0), 0);
    return placed < replicas ? [[name, replicas - placed]] : [];
  });
  return { ...other, nodes, status: missing.length > 0 ? 'partial' : 'placed', unplaced: Object.fromEntries(missing) };
}

/** Nodes with the rest of those that have to stay, which stand idle. */
function withRest(
  offerings: readonly { readonly id: string; readonly atLeast: number }[],
  nodes: readonly PlacedNodes[],
): PlacedNodes[] {
  const idle = offerings.flatMap(({ id, atLeast }) => {
    const busy = nodes.reduce((sum, n) => sum + (n.offering === id ? n.count : 0), 0);
    return atLeast > busy ? [{ offering: id, count: atLeast - busy, replicas: {} }] : [];
  });
  return [...nodes, ...idle];
}

function answered(asked: Problem, problem: Problem, placeIn: Place): Served {
  const found = placeIn(problem);
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
