import type { ColumnModel } from './columns.ts';
import { type Bound, scaledBound, signedDuals } from './dual.ts';

/** The bound of a model's duals, with nodes priced as exactly as can be. */
export function boundOf(model: ColumnModel, nodePrice: Float64Array, dual: Float64Array): Bound {
  const signed = signedDuals(model.master, dual);
  return scaledBound(model.master, nodePrice, signed, model.price(signed, true));
}
