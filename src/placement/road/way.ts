import type { Stand, Yard } from './yard.ts';

/** Whether one more node may open, after an empty one is closed where that is what it takes. */
export function makeWay(yard: Yard, offering: number): boolean {
  if (yard.mayOpen(offering)) return true;
  const soldOut = yard.soldOut(offering);
  const empty = yard.nodes.filter((node) => isEmpty(node) && (!soldOut || node.offering === offering));
  const [node] = dearestFirst(yard, empty);
  if (!node) return false;
  yard.do({ kind: 'close', from: node, group: -1, replicas: 0 });
  return yard.mayOpen(offering);
}

/** It leaves, and nothing is on it any more. */
export const isEmpty = (node: Stand): boolean => node.state === 'open' && !node.stays && node.have.size === 0;

/** Ties by id. */
export function dearestFirst(yard: Yard, nodes: readonly Stand[]): readonly Stand[] {
  const price = ({ offering }: Stand): number => yard.terrain.offerings[offering]?.usdPerHour ?? Number.MAX_VALUE;
  return nodes.toSorted((a, b) => price(b) - price(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
