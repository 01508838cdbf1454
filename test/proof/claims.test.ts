import { describe, expect, it } from 'vitest';
import type { AnswerFile, NodesEntry } from '../../src/interchange/answer-file.ts';
import type { OfferingEntry, ProblemFile } from '../../src/interchange/problem-file.ts';
import type { Claim } from '../../src/proof/finding.ts';
import { verify } from '../../src/proof/verify.ts';

const GIB = 2 ** 30;
const A = 'aws/r1/a/large/on-demand';
const B = 'aws/r1/b/large/on-demand';
const G = 'gcp/r2/z/large/on-demand';
const S = 'aws/r1/a/large/spot';

function offering(id: string, usdPerHour: number, more: Partial<OfferingEntry> = {}): OfferingEntry {
  const [provider = '', region = '', zone = '', type = '', purchase = ''] = id.split('/');
  return {
    ...{ id, provider, region, zone, type, arch: 'amd64', usdPerHour },
    purchase: purchase === 'spot' ? 'spot' : 'on-demand',
    allocatable: { cpu: '4', memory: '8Gi', pods: 8 },
    ...more,
  };
}

/** Every rule once, and an answer that keeps them all. */
const PROBLEM: ProblemFile = {
  schemaVersion: 1,
  groups: [
    {
      name: 'web',
      replicas: 8,
      requests: { cpu: '1000m', memory: '1Gi' },
      allow: { purchase: ['on-demand'] },
      perNodeAtMost: 2,
      zoneSkew: 1,
    },
    { name: 'cache', replicas: 4, requests: { cpu: 1, memory: 2 * GIB }, survive: { loss: 'provider', share: 0.5 } },
    { name: 'batch', replicas: 4, requests: { cpu: 0.5, memory: '512Mi' }, spotAtMost: 0.5 },
  ],
  offerings: [offering(A, 0.2, { atMost: 2 }), offering(B, 0.2), offering(G, 0.2), offering(S, 0.08)],
  rules: { vendorShareAtMost: { aws: 0.85 } },
};

const on = (id: string, replicas: Record<string, number>, count = 1): NodesEntry => ({ offering: id, count, replicas });
const NODES = [
  on(A, { web: 2, cache: 2 }),
  on(A, { web: 1, batch: 2 }),
  on(B, { web: 2 }),
  on(B, { web: 1 }),
  on(G, { web: 2, cache: 2 }),
  on(S, { batch: 2 }),
];

/** 8 × $0.03 + 4 × $0.02; two web and two cache are worth $0.10 where a node costs $0.20, four cache the $0.08 of a spot node. */
const ANSWER: AnswerFile = {
  schemaVersion: 1,
  status: 'placed',
  method: 'by hand',
  usdPerHour: 1.08,
  lowerBoundUsdPerHour: 0.32,
  gap: 1.08 / 0.32 - 1,
  nodes: NODES,
  unplaced: {},
  conflict: [],
  certificate: { groupPrices: { web: 0.03, cache: 0.02 }, availabilityPrices: {}, rulePrices: {} },
  seconds: 0,
};

/** The nodes and the money that goes with them. */
const withNodes = (...nodes: NodesEntry[]): Partial<AnswerFile> => {
  const price = new Map(PROBLEM.offerings.map((o) => [o.id, o.usdPerHour]));
  const usdPerHour = nodes.reduce((sum, n) => sum + n.count * (price.get(n.offering) ?? 0), 0);
  return { nodes, usdPerHour, gap: usdPerHour / ANSWER.lowerBoundUsdPerHour - 1 };
};
const instead = (at: number, ...nodes: NodesEntry[]): Partial<AnswerFile> =>
  withNodes(...NODES.slice(0, at), ...nodes, ...NODES.slice(at + 1));
const priced = (certificate: Partial<AnswerFile['certificate']>, bound = 0.32): Partial<AnswerFile> => ({
  lowerBoundUsdPerHour: bound,
  gap: 1.08 / bound - 1,
  certificate: { ...ANSWER.certificate, ...certificate },
});

