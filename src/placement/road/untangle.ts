import { deliverTo, offer, type Preference, type Sources } from './deliver.ts';
import { isEmpty, makeWay } from './way.ts';
import { sizeOf, spare, waits, type Stand, type Yard } from './yard.ts';

/** Empties the node that leaves and holds the fewest replicas into whatever room there is, and closes it. */
export function clearOne(yard: Yard, sources: Sources): boolean {
  const leaving = yard.nodes
    .filter((node) => node.state === 'open' && !node.stays)
    .toSorted((a, b) => sizeOf(a) - sizeOf(b));
  const roomElsewhere = roomFinder(yard);
  for (const node of leaving) {
    if (![...node.have.keys()].every((g) => roomElsewhere(g, node))) continue;
    const mark = yard.deeds.length;
    if ([...node.have].every(([g, n]) => setDown(yard, sources, node, g, n, false) === n)) {
      yard.do({ kind: 'close', from: node, group: -1, replicas: 0 });
      return true;
    }
    yard.undoTo(mark);
  }
  return false;
}

/**
 * Finds a node that waits for a replica and has no room for it, and sets down elsewhere what is in the way: of one
 * group alone where that is enough, the fewest replicas first; else of all that are not to stay, the largest first.
 *
 * @param mayLend whether a node may be opened for it, to be closed in the end
 */
export function untangle(yard: Yard, sources: Sources, preference: Preference, mayLend: boolean): boolean {
  const roomElsewhere = roomFinder(yard);
  const lends = mayLend && lendable(yard).length > 0;
  const mayGo = (g: number, node: Stand): boolean => lends || roomElsewhere(g, node);
  for (const node of yard.nodes.filter((n) => n.state === 'open' && waits(n))) {
    if (!allSpare(yard, node).some(([g]) => mayGo(g, node))) continue;
    for (const [g, wanted] of node.want) {
      if ((node.have.get(g) ?? 0) >= wanted) continue;
      const mark = yard.deeds.length;
      for (const evict of [...aloneEnough(yard, node, g), allSpare(yard, node)]) {
        if (makeRoom(yard, sources, node, g, evict, mayLend) && deliverTo(yard, sources, preference, node)) return true;
        yard.undoTo(mark);
      }
    }
  }
  return false;
}

/**
 * Whether a group has room anywhere but on the node, as the yard is now. Two nodes with room answer that for all, so
 * thousands that are full are not looked through for each of thousands that would be emptied.
 */
function roomFinder(yard: Yard): (g: number, except: Stand) => boolean {
  const known = new Map<number, readonly Stand[]>();
  return (g, except) => {
    let found = known.get(g);
    if (!found) known.set(g, (found = firstWithRoom(yard, g, 2)));
    return found.some((node) => node !== except);
  };
}

function firstWithRoom(yard: Yard, g: number, most: number): readonly Stand[] {
  const found: Stand[] = [];
  for (const node of yard.nodes) {
    if (yard.room(node, g) > 0 && yard.terrain.permits(g, node.offering)) found.push(node);
    if (found.length === most) break;
  }
  return found;
}

/** Group → replicas that may have to go. */
type Evicted = readonly (readonly [group: number, replicas: number])[];

const allSpare = (yard: Yard, node: Stand): Evicted =>
  yard.terrain.largestFirst.filter((g) => spare(node, g) > 0).map((g) => [g, spare(node, g)]);

function aloneEnough(yard: Yard, node: Stand, waiting: number): readonly Evicted[] {
  const ways = allSpare(yard, node).flatMap(([g, most]) => {
    const on = new Map(node.have);
    for (let n = 1; n <= most; n++) {
      on.set(g, (node.have.get(g) ?? 0) - n);
      if (yard.terrain.room(waiting, node.offering, on) > 0) return [[g, n] as const];
    }
    return [];
  });
  return ways.toSorted(([, a], [, b]) => a - b).map((way) => [way]);
}

function makeRoom(
  yard: Yard,
  sources: Sources,
  node: Stand,
  waiting: number,
  evicted: Evicted,
  mayLend: boolean,
): boolean {
  for (const [g, n] of evicted) {
    for (let i = 0; i < n && yard.room(node, waiting) === 0; i++) {
      if (setDown(yard, sources, node, g, 1, mayLend) === 0) break;
    }
  }
  return yard.room(node, waiting) > 0;
}

/**
 * Moves replicas to where there is room, though they are not to stay there: to nodes that have all they are to hold,
 * then to others that leave, then to those that wait for replicas themselves.
 *
 * @returns how many found a place
 */
function setDown(yard: Yard, sources: Sources, from: Stand, g: number, replicas: number, mayLend: boolean): number {
  let left = replicas;
  const put = (to: Stand): void => {
    const n = Math.min(left, yard.room(to, g));
    if (n <= 0) return;
    yard.do({ kind: 'move', from, to, group: g, replicas: n });
    offer(sources, g, to);
    left -= n;
  };
  const open = yard.nodes.filter((to) => to !== from && to.state === 'open' && yard.terrain.permits(g, to.offering));
  for (const rank of [0, 1, 2]) {
    for (const to of open) {
      if (left === 0) return replicas;
      if (rankOf(to) === rank) put(to);
    }
  }
  if (mayLend) {
    for (let lent = lendFor(yard, g, left); lent; lent = lendFor(yard, g, left)) put(lent);
  }
  return replicas - left;
}

const rankOf = (node: Stand): number => (node.stays ? (waits(node) ? 2 : 0) : 1);

/** Opens one node of what holds the replicas for the least $/h; ties by id. */
function lendFor(yard: Yard, g: number, replicas: number): Stand | undefined {
  if (replicas === 0) return undefined;
  const { offerings, permits, room } = yard.terrain;
  const choices = lendable(yard).flatMap((o) => {
    const each = permits(g, o) ? room(g, o, new Map()) : 0;
    const { id = '', usdPerHour = 0 } = offerings[o] ?? {};
    return each > 0 ? [{ o, id, usd: Math.ceil(replicas / each) * usdPerHour }] : [];
  });
  const [choice] = choices.toSorted((a, b) => a.usd - b.usd || (a.id < b.id ? -1 : 1));
  return choice && makeWay(yard, choice.o) ? yard.lend(choice.o) : undefined;
}

/** Offerings of which one more node may open, after an empty one is closed where need be. */
function lendable(yard: Yard): readonly number[] {
  const empty = yard.nodes.filter(isEmpty);
  if (yard.open >= yard.most && empty.length === 0) return [];
  const left = new Set(empty.map(({ offering }) => offering));
  return [...yard.terrain.offerings.keys()].filter((o) => !yard.soldOut(o) || left.has(o));
}
