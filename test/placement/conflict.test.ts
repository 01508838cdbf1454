import { beforeAll, describe, expect, it } from 'vitest';
import { conflictOf, nowhere } from '../../src/placement/conflict.ts';
import { place } from '../../src/placement/place.ts';
import type { Problem } from '../../src/placement/problem.ts';
import type { LinearAnswer, LinearSolver } from '../../src/ports.ts';
import { share } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

/** Four cores, 16 GiB, $0.20/h. */
const aws = offering(4, 16, 0.2);
const azure = offering(4, 16, 0.2, { provider: 'azure' });
const gcp = offering(4, 16, 0.2, { provider: 'gcp' });
const zoneB = offering(4, 16, 0.2, { zone: 'r1b' });
const spot = offering(4, 16, 0.08, { purchase: 'spot' });
const half = { loss: 'provider', share: share(0.5) } as const;
const caps = (shares: Readonly<Record<string, number>>): Partial<Problem['rules']> => ({
  vendorShareAtMost: new Map(Object.entries(shares)),
});

/** Rule → what it alone would have to be, in words; undefined: nothing that it could be is enough. */
type Expected = Readonly<Record<string, string | undefined>>;

const CLASHES: readonly (readonly [reason: string, Problem, Expected])[] = [
  [
    'three nodes of one replica hold three of five',
    problem([group('a', 5, 4, 4)], [{ ...aws, atMost: 3 }]),
    { 'replicas/a': 'at most 3 replicas', [`atMost/${aws.id}`]: '2 more nodes' },
  ],
  [
    'a group that could make room is not blamed, but what is asked of the others reckons with it',
    problem([group('a', 5, 4, 4), group('b', 3, 1, 1)], [{ ...aws, atMost: 3 }]),
    { 'replicas/a': 'at most 2 replicas', [`atMost/${aws.id}`]: '3 more nodes' },
  ],
  [
    'eight cores would do, but whole replicas of three and two cores do not share a node of four',
    problem([group('a', 2, 3, 1), group('b', 1, 2, 1)], [{ ...aws, atMost: 2 }]),
    { 'replicas/a': 'at most 1 replica', 'replicas/b': 'none', [`atMost/${aws.id}`]: '1 more node' },
  ],
  [
    'one node a replica, and nine nodes',
    problem([group('a', 30, 1, 1, { perNodeAtMost: 1 })], [{ ...aws, atMost: 9 }]),
    {
      'replicas/a': 'at most 9 replicas',
      'perNodeAtMost/a': 'perNodeAtMost at least 4',
      [`atMost/${aws.id}`]: '21 more nodes',
    },
  ],
  [
    'no replica may be on any node',
    problem([group('a', 4, 1, 1, { perNodeAtMost: 0 })], [aws]),
    { 'perNodeAtMost/a': 'perNodeAtMost at least 1' },
  ],
  [
    'with one provider to choose from none may be lost, however many replicas there are',
    problem([group('a', 4, 1, 1, { survive: half })], [aws]),
    { 'survive/a': 'no survive rule' },
  ],
  [
    'there is another provider, and the group may not use it',
    problem([group('a', 4, 1, 1, { survive: half, allow: { provider: ['aws'] } })], [aws, azure, gcp]),
    { 'survive/a': 'no survive rule', 'allow/a': 'allowing azure or gcp too' },
  ],
  [
    'what is not allowed in two ways has to be allowed in both',
    problem(
      [group('a', 4, 1, 1, { survive: half, allow: { provider: ['aws'], region: ['r1'] } })],
      [aws, offering(4, 16, 0.2, { provider: 'gcp', region: 'g1', zone: 'g1a' })],
    ),
    { 'survive/a': 'no survive rule', 'allow/a': 'allowing gcp/g1 too' },
  ],
  [
    'residency keeps it in one region',
    problem(
      [group('a', 4, 1, 1, { survive: { loss: 'region', share: share(0.5) }, allow: { place: ['aws/r1'] } })],
      [aws, offering(4, 16, 0.2, { region: 'r2', zone: 'r2a' })],
    ),
    { 'survive/a': 'no survive rule', 'allow/a': 'allowing aws/r2 too' },
  ],
  [
    'the other provider has one node for four of the five that must remain',
    problem([group('a', 10, 1, 4, { survive: half })], [aws, { ...gcp, atMost: 1 }]),
    {
      'replicas/a': 'at most 8 replicas',
      'survive/a': 'survive share at most 0.4',
      [`atMost/${gcp.id}`]: '1 more node',
    },
  ],
  [
    'half of two providers is what is lost, and a survivor takes in half a replica',
    problem([group('a', 10, 1, 1, { survive: half, absorb: 0.5 })], [aws, gcp]),
    { 'reconnect/a': 'each replica taking in the clients of 1 lost ones' },
  ],
  [
    'only spot nodes are there',
    problem([group('a', 1, 1, 1, { spotAtMost: 0 })], [spot]),
    { 'spotAtMost/a': 'spotAtMost at least 1' },
  ],
  [
    'four of ten on spot and four on the one node on demand',
    problem([group('a', 10, 1, 4, { spotAtMost: 0.4 })], [spot, { ...aws, atMost: 1 }]),
    {
      'replicas/a': 'at most 6 replicas',
      'spotAtMost/a': 'spotAtMost at least 0.6',
      [`atMost/${aws.id}`]: '1 more node',
    },
  ],
  [
    'zone b holds four, so zone a may hold six',
    problem([group('a', 30, 1, 4, { zoneSkew: { most: 2, within: 'all' } })], [aws, { ...zoneB, atMost: 1 }]),
    {
      'replicas/a': 'at most 10 replicas',
      'zoneSkew/a': 'zoneSkew at least 22',
      [`atMost/${zoneB.id}`]: '3 more nodes',
    },
  ],
  [
    'shares that leave two fifths of the bill to no one',
    problem([group('a', 8, 4, 4)], [aws, azure, gcp], caps({ aws: 0.2, azure: 0.2, gcp: 0.2 })),
    {
      'vendorShareAtMost/aws': 'vendorShareAtMost/aws at least 0.6',
      'vendorShareAtMost/azure': 'vendorShareAtMost/azure at least 0.6',
      'vendorShareAtMost/gcp': 'vendorShareAtMost/gcp at least 0.6',
    },
  ],
  [
    'everyone is held at one provider, so no one buys elsewhere',
    problem([group('a', 40, 1, 4, { allow: { provider: ['aws'] } })], [aws, gcp], caps({ aws: 0.5 })),
    { 'vendorShareAtMost/aws': 'vendorShareAtMost/aws at least 1', 'allow/a': 'allowing gcp too' },
  ],
  [
    'aws is at $2.00 of $2.60 with all that gcp can sell; letting the group in there would change too little',
    problem(
      [group('a', 40, 1, 4, { allow: { provider: ['aws'] } }), group('b', 4, 1, 4)],
      [aws, { ...gcp, atMost: 3 }],
      caps({ aws: 0.5 }),
    ),
    {
      'replicas/a': 'at most 12 replicas',
      'vendorShareAtMost/aws': 'vendorShareAtMost/aws at least 0.77',
      [`atMost/${gcp.id}`]: '7 more nodes',
    },
  ],
  [
    'nodes that must stay weigh too',
    problem(
      [group('a', 10, 1, 1, { allow: { provider: ['gcp'] } })],
      [
        { ...aws, atLeast: 10 },
        { ...gcp, atMost: 5 },
      ],
      caps({ aws: 0.5 }),
    ),
    {
      'vendorShareAtMost/aws': 'vendorShareAtMost/aws at least 0.667',
      [`atLeast/${aws.id}`]: 'a minimum of at most 5 nodes',
      [`atMost/${gcp.id}`]: '5 more nodes',
    },
  ],
  [
    'pools that must keep more than can be had',
    problem([group('a', 2, 3, 1)], [{ ...aws, atMost: 2, atLeast: 3 }]),
    { [`atLeast/${aws.id}`]: 'a minimum of at most 2 nodes', [`atMost/${aws.id}`]: '1 more node' },
  ],
  [
    'the provider it may use sells nothing',
    problem([group('a', 10, 1, 1, { allow: { provider: ['gcp'] } })], [aws]),
    { 'allow/a': 'allowing aws too' },
  ],
  [
    'only a type that it may not use is large enough',
    problem([group('a', 1, 96, 4, { allow: { type: ['t4*'] } })], [aws, offering(128, 512, 5)]),
    { 'allow/a': 'allowing t128x512 too' },
  ],
];

