import type { Market } from './market.ts';

/** Sums of requests in binary fractions may miss a whole number by this much. */
const TOLERANCE = 1e-9;
/** More than any problem asks for; a count of something that nothing limits. */
const UNLIMITED = 2 ** 30;

/** No resources: the start of an empty node. */
export const nothing = (market: Market): Float64Array => new Float64Array(market.resources);

/**
 * Replicas of g that fit beside what is used, on a node with the capacity in row `c` of `capacity`; `u` is where the
 * used amounts start. None where what is used does not fit itself. The limit per node is the caller's to keep.
 */
export function roomFor(
  market: Market,
  g: number,
  capacity: Float64Array,
  c: number,
  used: Float64Array,
  u: number,
): number {
  const { need, resources } = market;
  let most = UNLIMITED;
  for (let r = 0; r < resources; r++) {
    const each = need[g * resources + r] as number;
    const free = (capacity[c * resources + r] as number) - (used[u + r] as number);
    if (each <= 0) {
      if (free < -TOLERANCE * (1 + (used[u + r] as number))) return 0;
      continue;
    }
    const fits = free / each + TOLERANCE;
    if (fits < 1) return 0;
    if (fits < most) most = fits;
  }
  return Math.floor(most);
}

/** The same for the node of a set that holds the most. */
export function mostRoomFor(market: Market, g: number, set: number, used: Float64Array, u: number): number {
  const front = market.sets.front(set);
  let most = 0;
  for (let c = 0; c * market.resources < front.length; c++) {
    const room = roomFor(market, g, front, c, used, u);
    if (room > most) most = room;
  }
  return most;
}

/** Whether a node of offering o holds what is used. */
export function holds(market: Market, o: number, used: Float64Array, u: number): boolean {
  const { capacity, resources } = market;
  for (let r = 0; r < resources; r++) {
    const have = capacity[o * resources + r] as number;
    if ((used[u + r] as number) > have * (1 + TOLERANCE) + TOLERANCE) return false;
  }
  return true;
}
