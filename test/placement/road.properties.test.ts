import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlacedNodes } from '../../src/placement/placement.ts';
import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import { costOfChange } from '../../src/placement/road/cost.ts';
import { roadTo } from '../../src/placement/road/road.ts';
import { group, offering, problem } from './build.ts';
import { replay } from './replay.ts';

const OFFERINGS: readonly Candidate[] = [
  offering(2, 4, 0.08),
  offering(4, 8, 0.15),
  offering(4, 16, 0.19, { provider: 'gcp' }),
  offering(8, 16, 0.1, { purchase: 'spot' }),
];
/** of unlike shapes, each with a rule of its own, so that room for one is not room for another */
const GROUPS: readonly Group[] = [
  group('bound', 0, 1, 1, { allow: { provider: ['aws'] } }),
  group('spread', 0, 0.5, 3, { perNodeAtMost: 2 }),
  group('steady', 0, 1.5, 1, { spotAtMost: 0 }),
  group('light', 0, 0.25, 0.5),
];

/** A cluster of nodes that each hold what fits, in the order in which it is wished for. */
const cluster = fc
  .array(
    fc.record({ o: fc.nat(OFFERINGS.length - 1), wishes: fc.array(fc.nat(GROUPS.length - 1), { maxLength: 9 }) }),
    {
      maxLength: 7,
    },
  )
  .map((list) => list.map(({ o, wishes }): PlacedNodes => filled(OFFERINGS[o] as Candidate, wishes)));

function filled(o: Candidate, wishes: readonly number[]): PlacedNodes {
  const replicas: Record<string, number> = {};
  let [cpu, memory] = [o.allocatable.cpu as number, o.allocatable.memory as number];
  for (const { name, requests, perNodeAtMost = Infinity, allow, spotAtMost } of wishes.map((g) => GROUPS[g] as Group)) {
    if (allow.provider && !allow.provider.includes(o.provider)) continue;
    if (spotAtMost === 0 && o.purchase === 'spot') continue;
    if (requests.cpu > cpu || requests.memory > memory || (replicas[name] ?? 0) >= perNodeAtMost) continue;
    replicas[name] = (replicas[name] ?? 0) + 1;
    cpu -= requests.cpu;
    memory -= requests.memory;
  }
  return { offering: o.id, count: 1, replicas };
}

const totalOf = (nodes: readonly PlacedNodes[], name: string): number =>
  nodes.reduce((sum, n) => sum + n.count * (n.replicas[name] ?? 0), 0);
const nodesOf = (nodes: readonly PlacedNodes[], id: string): number =>
  nodes.reduce((sum, n) => sum + (n.offering === id ? n.count : 0), 0);

/** @param slack how many nodes of each offering can be had beyond what runs or is wanted; absent = any number */
const cases = fc
  .record({ running: cluster, nodes: cluster, need: fc.integer({ min: 0, max: 100 }), slack: fc.option(fc.nat(2)) })
  .map(({ running, nodes, need, slack }) => ({ nodes, problem: problemOf(running, nodes, need / 100, slack) }));

function problemOf(
  running: readonly PlacedNodes[],
  nodes: readonly PlacedNodes[],
  need: number,
  slack: number | null,
): Problem {
  return problem(
    GROUPS.map((g) => ({ ...g, replicas: Math.round(need * totalOf(nodes, g.name)) })),
    OFFERINGS.map((o) =>
      slack === null ? o : { ...o, atMost: Math.max(nodesOf(running, o.id), nodesOf(nodes, o.id)) + slack },
    ),
    {},
    { running },
  );
}

/** Full nodes that are to hold the same replicas shuffled: what does not fit again goes on nodes of its own. */
const shuffles = fc
  .record({
    kinds: fc.array(fc.nat(OFFERINGS.length - 1), { minLength: 2, maxLength: 5 }),
    order: fc.infiniteStream(fc.nat(GROUPS.length - 1)),
    slack: fc.option(fc.nat(1)),
  })
  .map(({ kinds, order, slack }) => {
    const wishes = (): number[] => Array.from({ length: 20 }, () => order.next().value);
    const running = kinds.map((o) => filled(OFFERINGS[o] as Candidate, wishes()));
    let left = new Map(GROUPS.map((g, i) => [i, totalOf(running, g.name)]));
    const nodes: PlacedNodes[] = [];
    while ([...left.values()].some((n) => n > 0)) {
      const o = OFFERINGS[kinds[nodes.length] ?? 1] as Candidate;
      const some = wishes().concat([...left.keys()].flatMap((g) => Array.from({ length: left.get(g) ?? 0 }, () => g)));
      const before = left;
      const there = new Map(before);
      const node = filled(
        o,
        some.filter((g) => take(there, g)),
      );
      left = new Map([...before].map(([g, n]) => [g, n - (node.replicas[GROUPS[g]?.name ?? ''] ?? 0)]));
      nodes.push(node);
    }
    return { nodes, problem: problemOf(running, nodes, 1, slack) };
  });

