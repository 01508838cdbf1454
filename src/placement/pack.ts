import type { LinearSolver } from '../ports.ts';
import { ColumnModel } from './columns.ts';
import { dive, type Whole } from './dive.ts';
import { dot } from './dual.ts';
import { type Instance, instanceOf } from './instance.ts';
import { masterOf } from './master.ts';
import type { Problem } from './problem.ts';

/** Pricing rounds for what is left of one location. */
const ROUNDS = 30;
const NONE = 1e-6;
/** Locations with so few whole nodes are also packed anew: there one node less is a large share. */
const FEW = 12;

/**
 * Whole nodes for whole quotas. The whole parts of the relaxation's columns stay; what is left of each location is a
 * small packing problem of its own, solved again at prices that carry the shadow prices of every rule on nodes.
 *
 * @param primal value of each pattern of `model`
 * @param dual row duals of `model` at `primal`
 * @param nodePrice what a node costs in the objective, per candidate
 */
export function pack(
  problem: Problem,
  model: ColumnModel,
  primal: Float64Array,
  dual: Float64Array,
  nodePrice: Float64Array,
  quotas: Int32Array,
  solver: LinearSolver,
): Whole {
  const { instance } = model;
  const nodeWorth = Float64Array.from(model.master.nodeTerms, (terms) => dot(terms, dual));
  const price = nodePrice.map((p, o) => Math.max(p - (nodeWorth[o] ?? 0), 0.001 * p));
  const nodes: { pattern: Whole['nodes'][number]['pattern']; count: number }[] = [];
  const missing = new Float64Array(instance.groups.length);
  let complete = true;
  for (let l = 0; l < instance.locations.length; l++) {
    const kept = wholeParts(model, primal, l);
    const more = packLocation(problem, instance, l, quotas, kept, price, solver);
    nodes.push(...more.nodes);
    more.missing.forEach((n, g) => (missing[g] = (missing[g] ?? 0) + n));
    complete &&= more.complete;
  }
  return { nodes: trimmed(instance, quotas, nodes), missing, complete };
}

/** With the relaxation's whole nodes kept; where those are few, also from nothing, and the cheaper of the two. */
function packLocation(
  problem: Problem,
  instance: Instance,
  l: number,
  quotas: Int32Array,
  kept: Whole['nodes'],
  price: Float64Array,
  solver: LinearSolver,
): Whole {
  const around = (fixed: Whole['nodes']): Whole => {
    const rest = restOf(instance, l, quotas, fixed);
    const more: Whole = rest.some((n) => n > 0)
      ? packRest(problem, instance, l, rest, fixed, price, solver)
      : { nodes: [], missing: new Float64Array(instance.groups.length), complete: true };
    return { ...more, nodes: [...fixed, ...more.nodes] };
  };
  const first = around(kept);
  const size = kept.reduce((sum, n) => sum + n.count, 0);
  if (size === 0 || size > FEW) return first;
  const anew = around([]);
  const cost = (w: Whole): number => w.nodes.reduce((sum, n) => sum + n.count * (price[n.pattern.candidate] ?? 0), 0);
  return anew.complete && anew.missing.every((n) => n === 0) && cost(anew) < cost(first) - NONE ? anew : first;
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
  instance: Instance,
  l: number,
  rest: Int32Array,
  kept: Whole['nodes'],
  price: Float64Array,
  solver: LinearSolver,
): Whole {
  const here = instance.candidates.flatMap((_, o) => (instance.locationOf[o] === l ? [o] : []));
  const candidates = here.flatMap((o) => {
    const c = instance.candidates[o];
    if (!c) return [];
    let used = 0;
    for (const k of kept) if (k.pattern.candidate === o) used += k.count;
    return [
      {
        ...c,
        ...(c.atMost === undefined ? {} : { atMost: c.atMost - used }),
        ...(c.atLeast === undefined ? {} : { atLeast: Math.max(0, c.atLeast - used) }),
      },
    ];
  });
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
  const nodePrice = Float64Array.from(here, (o) => price[o] ?? 0);
  const model = new ColumnModel(inside, master, solver, { nodePrice, keptCredit: new Float64Array(here.length) });
  try {
    const answer = model.converge(ROUNDS, 2);
    const whole: Whole =
      answer.status === 'optimal'
        ? dive(model, answer.primal)
        : { nodes: [], missing: Float64Array.from(inside.groups, (x) => x.replicas), complete: false };
    return widened(
      whole,
      here,
      wanted.map((w) => w.g),
      instance.groups.length,
    );
  } finally {
    model.close();
  }
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
  return { nodes, missing, complete: whole.complete };
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
