import { beforeAll, describe, expect, it } from 'vitest';
import { place } from '../../src/placement/place.ts';
import type { Placement } from '../../src/placement/placement.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { instant, mib, share, usdPerHour } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem, providerOf, purchaseOf, replicasBy, typeOf, zoneOf } from './build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const FAR = instant(Date.UTC(2030, 0, 1));
const zones = (price: number, more = {}): ReturnType<typeof offering>[] =>
  ['r1a', 'r1b', 'r1c'].map((zone) => offering(4, 16, price, { zone, ...more }));
const clouds = (aws: number, azure: number, gcp: number): ReturnType<typeof offering>[] => [
  offering(4, 16, aws, { provider: 'aws' }),
  offering(4, 16, azure, { provider: 'azure' }),
  offering(4, 16, gcp, { provider: 'gcp' }),
];

interface Case {
  readonly rule: string;
  readonly because: string;
  readonly problem: Problem;
  readonly holds: (p: Placement) => void;
}

const nodesOf = (p: Placement, part: (id: string) => string): Record<string, number> => {
  const out: Record<string, number> = {};
  for (const n of p.nodes) out[part(n.offering)] = (out[part(n.offering)] ?? 0) + n.count;
  return out;
};

const CASES: readonly Case[] = [
  {
    rule: 'cheapest mix',
    because: 'ten 1-core replicas need 10 cores: one 8-core and one 2-core node cost less than three 4-core ones',
    problem: problem([group('a', 10, 1, 1)], [offering(8, 32, 0.38), offering(4, 16, 0.2), offering(2, 8, 0.1)]),
    holds: (p) => expect(p.usdPerHour).toBeCloseTo(0.48, 9),
  },
  {
    rule: 'two shapes share nodes',
    because: 'a cpu-heavy and a memory-heavy group fill the node together, apart they would waste half of it',
    problem: problem([group('cpu', 4, 3, 2), group('mem', 4, 1, 14)], [offering(4, 16, 0.2)]),
    holds: (p) => expect(nodesOf(p, typeOf)).toEqual({ t4x16: 4 }),
  },
  {
    rule: 'allow',
    because: 'the dearer arm64 type is the only one allowed',
    problem: problem(
      [group('a', 3, 1, 1, { allow: { arch: ['arm64'] } })],
      [offering(4, 16, 0.1), offering(4, 16, 0.3, { arch: 'arm64', type: 'arm' })],
    ),
    holds: (p) => expect(nodesOf(p, typeOf)).toEqual({ arm: 1 }),
  },
  {
    rule: 'allow place',
    because: 'a place names provider and region together',
    problem: problem([group('a', 3, 1, 1, { allow: { place: ['gcp/r1'] } })], clouds(0.1, 0.1, 0.3)),
    holds: (p) => expect(nodesOf(p, providerOf)).toEqual({ gcp: 1 }),
  },
  {
    rule: 'GPU',
    because: 'a replica that asks for a GPU fits only where there is one',
    problem: problem(
      [{ ...group('ai', 2, 1, 1), requests: { ...group('ai', 2, 1, 1).requests, devices: { 'nvidia.com/gpu': 1 } } }],
      [offering(64, 256, 0.1), offering(4, 16, 1, { gpus: 1, type: 'gpu' })],
    ),
    holds: (p) => expect(nodesOf(p, typeOf)).toEqual({ gpu: 2 }),
  },
  {
    rule: 'perNodeAtMost',
    because: 'six replicas with two a node need three nodes, though one would hold them',
    problem: problem([group('a', 6, 0.1, 0.1, { perNodeAtMost: 2 })], [offering(4, 16, 0.2)]),
    holds: (p) => expect(nodesOf(p, typeOf)).toEqual({ t4x16: 3 }),
  },
  {
    rule: 'spotAtMost',
    because: 'spot is a quarter of the price, and 30% of ten replicas are three',
    problem: problem(
      [group('a', 10, 4, 4, { spotAtMost: 0.3 })],
      [offering(4, 16, 0.2), offering(4, 16, 0.05, { purchase: 'spot' })],
    ),
    holds: (p) => expect(replicasBy(p.nodes, 'a', purchaseOf)).toEqual({ 'on-demand': 7, spot: 3 }),
  },
  {
    rule: 'spotAtMost 0',
    because: 'a service that tolerates no spot gets none, however cheap',
    problem: problem(
      [group('a', 2, 4, 4, { spotAtMost: 0 })],
      [offering(4, 16, 0.2), offering(4, 16, 0.01, { purchase: 'spot' })],
    ),
    holds: (p) => expect(replicasBy(p.nodes, 'a', purchaseOf)).toEqual({ 'on-demand': 2 }),
  },
  {
    rule: 'zoneSkew',
    because: 'zone a is cheapest, but no zone may have more than one replica above another',
    problem: problem(
      [group('a', 9, 4, 4, { zoneSkew: { most: 1, within: 'region' } })],
      [
        offering(4, 16, 0.1, { zone: 'r1a' }),
        offering(4, 16, 0.2, { zone: 'r1b' }),
        offering(4, 16, 0.2, { zone: 'r1c' }),
      ],
    ),
    holds: (p) => {
      const by = Object.values(replicasBy(p.nodes, 'a', zoneOf));
      expect(by).toHaveLength(3);
      expect(Math.max(...by) - Math.min(...by)).toBeLessThanOrEqual(1);
    },
  },
  {
    rule: 'zoneSkew within regions only',
    because: 'a region that is not used at all is even',
    problem: problem(
      [group('a', 6, 4, 4, { zoneSkew: { most: 0, within: 'region' } })],
      [...zones(0.1), offering(4, 16, 0.5, { region: 'r2', zone: 'r2a' })],
    ),
    holds: (p) => expect(replicasBy(p.nodes, 'a', zoneOf)).toEqual({ r1a: 2, r1b: 2, r1c: 2 }),
  },
  {
    rule: 'survive provider',
    because: 'after the loss of any one cloud 7 of 10 remain, so no cloud may hold the whole',
    problem: problem(
      [group('a', 10, 4, 4, { survive: { loss: 'provider', share: share(0.7) } })],
      clouds(0.1, 0.12, 0.14),
    ),
    holds: (p) => {
      const by = replicasBy(p.nodes, 'a', providerOf);
      const total = Object.values(by).reduce((x, y) => x + y, 0);
      for (const n of Object.values(by)) expect(total - n).toBeGreaterThanOrEqual(7);
    },
  },
  {
    rule: 'survive zone',
    because: 'the loss is of a zone, so one cloud is enough',
    problem: problem([group('a', 10, 4, 4, { survive: { loss: 'zone', share: share(1) } })], zones(0.1)),
    holds: (p) => {
      const by = replicasBy(p.nodes, 'a', zoneOf);
      const total = Object.values(by).reduce((x, y) => x + y, 0);
      expect(total).toBeGreaterThanOrEqual(15);
      for (const n of Object.values(by)) expect(total - n).toBeGreaterThanOrEqual(10);
    },
  },
  {
    rule: 'reconnect storm',
    because: 'a survivor takes in half a lost replica, so two thirds must always be left',
    problem: problem(
      [group('a', 12, 4, 4, { survive: { loss: 'provider', share: share(0.1) }, absorb: 0.5 })],
      clouds(0.1, 0.2, 0.3),
    ),
    holds: (p) => {
      const by = replicasBy(p.nodes, 'a', providerOf);
      const total = Object.values(by).reduce((x, y) => x + y, 0);
      for (const n of Object.values(by)) expect(0.5 * (total - n)).toBeGreaterThanOrEqual(n);
    },
  },
  {
    rule: 'reconnect storm alone',
    because: 'no share must remain, but each survivor takes in two lost replicas at most: a third must be left',
    problem: problem(
      [group('a', 12, 4, 4, { survive: { loss: 'provider', share: share(0) }, absorb: 2 })],
      clouds(0.1, 0.2, 0.3),
    ),
    holds: (p) => {
      const by = replicasBy(p.nodes, 'a', providerOf);
      const total = Object.values(by).reduce((x, y) => x + y, 0);
      expect(total).toBeGreaterThanOrEqual(12);
      for (const n of Object.values(by)) expect(2 * (total - n)).toBeGreaterThanOrEqual(n);
    },
  },
  {
    rule: 'vendor share',
    because: 'aws is cheapest but may have at most half of the $/h',
    problem: problem([group('a', 20, 4, 4)], clouds(0.1, 0.12, 0.2), { vendorShareAtMost: new Map([['aws', 0.5]]) }),
    holds: (p) => {
      const by = nodesOf(p, providerOf);
      expect((by['aws'] ?? 0) * 0.1).toBeLessThanOrEqual(0.5 * p.cost.list + 1e-9);
      expect(by['aws']).toBeGreaterThan(0);
    },
  },
  {
    rule: 'atMost',
    because: 'three cheap machines of our own, the rest from the cloud',
    problem: problem(
      [group('a', 8, 4, 4)],
      [offering(4, 16, 0.2), offering(4, 16, 0.02, { provider: 'kubernetes', type: 'metal', atMost: 3 })],
    ),
    holds: (p) => expect(nodesOf(p, typeOf)).toEqual({ metal: 3, t4x16: 5 }),
  },
  {
    rule: 'atLeast',
    because: 'a pool with a minimum keeps its nodes though they are dear, and they are used',
    problem: problem([group('a', 4, 4, 4)], [offering(4, 16, 0.2), offering(4, 16, 0.9, { type: 'dear', atLeast: 2 })]),
    holds: (p) => expect(nodesOf(p, typeOf)).toEqual({ dear: 2, t4x16: 2 }),
  },
  {
    rule: 'reserved nodes',
    because: 'what is paid for anyway is used before what is cheaper on the list',
    problem: problem([group('a', 5, 4, 4)], [offering(4, 16, 0.1), offering(4, 16, 0.2, { type: 'old' })], {
      commitments: [
        {
          kind: 'reserved-nodes',
          id: 'ri',
          provider: 'aws',
          region: 'r1',
          type: 'old',
          count: 3,
          usdPerHour: usdPerHour(0.3),
          until: FAR,
        },
      ],
    }),
    holds: (p) => {
      expect(nodesOf(p, typeOf)).toEqual({ old: 3, t4x16: 2 });
      expect(p.usdPerHour).toBeCloseTo(0.3 + 2 * 0.1, 9);
    },
  },
  {
    rule: 'spend commitment',
    because:
      'a plan of $0.60/h at 25% off covers $0.80/h of list price: aws is free up to there, azure is cheaper after',
    problem: problem([group('a', 10, 4, 4)], clouds(0.2, 0.15, 9), {
      commitments: [
        { kind: 'spend', id: 'sp', provider: 'aws', usdPerHour: usdPerHour(0.6), discount: share(0.25), until: FAR },
      ],
    }),
    holds: (p) => {
      expect(nodesOf(p, providerOf)).toEqual({ aws: 4, azure: 6 });
      expect(p.usdPerHour).toBeCloseTo(0.6 + 6 * 0.15, 9);
    },
  },
  {
    rule: 'resource commitment',
    because:
      '8 vCPU and 32 GiB of the family are paid for: two nodes of it are free, though another family lists cheaper',
    problem: problem(
      [group('a', 4, 4, 4)],
      [
        offering(4, 16, 0.2, { provider: 'gcp', family: 'n2d', type: 'n2d-4' }),
        offering(4, 16, 0.15, { provider: 'gcp', family: 'e2', type: 'e2-4' }),
      ],
      {
        commitments: [
          {
            kind: 'resources',
            id: 'cud',
            provider: 'gcp',
            region: 'r1',
            family: 'n2d',
            vcpu: 8,
            memory: mib(32 * 1024),
            usdPerHour: usdPerHour(0.2),
            until: FAR,
          },
        ],
        resourceRates: new Map([['cud', { vcpu: 0.03, gib: 0.005 }]]),
      },
    ),
    holds: (p) => {
      expect(nodesOf(p, typeOf)).toEqual({ 'n2d-4': 2, 'e2-4': 2 });
      expect(p.usdPerHour).toBeCloseTo(0.2 + 0.3, 9);
    },
  },
  {
    rule: 'flat discount',
    because: 'aws lists higher and is cheaper after 20%',
    problem: problem([group('a', 3, 4, 4)], clouds(0.11, 0.1, 0.1), {
      discounts: [{ provider: 'aws', on: 'all', tiers: [{ fromUsdPerMonth: 0, discount: share(0.2) }] }],
    }),
    holds: (p) => {
      expect(nodesOf(p, providerOf)).toEqual({ aws: 3 });
      expect(p.usdPerHour).toBeCloseTo(3 * 0.11 * 0.8, 9);
    },
  },
  {
    rule: 'marginal tiers',
    because: '$730 a month is $1/h: the first dollar is full price, the second half',
    problem: problem([group('a', 20, 4, 4)], [offering(4, 16, 0.1)], {
      discounts: [
        {
          provider: 'aws',
          on: 'all',
          tiers: [
            { fromUsdPerMonth: 0, discount: share(0) },
            { fromUsdPerMonth: 730, discount: share(0.5) },
          ],
        },
      ],
    }),
    holds: (p) => {
      expect(p.usdPerHour).toBeCloseTo(1 + 0.5, 9);
      expect(p.lowerBoundUsdPerHour).toBeLessThanOrEqual(p.usdPerHour);
    },
  },
  {
    rule: 'egress',
    because: 'the store must be on gcp; a chatty router follows it there though aws nodes are cheaper',
    problem: problem(
      [group('router', 4, 4, 4), group('store', 2, 4, 4, { allow: { provider: ['gcp'] } })],
      clouds(0.1, 9, 0.11),
      {
        flows: [
          {
            from: 'router',
            to: 'store',
            gbPerHour: 10,
            usdPerGb: (a, b) => (a === b ? 0 : 0.09),
            label: 'router → store',
          },
        ],
      },
    ),
    holds: (p) => {
      expect(replicasBy(p.nodes, 'router', providerOf)).toEqual({ gcp: 4 });
      expect(p.cost.egress).toBeCloseTo(0, 9);
    },
  },
  {
    rule: 'egress is paid where it must be',
    because: 'both ends are tied to different clouds: 10 GB/h at $0.09',
    problem: problem(
      [
        group('router', 4, 4, 4, { allow: { provider: ['aws'] } }),
        group('store', 2, 4, 4, { allow: { provider: ['gcp'] } }),
      ],
      clouds(0.1, 9, 0.11),
      {
        flows: [
          {
            from: 'router',
            to: 'store',
            gbPerHour: 10,
            usdPerGb: (a, b) => (a === b ? 0 : 0.09),
            label: 'router → store',
          },
        ],
      },
    ),
    holds: (p) => expect(p.cost.egress).toBeCloseTo(0.9, 9),
  },
  {
    rule: 'egress to users',
    because: '100 GB/h to the internet cost more on aws than its nodes save',
    problem: problem([group('gateway', 4, 4, 4)], clouds(0.1, 0.2, 9), {
      flows: [
        {
          from: 'gateway',
          to: 'internet',
          gbPerHour: 100,
          usdPerGb: (a) => (a.startsWith('aws') ? 0.09 : 0.08),
          label: 'gateway → internet',
        },
      ],
    }),
    holds: (p) => expect(replicasBy(p.nodes, 'gateway', providerOf)).toEqual({ azure: 4 }),
  },
  {
    rule: 'cost of change',
    because: 'a node that is 2% cheaper does not pay for moving within the hour',
    problem: problem(
      [group('a', 3, 4, 4)],
      [offering(4, 16, 0.1, { type: 'now' }), offering(4, 16, 0.098, { type: 'new' })],
      {},
      {
        running: [{ offering: 'aws/r1/r1a/now/on-demand', count: 3 }],
        change: { launchUsd: 0.01, moveUsdPerReplica: 0, horizonHours: 1 },
      },
    ),
    holds: (p) => {
      expect(nodesOf(p, typeOf)).toEqual({ now: 3 });
      expect(p.lowerBoundUsdPerHour).toBeCloseTo(3 * 0.098, 6);
    },
  },
  {
    rule: 'change that pays',
    because: 'at half the price it pays at once',
    problem: problem(
      [group('a', 3, 4, 4)],
      [offering(4, 16, 0.1, { type: 'now' }), offering(4, 16, 0.05, { type: 'new' })],
      {},
      {
        running: [{ offering: 'aws/r1/r1a/now/on-demand', count: 3 }],
        change: { launchUsd: 0.01, moveUsdPerReplica: 0, horizonHours: 1 },
      },
    ),
    holds: (p) => {
      expect(nodesOf(p, typeOf)).toEqual({ new: 3 });
      expect(p.cost.change).toBeCloseTo(0.03, 9);
    },
  },
];

