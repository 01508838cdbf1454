import type { Offering } from '../catalog/offering.ts';
import type { PoolTemplate } from '../fleet/fleet.ts';
import type { ObservedPool } from '../ports.ts';
import { poolName } from './name.ts';
import { byText } from './order.ts';

/** A pool and the size that a placement wants for it. */
export interface PoolSize {
  readonly pool: string;
  readonly min: number;
  readonly max: number;
  readonly from: number;
  readonly goal: number;
  readonly template?: string;
}

/**
 * Shares the wanted nodes of one offering among its pools; opens further ones from the first template where those are
 * full.
 *
 * Running nodes stay where they are: a pool changes only by what the offering as a whole gains or loses. To keep the
 * steps few, growth goes to the pool with the most room first and shrinking to the one with the most nodes above its
 * minimum first; ties fall to the name. A pool under its minimum is brought up to it before anything else.
 *
 * @throws Error when neither pools nor templates can hold what the placement wants: it was asked for what cannot be
 *   reached, which is our own mistake
 */
export function poolSizes(
  offering: Offering,
  wanted: number,
  own: readonly ObservedPool[],
  templates: readonly PoolTemplate[],
  taken: Set<string>,
): readonly PoolSize[] {
  const sizes = own
    .map((pool) => ({ ...startOf(pool), goal: offering.available ? Math.max(pool.target, pool.min) : pool.target }))
    .toSorted((a, b) => byText(a.pool, b.pool));
  let missing = wanted - sizes.reduce((total, size) => total + size.goal, 0);

  const roomOf = (size: PoolSize): number => Math.max(0, size.max - size.goal);
  for (const size of sizes.toSorted((a, b) => roomOf(b) - roomOf(a))) {
    const more = Math.min(Math.max(0, missing), roomOf(size));
    size.goal += more;
    missing -= more;
  }
  const spareOf = (size: PoolSize): number => Math.max(0, size.goal - size.min);
  for (const size of sizes.toSorted((a, b) => spareOf(b) - spareOf(a))) {
    const less = Math.min(Math.max(0, -missing), spareOf(size));
    size.goal -= less;
    missing += less;
  }
  return missing > 0 ? [...sizes, ...opened(offering, missing, templates, taken)] : sizes;
}

const startOf = (pool: ObservedPool): PoolSize => ({
  pool: pool.name,
  min: pool.min,
  max: pool.max,
  from: pool.target,
  goal: pool.target,
});

function opened(offering: Offering, nodes: number, templates: readonly PoolTemplate[], taken: Set<string>): PoolSize[] {
  const template = templates.find(({ max }) => max > 0);
  if (!template) {
    throw new Error(`the placement wants ${nodes} more nodes of ${offering.id} than its pools and templates can hold`);
  }
  const sizes: PoolSize[] = [];
  for (let left = nodes; left > 0;) {
    const goal = Math.min(left, template.max);
    const pool = poolName(template.name, offering, taken);
    taken.add(pool);
    sizes.push({ pool, min: 0, max: template.max, from: 0, goal, template: template.name });
    left -= goal;
  }
  return sizes;
}
