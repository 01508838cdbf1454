import type { PlacedNodes } from '../../src/placement/placement.ts';
import type { Problem } from '../../src/placement/problem.ts';
import type { Move, NodeRef } from '../../src/placement/road/moves.ts';

type Held = Map<string, number>;

/**
 * A cluster that does as it is told and complains: of a node over its room, of a group below what it had or needs, of
 * an offering over its limit, and of an end that is not the placement. Shares no code with what plans the moves. What
 * was wrong from the start is not held against a move that does not make it worse.
 */
export function replay(
  problem: Problem,
  goal: readonly PlacedNodes[],
  moves: readonly Move[],
  surge = Infinity,
): string[] {
  const troubles: string[] = [];
  const nodes = new Map<string, Held>();
  for (const { offering, count, replicas = {} } of problem.running) {
    for (let i = 0; i < count; i++) {
      const number = [...nodes.keys()].filter((key) => key.startsWith(`${offering}#`)).length + 1;
      nodes.set(`${offering}#${number}`, new Map(Object.entries(replicas)));
    }
  }
  const total = (name: string): number => [...nodes.values()].reduce((sum, held) => sum + (held.get(name) ?? 0), 0);
  const floors = new Map(problem.groups.map((g) => [g.name, Math.min(g.replicas, total(g.name))]));
  const most =
    Math.max(
      nodes.size,
      goal.reduce((sum, n) => sum + n.count, 0),
    ) + surge;
  const at = ({ offering, node }: NodeRef): Held => {
    const held = nodes.get(`${offering}#${node}`);
    if (!held) throw new Error(`${offering}#${node} does not run`);
    return held;
  };
  const change = (held: Held, name: string, n: number): void => {
    const after = (held.get(name) ?? 0) + n;
    if (after < 0) troubles.push(`a node has ${after} of ${name}`);
    if (after === 0) held.delete(name);
    else held.set(name, after);
  };

  for (const move of moves) {
    if (move.kind === 'open' || move.kind === 'close') {
      if (move.count !== move.nodes.length) troubles.push(`${move.count} nodes are ${move.nodes.length}`);
      for (const n of move.nodes) {
        const key = `${move.offering}#${n}`;
        if (move.kind === 'open') {
          if (nodes.has(key)) troubles.push(`${key} runs already`);
          nodes.set(key, new Map());
        } else {
          if ((nodes.get(key)?.size ?? 1) > 0) troubles.push(`${key} closes with replicas on it, or does not run`);
          nodes.delete(key);
        }
      }
      if (move.kind === 'open') {
        const running = [...nodes.keys()].filter((key) => key.startsWith(`${move.offering}#`)).length;
        const limit = problem.offerings.find((o) => o.id === move.offering)?.atMost ?? Infinity;
        if (running > limit) troubles.push(`${running} nodes of ${move.offering}, over ${limit}`);
        if (nodes.size > most) troubles.push(`${nodes.size} nodes at once, over ${most}`);
      }
      continue;
    }
    if (!(move.replicas > 0)) troubles.push(`${move.kind} of ${move.replicas} replicas`);
    // started at the new node before it is stopped at the old one: the room is needed twice
    if (move.kind !== 'stop') {
      change(at(move.to), move.group, move.replicas);
      troubles.push(...overfull(problem, move.to.offering, at(move.to)));
    }
    if (move.kind !== 'start') change(at(move.from), move.group, -move.replicas);
    for (const [name, least] of floors) {
      if (total(name) < least) troubles.push(`${name} is down to ${total(name)}, below ${least}`);
    }
  }

  const end = [...nodes].map(([key, held]) => `${key.split('#')[0]} ${textOf(held)}`).toSorted();
  const wanted = goal
    .flatMap(({ offering, count, replicas }) =>
      Array.from({ length: count }, () => `${offering} ${textOf(new Map(Object.entries(replicas)))}`),
    )
    .toSorted();
  if (JSON.stringify(end) !== JSON.stringify(wanted)) troubles.push(`it ends at ${end.join(', ')}`);
  return troubles;
}

const textOf = (held: Held): string =>
  [...held]
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${name}:${n}`)
    .toSorted()
    .join(' ');

function overfull(problem: Problem, id: string, held: Held): string[] {
  const offering = problem.offerings.find((o) => o.id === id);
  if (!offering) return [`${id} is filled, and no offering`];
  const used = { cpu: 0, memory: 0, pods: 0 };
  const troubles: string[] = [];
  for (const [name, n] of held) {
    const group = problem.groups.find((g) => g.name === name);
    if (!group) return [`${name} is no group`];
    used.cpu += n * group.requests.cpu;
    used.memory += n * group.requests.memory;
    used.pods += n;
    if (n > (group.perNodeAtMost ?? Infinity)) troubles.push(`${n} of ${name} on one node`);
    if (group.allow.provider && !group.allow.provider.includes(offering.provider)) {
      troubles.push(`${name} is not allowed on ${offering.provider}`);
    }
    if (offering.purchase === 'spot' && group.spotAtMost === 0) troubles.push(`${name} is on spot`);
  }
  const { allocatable: have } = offering;
  if (used.cpu > have.cpu + 1e-6) troubles.push(`${used.cpu}m cores on ${id}`);
  if (used.memory > have.memory + 1e-6) troubles.push(`${used.memory} MiB on ${id}`);
  if (used.pods > (have.pods ?? Infinity)) troubles.push(`${used.pods} pods on ${id}`);
  return troubles;
}
