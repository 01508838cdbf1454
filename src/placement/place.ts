import type { LinearSolver } from '../ports.ts';
import { assembled, sunk } from './answer.ts';
import { branch, NODES } from './branch.ts';
import { ColumnModel, type Objective } from './columns.ts';
import { converge, prove } from './converge.ts';
import { conflictOf, nowhere } from './conflict.ts';
import { answerOf, cheaperOf, fallback, GREEDY } from './fallback.ts';
import { improved } from './improve.ts';
import { type Instance, instanceOf } from './instance.ts';
import { type Limit, ROUNDED_BY } from './limit.ts';
import { multipliersOf } from './contract-rows.ts';
import { masterOf } from './master.ts';
import { namedNodes } from './named.ts';
import type { PlacedNodes, Placement } from './placement.ts';
import { pack } from './pack.ts';
import { polish } from './polish.ts';
import type { Problem } from './problem.ts';
import { billObjective, reluctant, roundingObjective, stayingObjective } from './objectives.ts';
import { pruned } from './prune.ts';
import { wholeQuotas } from './quota.ts';
import { type Kept, regained } from './regained.ts';
import { mostSpent, spendBoundOf } from './spend-bound.ts';
import { standingFleet } from './standing-fleet.ts';
import { costOf, settledOn } from './staying.ts';
import { violations } from './verify.ts';

/** Pricing rounds to the relaxation's optimum; beyond them the bound is still valid, only looser. */
const ROUNDS = 120;
/** Pricing rounds after the objective has changed to what whole nodes are looked for with. */
const SETTLE_ROUNDS = 20;
/** How often replicas that found no whole node in a location are sent elsewhere. */
const PACKINGS = 8;
/** Vendor caps are aimed 1%, 4%, 9% … lower when whole nodes tip a share over its cap. */
const TIGHTENINGS = 5;
const TIGHTENED = 0.01;
/** How often what is given up is looked at again. */
const RECONSIDERED = 3;

/**
 * Whole nodes per offering and how the groups' replicas fill them, at least cost with every rule kept, and the proof
 * how near to least.
 *
 * Relaxation by column generation (a column is a filled node), rounding by diving, polishing, then a verification
 * that shares no code with any of it. What the solver can't answer is answered greedily and labelled so.
 */
export function place(problem: Problem, solver: LinearSolver, limit: Limit = {}): Placement {
  const ordered = inOrder(problem);
  const first = placed(ordered, solver, limit);
  if (first.status === 'placed') return first;
  const answer = limit.brief ? first : reconsidered(ordered, first, solver, limit, RECONSIDERED);
  if (answer.status === 'placed') return answer;
  return { ...answer, conflict: [...answer.conflict, ...conflictOf(problem, solver).lines] };
}

/** Groups by name, so that the order in which they are listed changes nothing. */
function inOrder(problem: Problem): Problem {
  return { ...problem, groups: problem.groups.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) };
}

function placed(problem: Problem, solver: LinearSolver, limit: Limit): Placement {
  const stranded = problem.groups.filter((g) => g.replicas > 0 && nowhere(problem, g) !== undefined);
  if (stranded.length > 0) return without(problem, new Map(stranded.map((g) => [g.name, g.replicas])), solver, limit);
  if (problem.groups.every((g) => g.replicas <= 0) && problem.offerings.every((o) => (o.atLeast ?? 0) === 0)) {
    return assembled(problem, [], 'columns', sunk(problem), new Map(), solver);
  }
  const instance = instanceOf(problem, pruned(problem));
  const spendBound = spendBoundOf(problem, instance);
  const answer = placeWithin(problem, solver, instance, spendBound, limit);
  const most = mostSpent(problem, answer.usdPerHour);
  return most <= spendBound ? answer : placeWithin(problem, solver, instance, most, limit);
}

