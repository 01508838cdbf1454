import { beforeAll, describe, expect, it } from 'vitest';
import { assess } from '../../src/assess/assess.ts';
import { exported } from '../../src/assess/export.ts';
import { asMarkdown } from '../../src/assess/markdown.ts';
import type { AssessOptions } from '../../src/assess/outcome.ts';
import { pageOf } from '../../src/assess/page.ts';
import type { Assessment } from '../../src/assess/report.ts';
import { asText } from '../../src/assess/text.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { deployment, eksNode, list, node, pod } from '../support/kube.ts';
import { priceLists } from '../support/price-lists.ts';
import { OPTIONS } from '../support/repack.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

function run(items: readonly unknown[], options: Partial<AssessOptions> = {}): Assessment {
  const all: AssessOptions = { ...OPTIONS, across: false, eachCloud: false, ...options };
  const read = assess([{ file: 'f', text: list(items) }], priceLists(), solver, all);
  if (!read.ok) throw new Error('not read');
  return read.value;
}
const text = (a: Assessment): string => asText(pageOf(a), undefined, 1000);

const NODES = [eksNode('a', { zone: 'a' }), eksNode('b', { zone: 'b' })];
const WEB = deployment('web', ['a', 'b'], 4, { requests: { cpu: '500m', memory: '1Gi' } });

