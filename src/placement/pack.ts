import type { LinearSolver } from '../ports.ts';
import { branch, NODES } from './branch.ts';
import { ColumnModel, type Objective, type Pattern } from './columns.ts';
import { converge, prove } from './converge.ts';
import { dive, type Whole } from './dive.ts';
import { dot } from './dual.ts';
import { fullestFillings } from './improve-fullest.ts';
import { type Instance, instanceOf } from './instance.ts';
import { RELAXED_BY } from './limit.ts';
import { masterOf } from './master.ts';
import type { Candidate, Problem } from './problem.ts';

/** Nodes of the search tree for one location of few nodes: what more would find, the improvement after it finds sooner. */
const SEARCH_NODES = 60;
/** With more groups the linear program at every node of the search takes too long to look at many. */
const GROUPS = 60;
/** Pricing rounds for what is left of one location: of few nodes, and of many, for which the columns are known by then. */
const ROUNDS = 30;
const ROUNDS_FOR_MANY = 8;
/** Known columns that cost more than they are worth by over this share of their node's price are left behind. */
const BEYOND = 0.01;
const NONE = 1e-6;
/** No node is cheaper than this share of its price, whatever the rules give for it: else an endless number would be. */
const LEAST = 1e-3;

export interface Packed {
  readonly nodes: Whole['nodes'];
  /** replicas that found no node in their location, at [g × locations + l] */
  readonly short: ReadonlyMap<number, number>;
}

/**
 * Whole nodes for whole quotas. The whole parts of the relaxation's columns stay; what is left of each location is a
 * small packing problem of its own, solved again at prices that carry the shadow prices of every rule on nodes.
 *
 * @param primal value of each pattern of `model`
 * @param dual row duals of `model` at `primal`
 * @param objective what a node costs, and what keeping one that runs takes off
 */
export function pack(
  problem: Problem,
  model: ColumnModel,
  primal: Float64Array,
  dual: Float64Array,
  objective: Objective,
  quotas: Int32Array,
  solver: LinearSolver,
): Packed {
  const { instance } = model;
  const prices = pricesAt(model, objective, dual);
  const nodes: { pattern: Whole['nodes'][number]['pattern']; count: number }[] = [];
  const short = new Map<number, number>();
  // where contracts or running nodes make the same node cost now this and now that, the fractions know best
  const plain =
    instance.locations.length === 1 && problem.rules.commitments.length === 0 && problem.running.length === 0;
  const worthwhile = worthwhileAt(model, dual, prices);
  for (let l = 0; l < instance.locations.length; l++) {
    // few nodes are looked for all at once, of many only what is left of the fractions
    const few = plain && nodesAt(model, primal, l) <= NODES;
    const kept = few ? [] : wholeParts(model, primal, l);
    nodes.push(...kept);
    const rest = restOf(instance, l, quotas, kept);
    if (rest.every((n) => n === 0)) continue;
    const more = packRest(problem, model, l, worthwhile[l] ?? [], rest, kept, prices, solver, few);
    nodes.push(...more.nodes);
    more.missing.forEach((n, g) => n > 0 && short.set(g * instance.locations.length + l, n));
  }
  return { nodes: trimmed(instance, quotas, nodes), short };
}

/** What one more node of each candidate costs at the shadow prices of the rules. */
interface Prices {
  readonly fresh: Float64Array;
  /** while it is one of those that run */
  readonly running: Float64Array;
}

function pricesAt(model: ColumnModel, { nodePrice, keptCredit }: Objective, dual: Float64Array): Prices {
  const { rows, nodeTerms } = model.master;
  // what a running node saves is counted node by node below, not by its row; how many can be had is a limit there too,
  // and priced as well it would make a cheap offering as dear as what comes after it
  const counted = (row: number): boolean => /^(?:kept|available)\//.test(rows[row]?.name ?? '');
  const ruled = nodeTerms.map((terms) => terms.filter(({ row }) => !counted(row)));
  const fresh = nodePrice.map((p, o) => Math.max(p - dot(ruled[o] ?? [], dual), LEAST * p));
  const running = fresh.map((p, o) => Math.max(p - (keptCredit[o] ?? 0), LEAST * (nodePrice[o] ?? 0)));
  return { fresh, running };
}

