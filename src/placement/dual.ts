import type { Master } from './master.ts';
import type { Entry } from './rows.ts';

/** A lower bound and the duals that prove it, one per row of the master problem. */
export interface Bound {
  readonly usdPerHour: number;
  readonly dual: Float64Array;
}

/** What nodes are worth at some duals, per candidate. */
export interface Worth {
  /** upper bound on what a node can carry */
  readonly worth: Float64Array;
  /** what the node itself puts into the rows */
  readonly nodeWorth: Float64Array;
}

/**
 * The bound that duals prove, whatever solver they come from: scaled down until no filling of any node is worth more
 * than its price (Farley, 1990), and added up in our own arithmetic.
 *
 * By weak duality, for any such duals y: cost ≥ Σ rows y·b + Σ auxiliary columns min(0, c − a·y)·upper.
 *
 * @param nodePrice what a node is billed, per candidate
 * @param signed duals of the sign that their rows allow
 */
export function scaledBound(master: Master, nodePrice: Float64Array, signed: Float64Array, at: Worth): Bound {
  let scale = 1;
  for (let o = 0; o < nodePrice.length; o++) {
    const carried = (at.worth[o] ?? 0) + (at.nodeWorth[o] ?? 0);
    if (carried * scale > (nodePrice[o] ?? 0)) scale = (nodePrice[o] ?? 0) / carried;
  }
  const dual = signed.map((y) => y * scale);
  let total = 0;
  master.rows.forEach((row, i) => {
    const y = dual[i] ?? 0;
    if (y > 0) total += y * row.lower;
    else if (y < 0) total += y * row.upper;
  });
  for (const column of master.auxiliary) {
    const reduced = (column.kind === 'kept' ? 0 : column.cost) - dot(column.entries, dual);
    if (reduced < 0) total += reduced * column.upper;
  }
  return { usdPerHour: Math.max(0, total), dual };
}

/** A row that is only bounded below has a dual ≥ 0, one only bounded above a dual ≤ 0. */
export function signedDuals(master: Master, dual: Float64Array): Float64Array {
  return dual.map((y, i) => {
    const row = master.rows[i];
    if (!row || (y > 0 && row.lower === -Infinity) || (y < 0 && row.upper === Infinity)) return 0;
    return y;
  });
}

export function dot(terms: readonly Entry[], dual: Float64Array): number {
  let sum = 0;
  for (const { row, value } of terms) sum += value * (dual[row] ?? 0);
  return sum;
}
