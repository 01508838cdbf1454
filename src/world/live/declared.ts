import type { ProviderName } from '../../catalog/offering.ts';
import { named } from '../../figures.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { ObservedPool, PoolList } from '../../ports.ts';
import { isAt } from './doubts.ts';

/**
 * A live listing under what the fleet file declares: a declared pool's bounds narrow those of its cloud, and one that
 * was not found is a doubt, because a wrong account or a missing tag looks just like a pool that is gone.
 */
export function declared(listing: PoolList, fleet: Pick<Fleet, 'pools'>, provider: ProviderName): PoolList {
  const own = new Map(fleet.pools.filter((pool) => pool.provider === provider).map((pool) => [keyOf(pool), pool]));
  const found = new Set(listing.pools.map(keyOf));
  // one that is there and cannot be steered has not gone
  const there = (pool: Pick<ObservedPool, 'name' | 'region'>): boolean =>
    listing.passedOver.some(({ name, place }) => name === pool.name && isAt(place, pool.region));
  const missing = [...own].filter(([key, pool]) => !found.has(key) && !there(pool)).map(([, pool]) => pool.name);
  return {
    ...listing,
    pools: listing.pools.map((pool) => {
      const bounds = own.get(keyOf(pool));
      if (!bounds) return pool;
      const max = Math.min(pool.max, bounds.max);
      return { ...pool, min: Math.min(max, Math.max(pool.min, bounds.min)), max };
    }),
    doubts: missing.length === 0 ? listing.doubts : [...listing.doubts, notFound(missing)],
  };
}

const keyOf = (pool: Pick<ObservedPool, 'provider' | 'region' | 'name'>): string =>
  `${pool.provider}/${pool.region}/${pool.name}`;

const notFound = (names: readonly string[]): string =>
  `${named(names)} of the fleet file ${names.length === 1 ? 'was' : 'were'} not found there: ` +
  'check the account and the tag, or take the entry out';