/** The columns of each location that all but pay for themselves at the duals. */
function worthwhileAt(model: ColumnModel, dual: Float64Array, prices: Prices): Pattern[][] {
  const { instance, master, patterns } = model;
  const width = instance.locations.length;
  const worth = Float64Array.from(master.replicaTerms, (terms) => dot(terms, dual));
  const at: Pattern[][] = instance.locations.map(() => []);
  for (const pattern of patterns) {
    const l = instance.locationOf[pattern.candidate] ?? 0;
    const price = Math.min(prices.fresh[pattern.candidate] ?? 0, prices.running[pattern.candidate] ?? 0);
    const value = pattern.filling.reduce((sum, n, g) => (n === 0 ? sum : sum + n * (worth[g * width + l] ?? 0)), 0);
    if (price - value <= BEYOND * price) at[l]?.push(pattern);
  }
  return at;
}

function nodesAt(model: ColumnModel, primal: Float64Array, l: number): number {
  let nodes = 0;
  model.patterns.forEach((pattern, p) => {
    if (model.instance.locationOf[pattern.candidate] === l) nodes += primal[model.columnOf(p)] ?? 0;
  });
  return nodes;
}

function wholeParts(model: ColumnModel, primal: Float64Array, l: number): Whole['nodes'][number][] {
  const { instance } = model;
  return model.patterns.flatMap((pattern, p) => {
    if (instance.locationOf[pattern.candidate] !== l) return [];
    const count = Math.floor((primal[model.columnOf(p)] ?? 0) + NONE);
    return count > 0 ? [{ pattern, count }] : [];
  });
}

function restOf(instance: Instance, l: number, quotas: Int32Array, kept: Whole['nodes']): Int32Array {
  return Int32Array.from(instance.groups, (_, g) => {
    let there = 0;
    for (const { pattern, count } of kept) there += count * (pattern.filling[g] ?? 0);
    return Math.max(0, (quotas[g * instance.locations.length + l] ?? 0) - there);
  });
}

function packRest(
  problem: Problem,
  { instance, limit }: ColumnModel,
  l: number,
  known: readonly Pattern[],
  rest: Int32Array,
  kept: Whole['nodes'],
  prices: Prices,
  solver: LinearSolver,
  few: boolean,
): Whole {
  const offers = offersAt(instance, l, kept, prices);
  const candidates = offers.map((offer) => offer.candidate);
  const wanted = instance.groups.flatMap((group, g) => ((rest[g] ?? 0) > 0 ? [{ group, g }] : []));
  const small: Problem = {
    ...problem,
    groups: wanted.map(({ group, g }) => ({
      name: group.name,
      replicas: rest[g] ?? 0,
      requests: group.requests,
      allow: group.allow,
      ...(group.perNodeAtMost === undefined ? {} : { perNodeAtMost: group.perNodeAtMost }),
    })),
    offerings: candidates,
    rules: { vendorShareAtMost: new Map(), commitments: [], discounts: [], flows: [], resourceRates: new Map() },
    running: [],
  };
  const inside = instanceOf(small, candidates);
  const master = masterOf(small, inside, () => 1);
  const nodePrice = Float64Array.from(offers, (offer) => offer.price);
  const model = new ColumnModel(
    inside,
    master,
    solver,
    { nodePrice, keptCredit: new Float64Array(offers.length) },
    limit,
  );
  try {
    model.add(fullestFillings(inside));
    model.add(
      knownIn(
        known,
        inside,
        offers.map((offer) => offer.o),
        wanted.map((w) => w.g),
      ),
    );
    const first = converge(model, few ? ROUNDS : ROUNDS_FOR_MANY);
    // of few nodes each counts: what a close look finds is worth its time
    if (few && first.status === 'optimal') prove(model);
    const answer = few && first.status === 'optimal' ? model.solve() : first;
    const whole: Whole =
      answer.status === 'optimal'
        ? best(model, [
            few && wanted.length <= GROUPS && !limit.brief && !limit.expired?.(RELAXED_BY)
              ? branch(model, solver, answer.dual, SEARCH_NODES)
              : undefined,
            dive(model, answer.primal),
          ])
        : { nodes: [], missing: Float64Array.from(inside.groups, (x) => x.replicas) };
    return widened(
      whole,
      offers.map((offer) => offer.o),
      wanted.map((w) => w.g),
      instance.groups.length,
    );
  } finally {
    model.close();
  }
}

