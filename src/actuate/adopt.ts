import type { DeleteOrder, ObservedPool, OpenOrder, PoolList, PoolRef, SizeOrder } from '../ports.ts';

/** An order whose answer was lost. */
export type LostOrder =
  | { readonly kind: 'size'; readonly order: SizeOrder }
  | { readonly kind: 'delete'; readonly order: DeleteOrder }
  | { readonly kind: 'open'; readonly order: OpenOrder };

/**
 * What became of it, and so what to do.
 *
 * `done`: it took effect, or what it wanted is so anyway; nothing is to be sent. `send`: it did not, or in part; this
 * may be sent. `plan`: the pool is not as it was and not as was wanted; it is left alone and planned for anew. `wait`:
 * the reading does not tell yet; nothing is sent and nothing shrinks until one does.
 */
export type Adopted =
  | { readonly next: 'done'; readonly pool: ObservedPool; readonly because: string }
  | { readonly next: 'send'; readonly again: LostOrder; readonly because: string }
  | { readonly next: 'plan' | 'wait'; readonly because: string };

/**
 * Whether an order took effect whose answer never came: the connection broke, the process was killed. Told from what
 * is there, read afresh after the order was sent, and never from what was meant: to send a launch again on a hunch is
 * how machines are bought twice.
 *
 * @param list its provider's pools, read after it was sent
 * @param before the pool as it was read before; absent = not known any more
 */
export function adopted(lost: LostOrder, list: PoolList, before?: ObservedPool): Adopted {
  if (list.doubts.length > 0) return { next: 'wait', because: `the reading is in doubt: ${list.doubts[0]}` };
  switch (lost.kind) {
    case 'size':
      return adoptedSize(lost.order, list, before);
    case 'delete':
      return adoptedDeletion(lost.order, list, before);
    case 'open':
      return adoptedPool(lost.order, list);
    default:
      return lost satisfies never;
  }
}

/** Absolute: a pool that has the size has it, whoever set it, and setting it twice is harmless. */
function adoptedSize(order: SizeOrder, list: PoolList, before: ObservedPool | undefined): Adopted {
  const { size, expectedVersion } = order;
  const pool = poolOf(order.pool, list);
  if (!pool) return notSeen(order.pool, list);
  const { name, target } = pool;
  if (target === size) return { next: 'done', pool, because: `${name} asks for ${size}, as ordered` };
  return unchanged(pool, before, expectedVersion)
    ? { next: 'send', again: { kind: 'size', order }, because: `${name} still asks for ${target}` }
    : { next: 'plan', because: `${name} asks for ${target}, neither what it did nor ${size}${byWhom(pool)}` };
}

/**
 * Relative, though it names instances: the pool gets smaller by as many. What counts is by how much its target fell;
 * the instances themselves go on being listed for a while.
 */
function adoptedDeletion(order: DeleteOrder, list: PoolList, before: ObservedPool | undefined): Adopted {
  const { opId, instances } = order;
  const pool = poolOf(order.pool, list);
  if (!pool) return notSeen(order.pool, list);
  const { name, target } = pool;
  const states = new Map(pool.live?.instances.map(({ id, state }) => [id, state]));
  const left = instances.filter((id) => (states.get(id) ?? 'ending') !== 'ending');
  const all = instances.length;
  if (left.length === 0) return { next: 'done', pool, because: `all ${all} are gone from ${name} or going` };
  if (!before)
    return {
      next: 'plan',
      because: `${left.length} of ${all} are still in ${name}, and what it was before is not known`,
    };
  const fell = before.target - target;
  if (fell === all) return { next: 'done', pool, because: `${name} asks for ${all} fewer, as ordered` };
  if (fell < 0 || fell > all)
    return { next: 'plan', because: `${name} asks for ${target}, before it was ${before.target}${byWhom(pool)}` };
  if (fell !== all - left.length)
    return { next: 'wait', because: `${name} asks for ${fell} fewer, but ${all - left.length} are gone` };
  // another set of instances is another order: under the same name a cloud would answer with the first one's outcome
  const rest = fell === 0 ? order : { ...order, opId: `${opId}-${left.length}of${all}`, instances: left };
  return {
    next: 'send',
    again: { kind: 'delete', order: rest },
    because: `${left.length} of ${all} are still in ${name}`,
  };
}

/** A pool's name is the order's own, so one that is there under it is the one that was to be opened. */
function adoptedPool(order: OpenOrder, list: PoolList): Adopted {
  const { name, region, zone, type, purchase } = order;
  const pool = list.pools.find((p) => p.name === name && p.region === region);
  if (pool) {
    return pool.zone === zone && pool.type === type && pool.purchase === purchase
      ? { next: 'done', pool, because: `${name} is open` }
      : { next: 'plan', because: `${name} is open as ${pool.type} ${pool.purchase} in ${pool.zone}${byWhom(pool)}` };
  }
  const half = passedOverIn(list, name);
  // it may be on its way, and listed before it can be read
  if (half !== undefined) return { next: 'wait', because: `${name} is there, but ${half}` };
  return { next: 'send', again: { kind: 'open', order }, because: `there is no ${name} in ${region}` };
}

function unchanged(pool: ObservedPool, before: ObservedPool | undefined, expectedVersion: string | undefined): boolean {
  const version = pool.live?.version;
  if (version !== undefined && expectedVersion !== undefined) return version === expectedVersion;
  return before !== undefined && pool.target === before.target;
}

function notSeen(ref: PoolRef, list: PoolList): Adopted {
  const reason = passedOverIn(list, ref.name);
  return {
    next: 'plan',
    because: reason === undefined ? `${ref.name} is not there any more` : `${ref.name}: ${reason}`,
  };
}

const poolOf = (ref: PoolRef, list: PoolList): ObservedPool | undefined =>
  list.pools.find((p) => p.live?.id === ref.id);

const passedOverIn = ({ passedOver }: PoolList, name: string): string | undefined =>
  passedOver.find((pool) => pool.name === name)?.reason;

function byWhom({ live }: ObservedPool): string {
  const who = live?.changedBy;
  return who?.who === 'other' ? `, changed by ${who.name ?? 'somebody else'}` : '';
}