/** @param spendBound list $/h at one provider up to which tiered discounts are taken as the chord of their cost curve */
function placeWithin(
  problem: Problem,
  solver: LinearSolver,
  instance: Instance,
  spendBound: number,
  limit: Limit,
): Placement {
  const master = masterOf(
    problem,
    instance,
    multipliersOf(problem.rules.discounts, () => spendBound),
  );
  const model = new ColumnModel(instance, master, solver, billObjective(master), limit);
  try {
    return withModel(problem, solver, model);
  } finally {
    model.close();
  }
}

function withModel(problem: Problem, solver: LinearSolver, model: ColumnModel): Placement {
  const { instance, master } = model;
  const relaxed = converge(model, ROUNDS);
  if (relaxed.status !== 'optimal') {
    return greedily(problem, solver, relaxed.status === 'failed' ? relaxed.reason : 'infeasible');
  }
  const missing = missingByGroup(model, relaxed.primal);
  if (missing.size > 0) return without(problem, missing, solver, model.limit);

  const bound = prove(model);
  const again = model.solve();
  const answer = again.status === 'optimal' ? again : relaxed;
  const proved = { ...answer, least: bound.usdPerHour };
  const duals = new Map(master.rows.map((row, i) => [row.name, bound.dual[i] ?? 0]));
  const perLoad = loadPrices(model, answer.primal, bound.dual);
  const proven = (nodes: readonly PlacedNodes[]): Placement =>
    assembled(problem, nodes, 'columns', bound.usdPerHour + sunk(problem), duals, solver, perLoad);
  let rounded = roundedWithin(problem, problem, model, proved, solver);
  // whole nodes may tip a vendor's share over its cap: aim a little lower until they don't
  for (let attempt = 1; attempt <= TIGHTENINGS && 'broken' in rounded && rounded.vendorsOnly; attempt++) {
    rounded = roundedTighter(problem, instance, solver, attempt, model.limit);
  }
  if ('broken' in rounded || (instance.locations.length > 1 && isSmall(rounded.nodes))) {
    const found = searched(problem, model, proved, solver, 'broken' in rounded ? undefined : BRIEFLY);
    if (found && ('broken' in rounded || costOf(proven(found.nodes)) < costOf(proven(rounded.nodes)))) rounded = found;
  }
  const standing = standingFleet(problem, instance);
  if ('broken' in rounded) return standing ? proven(standing.nodes) : greedily(problem, solver, rounded.broken, proven);
  return settledOn(problem, model, proven(rounded.nodes), {
    standing,
    proven,
    dual: proved.dual,
    rounded: () => {
      const staying = stayingObjective(problem, instance, master);
      const found = roundedWithin(problem, problem, model, proved, solver, staying);
      return 'broken' in found ? undefined : found.nodes;
    },
  });
}

/**
 * What carrying a group's load asks for on top of its own dual, in $/h a replica. A group that exchanges data needs its
 * replicas twice over: as such, and where its load is carried. The second is asked for by a row for each place; it
 * belongs to the price of one more replica in the mixture in which the load is carried.
 */
function loadPrices(model: ColumnModel, primal: Float64Array, dual: Float64Array): Map<string, number> {
  const { rows, auxiliary } = model.master;
  const prices = new Map<string, number>();
  auxiliary.forEach((a, i) => {
    const name = model.instance.groups[a.of]?.name;
    if (a.kind !== 'load-share' || name === undefined) return;
    const carried = a.entries.find(({ row }) => rows[row]?.name.startsWith(`load/${name}/`));
    const scarcity = -(dual[carried?.row ?? -1] ?? 0);
    prices.set(name, (prices.get(name) ?? 0) + scarcity * ((primal[i] ?? 0) / a.upper));
  });
  return prices;
}

/** The relaxation's answer, and what it proves at least where that is known. */
interface Relaxed {
  readonly primal: Float64Array;
  readonly dual: Float64Array;
  readonly least?: number;
}

type Rounded = Found | Broken;
type Found = { readonly nodes: PlacedNodes[] };
type Broken = { readonly broken: string; readonly vendorsOnly: boolean };

/** So few nodes that looking for all at once takes no time, and finds what rounding location by location does not. */
const FEW = 30;
/** Nodes of the search tree when there is an answer already. */
const BRIEFLY = 40;
const isSmall = (nodes: readonly PlacedNodes[]): boolean => nodes.reduce((sum, n) => sum + n.count, 0) <= FEW;

