import { describe, expect, it } from 'vitest';
import type { PlacedNodes } from '../../src/placement/placement.ts';
import type { Group, Problem, RunningNodes } from '../../src/placement/problem.ts';
import { costOfChange } from '../../src/placement/road/cost.ts';
import type { Road } from '../../src/placement/road/moves.ts';
import { roadTo } from '../../src/placement/road/road.ts';
import { renderRoad } from '../../src/placement/road/words.ts';
import { group, offering, problem } from './build.ts';
import { replay } from './replay.ts';

const small = offering(2, 8, 0.1);
const large = offering(4, 16, 0.18);
const gcp = offering(4, 16, 0.2, { provider: 'gcp' });
/** one core, two GiB a replica: two to a small node, four to a large one */
const [a, b, c] = ['a', 'b', 'c'].map((name) => group(name, 0, 1, 2)) as [Group, Group, Group];
const needing = (g: Group, replicas: number, more: Partial<Group> = {}): Group => ({ ...g, replicas, ...more });
const on = (o: { readonly id: string }, count: number, replicas: Readonly<Record<string, number>>): PlacedNodes => ({
  offering: o.id,
  count,
  replicas,
});

interface Row {
  readonly why: string;
  readonly groups: readonly Group[];
  readonly atMost?: Readonly<Record<string, number>>;
  readonly running: readonly RunningNodes[];
  readonly nodes: readonly PlacedNodes[];
  readonly surge?: number;
  readonly road: Partial<Extract<Road, { ok: true }>> & { readonly kinds: string };
}

const problemOf = (row: Pick<Row, 'groups' | 'atMost' | 'running'>): Problem =>
  problem(
    row.groups,
    [small, large, gcp].map((o) =>
      row.atMost?.[o.id] === undefined ? o : { ...o, atMost: row.atMost[o.id] as number },
    ),
    {},
    { running: row.running },
  );

