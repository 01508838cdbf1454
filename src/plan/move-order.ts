import { drainsOf, loadOf, slice, startsOf, type PacedPool } from './fillings.ts';
import { byText, firstOf } from './order.ts';
import type { Usable } from './usable.ts';

/**
 * Indices of the pools that grow, in the order of their steps: first what has the fewest offerings to choose from,
 * because nothing else can help it when its own is refused; then the most nodes; ties fall to the name.
 */
export function growthOrder(pools: readonly PacedPool[], usable: (group: string) => Usable): readonly number[] {
  const growing = pools.flatMap((pool, i) => (startsOf(pool) > 0 ? [{ i, pool, fewest: fewest(pool, usable) }] : []));
  return growing
    .toSorted((a, b) =>
      firstOf(a.fewest - b.fewest, startsOf(b.pool) - startsOf(a.pool), byText(a.pool.name, b.pool.name)),
    )
    .map(({ i }) => i);
}

/** Indices of the pools that shrink: the dearest node first; ties fall to the name. */
export const drainOrder = (pools: readonly PacedPool[]): readonly number[] =>
  pools
    .flatMap((pool, i) => (drainsOf(pool) > 0 ? [{ i, pool }] : []))
    .toSorted((a, b) => firstOf(b.pool.usdPerHour - a.pool.usdPerHour, byText(a.pool.name, b.pool.name)))
    .map(({ i }) => i);

const MANY = Number.MAX_SAFE_INTEGER;

function fewest(pool: PacedPool, usable: (group: string) => Usable): number {
  const groups = [...loadOf(slice(pool.fillings, pool.from, pool.goal)).keys()];
  return Math.min(MANY, ...groups.map((group) => usable(group).choices));
}
