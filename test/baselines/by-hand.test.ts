import { describe, expect, it } from 'vitest';
import { placeBy, type Strategy } from '../../src/baselines/place-by.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { group, offering, problem } from '../placement/build.ts';

/** Nodes in short: `2 × t4x8@r1a/on-demand {a:1 b:2}`. */
function nodesBy(strategy: Strategy, p: Problem): string[] {
  return placeBy(strategy, p)
    .nodes.map(({ offering: id, count, replicas }) => {
      const [, , zone, type, purchase] = id.split('/');
      const on = Object.entries(replicas)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([g, n]) => `${g}:${n}`);
      return `${count} × ${type}@${zone}/${purchase} {${on.join(' ')}}`;
    })
    .toSorted();
}

interface Case {
  readonly what: string;
  readonly why: string;
  readonly problem: Problem;
  readonly nodes: readonly string[];
}

const small = offering(2, 4, 1);
const medium = offering(4, 8, 3);
const large = offering(8, 16, 10);
const at = (zone: string, usd: number) => offering(4, 8, usd, { zone });
const spot = (cores: number, gib: number, usd: number) => offering(cores, gib, usd, { purchase: 'spot' });
const running = (id: string, count: number, replicas: Record<string, number>) => ({ offering: id, count, replicas });

describe('karpenter', () => {
  const cases: readonly Case[] = [
    {
      what: 'packs pods onto the largest type, whatever it costs',
      why: 'a claim takes pods as long as some type holds them; three of the small type would do at $3',
      problem: problem([group('a', 5, 1, 1)], [small, medium, large]),
      nodes: ['1 × t8x16@r1a/on-demand {a:5}'],
    },
    {
      what: 'launches the cheapest type that holds the claim',
      why: 'three cores fit on both; the larger one is cheaper here',
      problem: problem([group('a', 3, 1, 1)], [medium, offering(8, 16, 2)]),
      nodes: ['1 × t8x16@r1a/on-demand {a:3}'],
    },
    {
      what: 'gives each pod to the claim with the fewest pods',
      why: 'both claims hold one pod of a; the first b goes to the first, which then has two, so the second b to the other',
      problem: problem([group('a', 2, 3, 1), group('b', 2, 0.5, 1)], [medium]),
      nodes: ['2 × t4x8@r1a/on-demand {a:1 b:1}'],
    },
    {
      what: 'takes pods by cpu, then by memory',
      why: 'b comes first for its memory and fills the node with the first a; a second a needs another',
      problem: problem([group('a', 2, 2, 1), group('b', 1, 2, 6)], [medium]),
      nodes: ['1 × t4x8@r1a/on-demand {a:1 b:1}', '1 × t4x8@r1a/on-demand {a:1}'],
    },
    {
      what: 'keeps a claim open to every place its pods may go to',
      why: 'a may go anywhere, b only to r1b: together on one node in r1b although r1a is cheaper',
      problem: problem(
        [group('a', 1, 2, 1), group('b', 1, 1, 1, { allow: { zone: ['r1b'] } })],
        [at('r1a', 1), at('r1b', 2)],
      ),
      nodes: ['1 × t4x8@r1b/on-demand {a:1 b:1}'],
    },
    {
      what: 'spreads over zones, each pod to the least filled',
      why: 'r1a, r1b, r1c, then r1a again, whose claim has room',
      problem: problem(
        [group('a', 4, 1, 1, { zoneSkew: { most: 1, within: 'all' } })],
        [at('r1a', 1), at('r1b', 1.1), at('r1c', 1.2)],
      ),
      nodes: ['1 × t4x8@r1a/on-demand {a:2}', '1 × t4x8@r1b/on-demand {a:1}', '1 × t4x8@r1c/on-demand {a:1}'],
    },
    {
      what: 'keeps the limit per node',
      why: 'two at most on a node of four cores',
      problem: problem([group('a', 5, 1, 1, { perNodeAtMost: 2 })], [medium]),
      nodes: ['1 × t4x8@r1a/on-demand {a:1}', '2 × t4x8@r1a/on-demand {a:2}'],
    },
    {
      what: 'launches spot where it may',
      why: 'the pool allows both and spot is cheaper',
      problem: problem([group('a', 1, 1, 1)], [small, spot(2, 4, 0.3)]),
      nodes: ['1 × t2x4@r1a/spot {a:1}'],
    },
    {
      what: 'stays on demand for pods that tolerate no spot',
      why: 'spotAtMost 0 is a node selector',
      problem: problem([group('a', 1, 1, 1, { spotAtMost: 0 })], [small, spot(2, 4, 0.3)]),
      nodes: ['1 × t2x4@r1a/on-demand {a:1}'],
    },
    {
      what: 'fills nodes that run before it launches any',
      why: 'the node that runs has room for two more',
      problem: problem([group('a', 4, 1, 1)], [medium], {}, { running: [running(medium.id, 1, { a: 2 })] }),
      nodes: ['1 × t4x8@r1a/on-demand {a:4}'],
    },
    {
      what: 'goes on to the next offering when one is sold out',
      why: 'one small node can be had, and the second claim takes the next cheapest',
      problem: problem([group('a', 4, 1, 1, { perNodeAtMost: 2 })], [offering(2, 4, 1, { atMost: 1 }), medium]),
      nodes: ['1 × t2x4@r1a/on-demand {a:2}', '1 × t4x8@r1a/on-demand {a:2}'],
    },
    {
      what: 'provisions anew for pods whose claim found everything sold out',
      why: 'two claims of four cores, one large node: the pods of the second come back and go to two small ones',
      problem: problem([group('a', 8, 1, 1)], [offering(4, 8, 1, { atMost: 1 }), offering(2, 4, 1)]),
      nodes: ['1 × t4x8@r1a/on-demand {a:4}', '2 × t2x4@r1a/on-demand {a:2}'],
    },
  ];
  it.each(cases)('$what: $why', ({ problem: p, nodes }) => expect(nodesBy('karpenter', p)).toEqual(nodes));
});

