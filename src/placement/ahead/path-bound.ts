import { dot } from '../dual.ts';
import type { Pricing } from '../pricing.ts';
import type { Cell } from './cells.ts';

/** How the nodes of one candidate may come and go. */
export interface Ways {
  /** stretch from which nodes ordered now serve */
  readonly opens: number;
  readonly running: number;
  /** nodes that begin to serve with each stretch, ordered before */
  readonly arriving: readonly number[];
  readonly launchUsd: number;
  readonly leaveUsd: number;
}

/**
 * The least that all stretches can cost together, by duals of each stretch's rows.
 *
 * With the duals given, a node is worth in a stretch what its best filling and its own terms are worth there, and
 * nothing ties the nodes of one candidate to those of another. A path of counts is a sum of single nodes, each of which
 * serves one run of stretches: new ones are launched, today's can only be left, once. So the duals are scaled down
 * until no run of a new node is worth more than its launch and its price over that run (after Farley, 1990), and
 * today's nodes, of which there are so many and no more, enter with the best run that is open to them.
 *
 * @param duals of each cell's rows, of the sign that the rows allow, in USD over the cell's hours
 * @param priced what nodes of each cell carry at these duals
 */
export function pathBound(
  cells: readonly Cell[],
  duals: readonly Float64Array[],
  priced: readonly Pricing[],
  ways: readonly Ways[],
): number {
  const cost = ways.map((_, o) => cells.map((cell) => priceIn(cell, o)));
  const worth = ways.map((_, o) =>
    cells.map((cell, at) => {
      const c = cell.narrow[o] ?? -1;
      return c < 0 ? 0 : (priced[at]?.worth[c] ?? 0) + dot(cell.master.nodeTerms[c] ?? [], duals[at] ?? NONE);
    }),
  );
  let scale = 1;
  ways.forEach((way, o) => (scale = Math.min(scale, scaleOf(way, cost[o] ?? [], worth[o] ?? []))));
  let usd = 0;
  cells.forEach((cell, at) => (usd += rowsWorth(cell, duals[at] ?? NONE, scale)));
  ways.forEach((way, o) => (usd += standing(way, cost[o] ?? [], worth[o] ?? [], scale)));
  // no more nodes are of use than there are replicas
  for (const { instance } of cells) usd -= HAIR * instance.groups.reduce((sum, g) => sum + g.replicas, 0);
  return usd;
}

const NONE = new Float64Array(0);
/** USD that a run may be worth more than it costs before duals are scaled: rounding of figures that cancel out. */
const HAIR = 1e-10;

/** What a node costs over the whole stretch; without end where it can't serve. */
function priceIn(cell: Cell, o: number): number {
  const c = cell.narrow[o] ?? -1;
  return c < 0 ? Infinity : cell.hours * (cell.master.nodeCost[c] ?? 0);
}

/** The largest scale at which no run of a new node pays for more than itself. */
function scaleOf({ opens, launchUsd }: Ways, cost: readonly number[], worth: readonly number[]): number {
  let scale = 1;
  for (let from = opens; from < cost.length; from++) {
    let paid = launchUsd;
    let carried = 0;
    for (let to = from; to < cost.length; to++) {
      paid += cost[to] ?? 0;
      carried += worth[to] ?? 0;
      if (paid === Infinity) break;
      if (carried * scale > paid + HAIR) scale = paid / carried;
    }
  }
  return scale;
}

function rowsWorth({ master, hours }: Cell, dual: Float64Array, scale: number): number {
  const scaled = dual.map((y) => y * scale);
  let usd = 0;
  master.rows.forEach((row, i) => {
    const y = scaled[i] ?? 0;
    if (y > 0) usd += y * row.lower;
    else if (y < 0) usd += y * row.upper;
  });
  for (const column of master.auxiliary) {
    // the bound is on nodes that serve the whole need
    if (column.kind === 'missing') continue;
    const reduced = hours * column.cost - dot(column.entries, scaled);
    if (reduced < 0) usd += reduced * column.upper;
  }
  return usd;
}

/** What today's nodes and those on their way bring at best: each is left at once, or at the end of some stretch. */
function standing(way: Ways, cost: readonly number[], worth: readonly number[], scale: number): number {
  const best = (from: number, leaveUsd: number): number => {
    let sum = 0;
    let least = leaveUsd;
    for (let to = from; to < cost.length; to++) {
      sum += (cost[to] ?? 0) - scale * (worth[to] ?? 0);
      if (sum === Infinity) break;
      least = Math.min(least, sum + (to === cost.length - 1 ? 0 : leaveUsd));
    }
    return least;
  };
  let usd = way.running > 0 ? way.running * best(0, way.leaveUsd) : 0;
  way.arriving.forEach((n, at) => (usd += n > 0 ? n * best(at, 0) : 0));
  return usd;
}