const failing = (answer: AnswerFile, problem = PROBLEM): (readonly [Claim, string])[] =>
  verify(problem, answer).findings.flatMap((f) => (f.verdict === 'fails' ? [[f.claim, f.text] as const] : []));

describe('an answer made by hand', () => {
  it('holds, claim by claim', () => {
    const { holds, findings } = verify(PROBLEM, ANSWER);
    expect(findings.filter((f) => f.verdict !== 'holds')).toEqual([]);
    expect(holds).toBe(true);
    expect(new Set(findings.map((f) => f.claim)).size).toBe(12);
  });

  it.each<[why: string, change: Partial<AnswerFile>, claim: Claim, words: RegExp]>([
    [
      'an offering that is none',
      instead(5, on('aws/r1/a/huge/spot', { batch: 2 })),
      'nodes',
      /no offering aws\/r1\/a\/huge/,
    ],
    ['half a node', { nodes: [...NODES.slice(0, 5), on(S, { batch: 4 }, 0.5)] }, 'nodes', /0\.5 is no number of nodes/],
    ['a group that is none', instead(5, on(S, { batch: 2, x: 1 })), 'nodes', /no group x/],
    ['half a replica', instead(5, on(S, { batch: 2, cache: 0.5 })), 'nodes', /0\.5 is no number of replicas of cache/],
    [
      'more cores than there are',
      instead(5, on(S, { batch: 2, cache: 4 })),
      'fillings',
      /holds 5 cores where 4 cores fit/,
    ],
    [
      'more memory than there is',
      instead(4, on(G, { web: 2, cache: 4 })),
      'fillings',
      /holds 10240 MiB of memory where 8192/,
    ],
    [
      'three where two may share a node',
      instead(2, on(B, { web: 3 })),
      'fillings',
      /3 replicas of web, of which 2 may share/,
    ],
    [
      'on spot where on-demand is asked for',
      instead(5, on(S, { batch: 2, web: 1 })),
      'places',
      /web may not be on aws\/r1\/a\/large\/spot/,
    ],
    [
      'more nodes than there are',
      instead(1, NODES[1] ?? on(A, {}), on(A, {})),
      'availability',
      /3 nodes of aws\/r1\/a\/large\/on-demand, of which 2/,
    ],
    ['a replica too few', instead(3), 'coverage', /web has 7 of 8 replicas/],
    [
      'a replica too few, and said so, under the status placed',
      { ...instead(3), unplaced: { web: 1 } },
      'coverage',
      /status is placed, and 1 replicas/,
    ],
    ['a replica of no group said to be unplaced', { unplaced: { x: 1 } }, 'coverage', /no group x/],
    [
      'too many on spot',
      withNodes(...NODES.slice(0, 1), on(A, { web: 1 }), ...NODES.slice(2, 5), on(S, { batch: 4 })),
      'spot',
      /batch has 4 of 4 replicas on spot/,
    ],
    [
      'too many in one zone',
      instead(4, on(G, { cache: 2 }), on(B, { web: 2 })),
      'zones',
      /web has 5 replicas in aws\/r1\/b and 0 in gcp/,
    ],
    [
      'all with one provider',
      instead(4, on(G, { web: 2 }), on(B, { cache: 2 })),
      'survival',
      /cache keeps 0 of 4 replicas after the loss of aws/,
    ],
    [
      'too much of one provider',
      withNodes(...NODES, on(B, {}, 3)),
      'vendors',
      /aws has \$1\.4800\/h of \$1\.6800\/h, a share of 0\.8810/,
    ],
    [
      'a cost that is not the nodes’',
      { usdPerHour: 1.07, gap: 1.07 / 0.32 - 1 },
      'cost',
      /the nodes cost \$1\.080000\/h, the answer says \$1\.070000/,
    ],
    ['a gap that is not that of the figures', { gap: 0.01 }, 'bound', /the gap is 2\.375/],
    ['a bound above the cost', priced({ groupPrices: { web: 0.03, cache: 0.3 } }, 1.44), 'bound', /above the cost/],
    [
      'a bound that the prices do not add up to',
      priced({}, 0.33),
      'certificate',
      /add up to a bound of \$0\.320000\/h/,
    ],
    [
      'a price below nothing',
      priced({ groupPrices: { web: 0.03, cache: 0.02, batch: -0.01 } }, 0.28),
      'certificate',
      /price of batch is -0\.01/,
    ],
    [
      'a price of no group',
      priced({ groupPrices: { ...ANSWER.certificate.groupPrices, x: 1 } }),
      'certificate',
      /x, which is no group/,
    ],
    [
      'a price of no rule',
      priced({ rulePrices: { 'spotAtMost/web': 0.01 } }),
      'certificate',
      /spotAtMost\/web, which is no rule/,
    ],
    [
      'an availability price without a limit',
      priced({ availabilityPrices: { [B]: 0.01 } }),
      'certificate',
      /has an availability price and no atMost/,
    ],
    [
      'a filling that is worth more than its node',
      priced({ groupPrices: { web: 0.03, cache: 0.021 } }, 0.324),
      'certificate',
      /spot costs \$0\.080000\/h and can hold 4 × cache, worth \$0\.084000/,
    ],
    [
      'zones that are promised more than they give',
      priced({ rulePrices: { 'zoneSkew/web/aws/r1/a': 0.01 } }, 0.31),
      'certificate',
      /emptiest zone of web add up to 0, less than the 0\.01/,
    ],
  ])('%s does not hold', (_, change, claim, words) => {
    const found = failing({ ...ANSWER, ...change });
    expect(found.map(([of]) => of)).toContain(claim);
    expect(found.map(([of, text]) => `${of}: ${text}`).join('\n')).toMatch(new RegExp(`${claim}: .*${words.source}`));
  });

  it.each<[why: string, certificate: Partial<AnswerFile['certificate']>, bound: number]>([
    [
      'a scarce node dearer, so that what fits on it may be worth more: less two nodes at $0.01',
      { availabilityPrices: { [A]: 0.01 } },
      0.3,
    ],
    [
      'spot less worth to batch by what its ceiling costs: $0.04 a replica for four, less two at $0.03',
      { groupPrices: { batch: 0.02 }, rulePrices: { 'spotAtMost/batch': 0.01 } },
      0.06,
    ],
    [
      'what is with one provider asked for once more for the other: two replicas for each loss at $0.01',
      { groupPrices: {}, rulePrices: { 'survive/cache/aws': 0.01, 'survive/cache/gcp': 0.01 } },
      0.04,
    ],
    [
      'zones between the fullest and the emptiest, less the skew of 1 at $0.01',
      {
        groupPrices: { web: 0.03 },
        rulePrices: { 'zoneSkew/web/aws/r1/a': 0.01, 'zoneSkew/web/gcp/r2/z/least': 0.01 },
      },
      0.23,
    ],
    [
      'nodes of aws dearer and all others cheaper, which adds nothing to the bound',
      { rulePrices: { 'vendorShareAtMost/aws': 0.1 } },
      0.32,
    ],
  ])('a certificate may count %s', (_, certificate, bound) => {
    expect(failing({ ...ANSWER, ...priced(certificate, bound) })).toEqual([]);
  });

  it('what has no place is the answer’s own word, and refuted where it plainly has one', () => {
    const partial: AnswerFile = { ...ANSWER, ...instead(3), status: 'partial', unplaced: { web: 1 } };
    const { holds, findings } = verify(PROBLEM, partial);
    expect(holds).toBe(true);
    expect(findings.filter((f) => f.verdict === 'note').map((f) => f.text)).toEqual([
      'that replicas have no place (1 of web) is the answer’s own word: no certificate proves it',
      'one more node of aws/r1/b/large/on-demand with one replica of web would break no rule',
    ]);
    const nothing: AnswerFile = {
      ...{
        ...ANSWER,
        ...withNodes(),
        lowerBoundUsdPerHour: 0,
        gap: 0,
        certificate: { ...ANSWER.certificate, groupPrices: {} },
      },
      ...{ status: 'infeasible', unplaced: { web: 8, cache: 4, batch: 4 }, conflict: ['no idea'] },
    };
    expect(failing(nothing).map(([claim]) => claim)).toContain('coverage');
  });
});