const ROADS: readonly Row[] = [
  {
    why: 'what runs is what is wanted',
    groups: [needing(a, 4)],
    running: [on(small, 2, { a: 2 })],
    nodes: [on(small, 2, { a: 2 })],
    road: { kinds: '', moved: 0, launches: 0 },
  },
  {
    why: 'the same nodes in another order, told in other lots',
    groups: [needing(a, 5)],
    running: [on(small, 1, { a: 1 }), on(small, 2, { a: 2 })],
    nodes: [on(small, 1, { a: 2 }), on(small, 1, { a: 1 }), on(small, 1, { a: 2 })],
    road: { kinds: '' },
  },
  {
    why: 'two small nodes become a large one: it opens before they close',
    groups: [needing(a, 4)],
    running: [on(small, 2, { a: 2 })],
    nodes: [on(large, 1, { a: 4 })],
    road: { kinds: 'open move move close', moved: 4, launches: 1, surge: 1 },
  },
  {
    why: 'with room on what stays, a node empties and closes without any other',
    groups: [needing(a, 3)],
    running: [on(large, 1, { a: 1 }), on(small, 1, { a: 2 })],
    nodes: [on(large, 1, { a: 3 })],
    surge: 0,
    road: { kinds: 'move close', moved: 2, launches: 0, surge: 0 },
  },
  {
    why: 'more is needed than runs: nodes open and replicas start, nothing moves',
    groups: [needing(a, 4)],
    running: [on(small, 1, { a: 2 })],
    nodes: [on(small, 2, { a: 2 })],
    road: { kinds: 'open start', moved: 0, launches: 1, surge: 0 },
  },
  {
    why: 'less is needed than runs: replicas stop on the node that goes',
    groups: [needing(a, 2)],
    running: [on(small, 2, { a: 2 })],
    nodes: [on(small, 1, { a: 2 })],
    road: { kinds: 'stop close', moved: 0 },
  },
  {
    why: 'nothing runs yet',
    groups: [needing(a, 2), needing(b, 2)],
    running: [],
    nodes: [on(small, 2, { a: 1, b: 1 })],
    road: { kinds: 'open start start start start', launches: 2, moved: 0 },
  },
  {
    why: 'a node is wanted empty: its pool has a minimum size',
    groups: [needing(a, 2)],
    running: [on(small, 1, { a: 2 })],
    nodes: [on(small, 1, { a: 2 }), on(large, 1, {})],
    road: { kinds: 'open', launches: 1 },
  },
  {
    why: 'the node that shares most becomes the wanted one, the other leaves',
    groups: [needing(a, 3), needing(b, 1)],
    running: [on(large, 1, { b: 1 }), on(large, 1, { a: 3 })],
    nodes: [on(large, 1, { a: 3, b: 1 })],
    road: { kinds: 'move close', moved: 1 },
  },
  {
    why: 'two full nodes sort their replicas: one is lent, because none has room to turn round in',
    groups: [needing(a, 2), needing(b, 2)],
    running: [on(small, 2, { a: 1, b: 1 })],
    nodes: [on(small, 1, { a: 2 }), on(small, 1, { b: 2 })],
    road: { kinds: 'open move move move close', launches: 1, moved: 3, surge: 1 },
  },
  {
    why: 'the same with room for one on a node that stays: it is set down there instead',
    groups: [needing(a, 2), needing(b, 2), needing(c, 3)],
    running: [on(small, 2, { a: 1, b: 1 }), on(large, 1, { c: 3 })],
    nodes: [on(small, 1, { a: 2 }), on(small, 1, { b: 2 }), on(large, 1, { c: 3 })],
    surge: 0,
    road: { kinds: 'move move move', launches: 0, moved: 3, surge: 0 },
  },
  {
    why: 'and with a node about to leave: it goes last, and serves till then',
    groups: [needing(a, 2), needing(b, 2)],
    running: [on(small, 2, { a: 1, b: 1 }), on(large, 1, {})],
    nodes: [on(small, 1, { a: 2 }), on(small, 1, { b: 2 })],
    surge: 0,
    road: { kinds: 'move move move close', launches: 0, moved: 3 },
  },
  {
    why: 'the small nodes are sold out, so what is lent is a large one',
    groups: [needing(a, 2), needing(b, 2)],
    atMost: { [small.id]: 2 },
    running: [on(small, 2, { a: 1, b: 1 })],
    nodes: [on(small, 1, { a: 2 }), on(small, 1, { b: 2 })],
    road: { kinds: 'open move move move close', launches: 1, surge: 1 },
  },
  {
    why: 'one extra node at a time: three times open, fill, close',
    groups: [needing(a, 12)],
    running: [on(large, 3, { a: 4 })],
    nodes: [on(gcp, 3, { a: 4 })],
    surge: 1,
    road: { kinds: 'open move close open move close open move close', launches: 3, moved: 12, surge: 1 },
  },
  {
    why: 'without a limit all open first',
    groups: [needing(a, 12)],
    running: [on(large, 3, { a: 4 })],
    nodes: [on(gcp, 3, { a: 4 })],
    road: { kinds: 'open move move move close', surge: 3 },
  },
  {
    why: 'one replica of a to a node: the new one can only come where the old one is not',
    groups: [needing(a, 2, { perNodeAtMost: 1 }), needing(b, 2)],
    running: [on(large, 1, { a: 1, b: 2 }), on(small, 1, { a: 1 })],
    nodes: [on(large, 1, { a: 1, b: 2 }), on(gcp, 1, { a: 1 })],
    road: { kinds: 'open move close', moved: 1 },
  },
  {
    why: 'it is not known what runs: taken to be what is wanted',
    groups: [needing(a, 3), needing(b, 1)],
    running: [{ offering: small.id, count: 2 }],
    nodes: [on(small, 2, { a: 1 }), on(large, 1, { a: 1, b: 1 })],
    road: { kinds: 'open move move', moved: 2, assumed: 2 },
  },
];