/**
 * From the relaxation to whole nodes, with the cost of change weighed in.
 *
 * @param problem whose rules the nodes are verified against
 * @param aimed what `model` was made of: the problem, or one with tighter vendor shares
 */
function roundedWithin(
  problem: Problem,
  aimed: Problem,
  model: ColumnModel,
  answer: Relaxed,
  solver: LinearSolver,
  staying?: Objective,
): Rounded {
  const { instance } = model;
  const objective = staying ?? roundingObjective(problem, instance, model.master);
  model.setObjective(objective);
  // in one place without a past, whole nodes are looked for at the prices that the answer is for
  const settled = instance.locations.length === 1 && !problem.change ? answer : converge(model, SETTLE_ROUNDS);
  const { primal, dual } = 'status' in settled && settled.status !== 'optimal' ? answer : settled;
  const fractions = replicasByLocation(model, primal);
  const ceilings = new Float64Array(fractions.length).fill(Infinity);
  let broken: string[] = [];
  for (let attempt = 0; attempt < PACKINGS; attempt++) {
    const quotas = wholeQuotas(instance, fractions, ceilings, solver);
    if (!quotas) return { broken: 'replicas could not be made whole within the rules', vendorsOnly: false };
    const packed = pack(aimed, model, primal, dual, objective, quotas, solver);
    if (packed.short.size > 0) {
      // whole nodes hold less there than their fractions did: the rest has to go elsewhere
      for (const [at, n] of packed.short) ceilings[at] = (quotas[at] ?? 0) - n;
      broken = [`${[...packed.short.values()].reduce((x, y) => x + y, 0)} replicas found no whole node`];
      continue;
    }
    const priced = staying ? reluctant(problem) : problem;
    const least = staying ? 0 : answer.least;
    const better = improved(priced, model, polish(priced, instance, packed), dual, least);
    const nodes = namedNodes(instance, better);
    broken = violations(problem, nodes, {});
    if (broken.length === 0) return { nodes };
    const uncapped = { ...problem, rules: { ...problem.rules, vendorShareAtMost: new Map() } };
    return { broken: broken[0] ?? '', vendorsOnly: violations(uncapped, nodes, {}).length === 0 };
  }
  return { broken: broken[0] ?? '', vendorsOnly: false };
}

/** A fleet of few nodes looked for with every rule in the search at once: where shares are tight, rounding misses them. */
function searched(
  problem: Problem,
  model: ColumnModel,
  answer: Relaxed,
  solver: LinearSolver,
  searchNodes?: number,
): Found | undefined {
  const nodes = model.patterns.reduce((sum, _, p) => sum + (answer.primal[model.columnOf(p)] ?? 0), 0);
  if (nodes > NODES || model.limit.expired?.(ROUNDED_BY)) return undefined;
  model.setObjective(billObjective(model.master));
  const whole = branch(model, solver, answer.dual, searchNodes);
  if (!whole) return undefined;
  const polished = polish(problem, model.instance, whole);
  const named = namedNodes(model.instance, improved(problem, model, polished, answer.dual, answer.least));
  return violations(problem, named, {}).length === 0 ? { nodes: named } : undefined;
}

function roundedTighter(
  problem: Problem,
  instance: Instance,
  solver: LinearSolver,
  attempt: number,
  limit: Limit,
): Rounded {
  const tighter = 1 - TIGHTENED * attempt * attempt;
  const shares = new Map([...problem.rules.vendorShareAtMost].map(([provider, most]) => [provider, most * tighter]));
  const aimed: Problem = { ...problem, rules: { ...problem.rules, vendorShareAtMost: shares } };
  const master = masterOf(
    aimed,
    instance,
    multipliersOf(problem.rules.discounts, () => Infinity),
  );
  const model = new ColumnModel(instance, master, solver, billObjective(master), limit);
  try {
    const answer = converge(model, ROUNDS);
    if (answer.status !== 'optimal' || missingByGroup(model, answer.primal).size > 0) {
      return { broken: 'vendor shares could not be kept with whole nodes', vendorsOnly: false };
    }
    return roundedWithin(problem, aimed, model, answer, solver);
  } finally {
    model.close();
  }
}

