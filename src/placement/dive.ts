import type { ColumnModel, Pattern } from './columns.ts';
import { ROUNDED_BY } from './limit.ts';
import { evened } from './symmetry.ts';

/** Whole nodes: how many of each pattern, and what no node was found for. */
export interface Whole {
  readonly nodes: readonly { readonly pattern: Pattern; readonly count: number }[];
  /** replicas that could not be placed, per group */
  readonly missing: Float64Array;
}

const NEARLY = 1e-6;
const ROUNDS = 400;
/** Rounds in which columns for the shrinking rest are looked for. */
const PRICED_ROUNDS = 12;
/** Fractions above this are rounded up together; where there are none, the largest eighth. */
const SURE = 0.75;

/**
 * From fractions to whole nodes: what is whole already is fixed, some of the rest is rounded up, and the linear
 * problem, which still holds every rule, is solved again for what is left. A rounding that leaves no answer, or
 * leaves out more replicas, is taken back and forbidden.
 */
export function dive(model: ColumnModel, fractional: Float64Array): Whole {
  const floor = new Map<number, number>();
  const forbidden = new Set<number>();
  let primal = fractional;
  let missing = totalMissing(model, primal);
  let cautious = false;
  for (let round = 0; round < ROUNDS; round++) {
    const loose = fixWhole(model, primal, floor, forbidden);
    if (loose.length === 0) return whole(model, primal);
    // no time left: every fraction up, which covers everything and may cost more
    if (model.limit.expired?.(ROUNDED_BY))
      return whole(
        model,
        primal.map((x) => Math.ceil(x - NEARLY)),
      );
    const sure = cautious ? [] : loose.filter((x) => x.part >= SURE);
    const batch = sure.length > 0 ? sure : loose.slice(0, cautious ? 1 : Math.ceil(loose.length / 8));
    for (const { p, value } of batch) model.bound(p, Math.ceil(value - NEARLY), Infinity);
    const answer = solveWithFreshColumns(model, round < PRICED_ROUNDS);
    if (answer && totalMissing(model, answer) <= missing + NEARLY) {
      for (const { p, value } of batch) floor.set(p, Math.ceil(value - NEARLY));
      primal = answer;
      missing = totalMissing(model, primal);
      cautious = false;
      continue;
    }
    for (const { p } of batch) model.bound(p, floor.get(p) ?? 0, Infinity);
    cautious = true;
    const [only] = batch;
    if (batch.length > 1 || !only) continue;
    forbidden.add(only.p);
    model.bound(only.p, floor.get(only.p) ?? 0, floor.get(only.p) ?? 0);
    const without = solveWithFreshColumns(model, true);
    if (!without) return whole(model, primal);
    primal = without;
    missing = Math.max(missing, totalMissing(model, primal));
  }
  return whole(model, primal);
}

function solveWithFreshColumns(model: ColumnModel, pricing: boolean): Float64Array | undefined {
  const answer = model.solve();
  if (answer.status !== 'optimal') return undefined;
  if (!pricing || model.add(model.price(evened(model.master.rows, answer.dual), 'plain').fresh) === 0)
    return answer.primal;
  const again = model.solve();
  return again.status === 'optimal' ? again.primal : undefined;
}

/** Fixes every whole part as a lower bound; answers the fractions that remain, the largest first. */
function fixWhole(
  model: ColumnModel,
  primal: Float64Array,
  floor: Map<number, number>,
  forbidden: Set<number>,
): { p: number; value: number; part: number }[] {
  const loose: { p: number; value: number; part: number }[] = [];
  model.patterns.forEach((_, p) => {
    const value = primal[model.columnOf(p)] ?? 0;
    const down = Math.floor(value + NEARLY);
    if (down > (floor.get(p) ?? 0)) {
      floor.set(p, down);
      model.bound(p, down, forbidden.has(p) ? down : Infinity);
    }
    if (value - down > NEARLY && !forbidden.has(p)) loose.push({ p, value, part: value - down });
  });
  return loose.toSorted((a, b) => b.part - a.part || a.p - b.p);
}

function totalMissing(model: ColumnModel, primal: Float64Array): number {
  let sum = 0;
  model.master.auxiliary.forEach((a, i) => {
    if (a.kind === 'missing') sum += primal[i] ?? 0;
  });
  return sum;
}

function whole(model: ColumnModel, primal: Float64Array): Whole {
  const nodes = model.patterns.flatMap((pattern, p) => {
    const count = Math.floor((primal[model.columnOf(p)] ?? 0) + NEARLY);
    return count > 0 ? [{ pattern, count }] : [];
  });
  const missing = new Float64Array(model.instance.groups.length);
  model.instance.groups.forEach((group, g) => {
    let placed = 0;
    for (const { pattern, count } of nodes) placed += count * (pattern.filling[g] ?? 0);
    missing[g] = Math.max(0, group.replicas - placed);
  });
  return { nodes, missing };
}