describe("karpenter's consolidation", () => {
  const fourteen = Array.from({ length: 14 }, (_, i) => spot(2 + i / 100, 4, 0.1 + i / 100));
  const cases: readonly Case[] = [
    {
      what: 'removes empty nodes',
      why: 'one of two is empty',
      problem: problem(
        [group('a', 4, 1, 1)],
        [medium],
        {},
        {
          running: [running(medium.id, 1, { a: 4 }), running(medium.id, 1, {})],
        },
      ),
      nodes: ['1 × t4x8@r1a/on-demand {a:4}'],
    },
    {
      what: 'keeps as many nodes as a pool must have',
      why: 'atLeast 2',
      problem: problem(
        [group('a', 4, 1, 1)],
        [{ ...medium, atLeast: 2 }],
        {},
        {
          running: [running(medium.id, 1, { a: 4 }), running(medium.id, 1, {})],
        },
      ),
      nodes: ['1 × t4x8@r1a/on-demand {a:4}', '1 × t4x8@r1a/on-demand {}'],
    },
    {
      what: 'moves pods to other nodes and removes theirs',
      why: 'the pod of the second node fits on the first',
      problem: problem(
        [group('a', 4, 1, 1)],
        [medium],
        {},
        {
          running: [running(medium.id, 1, { a: 3 }), running(medium.id, 1, { a: 1 })],
        },
      ),
      nodes: ['1 × t4x8@r1a/on-demand {a:4}'],
    },
    {
      what: 'replaces several nodes by one that is cheaper',
      why: 'neither fits on the other; both together fit on one of $5, under $6',
      problem: problem(
        [group('a', 2, 3, 1)],
        [medium, offering(8, 16, 5)],
        {},
        {
          running: [running(medium.id, 2, { a: 1 })],
        },
      ),
      nodes: ['1 × t8x16@r1a/on-demand {a:2}'],
    },
    {
      what: 'replaces a node by a smaller one',
      why: 'one core is left on eight',
      problem: problem([group('a', 1, 1, 1)], [small, large], {}, { running: [running(large.id, 1, { a: 1 })] }),
      nodes: ['1 × t2x4@r1a/on-demand {a:1}'],
    },
    {
      what: 'never replaces nodes by two',
      why: 'four small nodes would hold the pods of a large one at $4 instead of $10, but one alone holds none of them all',
      problem: problem([group('a', 8, 1, 1)], [small, large], {}, { running: [running(large.id, 1, { a: 8 })] }),
      nodes: ['1 × t8x16@r1a/on-demand {a:8}'],
    },
    {
      what: 'leaves a spot node when fewer than fifteen spot types are cheaper',
      why: 'fourteen are',
      problem: problem(
        [group('a', 1, 1, 1)],
        [spot(8, 16, 3), ...fourteen],
        {},
        {
          running: [running(spot(8, 16, 3).id, 1, { a: 1 })],
        },
      ),
      nodes: ['1 × t8x16@r1a/spot {a:1}'],
    },
    {
      what: 'replaces a spot node when fifteen spot types are cheaper',
      why: 'one more makes fifteen, and the cheapest is launched',
      problem: problem(
        [group('a', 1, 1, 1)],
        [spot(8, 16, 3), ...fourteen, spot(3, 4, 2)],
        {},
        {
          running: [running(spot(8, 16, 3).id, 1, { a: 1 })],
        },
      ),
      nodes: ['1 × t2x4@r1a/spot {a:1}'],
    },
    {
      what: 'judges a type by where it is dearest',
      why: 'the small type is cheaper in r1a but not in r1b, so it is no option at all',
      problem: problem(
        [group('a', 1, 1, 1)],
        [large, offering(2, 4, 1), offering(2, 4, 11, { zone: 'r1b' })],
        {},
        {
          running: [running(large.id, 1, { a: 1 })],
        },
      ),
      nodes: ['1 × t8x16@r1a/on-demand {a:1}'],
    },
  ];
  it.each(cases)('$what: $why', ({ problem: p, nodes }) => expect(nodesBy('karpenter', p)).toEqual(nodes));
});

