import { counted } from '../../figures.ts';
import type { Placement } from '../placement.ts';
import type { Problem } from '../problem.ts';
import type { Preference } from './deliver.ts';
import { matchNodes } from './match.ts';
import type { Move, NodeRef, Road } from './moves.ts';
import { runningNodes, totals, wantedNodes } from './running.ts';
import { schedule } from './schedule.ts';
import { terrainOf, type Terrain } from './terrain.ts';
import { hopeless, noWay } from './why.ts';
import { Yard, type Deed, type Stand } from './yard.ts';

interface RoadLimits {
  /** most nodes at once beyond those that run now or in the end, whichever are more; absent = no limit */
  readonly surge?: number;
}

/**
 * The moves from the nodes that run to those of the placement, in an order in which at every moment
 *
 * - each group keeps the replicas it has, or as many as the placement wants where those are fewer,
 * - no move fills a node beyond what it has room for, or beyond a group's `perNodeAtMost`,
 * - no more nodes of an offering are opened than can be had, and no more nodes run than the surge allows.
 *
 * Rules that span nodes (spot, spread, loss, vendor shares) hold at the end, not on the way.
 *
 * Nodes stay where the placement wants their offering; which becomes which is chosen so that most replicas stay on
 * theirs. The same problem and placement give the same road. Empty when there is nothing to do.
 */
export function roadTo(
  problem: Pick<Problem, 'groups' | 'offerings' | 'running'>,
  placement: Pick<Placement, 'nodes'>,
  { surge = Infinity }: RoadLimits = {},
): Road {
  const start = startOf(problem, placement);
  const why = hopeless(start.terrain, start.stands);
  if (why.length > 0) return { ok: false, why };
  const road = roadWithin(start, surge);
  if (road) return road;
  const free = surge === Infinity ? undefined : roadWithin(start, Infinity);
  if (!free) return { ok: false, why: noWay(furthest(start)) };
  const least = leastSurge(start, surge, free.surge);
  const nodes = counted(least, 'extra node');
  return {
    ok: false,
    why: [`no way was found with a surge of ${surge}; with ${nodes} at once there is one`],
    surge: least,
  };
}

export interface Start {
  readonly terrain: Terrain;
  readonly stands: readonly Stand[];
  /** nodes that run now or in the end, whichever are more */
  readonly size: number;
  readonly assumed: number;
}

/** What runs and what is wanted, node by node, matched. */
export function startOf(
  problem: Pick<Problem, 'groups' | 'offerings' | 'running'>,
  placement: Pick<Placement, 'nodes'>,
): Start {
  const terrain = terrainOf(problem);
  const wanted = wantedNodes(terrain, placement);
  const { nodes: running, assumed } = runningNodes(terrain, problem.running, wanted);
  const match = matchNodes(running, wanted);
  const numbers = new Map<string, number>();
  const stands = running.map(({ offering, id, seats }, i): Stand => {
    const number = (numbers.get(id) ?? 0) + 1;
    numbers.set(id, number);
    const goal = wanted[match.get(i) ?? -1];
    return {
      offering,
      id,
      number,
      state: 'open',
      stays: goal !== undefined,
      have: seats,
      want: goal?.seats ?? new Map(),
    };
  });
  const taken = new Set(match.values());
  const toCome = wanted.flatMap(({ offering, id, seats }, j): Stand[] =>
    taken.has(j) ? [] : [{ offering, id, number: 0, state: 'to come', stays: true, have: new Map(), want: seats }],
  );
  return { terrain, stands: [...stands, ...toCome], size: Math.max(running.length, wanted.length), assumed };
}

/**
 * Growth for the load first, and replicas on nodes that stay before those that leave, since theirs is the room others
 * wait for. Where too few nodes may be open for that, the other orders, which empty nodes sooner.
 */
const PREFERENCES: readonly Preference[] = [
  { startsFirst: true, stayingFirst: true },
  { startsFirst: true, stayingFirst: false },
  { startsFirst: false, stayingFirst: true },
  { startsFirst: false, stayingFirst: false },
];

