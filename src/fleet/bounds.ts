import type { DeclaredPool, Fleet } from './fleet.ts';

/** Nodes that a pool may have. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

type Named = Pick<DeclaredPool, 'provider' | 'region' | 'name'>;

/** A declared pool's bounds narrow those that its cloud keeps, and never widen them. */
export function boundsOf({ pools }: Pick<Fleet, 'pools'>, pool: Named, own: Bounds): Bounds {
  const stated = pools.find((p) => p.provider === pool.provider && p.region === pool.region && p.name === pool.name);
  if (!stated) return own;
  const max = Math.min(own.max, stated.max);
  return { min: Math.min(max, Math.max(own.min, stated.min)), max };
}

/**
 * Why a pool may not get a size, in words; undefined = it may. A pool that is outside already, since somebody has
 * narrowed its bounds, may come nearer to them step by step, and go no further.
 *
 * @param from its size now
 */
export function outOfBounds(pool: Pick<Named, 'name'>, from: number, size: number, bounds: Bounds): string | undefined {
  const { min, max } = bounds;
  const outside = (size > max && size > from) || (size < min && size < from);
  return Number.isSafeInteger(size) && size >= 0 && !outside
    ? undefined
    : `${pool.name} may have ${min} ${max === Infinity ? 'nodes or more' : `to ${max} nodes`}, not ${size}`;
}