describe('cluster autoscaler', () => {
  const cases: readonly (Case & { readonly by: Strategy })[] = [
    {
      by: 'ca-least-waste',
      what: 'opens the node group with the least idle share, whatever it costs',
      why: 'four pods fill the type of $9; the one of $1 would be half idle',
      problem: problem([group('a', 4, 1, 2)], [offering(4, 8, 9), offering(8, 16, 1)]),
      nodes: ['1 × t4x8@r1a/on-demand {a:4}'],
    },
    {
      by: 'ca-price',
      what: 'opens the node group with the best price for its pods',
      why: '400 pods: many nodes of either type, so size counts for little and the price decides',
      problem: problem([group('a', 400, 1, 2)], [offering(4, 8, 0.9), offering(8, 16, 0.3)]),
      nodes: ['50 × t8x16@r1a/on-demand {a:8}'],
    },
    {
      by: 'ca-price',
      what: 'wants small nodes in a small cluster',
      why: 'one core is preferred up to two nodes: eight cores are eight times unfit, which outweighs a lower price',
      problem: problem([group('a', 1, 0.5, 1)], [offering(1, 4, 0.05), offering(8, 16, 0.04)]),
      nodes: ['1 × t1x4@r1a/on-demand {a:1}'],
    },
    {
      by: 'ca-price',
      what: 'shuns nodes with GPUs for pods that need none',
      why: 'a GPU makes a node a thousand times unfit',
      problem: problem([group('a', 1, 1, 1)], [offering(2, 4, 0.01, { gpus: 1, type: 'g' }), offering(2, 4, 1)]),
      nodes: ['1 × t2x4@r1a/on-demand {a:1}'],
    },
    {
      by: 'ca-least-waste',
      what: 'opens one node group after the other until all pods have a place',
      why: 'b fits on no medium node: the large type leaves less idle with both on it',
      problem: problem([group('a', 2, 1, 2), group('b', 1, 6, 12)], [medium, large]),
      nodes: ['1 × t8x16@r1a/on-demand {a:2 b:1}'],
    },
    {
      by: 'ca-least-waste',
      what: 'looks for room behind the node it found last',
      why: 'two nodes with a: the first b goes to the first, the second to the other, though the first has room',
      problem: problem([group('a', 2, 3, 6), group('b', 2, 0.5, 1)], [medium]),
      nodes: ['2 × t4x8@r1a/on-demand {a:1 b:1}'],
    },
    {
      by: 'ca-least-waste',
      what: 'removes a node that is used by less than half when its pods fit elsewhere',
      why: 'a quarter of the second is used, and the first has room',
      problem: problem(
        [group('a', 3, 1, 2)],
        [medium],
        {},
        {
          running: [running(medium.id, 1, { a: 2 }), running(medium.id, 1, { a: 1 })],
        },
      ),
      nodes: ['1 × t4x8@r1a/on-demand {a:3}'],
    },
    {
      by: 'ca-least-waste',
      what: 'keeps nodes that are used by half',
      why: 'both would fit on one, but neither is under the threshold',
      problem: problem([group('a', 4, 1, 2)], [medium], {}, { running: [running(medium.id, 2, { a: 2 })] }),
      nodes: ['2 × t4x8@r1a/on-demand {a:2}'],
    },
    {
      by: 'ca-least-waste',
      what: 'stops at the size of a node group',
      why: 'one node can be had; the rest goes to the next best',
      problem: problem([group('a', 8, 1, 2)], [offering(4, 8, 9, { atMost: 1 }), offering(5, 16, 1)]),
      nodes: ['1 × t4x8@r1a/on-demand {a:4}', '1 × t5x16@r1a/on-demand {a:4}'],
    },
    {
      by: 'ca-least-waste',
      what: 'gives each zone its share',
      why: 'five over two zones within one of each other, the odd one to the cheaper',
      problem: problem([group('a', 5, 1, 1, { zoneSkew: { most: 1, within: 'all' } })], [at('r1a', 2), at('r1b', 1)]),
      nodes: ['1 × t4x8@r1a/on-demand {a:2}', '1 × t4x8@r1b/on-demand {a:3}'],
    },
  ];
  it.each(cases)('$by $what: $why', ({ by, problem: p, nodes }) => expect(nodesBy(by, p)).toEqual(nodes));
});

