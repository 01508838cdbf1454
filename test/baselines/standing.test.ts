import { describe, expect, it } from 'vitest';
import { placeBy, STRATEGIES, type Strategy } from '../../src/baselines/place-by.ts';
import { marketOf } from '../../src/baselines/market.ts';
import { standingOf } from '../../src/baselines/standing.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { group, offering, problem, replicasBy } from '../placement/build.ts';

const node = offering(4, 8, 1);
const on = (count: number, replicas: Record<string, number>) => ({ offering: node.id, count, replicas });

describe("today's nodes", () => {
  const cases: readonly {
    readonly what: string;
    readonly why: string;
    readonly problem: Problem;
    readonly runs: readonly string[];
    readonly pending: readonly number[];
  }[] = [
    {
      what: 'keep what stands on them',
      why: 'three of five run',
      problem: problem([group('a', 5, 1, 1)], [node], {}, { running: [on(1, { a: 3 })] }),
      runs: ['1 {a:3}'],
      pending: [2],
    },
    {
      what: 'lose replicas first where most stand together',
      why: 'six run, three are wanted: the node with four gives three',
      problem: problem([group('a', 3, 1, 1)], [node], {}, { running: [on(1, { a: 4 }), on(2, { a: 1 })] }),
      runs: ['2 {a:1}', '1 {a:1}'],
      pending: [0],
    },
    {
      what: 'are cut where only some of them lose a replica',
      why: 'three nodes with two each, five wanted',
      problem: problem([group('a', 5, 1, 1)], [node], {}, { running: [on(3, { a: 2 })] }),
      runs: ['1 {a:1}', '2 {a:2}'],
      pending: [0],
    },
    {
      what: 'keep no replica that may not be there any more',
      why: 'b now asks for another zone',
      problem: problem(
        [group('a', 1, 1, 1), group('b', 1, 1, 1, { allow: { zone: ['r1b'] } })],
        [node],
        {},
        {
          running: [on(1, { a: 1, b: 1 })],
        },
      ),
      runs: ['1 {a:1}'],
      pending: [0, 1],
    },
    {
      what: 'keep no more than fit',
      why: 'four cores hold four',
      problem: problem([group('a', 6, 1, 1)], [node], {}, { running: [on(1, { a: 6 })] }),
      runs: ['1 {a:4}'],
      pending: [2],
    },
    {
      what: 'are no more than can be had',
      why: 'two are quoted where three run',
      problem: problem([group('a', 3, 1, 1)], [{ ...node, atMost: 2 }], {}, { running: [on(3, { a: 1 })] }),
      runs: ['2 {a:1}'],
      pending: [1],
    },
    {
      what: 'are no fewer than their pool keeps',
      why: 'one runs, two must',
      problem: problem([group('a', 1, 1, 1)], [{ ...node, atLeast: 2 }], {}, { running: [on(1, { a: 1 })] }),
      runs: ['1 {a:1}', '1 {}'],
      pending: [0],
    },
    {
      what: 'that are unknown, or hold unknown groups, are passed over',
      why: 'neither can be billed or counted',
      problem: problem(
        [group('a', 1, 1, 1)],
        [node],
        {},
        {
          running: [{ offering: 'aws/r1/r1a/gone/on-demand', count: 1, replicas: { a: 1 } }, on(1, { a: 1, z: 2 })],
        },
      ),
      runs: ['1 {a:1}'],
      pending: [0],
    },
  ];
  it.each(cases)('$what: $why', ({ problem: p, runs, pending }) => {
    const market = marketOf(p);
    const standing = standingOf(market);
    expect(
      standing.runs.map(({ count, filling }) => {
        const words = [...filling].map(([g, n]) => `${market.groups[g]?.name}:${n}`);
        return `${count} {${words.join(' ')}}`;
      }),
    ).toEqual(runs);
    expect([...standing.pending]).toEqual(pending);
  });
});

describe.each(STRATEGIES)('%s over zones', (strategy: Strategy) => {
  const zones = (p: Problem): Record<string, number> =>
    replicasBy(placeBy(strategy, p).nodes, 'a', (id) => id.split('/')[2] ?? '');

  it('takes the cheapest region, and its zones evenly, where counts are compared within regions', () => {
    const p = problem(
      [group('a', 6, 1, 1, { zoneSkew: { most: 1, within: 'region' } })],
      ['r1a', 'r1b', 'r2a'].map((zone) =>
        offering(4, 8, zone.startsWith('r1') ? 1 : 3, { zone, region: zone.slice(0, 2) }),
      ),
    );
    expect(zones(p)).toEqual({ r1a: 3, r1b: 3 });
  });

  it('goes on to the next region with what the cheapest cannot hold', () => {
    const p = problem(
      [group('a', 12, 1, 1, { zoneSkew: { most: 1, within: 'region' } })],
      [
        offering(4, 8, 1, { zone: 'r1a', atMost: 1 }),
        offering(4, 8, 1, { zone: 'r1b', atMost: 1 }),
        offering(4, 8, 3, { zone: 'r2a', region: 'r2' }),
      ],
    );
    expect(zones(p)).toEqual({ r1a: 4, r1b: 4, r2a: 4 });
  });

  it('leaves replicas out rather than be uneven', () => {
    const p = problem(
      [group('a', 12, 1, 1, { zoneSkew: { most: 1, within: 'all' } })],
      [offering(4, 8, 1, { zone: 'r1a' }), offering(2, 8, 1, { zone: 'r1b', atMost: 1 })],
    );
    const { unplaced, status } = placeBy(strategy, p);
    expect(zones(p)).toEqual({ r1a: 3, r1b: 2 });
    expect([status, unplaced]).toEqual(['partial', { a: 7 }]);
  });
});

describe.each(STRATEGIES)('%s on odd problems', (strategy) => {
  it.each([
    { what: 'no groups', problem: problem([], [node]), status: 'placed' },
    { what: 'no offerings', problem: problem([group('a', 2, 1, 1)], []), status: 'infeasible' },
    {
      what: 'no nodes to be had',
      problem: problem([group('a', 2, 1, 1)], [{ ...node, atMost: 0 }]),
      status: 'infeasible',
    },
    {
      what: 'none allowed on any node',
      problem: problem([group('a', 2, 1, 1, { perNodeAtMost: 0 })], [node]),
      status: 'infeasible',
    },
  ])('$what', ({ problem: p, status }) => {
    const answer = placeBy(strategy, p);
    expect(answer.status).toBe(status);
    expect(answer.nodes).toEqual([]);
    expect(answer.usdPerHour).toBe(0);
  });

  it('replicas that ask for nothing share one node', () => {
    const unlimited = { ...node, allocatable: { cpu: node.allocatable.cpu, memory: node.allocatable.memory } };
    const { nodes } = placeBy(strategy, problem([group('a', 500, 0, 0)], [unlimited]));
    expect(nodes).toEqual([{ offering: node.id, count: 1, replicas: { a: 500 } }]);
  });

  it('a free node costs nothing', () => {
    const { usdPerHour, gap } = placeBy(strategy, problem([group('a', 5, 1, 1)], [{ ...node, usdPerHour: 0 }]));
    expect([usdPerHour, gap]).toEqual([0, 0]);
  });
});
