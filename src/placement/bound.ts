import { type ColumnModel, dot } from './columns.ts';
import type { Master } from './master.ts';

/** A lower bound and the duals that prove it, one per row of the master problem. */
export interface Bound {
  readonly usdPerHour: number;
  readonly dual: Float64Array;
}

/**
 * A bound that holds whatever the solver did: the duals are put right in sign, scaled down until no filling of any
 * node is worth more than its price (Farley, 1990), and the bound is added up here in our own arithmetic.
 *
 * By weak duality, for any such duals y: cost ≥ Σ rows y·b + Σ auxiliary columns min(0, c − a·y)·upper.
 *
 * @param nodePrice what a node is billed, per candidate
 */
export function boundOf(model: ColumnModel, nodePrice: Float64Array, dual: Float64Array): Bound {
  const { master } = model;
  const signed = signedDuals(master, dual);
  const { worth, nodeWorth } = model.price(signed, true);
  let scale = 1;
  for (let o = 0; o < nodePrice.length; o++) {
    const carried = (worth[o] ?? 0) + (nodeWorth[o] ?? 0);
    if (carried * scale > (nodePrice[o] ?? 0)) scale = (nodePrice[o] ?? 0) / carried;
  }
  const scaled = signed.map((y) => y * scale);
  let total = 0;
  master.rows.forEach((row, i) => {
    const y = scaled[i] ?? 0;
    if (y > 0) total += y * row.lower;
    else if (y < 0) total += y * row.upper;
  });
  for (const column of master.auxiliary) {
    const reduced = (column.kind === 'kept' ? 0 : column.cost) - dot(column.entries, scaled);
    if (reduced < 0) total += reduced * column.upper;
  }
  return { usdPerHour: Math.max(0, total), dual: scaled };
}

/** A row that is only bounded below has a dual ≥ 0, one only bounded above a dual ≤ 0. */
function signedDuals(master: Master, dual: Float64Array): Float64Array {
  return dual.map((y, i) => {
    const row = master.rows[i];
    if (!row || (y > 0 && row.lower === -Infinity) || (y < 0 && row.upper === Infinity)) return 0;
    return y;
  });
}