describe('first-fit decreasing', () => {
  const cases: readonly Case[] = [
    {
      what: 'opens the type where a replica costs least',
      why: 'half of a $1 node each against an eighth of a $10 node',
      problem: problem([group('a', 8, 1, 1)], [small, large]),
      nodes: ['4 × t2x4@r1a/on-demand {a:2}'],
    },
    {
      what: 'fills the first node with room',
      why: 'both b go beside the first a, and the second node is then too large',
      problem: problem([group('a', 2, 3, 1), group('b', 2, 0.5, 1)], [medium, offering(3, 8, 2.9)]),
      nodes: ['1 × t3x8@r1a/on-demand {a:1}', '1 × t4x8@r1a/on-demand {a:1 b:2}'],
    },
    {
      what: 'swaps the last, part-filled node for the cheapest that holds it',
      why: 'the ninth replica needs no eight cores',
      problem: problem([group('a', 9, 1, 1)], [offering(8, 16, 2), offering(1, 4, 0.9)]),
      nodes: ['1 × t1x4@r1a/on-demand {a:1}', '1 × t8x16@r1a/on-demand {a:8}'],
    },
    {
      what: 'stops where a type is sold out',
      why: 'one large node can be had, and the rest costs least on medium ones',
      problem: problem([group('a', 12, 1, 1)], [offering(8, 16, 2, { atMost: 1 }), medium]),
      nodes: ['1 × t4x8@r1a/on-demand {a:4}', '1 × t8x16@r1a/on-demand {a:8}'],
    },
  ];
  it.each(cases)('$what: $why', ({ problem: p, nodes }) => expect(nodesBy('ffd', p)).toEqual(nodes));
});