/** Fillings of the whole problem's columns as far as they are of what is left. */
function knownIn(
  patterns: readonly Pattern[],
  inside: Instance,
  candidates: readonly number[],
  groups: readonly number[],
): Pattern[] {
  const offers = new Map<number, number[]>();
  candidates.forEach((o, i) => offers.set(o, [...(offers.get(o) ?? []), i]));
  return patterns.flatMap(({ candidate, filling }) => {
    const alike = offers.get(candidate);
    if (!alike) return [];
    const part = Int32Array.from(groups, (g, i) => Math.min(filling[g] ?? 0, inside.groups[i]?.replicas ?? 0));
    return part.some((n) => n > 0) ? alike.map((i) => ({ candidate: i, filling: part })) : [];
  });
}

/** The cheapest of those that place most. */
function best(model: ColumnModel, answers: readonly (Whole | undefined)[]): Whole {
  const priced = answers
    .filter((a) => a !== undefined)
    .map((whole) => ({
      whole,
      missing: whole.missing.reduce((sum, n) => sum + n, 0),
      cost: whole.nodes.reduce((sum, n) => sum + n.count * model.nodePriceOf(n.pattern.candidate), 0),
    }))
    .toSorted((a, b) => a.missing - b.missing || a.cost - b.cost);
  return priced[0]?.whole ?? { nodes: [], missing: new Float64Array(model.instance.groups.length) };
}

/** The candidates of a location with what is left of their limits: one that runs is there twice, at either price. */
function offersAt(
  instance: Instance,
  l: number,
  kept: Whole['nodes'],
  prices: Prices,
): { readonly o: number; readonly candidate: Candidate; readonly price: number }[] {
  return instance.candidates.flatMap((c, o) => {
    if (instance.locationOf[o] !== l) return [];
    let used = 0;
    for (const k of kept) if (k.pattern.candidate === o) used += k.count;
    const standing = Math.max(0, Math.min((instance.running[o] ?? 0) - used, (c.atMost ?? Infinity) - used));
    const { atMost, atLeast, ...rest } = c;
    const fresh = {
      ...rest,
      ...(atMost !== undefined && { atMost: atMost - used - standing }),
      ...(atLeast !== undefined && { atLeast: Math.max(0, atLeast - used - standing) }),
    };
    const stays = {
      ...rest,
      atMost: standing,
      ...(atLeast !== undefined && { atLeast: Math.max(0, Math.min(standing, atLeast - used)) }),
    };
    const one = { o, candidate: fresh, price: prices.fresh[o] ?? 0 };
    return standing > 0 ? [{ o, candidate: stays, price: prices.running[o] ?? 0 }, one] : [one];
  });
}

/** From the small problem's numbering back to the whole one's. */
function widened(whole: Whole, candidates: readonly number[], groups: readonly number[], width: number): Whole {
  const nodes = whole.nodes.map(({ pattern, count }) => {
    const filling = new Int32Array(width);
    pattern.filling.forEach((n, i) => (filling[groups[i] ?? 0] = n));
    return { pattern: { candidate: candidates[pattern.candidate] ?? 0, filling }, count };
  });
  const missing = new Float64Array(width);
  whole.missing.forEach((n, i) => (missing[groups[i] ?? 0] = n));
  return { nodes, missing };
}

/** Replicas beyond their quota in a location out of the nodes there, a node split off from its like where it must be. */
function trimmed(instance: Instance, quotas: Int32Array, nodes: Whole['nodes']): Whole['nodes'] {
  const width = instance.locations.length;
  const spare = new Int32Array(quotas.length);
  for (const { pattern, count } of nodes) {
    const l = instance.locationOf[pattern.candidate] ?? 0;
    pattern.filling.forEach((n, g) => (spare[g * width + l] = (spare[g * width + l] ?? 0) + n * count));
  }
  spare.forEach((n, i) => (spare[i] = n - (quotas[i] ?? 0)));
  const out: { pattern: Whole['nodes'][number]['pattern']; count: number }[] = [];
  // those packed last are the loosest: they give first
  for (const { pattern, count } of nodes.toReversed()) {
    const l = instance.locationOf[pattern.candidate] ?? 0;
    let left = count;
    while (left > 0) {
      const filling = pattern.filling.slice();
      let changed = false;
      filling.forEach((n, g) => {
        const less = Math.min(n, Math.max(0, spare[g * width + l] ?? 0));
        if (less === 0) return;
        spare[g * width + l] = (spare[g * width + l] ?? 0) - less;
        filling[g] = n - less;
        changed = true;
      });
      if (!changed) break;
      out.push({ pattern: { candidate: pattern.candidate, filling }, count: 1 });
      left--;
    }
    if (left > 0) out.push({ pattern, count: left });
  }
  return out;
}
