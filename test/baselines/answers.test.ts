import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeBy, STRATEGIES } from '../../src/baselines/place-by.ts';
import type { Placement } from '../../src/placement/placement.ts';
import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';
import { instant, share, usdPerHour as usd } from '../../src/units.ts';
import { group, offering, problem } from '../placement/build.ts';
import { problems } from './problems.ts';

describe.each(STRATEGIES)('every answer of %s', (strategy) => {
  const every = (check: (problem: Problem, answer: Placement) => void, limited = true): void =>
    fc.assert(
      fc.property(problems({ spread: true, limited }), (p) => check(p, placeBy(strategy, p))),
      { numRuns: 150, seed: 11 },
    );

  it('keeps every rule it knows', () => {
    every((p, { nodes, unplaced, conflict }) => {
      expect(violations(p, nodes, unplaced)).toEqual([]);
      expect(conflict.filter((line) => line.includes('is not kept'))).toEqual([]);
    });
  });

  it('places what was asked for and no more, and says what it left out', () => {
    every((p, { nodes, unplaced, status }) => {
      for (const { name, replicas } of p.groups) {
        const placed = nodes.reduce((sum, n) => sum + n.count * (n.replicas[name] ?? 0), 0);
        expect(placed + (unplaced[name] ?? 0)).toBe(replicas);
      }
      expect(status === 'placed').toBe(Object.keys(unplaced).length === 0);
    });
  });

  it('leaves out only what fits nowhere when nothing is limited', () => {
    every((p, { unplaced }) => {
      for (const g of p.groups) {
        const fits = p.offerings.some((o) => mayHold(g, o));
        expect(unplaced[g.name] ?? 0).toBe(fits ? 0 : g.replicas);
      }
    }, false);
  });

  it('costs what its nodes cost', () => {
    every((p, { nodes, usdPerHour }) => {
      const price = new Map(p.offerings.map((o) => [o.id, o.usdPerHour]));
      expect(usdPerHour).toBeCloseTo(
        nodes.reduce((sum, n) => sum + n.count * (price.get(n.offering) ?? 0), 0),
        9,
      );
    });
  });

  it('has a bound that its certificate adds up to, and no filling of a node is worth more than the node', () => {
    every((p, { certificate, lowerBoundUsdPerHour, usdPerHour }) => {
      const worth = (g: Group): number => certificate.groupPrices[g.name] ?? 0;
      const scarce = p.offerings.reduce(
        (sum, o) => sum + (o.atMost ?? 0) * (certificate.availabilityPrices[o.id] ?? 0),
        0,
      );
      const sum = p.groups.reduce((total, g) => total + g.replicas * worth(g), 0) - scarce;
      expect(sum).toBeCloseTo(lowerBoundUsdPerHour, 9);
      expect(lowerBoundUsdPerHour).toBeLessThanOrEqual(usdPerHour + 1e-9);
      for (const o of p.offerings) {
        const price = o.usdPerHour + (certificate.availabilityPrices[o.id] ?? 0);
        expect(bestFilling(p.groups, o, worth)).toBeLessThanOrEqual(price + 1e-9);
      }
    });
  });

  it('does not depend on the order of the file', () => {
    fc.assert(
      fc.property(problems({ spread: true, limited: true }), fc.nat(1000), (p, turn) => {
        const turned = { ...p, groups: rotated(p.groups, turn), offerings: rotated(p.offerings, turn).toReversed() };
        const [a, b] = [placeBy(strategy, p), placeBy(strategy, turned)];
        expect(b.nodes.map(byName)).toEqual(a.nodes.map(byName));
        expect(b.unplaced).toEqual(a.unplaced);
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('starts from its own answer without a change', () => {
    fc.assert(
      fc.property(problems({ spread: false }), (p) => {
        const first = placeBy(strategy, p);
        const again = placeBy(strategy, { ...p, running: first.nodes });
        expect(again.usdPerHour).toBeLessThanOrEqual(first.usdPerHour + 1e-9);
        expect(again.unplaced).toEqual(first.unplaced);
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});

describe.each(STRATEGIES)('the rules %s does not know', (strategy) => {
  const aws = offering(4, 8, 1);
  const awsSpot = offering(4, 8, 0.4, { purchase: 'spot' });
  const gcp = offering(4, 8, 2, { provider: 'gcp', region: 'r2', zone: 'r2a' });

  it.each([
    {
      rule: 'a share of a vendor',
      problem: problem([group('a', 8, 1, 2)], [aws, gcp], { vendorShareAtMost: new Map([['aws', 0.5]]) }),
      says: /^vendorShareAtMost is not kept: aws has 100\.00% of the \$\/h, over 50% \(this strategy does not know the rule\)$/,
    },
    {
      rule: 'a share of spot',
      problem: problem([group('a', 8, 1, 2, { spotAtMost: 0.25 })], [awsSpot]),
      says: /^spotAtMost is not kept: a has 8 of 8 replicas on spot, over 25% \(this strategy does not know the rule\)$/,
    },
    {
      rule: 'what survives a loss',
      problem: problem([group('a', 8, 1, 2, { survive: { loss: 'provider', share: share(0.5) } })], [aws, gcp]),
      says: /^survive is not kept: a keeps 0 replicas after the loss of aws, under 50% of 8 \(this strategy does not know/,
    },
  ])('$rule: nodes are given all the same, and the rule is named', ({ problem: p, says }) => {
    const { status, nodes, conflict } = placeBy(strategy, p);
    expect(status).toBe('placed');
    expect(nodes.length).toBeGreaterThan(0);
    expect(conflict).toEqual([expect.stringMatching(says)]);
  });

  it('a rule that holds by chance is not named', () => {
    const p = problem([group('a', 8, 1, 2, { spotAtMost: 0.5 })], [aws]);
    expect(placeBy(strategy, p).conflict).toEqual([]);
  });

  it('replicas that run and break a spread stay, and the answer says so', () => {
    const zoned = [offering(4, 8, 1), offering(4, 8, 1, { zone: 'r1b' })];
    const p = problem(
      [group('a', 8, 1, 2, { zoneSkew: { most: 1, within: 'all' } })],
      zoned,
      {},
      {
        running: [{ offering: zoned[0]?.id ?? '', count: 2, replicas: { a: 4 } }],
      },
    );
    const { conflict, status } = placeBy(strategy, p);
    expect(status).toBe('placed');
    expect(conflict).toEqual([
      'a rule is not kept: a differs by 8 replicas between the zones of all zones (what runs is left where it is)',
    ]);
  });
});

describe('what is billed', () => {
  const node = offering(4, 8, 1);
  const plain = problem([group('a', 8, 1, 2)], [node]);

  it('is after commitments and discounts, and the bound stays below', () => {
    const p = problem([group('a', 8, 1, 2)], [node], {
      commitments: [
        {
          kind: 'reserved-nodes',
          id: 'r',
          provider: 'aws',
          region: 'r1',
          type: node.type,
          count: 1,
          usdPerHour: usd(0.6),
          until: instant(0),
        },
      ],
      discounts: [{ provider: 'aws', on: 'all', tiers: [{ fromUsdPerMonth: 0, discount: share(0.1) }] }],
    });
    for (const strategy of STRATEGIES) {
      const answer = placeBy(strategy, p);
      // one node is covered by the $0.60, the other billed at $0.90
      expect(answer.usdPerHour).toBeCloseTo(1.5, 9);
      expect(answer.lowerBoundUsdPerHour).toBeLessThanOrEqual(1.5 + 1e-9);
      expect(answer.lowerBoundUsdPerHour).toBeGreaterThan(0.6);
    }
  });

  it('counts launches as cost of change, apart from the bill', () => {
    const p: Problem = { ...plain, change: { launchUsd: 0.5, moveUsdPerReplica: 0, openUsd: 1, horizonHours: 2 } };
    const { cost, usdPerHour } = placeBy('ffd', p);
    expect(usdPerHour).toBe(2);
    expect(cost.change).toBe((2 * 0.5 + 1) / 2);
  });

  it('has egress as of callers that reach all replicas alike', () => {
    const east = offering(4, 8, 1, { zone: 'r1a' });
    const west = offering(4, 8, 1, { region: 'r9', zone: 'r9a' });
    const p = problem(
      [group('a', 1, 1, 1, { allow: { region: ['r1'] } }), group('b', 1, 1, 1, { allow: { region: ['r9'] } })],
      [east, west],
      { flows: [{ from: 'a', to: 'b', gbPerHour: 10, usdPerGb: (x, y) => (x === y ? 0 : 0.02), label: 'a → b' }] },
    );
    const { cost, usdPerHour } = placeBy('karpenter', p);
    expect(cost.egress).toBeCloseTo(0.2, 12);
    expect(usdPerHour).toBeCloseTo(2.2, 12);
  });

  it('of nothing is nothing', () => {
    for (const strategy of STRATEGIES) {
      const answer = placeBy(strategy, problem([group('a', 0, 1, 1)], [node]));
      expect([answer.status, answer.usdPerHour, answer.lowerBoundUsdPerHour, answer.gap]).toEqual(['placed', 0, 0, 0]);
      expect(placeBy(strategy, problem([group('a', 3, 64, 1)], [node]))).toMatchObject({
        status: 'infeasible',
        usdPerHour: 0,
        unplaced: { a: 3 },
        conflict: ['3 replicas of a found no node that may be had and fits'],
      });
    }
  });
});

/** Most worth of replicas that one node of o can hold, by trying every filling. */
function bestFilling(groups: readonly Group[], o: Candidate, worth: (g: Group) => number): number {
  const from = (i: number, free: { cpu: number; memory: number; pods: number; gpu: number }): number => {
    const g = groups[i];
    if (!g) return 0;
    const { cpu, memory, devices } = g.requests;
    const gpu = devices?.['nvidia.com/gpu'] ?? 0;
    let best = 0;
    const most = mayUse(g, o) ? Math.min(g.replicas, g.perNodeAtMost ?? Infinity) : 0;
    for (let n = 0; n <= most; n++) {
      const left = {
        cpu: free.cpu - n * cpu,
        memory: free.memory - n * memory,
        pods: free.pods - n,
        gpu: free.gpu - n * gpu,
      };
      if (left.cpu < 0 || left.memory < 0 || left.pods < 0 || left.gpu < 0) break;
      best = Math.max(best, n * worth(g) + from(i + 1, left));
    }
    return best;
  };
  const { cpu, memory, pods = 0, devices } = o.allocatable;
  return from(0, { cpu, memory, pods: Math.min(pods, 12), gpu: devices?.['nvidia.com/gpu'] ?? 0 });
}

function mayUse(g: Group, o: Candidate): boolean {
  return (
    (g.allow.arch?.includes(o.arch) ?? true) &&
    (g.allow.provider?.includes(o.provider) ?? true) &&
    !(o.purchase === 'spot' && g.spotAtMost === 0)
  );
}

function mayHold(g: Group, o: Candidate): boolean {
  const { cpu, memory, devices } = g.requests;
  const have = o.allocatable;
  const gpu = devices?.['nvidia.com/gpu'] ?? 0;
  return mayUse(g, o) && cpu <= have.cpu && memory <= have.memory && gpu <= (have.devices?.['nvidia.com/gpu'] ?? 0);
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

const byName = ({ offering: id, count, replicas }: Placement['nodes'][number]): string =>
  `${count} × ${id} ${JSON.stringify(Object.entries(replicas).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
