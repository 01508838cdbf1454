import type { Room } from './room.ts';

/**
 * What is worth looking at among things that are open to the same pods: one that costs no less than another and has
 * no more room of any kind falls away. Equals stay in the order given.
 */
export function frontOf<T>(items: readonly T[], priceOf: (item: T) => number, roomOf: (item: T) => Room): readonly T[] {
  const front: T[] = [];
  for (const item of items.toSorted((a, b) => priceOf(a) - priceOf(b))) {
    const room = roomOf(item);
    if (!front.some((f) => atLeast(roomOf(f), room))) front.push(item);
  }
  return front;
}

/** Whether a node with the one room can take whatever a node with the other can. */
export function atLeast(a: Room, b: Room): boolean {
  if (a.pods < b.pods || a.amounts.cpu < b.amounts.cpu || a.amounts.memory < b.amounts.memory) return false;
  if (a.amounts.storage < b.amounts.storage) return false;
  for (const [name, value] of b.amounts.others) if ((a.amounts.others.get(name) ?? 0) < value) return false;
  return true;
}
