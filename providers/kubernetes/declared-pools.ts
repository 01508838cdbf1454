import type { Fleet } from '../../src/fleet/fleet.ts';
import type { ObservedPool, PoolList } from '../../src/ports.ts';
import type { BareNode } from './objects.ts';

type Declared = Fleet['pools'][number];

/** Labels by which a declared pool's nodes are told from another's of the same type and zone. */
const POOL_LABEL = 'godwit.io/pool';

/** Nobody there can be asked for another size, so the pools are told with the nodes they have and passed over. */
export function withoutClusterApi(declared: readonly Declared[], nodes: readonly BareNode[], why: string): PoolList {
  const alike = (a: Declared, b: Declared) => a.type === b.type && a.zone === b.zone;
  const pools: ObservedPool[] = [];
  const doubts: string[] = [];
  for (const pool of declared) {
    const labelled = nodes.filter((node) => node.labels.get(POOL_LABEL) === pool.name);
    const alone = declared.filter((other) => alike(other, pool)).length === 1;
    const own =
      labelled.length > 0 || !alone
        ? labelled
        : nodes.filter((node) => node.type === pool.type && node.zone === pool.zone && !node.labels.has(POOL_LABEL));
    if (own.length === 0 && pool.nodes > 0) {
      doubts.push(`no node of ${pool.name} is listed, and the fleet file declares ${pool.nodes}`);
    }
    pools.push(asDeclared(pool, own.length, own.filter((node) => node.ready).length));
  }
  const passedOver = declared.map(({ name, region }) => ({
    name,
    place: `kubernetes/${region}`,
    reason: `${why}, so its size is read and cannot be set`,
  }));
  return { pools, passedOver, doubts };
}

function asDeclared(pool: Declared, all: number, ready: number): ObservedPool {
  const { name, provider, region, zone, type, purchase, min, max } = pool;
  return { name, provider, region, zone, type, purchase, target: all, ready, min, max, source: 'declared' };
}
