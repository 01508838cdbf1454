import { deliver, sourcesOf, stopSpare, type Preference } from './deliver.ts';
import { clearOne, untangle } from './untangle.ts';
import { dearestFirst, makeWay } from './way.ts';
import { sizeOf, waits, type Stand, type Yard } from './yard.ts';

/**
 * Carries out the whole change on the yard, deed by deed. Every deed leaves each group with the replicas it is to
 * have, as far as it has them, and every node and offering within its limits.
 *
 * Over and over: what has room at its own place goes there; then the nodes to come are opened, as many as may be; when
 * nothing can go or open, a node that leaves is emptied into whatever room there is, or what is in the way of another
 * replica is set down elsewhere, if need be on a node that is lent for it. Each round fills a place for good, opens a
 * wanted node or closes an unwanted one, so it ends.
 *
 * Nodes that leave are closed when others need their place, or in the end: until then they are room to turn round in.
 *
 * @returns false when nothing more can be done and not all is done: the yard is then as far as it got
 */
export function schedule(yard: Yard, preference: Preference): boolean {
  const sources = sourcesOf(yard, preference);
  stopSpare(yard, sources);
  for (;;) {
    deliver(yard, sources, preference);
    const toCome = yard.nodes.filter((node) => node.state === 'to come');
    if (toCome.length === 0 && !yard.nodes.some(waits)) break;
    const gotOn =
      openNext(yard, toCome) ||
      (toCome.length > 0 && clearOne(yard, sources)) ||
      untangle(yard, sources, preference, false) ||
      untangle(yard, sources, preference, true) ||
      clearOne(yard, sources);
    if (!gotOn) return false;
  }
  const leaving = yard.nodes.filter((node) => node.state === 'open' && !node.stays);
  for (const node of dearestFirst(yard, leaving)) yard.do({ kind: 'close', from: node, group: -1, replicas: 0 });
  return true;
}

/** Opens as many of the nodes to come as may be, those first that take over the most from the node that leaves next. */
function openNext(yard: Yard, toCome: readonly Stand[]): boolean {
  const left = new Set(toCome);
  let opened = false;
  while (left.size > 0) {
    const next = yard.open + left.size <= yard.most ? first(left) : bestFor(nextToLeave(yard), left);
    if (!next || !makeWay(yard, next.offering)) break;
    yard.do({ kind: 'open', to: next, group: -1, replicas: 0 });
    left.delete(next);
    opened = true;
  }
  return opened;
}

const first = (nodes: ReadonlySet<Stand>): Stand | undefined => nodes.values().next().value;

function nextToLeave(yard: Yard): Stand | undefined {
  let best: Stand | undefined;
  for (const node of yard.nodes) {
    if (node.state !== 'open' || node.stays || node.have.size === 0) continue;
    if (!best || sizeOf(node) < sizeOf(best)) best = node;
  }
  return best;
}

function bestFor(leaving: Stand | undefined, toCome: ReadonlySet<Stand>): Stand | undefined {
  let best: Stand | undefined;
  let most = -1;
  for (const node of toCome) {
    let takes = 0;
    for (const [g, n] of leaving?.have ?? []) takes += Math.min(n, node.want.get(g) ?? 0);
    if (takes > most) [best, most] = [node, takes];
  }
  return best;
}