describe('what clashes, and what each rule alone would have to be', () => {
  it.each(CLASHES)('%s', (_, p, expected) => {
    const { rules } = conflictOf(p, solver);
    expect(Object.fromEntries(rules.map((r) => [r.rule, r.relaxation?.text]))).toEqual(expected);
  });

  it.each(CLASHES)('and place() finds no placement: %s', (_, p) => {
    expect(place(p, solver).status).not.toBe('placed');
  });
});

describe('a conflict in words', () => {
  const words: readonly (readonly [string, Problem, readonly RegExp[]])[] = [
    [
      'a line for each rule, with what would do',
      problem([group('gateway/eu', 1200, 4, 4, { survive: half, allow: { provider: ['aws'] } })], [aws, gcp]),
      [
        /^gateway\/eu must keep 50% of its 1,200 replicas after the loss of any one provider \(would do alone: no survive rule\)$/,
        /^gateway\/eu may only use provider aws \(would do alone: allowing gcp too\)$/,
      ],
    ],
    [
      'why no share would do',
      problem([group('a', 4, 1, 1, { survive: half })], [aws]),
      [/and every offering that holds it is at aws/],
    ],
    [
      'limits on many offerings are one rule, and the one that needs the fewest nodes is named',
      problem(
        [group('a', 90, 4, 4)],
        ['r1a', 'r1b', 'r1c', 'r1d', 'r1e'].map((zone) => offering(8, 32, 0.4, { zone, atMost: 2 })),
      ),
      [
        /^a needs 90 replicas \(would do alone: at most 20 replicas\)$/,
        /^the nodes that can be had of 5 offerings are at most 10 \(aws\/r1\/r1a.* and 2 more\) \(would do alone: 35 more nodes of aws\/r1\/r1a/,
      ],
    ],
    [
      'only the part of `allow` that stands in the way is said',
      problem([group('a', 1, 1, 1, { allow: { arch: ['amd64'], zone: ['r9*'] } })], [aws]),
      [/^a may only use zone r9\* \(would do alone: allowing aws\/r1\/r1a too\)$/],
    ],
    [
      'who else can not be placed whatever is done about this',
      problem([group('a', 4, 1, 1, { survive: half }), group('b', 4, 1, 1, { survive: half })], [aws]),
      [/^a must keep/, /^besides, b can't be placed for reasons of their own$/],
    ],
    [
      'a figure that ends one clash does not claim to end another',
      problem(
        [group('a', 5, 4, 4, { allow: { provider: ['aws'] } }), group('b', 5, 4, 4, { allow: { provider: ['gcp'] } })],
        [
          { ...aws, atMost: 3 },
          { ...gcp, atMost: 3 },
        ],
      ),
      [
        /^a needs 5 replicas \(would end this clash but not all: at most 3 replicas\)$/,
        /^a may only use provider aws \(would end this clash but not all: allowing gcp too\)$/,
        /^the nodes that can be had .* \(would end this clash but not all: 2 more nodes\)$/,
      ],
    ],
  ];
  it.each(words)('%s', (_, p, lines) => {
    const answer = conflictOf(p, solver);
    expect(answer.lines).toHaveLength(lines.length);
    lines.forEach((line, i) => expect(answer.lines[i]).toMatch(line));
  });

  it('takes many groups that together ask for too much as one', () => {
    const groups = Array.from({ length: 30 }, (_, i) => group(`g${i}`, 10, 4, 4));
    const { lines } = conflictOf(problem(groups, [{ ...aws, atMost: 250 }]), solver);
    expect(lines[0]).toMatch(
      /^g0, g1, g2 and 23 more need 260 replicas together \(would do alone: 10.1% fewer of each\)$/,
    );
    expect(lines[1]).toMatch(/are at most 250 \(would do alone: 50 more nodes\)$/);
  });

  it('says how near to clashing it is when only whole nodes fail', () => {
    // a third of a node is left over on each of three, and no replica fits into thirds
    const p = problem([group('a', 6, 1, 1), group('b', 3, 2, 1), group('c', 3, 1, 1)], [{ ...aws, atMost: 4 }]);
    const { rules, lines } = conflictOf(p, solver);
    expect(rules).toEqual([]);
    expect(lines[0]).toMatch(
      /every rule can be kept in fractions of nodes.* from [\d.]+% more replicas on these would clash/,
    );
    expect(lines.slice(1).join('\n')).toMatch(/nodes that can be had .* at most 4/);
  });

  it('finds nothing to blame where there is ample room', () => {
    const { rules, lines } = conflictOf(problem([group('a', 10, 1, 1)], [aws, gcp]), solver);
    expect(rules).toEqual([]);
    expect(lines.join()).toMatch(/no rules clash/);
  });
});

describe('a group that fits nowhere', () => {
  const table: readonly (readonly [string, Problem, RegExp])[] = [
    [
      'is short of cores on the largest node',
      problem([group('a', 1, 96, 4)], [aws, offering(64, 16, 2)]),
      /needs 96 cores where a node has 64.*the largest it may use, aws\/r1\/r1a\/t64x16\/on-demand, is short by 32 cores$/,
    ],
    [
      'is short of several resources at once',
      problem([group('a', 1, 8, 32)], [aws]),
      /is short by 4 cores and 16,384 MiB of memory$/,
    ],
    [
      'is told of the node that comes nearest, not of the one with most cores',
      problem([group('a', 1, 4, 40)], [offering(64, 8, 2), offering(4, 32, 1)]),
      /t4x32\/on-demand, is short by 8,192 MiB of memory$/,
    ],
    [
      'is short of a device that no node has',
      problem(
        [group('a', 1, 1, 1, { requests: { ...group('a', 1, 1, 1).requests, devices: { 'nvidia.com/gpu': 2 } } })],
        [aws, offering(8, 32, 2, { gpus: 1, type: 'g' })],
      ),
      /is short by 1 nvidia.com\/gpu$/,
    ],
    [
      'is not told of a node that it may not use',
      problem(
        [group('a', 1, 96, 4, { allow: { provider: ['aws'] } })],
        [aws, offering(90, 16, 2, { provider: 'gcp' })],
      ),
      /the largest it may use, aws\/r1\/r1a\/t4x16\/on-demand, is short by 92 cores$/,
    ],
    ['has none to choose from', problem([group('a', 1, 1, 1)], []), /a fits on none of 0 offerings/],
  ];
  it.each(table)('%s', (_, p, words) => {
    const [first] = p.groups;
    expect(first && nowhere(p, first)).toMatch(words);
    const { rules, lines } = conflictOf(p, solver);
    expect(rules.map((r) => r.rule)).toEqual(['size/a']);
    expect(lines[0]).toMatch(words);
  });

  it('but for nodes that are too small because of a rule, that rule is named', () => {
    const p = problem([group('a', 1, 8, 8, { allow: { type: ['t4x16'] } })], [aws, offering(16, 64, 1)]);
    expect(conflictOf(p, solver).rules.map((r) => r.rule)).toEqual(['allow/a']);
  });
});

describe('without an answer of the solver', () => {
  const failing = (answer: LinearAnswer | Error): LinearSolver => ({
    name: 'failing',
    open: (rows) => ({
      ...solver.open(rows),
      solve: () => {
        if (answer instanceof Error) throw answer;
        return answer;
      },
    }),
  });
  const answers: readonly (readonly [string, LinearAnswer | Error])[] = [
    ['it fails', { status: 'failed', reason: 'out of iterations' }],
    ['it calls infeasible what never is', { status: 'infeasible' }],
    ['it throws', new Error('out of memory')],
  ];
  const broken: readonly (readonly [string, Problem, readonly string[]])[] = [
    ['a share of one provider', problem([group('a', 4, 1, 1, { survive: half })], [aws]), ['survive/a']],
    ['spot nodes alone', problem([group('a', 4, 1, 1, { spotAtMost: 0.5 })], [spot]), ['spotAtMost/a']],
    ['too few nodes', problem([group('a', 5, 4, 4)], [{ ...aws, atMost: 3 }]), ['replicas/a']],
    [
      'no place that is allowed',
      problem([group('a', 5, 1, 1, { allow: { provider: ['gcp'] }, survive: half })], [aws]),
      ['allow/a'],
    ],
    [
      'shares that add up to less than all',
      problem([group('a', 4, 1, 1)], [aws, gcp], caps({ aws: 0.3, gcp: 0.3 })),
      ['vendorShareAtMost/aws', 'vendorShareAtMost/gcp'],
    ],
  ];
  describe.each(answers)('because %s', (_, answer) => {
    it.each(broken)('the rule that is broken alone is named: %s', (__, p, expected) => {
      const { rules, lines } = conflictOf(p, failing(answer));
      expect(rules.map((r) => r.rule)).toEqual(expected);
      expect(lines.at(-1)).toMatch(/the solver gave no usable answer/);
    });
  });
});
