import type { Filled } from './greedy-nodes.ts';
import type { Supply } from './greedy-quotas.ts';
import type { Instance } from './instance.ts';

/** Nodes with no replica of a group; those that stand empty then are gone, unless some of their kind must stay. */
export function withoutGroup({ candidates }: Instance, nodes: readonly Filled[], g: number): readonly Filled[] {
  return nodes.flatMap((node) => {
    if ((node.filling[g] ?? 0) === 0) return [node];
    const filling = node.filling.slice();
    filling[g] = 0;
    const stays = filling.some((n) => n > 0) || (candidates[node.candidate]?.atLeast ?? 0) > 0;
    return stays ? [{ ...node, filling }] : [];
  });
}

/**
 * What each location has room for besides what is on its nodes. Room on nodes that are there costs nothing: a location
 * is as much cheaper as it has of it.
 */
export function roomFor(instance: Instance, nodes: readonly Filled[], g: number, replicas: number): Supply {
  const { candidates, locations, locationOf, fits } = instance;
  const free = new Float64Array(locations.length);
  const left = Float64Array.from(candidates, (c) => c.atMost ?? Infinity);
  for (const node of nodes) {
    const l = locationOf[node.candidate] ?? 0;
    free[l] = (free[l] ?? 0) + node.count * freeOn(instance, node, g);
    left[node.candidate] = (left[node.candidate] ?? 0) - node.count;
  }
  const price = new Float64Array(locations.length).fill(Infinity);
  const room = free.slice();
  candidates.forEach(({ usdPerHour }, o) => {
    const each = fits[g * candidates.length + o] ?? 0;
    const count = left[o] ?? 0;
    if (each <= 0 || count <= 0) return;
    const l = locationOf[o] ?? 0;
    price[l] = Math.min(price[l] ?? Infinity, usdPerHour / each);
    room[l] = (room[l] ?? 0) + each * count;
  });
  const paid = (l: number): number => 1 - Math.min(1, (free[l] ?? 0) / replicas);
  return { price: price.map((usd, l) => (paid(l) === 0 ? 0 : usd === Infinity ? 0 : usd * paid(l))), room };
}

/** So many replicas of a group in each location, on nodes that have room for them; `short` is what they have none for. */
export function withAdded(
  instance: Instance,
  nodes: readonly Filled[],
  g: number,
  at: ArrayLike<number>,
): { readonly nodes: readonly Filled[]; readonly short: Float64Array } {
  const short = Float64Array.from(at);
  const filled = nodes.flatMap((node): readonly Filled[] => {
    const l = instance.locationOf[node.candidate] ?? 0;
    const wanted = short[l] ?? 0;
    const each = wanted > 0 ? freeOn(instance, node, g) : 0;
    if (each <= 0) return [node];
    const full = Math.min(node.count, Math.floor(wanted / each));
    const last = full < node.count ? Math.min(each, wanted - full * each) : 0;
    short[l] = wanted - full * each - last;
    return [
      { count: full, more: each },
      { count: last > 0 ? 1 : 0, more: last },
      { count: node.count - full - (last > 0 ? 1 : 0), more: 0 },
    ].flatMap(({ count, more }) => {
      if (count === 0) return [];
      const filling = node.filling.slice();
      filling[g] = (filling[g] ?? 0) + more;
      return [{ ...node, count, filling }];
    });
  });
  return { nodes: filled, short };
}

/** Replicas of a group that one more node of this filling has room for. */
export function freeOn(instance: Instance, { candidate, filling }: Filled, g: number): number {
  const { candidates, resources, need, capacity, fits } = instance;
  let most = (fits[g * candidates.length + candidate] ?? 0) - (filling[g] ?? 0);
  for (let r = 0; r < resources && most > 0; r++) {
    const each = need[g * resources + r] ?? 0;
    if (each <= 0) continue;
    let free = capacity[candidate * resources + r] ?? 0;
    filling.forEach((n, other) => (free -= n * (need[other * resources + r] ?? 0)));
    most = Math.min(most, Math.floor(free / each + 1e-9));
  }
  return Math.max(0, most);
}