function roadWithin(start: Start, surge: number): Extract<Road, { ok: true }> | undefined {
  for (const preference of PREFERENCES) {
    const yard = new Yard(start.terrain, start.stands, start.size + surge);
    if (!schedule(yard, preference)) continue;
    const done = yard.deeds;
    return {
      ok: true,
      moves: movesOf(start.terrain, done),
      launches: done.filter(({ kind }) => kind === 'open').length,
      moved: done.reduce((sum, { kind, replicas }) => sum + (kind === 'move' ? replicas : 0), 0),
      surge: Math.max(0, yard.peak - start.size),
      assumed: start.assumed,
    };
  }
  return undefined;
}

/** As far as it goes without a limit on the surge. */
function furthest(start: Start): Yard {
  const yard = new Yard(start.terrain, start.stands, Infinity);
  schedule(yard, PREFERENCES[0] as Preference);
  return yard;
}

/** The smallest surge that works, looked for in ever larger steps and then between the last two. */
function leastSurge(start: Start, tooFew: number, enough: number): number {
  let low = tooFew;
  let high = enough;
  for (let step = 1; low + step < high; step *= 2) {
    if (roadWithin(start, low + step)) high = low + step;
    else low += step;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (roadWithin(start, middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Deeds as moves; those that follow one another and differ only in how many are one. */
function movesOf({ groups }: Terrain, deeds: readonly Deed[]): readonly Move[] {
  const moves: Move[] = [];
  for (const deed of deeds) {
    const move = moveOf(groups[deed.group]?.name ?? '', deed);
    const last = moves.at(-1);
    const one = last && joined(last, move);
    if (one) moves[moves.length - 1] = one;
    else moves.push(move);
  }
  return moves;
}

function moveOf(group: string, { kind, from, to, replicas }: Deed): Move {
  if ((kind === 'open' || kind === 'close') && (to ?? from)) {
    const { id: offering, number } = (to ?? from) as Stand;
    return { kind, offering, count: 1, nodes: [number] };
  }
  if (kind === 'start' && to) return { kind, group, to: refOf(to), replicas };
  if (kind === 'stop' && from) return { kind, group, from: refOf(from), replicas };
  if (kind === 'move' && from && to) return { kind, group, from: refOf(from), to: refOf(to), replicas };
  throw new Error(`a deed of kind ${kind} names no node`);
}

const refOf = ({ id, number }: Stand): NodeRef => ({ offering: id, node: number });

function joined(a: Move, b: Move): Move | undefined {
  if ((a.kind === 'open' || a.kind === 'close') && a.kind === b.kind && a.offering === b.offering) {
    return { ...a, count: a.count + b.count, nodes: [...a.nodes, ...b.nodes] };
  }
  if (a.kind === 'move' && b.kind === 'move' && a.group === b.group && same(a.from, b.from) && same(a.to, b.to)) {
    return { ...a, replicas: a.replicas + b.replicas };
  }
  return undefined;
}

const same = (a: NodeRef, b: NodeRef): boolean => a.offering === b.offering && a.node === b.node;

/** Replicas that have to move at the least, and nodes that have to start: nothing set down twice, no node lent. */
export function leastChange({ terrain, stands }: Start): { readonly launches: number; readonly moved: number } {
  const have = totals(stands.map(({ have: seats }) => ({ seats })));
  const want = totals(stands.map(({ want: seats }) => ({ seats: new Map(seats) })));
  let moved = 0;
  terrain.groups.forEach((_, g) => {
    const stay = stands.reduce((sum, node) => sum + Math.min(node.have.get(g) ?? 0, node.want.get(g) ?? 0), 0);
    moved += Math.min(have.get(g) ?? 0, want.get(g) ?? 0) - stay;
  });
  return { launches: stands.filter(({ state }) => state === 'to come').length, moved };
}