/** So many replicas of some groups are answered as having no place; the others are placed as if those were not there. */
function without(
  problem: Problem,
  missing: ReadonlyMap<string, number>,
  solver: LinearSolver,
  limit: Limit,
): Placement {
  return given(placed(less(problem, missing), solver, limit), missing);
}

/**
 * What was given up looked at again: the relaxation gives up whole replicas where it lacks parts of some, and whole nodes
 * that break a rule give up all. The replicas that have a place after all are placed properly, by the solver; on its
 * other nodes still more may have one.
 */
function reconsidered(
  problem: Problem,
  first: Placement,
  solver: LinearSolver,
  limit: Limit,
  times: number,
): Placement {
  const kept: Kept = regained(problem, first);
  const gained = kept !== first;
  const missing = new Map(Object.entries(kept.unplaced));
  const rest = less(problem, missing);
  if (rest.groups.length === 0 || (!gained && first.method !== GREEDY)) return first;
  const found = gained ? answerOf(rest, kept.nodes, solver) : { ...first, status: 'placed' as const, unplaced: {} };
  const again = limit.expired?.() ? found : placed(rest, solver, limit);
  const answer = given(again.status === 'placed' ? cheaperOf(again, found) : found, missing);
  return gained && missing.size > 0 && times > 1 ? reconsidered(problem, answer, solver, limit, times - 1) : answer;
}

/** The problem with so many replicas of some groups taken out. */
function less(problem: Problem, missing: ReadonlyMap<string, number>): Problem {
  const groups = problem.groups.map((g) => ({ ...g, replicas: Math.max(0, g.replicas - (missing.get(g.name) ?? 0)) }));
  return { ...problem, groups: groups.filter((g) => g.replicas > 0) };
}

/** An answer to what is left, as an answer to the whole: so many replicas of some groups have no place. */
function given(rest: Placement, missing: ReadonlyMap<string, number>): Placement {
  if (missing.size === 0) return rest;
  const unplaced = { ...rest.unplaced };
  for (const [name, n] of missing) unplaced[name] = (unplaced[name] ?? 0) + n;
  const nothing = rest.nodes.every((n) => Object.keys(n.replicas).length === 0);
  return { ...rest, status: nothing ? 'infeasible' : 'partial', unplaced };
}

/** @param proven the proof that there is all the same, on other nodes; absent: none */
function greedily(
  problem: Problem,
  solver: LinearSolver,
  reason: string,
  proven?: (nodes: readonly PlacedNodes[]) => Placement,
): Placement {
  const answer = fallback(problem, `the solver gave no usable answer (${reason})`, { solver });
  if (!proven || answer.status !== 'placed') return answer;
  const { method, conflict } = answer;
  return cheaperOf(answer, { ...proven(answer.nodes), method, conflict });
}

/** Replicas of each group in each location, as the fractions of patterns add up. */
function replicasByLocation(model: ColumnModel, primal: Float64Array): Float64Array {
  const { instance } = model;
  const width = instance.locations.length;
  const out = new Float64Array(instance.groups.length * width);
  model.patterns.forEach((pattern, p) => {
    const count = primal[model.columnOf(p)] ?? 0;
    if (count <= 0) return;
    const l = instance.locationOf[pattern.candidate] ?? 0;
    pattern.filling.forEach((n, g) => (out[g * width + l] = (out[g * width + l] ?? 0) + n * count));
  });
  return out;
}

function missingByGroup(model: ColumnModel, primal: Float64Array): Map<string, number> {
  const missing = new Map<string, number>();
  model.master.auxiliary.forEach((a, i) => {
    const name = a.kind === 'missing' ? model.instance.groups[a.of]?.name : undefined;
    const n = Math.ceil((primal[i] ?? 0) - 1e-6);
    if (name !== undefined && n > 0) missing.set(name, Math.max(missing.get(name) ?? 0, n));
  });
  return missing;
}
