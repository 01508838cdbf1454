import { beforeAll, describe, expect, it } from 'vitest';
import { assess } from '../../src/assess/assess.ts';
import type { Assessment } from '../../src/assess/report.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { deployment, eksNode, list, node, pod } from '../support/kube.ts';
import { priceLists } from '../support/price-lists.ts';
import { OPTIONS } from '../support/repack.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

/** eu-north-1 is a tenth cheaper than eu-west-1 in the test's list, and GCP cheaper still; us-east-1 is too far. */
function run(items: readonly unknown[]): Assessment {
  const read = assess([{ file: 'f', text: list(items) }], priceLists(), solver, {
    ...OPTIONS,
    across: true,
    eachCloud: false,
  });
  if (!read.ok) throw new Error('not read');
  expect(read.value.notes.filter((n) => n.includes('failed its check'))).toEqual([]);
  return read.value;
}

const NODES = [eksNode('a', { zone: 'a' }), eksNode('b', { zone: 'b' }), eksNode('c', { zone: 'c' })];
const ON = ['a', 'b', 'c'];
const BIG = { requests: { cpu: '1500m', memory: '3Gi' } };
const regions = (a: Assessment): readonly string[] => (a.acrossClouds?.mix ?? []).map((m) => m.region);

describe('across clouds', () => {
  it('free pods go where it is cheapest on the continent', () => {
    const a = run([...NODES, ...deployment('web', ON, 9, BIG)]);
    expect(a.acrossClouds?.usdPerHour).toBeLessThan(a.sameCloud?.usdPerHour ?? 0);
    expect(a.acrossClouds?.places).not.toContain('aws/eu-west-1');
    expect(a.acrossClouds?.places.every((p) => !p.includes('us-'))).toBe(true);
  });

  const stayers: readonly (readonly [why: string, items: () => readonly unknown[]])[] = [
    [
      'a volume that is in the input but in no zone',
      () => [
        ...deployment('web', ON, 9, {
          ...BIG,
          spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'shared' } }] },
        }),
        { kind: 'PersistentVolumeClaim', metadata: { name: 'shared', namespace: 'chat' }, spec: { volumeName: 'efs' } },
        {
          kind: 'PersistentVolume',
          metadata: { name: 'efs' },
          spec: { csi: { driver: 'efs.csi.aws.com' }, accessModes: ['ReadWriteMany'] },
        },
      ],
    ],
    [
      'a zone that is asked for',
      () =>
        deployment('web', ['a'], 9, {
          ...BIG,
          spec: { nodeSelector: { 'topology.kubernetes.io/zone': 'eu-west-1a' } },
        }),
    ],
    [
      'a region that is asked for',
      () =>
        deployment('web', ON, 9, { ...BIG, spec: { nodeSelector: { 'topology.kubernetes.io/region': 'eu-west-1' } } }),
    ],
    [
      'a spread over at least so many zones',
      () =>
        deployment('web', ON, 9, {
          ...BIG,
          spec: {
            topologySpreadConstraints: [
              {
                labelSelector: { matchLabels: { app: 'web' } },
                maxSkew: 1,
                minDomains: 3,
                topologyKey: 'topology.kubernetes.io/zone',
                whenUnsatisfiable: 'DoNotSchedule',
              },
            ],
          },
        }),
    ],
    [
      'affinity within the region',
      () =>
        deployment('web', ON, 9, {
          ...BIG,
          spec: {
            affinity: {
              podAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'topology.kubernetes.io/region' },
                ],
              },
            },
          },
        }),
    ],
  ];
  it.each(stayers)('%s keeps pods in their region', (_why, items) => {
    expect(new Set(regions(run([...NODES, ...items()])))).toEqual(new Set(['eu-west-1']));
  });

  it('a label that only this cloud sets keeps pods in the cloud, not in the region', () => {
    const spec = { nodeSelector: { 'eks.amazonaws.com/capacityType': 'ON_DEMAND' } };
    const a = run([...NODES, ...deployment('web', ON, 9, { ...BIG, spec })]);
    expect(a.acrossClouds?.places).toEqual(['aws/eu-north-1']);
  });

  it('a spread over zones holds abroad too', () => {
    const spec = {
      topologySpreadConstraints: [
        {
          labelSelector: { matchLabels: { app: 'web' } },
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'DoNotSchedule',
        },
      ],
    };
    const a = run([...NODES, ...deployment('web', ON, 9, { ...BIG, spec })]);
    const abroad = a.acrossClouds?.mix ?? [];
    expect(new Set(abroad.map((m) => m.region))).not.toContain('eu-west-1');
    expect(new Set(abroad.flatMap((m) => m.zones)).size).toBeGreaterThanOrEqual(3);
  });

  it('spot pods go to Azure spot only if they tolerate the taint that AKS puts there', () => {
    const spot = eksNode('s', { capacity: 'spot' });
    const lists = new Map([...priceLists()].filter(([provider]) => provider !== 'gcp'));
    // Azure made the cheapest by far
    for (const region of lists.get('azure')?.regions.values() ?? []) region.spot.fill(0.001);
    const tolerations = [{ key: 'kubernetes.azure.com/scalesetpriority', operator: 'Equal', value: 'spot' }];
    const across = (spec: Readonly<Record<string, unknown>>): readonly string[] => {
      const items = [spot, ...deployment('batch', ['s'], 6, { ...BIG, spec })];
      const read = assess([{ file: 'f', text: list(items) }], lists, solver, {
        ...OPTIONS,
        across: true,
        eachCloud: false,
      });
      return read.ok ? (read.value.acrossClouds?.places ?? []) : [];
    };
    expect(across({})).not.toContain('azure/westeurope');
    expect(across({ tolerations })).toContain('azure/westeurope');
  });

  it('a region on no continent that others share is compared with nothing', () => {
    const labels = {
      'topology.kubernetes.io/region': 'us-gov-west-1',
      'topology.kubernetes.io/zone': 'us-gov-west-1a',
      'node.kubernetes.io/instance-type': 'm5.large',
    };
    const items = [
      node({ name: 'g', labels, providerID: 'aws:///us-gov-west-1a/i-1' }),
      pod({ name: 'p', node: 'g', owner: 'Deployment/p' }),
    ];
    expect(run(items).acrossClouds).toBeUndefined();
  });

  it('two regions in one input are two clusters: each is placed on its own', () => {
    const far = eksNode('u', {
      labels: { 'topology.kubernetes.io/region': 'us-east-1', 'topology.kubernetes.io/zone': 'us-east-1a' },
    });
    const a = run([...NODES, far, ...deployment('web', ON, 6, BIG), ...deployment('us', ['u'], 2, BIG)]);
    expect(a.seen.places).toEqual(['aws/eu-west-1', 'aws/us-east-1']);
    expect(a.sameCloud?.places).toEqual(['aws/eu-west-1', 'aws/us-east-1']);
    expect(a.notes.some((n) => n.includes('Each region is placed on its own'))).toBe(true);
  });
});