describe('the report', () => {
  it('leads with what is paid, what it could be, and how sure that is', () => {
    const shown = text(run([...NODES, ...WEB]));
    expect(shown).toMatch(/^You pay \$0\.86\/h \(\$625\/month\) at list price for 2 nodes\.\n/);
    expect(shown).toMatch(
      /The cheapest safe placement of the same pods on AWS eu-west-1 costs \$0\.16\/h \(−80\.8%, \$505\/month less\), proven /,
    );
    expect(shown).toMatch(/cpu 12\.6% \(2 of 16 cores\)/);
    expect(shown).toMatch(/AWS: aws test list, listed, read 2026-01-02/);
  });

  it('says so when nothing cheaper was found', () => {
    const tight = eksNode('a', { type: 'c6a.large', allocatable: { cpu: '1930m', memory: '3Gi', pods: '29' } });
    const shown = text(run([tight, ...deployment('web', ['a'], 1, { requests: { cpu: '1800m', memory: '2Gi' } })]));
    expect(shown).toMatch(/Nothing cheaper was found on AWS eu-west-1 for the same pods; what runs is proven/);
    expect(shown).not.toMatch(/Same cloud:/);
  });

  it('counts idle money by the resource used most', () => {
    const { types } = run([...NODES, ...WEB]).now;
    expect(types).toHaveLength(1);
    expect(types[0]?.idleUsdPerHour).toBeCloseTo(2 * 0.428 * (1 - 2000 / 15820), 6);
  });

  it('lists what it could not price with the nearest known, and prices the rest', () => {
    const odd = eksNode('x', { type: 'm99.2xlarge' });
    const a = run([...NODES, odd, ...WEB, pod({ name: 'p', node: 'x', owner: 'Deployment/p' })]);
    expect(a.unpriced).toMatchObject([
      { type: 'm99.2xlarge', nodes: 1, pods: 1, nearest: { name: 'm5.2xlarge in aws/eu-west-1' } },
    ]);
    expect(a.pricedShare).toBeCloseTo(2 / 3);
    expect(text(a)).toMatch(/for the 2 of 3 nodes that have a price/);
  });

  it('says what stays, why, and what it costs; each node once', () => {
    const mark = { 'karpenter.sh/do-not-disrupt': 'true' };
    const pinned = [1, 2].map((i) => pod({ name: `p${i}`, node: 'a', owner: 'Deployment/p', annotations: mark }));
    const bare = pod({ name: 'bare', node: 'a' });
    const { stays } = run([...NODES, ...WEB, ...pinned, bare]);
    expect(stays).toMatchObject([
      { reason: expect.stringContaining('do-not-disrupt') as string, pods: 2, nodes: 1, usdPerHour: 0.428 },
      { reason: expect.stringContaining('no controller') as string, pods: 1, nodes: 0, usdPerHour: 0 },
    ]);
  });

  const notes: readonly (readonly [
    why: string,
    items: readonly unknown[],
    options: Partial<AssessOptions>,
    says: RegExp,
  ])[] = [
    [
      'pods that request nothing',
      [...NODES, ...deployment('bare', ['a'], 2)],
      {},
      /2 pods request no cpu or no memory.*--default-requests/,
    ],
    [
      'requests filled in',
      [...NODES, ...deployment('bare', ['a'], 2)],
      { defaults: { cpu: 100, memory: 128 } },
      /counted as 100m cpu and 128 MiB/,
    ],
    [
      'a pod that runs where it does not fit',
      [...NODES, pod({ name: 'p', node: 'a', owner: 'Deployment/p', requests: { cpu: '86', memory: '1Gi' } })],
      {},
      /contradicts itself on 1 node, which is said .*\(a: cpu 1087\.2%; one pod alone requests more/,
    ],
    [
      'pods that together do not fit where they run',
      [...NODES, ...deployment('web', ['a', 'b'], 20, { requests: { cpu: '100m', memory: '4Gi' } })],
      {},
      /contradicts itself on 2 nodes, which are said .*: memory 133\.\d%; its pods request more/,
    ],
    [
      'a search that was narrowed to some types',
      [...NODES, ...WEB],
      { types: ['t3.*'] },
      /Only types like t3\.\* were open to proposals \(--types\).*not among all types/,
    ],
    [
      'pods that wait',
      [...NODES, ...WEB, pod({ name: 'w', owner: 'Deployment/w', phase: 'Pending' })],
      {},
      /1 pod waiting for a node/,
    ],
    [
      'nodes that do not say how they are paid for',
      [
        node({
          name: 'a',
          providerID: 'aws:///eu-west-1a/i-1',
          labels: { 'topology.kubernetes.io/region': 'eu-west-1', 'node.kubernetes.io/instance-type': 'm5.large' },
        }),
        pod({ name: 'p', node: 'a', owner: 'Deployment/p' }),
      ],
      {},
      /1 node without a label that says on-demand or spot/,
    ],
    [
      'preferences',
      [
        ...NODES,
        ...deployment('soft', ['a'], 3, {
          spec: {
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'topology.kubernetes.io/zone',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: {},
              },
            ],
          },
        }),
      ],
      {},
      /3 pods with preferences that bind nobody/,
    ],
    [
      'disruption budgets',
      [
        ...NODES,
        ...WEB,
        {
          kind: 'PodDisruptionBudget',
          metadata: { name: 'web', namespace: 'chat' },
          status: { disruptionsAllowed: 0 },
        },
      ],
      {},
      /1 disruption budget: 1 allow none now.*chat\/web/,
    ],
    [
      'replicas that are not there yet',
      [
        ...NODES,
        ...WEB,
        { kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 6 }, status: { replicas: 4 } },
      ],
      {},
      /2 replicas wanted/,
    ],
    [
      'the fee of EKS Auto Mode',
      [
        eksNode('a', { labels: { 'eks.amazonaws.com/compute-type': 'auto' } }),
        pod({ name: 'p', node: 'a', owner: 'Deployment/p' }),
      ],
      {},
      /EKS Auto Mode takes a fee/,
    ],
    [
      'nodes that are not ready',
      [eksNode('a', { ready: false }), ...deployment('web', ['a'], 1)],
      {},
      /1 node not ready: paid for/,
    ],
    ['what list prices leave out', [...NODES, ...WEB], {}, /no discounts, commitments or savings plans/],
    ['what safe means', [...NODES, ...WEB], {}, /no node carries more than half of the like replicas of a workload/],
  ];
  it.each(notes)('notes %s', (_why, items, options, says) => {
    expect(run(items, options).notes.join('\n')).toMatch(says);
  });

  it('counts what it leaves aside', () => {
    const a = run([
      ...NODES,
      ...WEB,
      pod({ name: 'done', node: 'a', owner: 'Job/j', phase: 'Succeeded' }),
      pod({ name: 'lost', node: 'gone', owner: 'Deployment/l' }),
      pod({ name: 'going', node: 'a', owner: 'Deployment/g', deleted: true }),
      { kind: 'Service', metadata: { name: 's' } },
    ]);
    expect(a.seen).toMatchObject({ nodes: 2, finished: 1, ending: 1, ignored: [{ kind: 'Service', items: 1 }] });
    expect(a.leftOut).toMatchObject([{ reason: 'its node is not in the input', pods: 1 }]);
  });

  it('does not call requests that were filled in a contradiction', () => {
    const full = run([...NODES, ...deployment('bare', ['a'], 20)], { defaults: { cpu: 1000, memory: 128 } });
    expect(full.notes.join()).not.toContain('contradicts itself');
    expect(run([...NODES, ...WEB]).notes.join()).not.toContain('contradicts itself');
  });

  it('can be asked for a share on spot, for types, and to move what is pinned', () => {
    const mark = { 'karpenter.sh/do-not-disrupt': 'true' };
    const items = [
      ...NODES,
      ...deployment('web', ['a', 'b'], 8, { requests: { cpu: '900m', memory: '1Gi' }, annotations: mark }),
    ];
    expect(run(items).sameCloud?.kind).toBe('unchanged');
    const moved = run(items, { includePinned: true, types: ['m5.*'] }).sameCloud;
    expect(moved?.mix.every((m) => m.type.startsWith('m5.'))).toBe(true);
    const spot = run(items, { includePinned: true, spot: 1 }).sameCloud;
    expect(spot?.mix.every((m) => m.purchase === 'spot')).toBe(true);
    expect(spot?.usdPerHour).toBeLessThan(moved?.usdPerHour ?? 0);
  });

  it('tells what one more region of each cloud would bring, when it is asked', () => {
    const items = [...NODES, ...deployment('web', ['a', 'b'], 12, { requests: { cpu: '1500m', memory: '3Gi' } })];
    expect(run(items, { across: true }).eachCloud).toEqual([]);
    const a = run(items, { across: true, eachCloud: true });
    expect(
      a.eachCloud
        .map((o) => o.places)
        .flat()
        .toSorted(),
    ).toEqual(['aws/eu-north-1', 'azure/westeurope', 'gcp/europe-west4']);
    const costs = a.eachCloud.map((o) => o.proposal.usdPerHour);
    expect(costs).toEqual(costs.toSorted((x, y) => x - y));
    // all regions at once can do no worse than any one of them
    expect(a.acrossClouds?.lowerBoundUsdPerHour).toBeLessThanOrEqual((costs[0] ?? 0) + 1e-9);
    expect(text(a)).toMatch(/With one more region beside today’s/);
  });

  it('is the same every time', () => {
    const items = [...NODES, ...WEB];
    expect(text(run(items, { across: true }))).toBe(text(run(items, { across: true })));
  });

  it('exports figures with a schema version and plain dates', () => {
    const out = JSON.parse(JSON.stringify(exported(run([...NODES, ...WEB])))) as Record<string, unknown>;
    expect(out).toMatchObject({
      schemaVersion: 1,
      now: { nodes: 2, usdPerHour: 0.856 },
      sameCloud: { kind: 'new', places: ['aws/eu-west-1'] },
      acrossClouds: null,
      prices: [{ provider: 'aws', asOf: '2026-01-02' }],
    });
  });

  it('lets nothing from the input steer a terminal or become markup', () => {
    const evil = '\u001b[31mred\u202e|<b>*x*';
    const items = [...NODES, ...WEB, pod({ name: evil, node: 'a' })];
    const page = pageOf(run(items));
    // eslint-disable-next-line no-control-regex -- the very characters that must not get through
    expect(asText(page)).not.toMatch(/[\u001b\u202e]/);
    expect(asMarkdown(page)).toContain('\\|\\<b\\>\\*x\\*');
    expect(asMarkdown(page)).toMatch(/\| type \| purchase \|/);
  });
});