describe('every rule of a problem is kept, at the least cost it allows', () => {
  it.each(CASES)('$rule: $because', ({ problem: p, holds }) => {
    const answer = place(p, solver);
    expect(answer.conflict).toEqual([]);
    expect(answer.status).toBe('placed');
    expect(answer.method).toBe('columns');
    expect(violations(p, answer.nodes, answer.unplaced)).toEqual([]);
    expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(answer.usdPerHour);
    expect(answer.lowerBoundUsdPerHour).toBeGreaterThan(0);
    holds(answer);
  });
});

describe('what cannot be placed is said in words, and the rest is placed', () => {
  const table: readonly (readonly [string, Problem, 'partial' | 'infeasible', RegExp])[] = [
    [
      'nothing is large enough',
      problem([group('a', 1, 96, 4)], [offering(4, 16, 0.1)]),
      'infeasible',
      /a fits on none of 1 offerings: it needs 96 cores where a node has 4/,
    ],
    [
      'no offering is allowed',
      problem([group('a', 1, 1, 1, { allow: { provider: ['gcp'] } })], [offering(4, 16, 0.1)]),
      'infeasible',
      /may only use provider gcp .*allowing aws too/,
    ],
    [
      'only spot is there',
      problem([group('a', 1, 1, 1, { spotAtMost: 0 })], [offering(4, 16, 0.1, { purchase: 'spot' })]),
      'infeasible',
      /tolerates no spot/,
    ],
    [
      'too few nodes',
      problem([group('a', 5, 4, 4)], [offering(4, 16, 0.1, { atMost: 3 })]),
      'partial',
      /nodes that can be had/,
    ],
    [
      'one cloud can not survive its own loss',
      problem([group('a', 4, 1, 1, { survive: { loss: 'provider', share: share(0.5) } })], [offering(4, 16, 0.1)]),
      'infeasible',
      /a must keep 50% of its 4 replicas after the loss of any one provider/,
    ],
    [
      'caps that leave nothing',
      problem([group('a', 8, 4, 4)], clouds(0.1, 0.1, 0.1), {
        vendorShareAtMost: new Map([
          ['aws', 0.2],
          ['azure', 0.2],
          ['gcp', 0.2],
        ]),
      }),
      'infeasible',
      /at most 20% of the \$\/h/,
    ],
  ];
  it.each(table)('%s', (_, p, status, words) => {
    const answer = place(p, solver);
    expect(answer.status).toBe(status);
    expect(answer.conflict.join('\n')).toMatch(words);
    expect(Object.values(answer.unplaced).reduce((x, y) => x + y, 0)).toBeGreaterThan(0);
    expect(violations(p, answer.nodes, answer.unplaced)).toEqual([]);
  });

  it('a group that fits nowhere does not keep the others from their place', () => {
    const p = problem([group('huge', 1, 96, 4), group('small', 4, 1, 1)], [offering(4, 16, 0.1)]);
    const answer = place(p, solver);
    expect(answer.status).toBe('partial');
    expect(answer.unplaced).toEqual({ huge: 1 });
    expect(replicasBy(answer.nodes, 'small', providerOf)).toEqual({ aws: 4 });
  });

  it('the clash names only rules that take part in it', () => {
    const p = problem(
      [group('a', 5, 4, 4, { zoneSkew: { most: 5, within: 'region' }, spotAtMost: 0.5 }), group('b', 1, 1, 1)],
      [offering(4, 16, 0.1, { atMost: 3 }), offering(4, 16, 0.05, { purchase: 'spot', atMost: 1 })],
    );
    const answer = place(p, solver);
    expect(answer.conflict.join('\n')).toMatch(/nodes that can be had/);
    expect(answer.conflict.join('\n')).not.toMatch(/differ by at most/);
  });
});