describe('the road to a placement', () => {
  it.each(ROADS)('$why', ({ road: { kinds, ...wanted }, surge, ...row }) => {
    const p = problemOf(row);
    const road = roadTo(p, row, surge === undefined ? {} : { surge });
    if (!road.ok) throw new Error(road.why.join('; '));
    expect(road.moves.map(({ kind }) => kind).join(' ')).toBe(kinds);
    expect(road).toMatchObject(wanted);
    if (road.assumed === 0) expect(replay(p, row.nodes, road.moves, surge)).toEqual([]);
  });

  it('says that a surge is too small, and the smallest that works', () => {
    const p = problemOf({ groups: [needing(a, 12)], running: [on(large, 3, { a: 4 })] });
    const nodes = [on(gcp, 3, { a: 4 })];
    const road = roadTo(p, { nodes }, { surge: 0 });
    expect(road).toEqual({
      ok: false,
      why: ['no way was found with a surge of 0; with 1 extra node at once there is one'],
      surge: 1,
    });
    expect(roadTo(p, { nodes }, { surge: 1 }).ok).toBe(true);
  });

  it.each<Omit<Row, 'road'> & { readonly words: string }>([
    {
      why: 'two full nodes, and nothing else can be had',
      groups: [needing(a, 2), needing(b, 2)],
      atMost: { [small.id]: 2, [large.id]: 0, [gcp.id]: 0 },
      running: [on(small, 2, { a: 1, b: 1 })],
      nodes: [on(small, 1, { a: 2 }), on(small, 1, { b: 2 })],
      words: `a finds no room on node 1 of ${small.id} until b moves`,
    },
    {
      why: 'the placement gives up replicas that run',
      groups: [needing(a, 4)],
      running: [on(small, 2, { a: 2 })],
      nodes: [on(small, 1, { a: 2 })],
      words: 'the placement has 2 replicas of a, and 4 of the 4 it needs run now',
    },
    {
      why: 'the placement has more nodes than there are',
      groups: [needing(a, 4)],
      atMost: { [small.id]: 1 },
      running: [],
      nodes: [on(small, 2, { a: 2 })],
      words: `the placement has 2 nodes of ${small.id}, and 1 can be had`,
    },
  ])('says why there is none: $why', ({ words, ...row }) => {
    const road = roadTo(problemOf(row), row);
    expect(road.ok).toBe(false);
    expect(road.ok ? [] : road.why).toContainEqual(expect.stringContaining(words));
  });

  it('reads as steps, like moves together', () => {
    const p = problemOf({ groups: [needing(a, 8)], running: [on(small, 4, { a: 2 })] });
    const road = roadTo(p, { nodes: [on(large, 2, { a: 4 })] });
    expect(renderRoad(road.ok ? road.moves : [])).toEqual([
      `1. open 2 nodes of ${large.id}`,
      `2. move 8 × a from 4 nodes of ${small.id} to 2 nodes of ${large.id}`,
      `3. close 4 nodes of ${small.id}`,
    ]);
  });
});

describe('the cost of change', () => {
  const p = problemOf({ groups: [needing(a, 4), needing(b, 1)], running: [on(small, 2, { a: 2 })] });
  const nodes = [on(large, 1, { a: 3 }), on(small, 1, { a: 1, b: 1 })];

  it('prices launches, moved replicas and pools that are new, and spreads them over the horizon', () => {
    const change = { launchUsd: 0.02, moveUsdPerReplica: 0.001, openUsd: 0.1, horizonHours: 4 };
    expect(costOfChange({ ...p, change }, { nodes })).toEqual({
      launches: 1,
      launchUsd: 0.02,
      moved: 3,
      moveUsd: 0.003,
      opened: 1,
      openUsd: 0.1,
      usd: expect.closeTo(0.123, 12),
      usdPerHour: expect.closeTo(0.03075, 12),
    });
  });

  it('is nothing where nothing is said of it, though moves are counted', () => {
    expect(costOfChange(p, { nodes })).toMatchObject({ launches: 1, moved: 3, usd: 0, usdPerHour: 0 });
  });
});
