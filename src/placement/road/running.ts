import type { Placement } from '../placement.ts';
import type { Problem } from '../problem.ts';
import { add, seatsOf, type Seats, type Terrain } from './terrain.ts';

/** One node that runs, or is to run. */
export interface Seated {
  /** -1 for an offering the problem does not have: what runs there can leave, and nothing can be added */
  readonly offering: number;
  readonly id: string;
  readonly seats: Seats;
}

/** Every node of the placement on its own. */
export const wantedNodes = (terrain: Terrain, { nodes }: Pick<Placement, 'nodes'>): readonly Seated[] =>
  nodes.flatMap(({ offering, count, replicas }) => {
    const o = terrain.offeringOf.get(offering);
    if (o === undefined) throw new RangeError(`the placement names ${offering}, which its problem does not have`);
    return Array.from({ length: count }, () => ({ offering: o, id: offering, seats: seatsOf(terrain, replicas) }));
  });

/**
 * Every running node on its own, with what it holds.
 *
 * Where the problem does not say what nodes hold, each group is taken to have as many replicas as the placement wants,
 * and those not seen elsewhere to stand on the nodes in question: first as the placement wants nodes of the offering
 * filled, then, largest replicas first, on the first node with room. What finds none is taken not to run.
 */
export function runningNodes(
  terrain: Terrain,
  running: Problem['running'],
  wanted: readonly Seated[],
): { readonly nodes: readonly Seated[]; readonly assumed: number } {
  const nodes: Seated[] = [];
  const unknown: Seated[] = [];
  for (const { offering, count, replicas } of running) {
    for (let i = 0; i < count; i++) {
      const node = {
        offering: terrain.offeringOf.get(offering) ?? -1,
        id: offering,
        seats: seatsOf(terrain, replicas ?? {}),
      };
      nodes.push(node);
      if (!replicas) unknown.push(node);
    }
  }
  if (unknown.length > 0) seatUnknown(terrain, nodes, unknown, wanted);
  return { nodes, assumed: unknown.length };
}

function seatUnknown(
  terrain: Terrain,
  nodes: readonly Seated[],
  unknown: readonly Seated[],
  wanted: readonly Seated[],
): void {
  const left = totals(wanted);
  const hidden = new Set(unknown);
  const known = nodes.filter((node) => !hidden.has(node));
  for (const [g, n] of totals(known)) left.set(g, Math.max(0, (left.get(g) ?? 0) - n));
  const put = (node: Seated, g: number, n: number): void => {
    if (n <= 0) return;
    add(node.seats, g, n);
    left.set(g, (left.get(g) ?? 0) - n);
  };

  const fillings = withoutTwins(wanted, known);
  for (const node of unknown) {
    for (const [g, n] of fillings.get(node.offering)?.shift()?.seats ?? []) put(node, g, Math.min(n, left.get(g) ?? 0));
  }
  for (const g of terrain.largestFirst) {
    for (const node of unknown) {
      if ((left.get(g) ?? 0) === 0) break;
      if (!terrain.permits(g, node.offering)) continue;
      put(node, g, Math.min(left.get(g) ?? 0, terrain.room(g, node.offering, node.seats)));
    }
  }
}

/** The wanted nodes of each offering, without those that a known node is already. */
function withoutTwins(wanted: readonly Seated[], known: readonly Seated[]): Map<number, Seated[]> {
  const twins = new Map<string, number>();
  const nameOf = (node: Seated): string => `${node.offering}:${keyOf(node.seats)}`;
  for (const node of known) twins.set(nameOf(node), (twins.get(nameOf(node)) ?? 0) + 1);
  const open = new Map<number, Seated[]>();
  for (const node of wanted) {
    const same = twins.get(nameOf(node)) ?? 0;
    const listed = open.get(node.offering);
    if (same > 0) twins.set(nameOf(node), same - 1);
    else if (listed) listed.push(node);
    else open.set(node.offering, [node]);
  }
  return open;
}

export function totals(nodes: readonly Pick<Seated, 'seats'>[]): Seats {
  const sum: Seats = new Map();
  for (const { seats } of nodes) for (const [g, n] of seats) add(sum, g, n);
  return sum;
}

/** The same for nodes that hold the same. */
export const keyOf = (seats: ReadonlyMap<number, number>): string => [...seats].toSorted(([a], [b]) => a - b).join(' ');
