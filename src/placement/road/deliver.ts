import { sizeOf, spare, waits, type Stand, type Yard } from './yard.ts';

/** What goes first where there is a choice. */
export interface Preference {
  /** replicas that nobody runs yet, before those that move */
  readonly startsFirst: boolean;
  /** replicas on nodes that stay, before those on nodes that leave */
  readonly stayingFirst: boolean;
}

/** For each group the nodes to take replicas from, in their order. May name nodes that have none to give any more. */
export interface Sources {
  readonly holders: readonly Stand[][];
  /** how many at the head of each have none left */
  readonly done: number[];
}

/** Nodes that leave stand in the order of how few replicas they hold: so the first is soon empty. */
export function sourcesOf(yard: Yard, { stayingFirst }: Preference): Sources {
  const open = yard.nodes.filter((node) => node.state === 'open');
  const leaving = open.filter((node) => !node.stays).toSorted((a, b) => sizeOf(a) - sizeOf(b));
  const staying = open.filter((node) => node.stays);
  const holders: Stand[][] = yard.terrain.groups.map(() => []);
  for (const node of stayingFirst ? [...staying, ...leaving] : [...leaving, ...staying]) {
    for (const g of node.have.keys()) if (spare(node, g) > 0) holders[g]?.push(node);
  }
  return { holders, done: holders.map(() => 0) };
}

/** A replica was set down where it is not to stay, so it can be taken from there. */
export const offer = ({ holders }: Sources, g: number, node: Stand): void => void holders[g]?.push(node);

/** Replicas that nobody needs any more: their room may be what others wait for. */
export function stopSpare(yard: Yard, { holders }: Sources): void {
  for (const [g, nodes] of holders.entries()) {
    for (const from of nodes) {
      const replicas = Math.min(spare(from, g), yard.toStop[g] as number);
      if (replicas > 0) yard.do({ kind: 'stop', from, group: g, replicas });
    }
  }
}

/** Fills every place that waits for a replica and has room for it now. */
export function deliver(yard: Yard, sources: Sources, preference: Preference): void {
  let waiting = yard.nodes.filter((node) => node.state === 'open' && waits(node));
  for (let again = true; again;) {
    again = false;
    for (const node of waiting) if (deliverTo(yard, sources, preference, node)) again = true;
    if (again) waiting = waiting.filter(waits);
  }
}

export function deliverTo(yard: Yard, sources: Sources, { startsFirst }: Preference, node: Stand): boolean {
  let some = false;
  for (const [g, wanted] of node.want) {
    const missing = wanted - (node.have.get(g) ?? 0);
    const most = missing > 0 ? Math.min(missing, yard.room(node, g)) : 0;
    if (most === 0) continue;
    let left = most;
    if (startsFirst) left -= start(yard, node, g, left);
    left -= pull(yard, sources, node, g, left);
    left -= start(yard, node, g, left);
    some ||= left < most;
  }
  return some;
}

function start(yard: Yard, to: Stand, g: number, most: number): number {
  const replicas = Math.min(most, yard.toStart[g] as number);
  if (replicas > 0) yard.do({ kind: 'start', to, group: g, replicas });
  return replicas;
}

function pull(yard: Yard, { holders, done }: Sources, to: Stand, g: number, most: number): number {
  const nodes = holders[g] ?? [];
  let left = most;
  for (let i = done[g] ?? 0; i < nodes.length && left > 0; i++) {
    const from = nodes[i] as Stand;
    const replicas = from.state === 'open' ? Math.min(left, spare(from, g)) : 0;
    if (replicas > 0) yard.do({ kind: 'move', from, to, group: g, replicas });
    left -= Math.max(0, replicas);
    if (i === done[g] && spare(from, g) <= 0) done[g] = i + 1;
  }
  return most - left;
}