function take(left: Map<number, number>, g: number): boolean {
  const n = left.get(g) ?? 0;
  left.set(g, n - 1);
  return n > 0;
}

const RUNS = { numRuns: 400, seed: 20_261_123 };
const unlimited = (p: Problem): Problem => ({ ...p, offerings: OFFERINGS });

describe('a road', () => {
  it('leads to the placement, and no move of it breaks a limit or takes from the demand', () => {
    fc.assert(
      fc.property(cases, ({ problem: p, nodes }) => {
        const road = roadTo(p, { nodes });
        if (road.ok) expect(replay(p, nodes, road.moves)).toEqual([]);
        else expect(road.why.length).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  it('sorts full nodes that trade replicas', () => {
    fc.assert(
      fc.property(shuffles, fc.nat(1), ({ problem: p, nodes }, surge) => {
        const free = roadTo(unlimited(p), { nodes });
        expect(free.ok && replay(unlimited(p), nodes, free.moves)).toEqual([]);
        const tight = roadTo(p, { nodes }, { surge });
        if (tight.ok) expect(replay(p, nodes, tight.moves, surge)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('is always found where any number of nodes can be had', () => {
    fc.assert(
      fc.property(cases, ({ problem: p, nodes }) => {
        expect(roadTo(unlimited(p), { nodes })).toMatchObject({ ok: true });
      }),
      RUNS,
    );
  });

  it('keeps to the surge, or says which one works', () => {
    fc.assert(
      fc.property(cases, fc.nat(2), ({ problem: p, nodes }, surge) => {
        const road = roadTo(p, { nodes }, { surge });
        if (road.ok) {
          expect(road.surge).toBeLessThanOrEqual(surge);
          expect(replay(p, nodes, road.moves, surge)).toEqual([]);
        } else if (road.surge !== undefined) {
          expect(road.surge).toBeGreaterThan(surge);
          const wider = roadTo(p, { nodes }, { surge: road.surge });
          expect(wider.ok && replay(p, nodes, wider.moves, road.surge)).toEqual([]);
          expect(roadTo(p, { nodes }, { surge: road.surge - 1 }).ok).toBe(false);
        } else expect(roadTo(p, { nodes }).ok).toBe(false);
      }),
      RUNS,
    );
  });

  it('is empty when the same runs, in whatever order and lots', () => {
    fc.assert(
      fc.property(cluster, fc.nat(), (nodes, turn) => {
        const cut = nodes.length === 0 ? 0 : turn % nodes.length;
        const p = problemOf([...nodes.slice(cut), ...nodes.slice(0, cut)], nodes, 1, 0);
        expect(roadTo(p, { nodes }, { surge: 0 })).toMatchObject({ ok: true, moves: [], moved: 0, launches: 0 });
      }),
      RUNS,
    );
  });

  it('never takes less than the least change', () => {
    fc.assert(
      fc.property(cases, ({ problem: p, nodes }) => {
        const road = roadTo(p, { nodes });
        const least = costOfChange(p, { nodes });
        if (!road.ok) return;
        expect(road.moved).toBeGreaterThanOrEqual(least.moved);
        expect(road.launches).toBeGreaterThanOrEqual(least.launches);
      }),
      RUNS,
    );
  });

  it('is found for nodes of which only the number is known', () => {
    fc.assert(
      fc.property(cases, ({ problem: p, nodes }) => {
        const running = p.running.map(({ offering: id, count }) => ({ offering: id, count }));
        const road = roadTo(unlimited({ ...p, running }), { nodes });
        expect(road).toMatchObject({ ok: true, assumed: running.length });
      }),
      RUNS,
    );
  });
});
