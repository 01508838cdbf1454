import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownRegion, regionOf } from '../../providers/simulated/setup.ts';
import type { SimInstance, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { simulatedWorld } from '../../providers/simulated/world.ts';
import type { OwnNodeType } from '../../src/fleet/fleet.ts';
import { instant, mib, milliCores, seconds, usdPerHour } from '../../src/units.ts';
import { fakeAws, type FakeAws } from '../clouds/aws.ts';
import { nodeName, type Json } from '../clouds/kubernetes-cluster-api.ts';
import { fakeKubernetes, type FakeKubernetes } from '../clouds/kubernetes.ts';
import { catalogOf, TAG } from '../contract/small-world.ts';
import { pod, type PodSpec } from '../support/kube.ts';

const PODS = '/pods';
const POOLS = [
  { provider: 'aws', region: 'us-east-1', zone: 'us-east-1a', type: 'm7i.xlarge', name: 'use1-a', target: 3 },
  { provider: 'aws', region: 'us-east-1', zone: 'us-east-1b', type: 'm7i.xlarge', name: 'use1-b', target: 3 },
  { provider: 'kubernetes', region: 'own-fra', zone: 'rack-a', type: 'metal-8', name: 'fra-a', target: 2 },
  { provider: 'kubernetes', region: 'own-fra', zone: 'rack-b', type: 'metal-8', name: 'fra-b', target: 2 },
] as const;

/** A fleet of two clusters on sockets: one on machines of AWS, one on its own through Cluster API. */
export interface ClustersWorld {
  readonly world: SimulatedWorld;
  readonly aws: FakeAws;
  readonly kubernetes: FakeKubernetes;
  /** what the identity may not in both clusters: `list pods` */
  readonly denied: string[];
  /** path of the fleet file */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes the fleet file anew with `text` in place of `part`. */
  edit(part: string, text: string): Promise<void>;
  /** running machines of a pool, in the order of their ids */
  readonly nodesOf: (pool: string) => readonly string[];
  readonly run: (context: string, spec: PodSpec) => void;
  readonly remove: (context: string, namespace: string, name: string) => void;
  close(): Promise<void>;
}

/** What a pod of a gateway asks for, as its manifest and the fleet file say it. */
export const GATEWAY = { cpu: '1250m', memory: '2Gi' } as const;

export const gateway = (market: string, i: number, node?: string, more: Partial<PodSpec> = {}): PodSpec => ({
  name: `gateway-${market}-${i}`,
  namespace: 'im',
  owner: `StatefulSet/gateway-${market}`,
  labels: { app: 'gateway' },
  requests: GATEWAY,
  ...(node === undefined ? { phase: 'Pending' } : { node }),
  ...more,
});

export async function clustersWorld(): Promise<ClustersWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-clusters-'));
  const file = join(folder, 'fleet.yaml');
  // the wire's own clocks: what is signed and dated must be of today
  const now = Date.now();
  const world = worldAt(now - 3_600_000);
  const denied: string[] = [];
  const [aws, kubernetes] = await Promise.all([
    fakeAws(world),
    fakeKubernetes(world, {
      clusters: [
        { context: 'im-use1', provider: 'aws', region: 'us-east-1' },
        { context: 'own-fra', provider: 'kubernetes', region: 'own-fra', clusterApi: 'v1beta1' },
      ],
      denied,
    }),
  ]);
  let fleet = FLEET;
  await writeFile(join(folder, 'load.csv'), loadUntil(now));
  await writeFile(join(folder, 'kubeconfig'), kubernetes.kubeconfig);
  await writeFile(file, fleet);
  const nodesOf = (pool: string): readonly string[] => {
    const all = [...world.pools.list('aws'), ...world.pools.list('kubernetes')];
    const instances: readonly SimInstance[] = all.find(({ name }) => name === pool)?.instances ?? [];
    return instances
      .filter(({ state }) => state === 'running')
      .map(nodeName)
      .toSorted();
  };
  const run: ClustersWorld['run'] = (context, spec) => void kubernetes.cluster(context).objects.put(PODS, owned(spec));
  for (const [market, context, pools] of [
    ['na', 'im-use1', ['use1-a', 'use1-b']],
    ['eu', 'own-fra', ['fra-a', 'fra-b']],
  ] as const)
    pools.flatMap(nodesOf).forEach((node, i) => run(context, gateway(market, i, node)));
  return {
    world,
    aws,
    kubernetes,
    denied,
    file,
    env: {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      KUBECONFIG: join(folder, 'kubeconfig'),
    },
    async edit(part, text) {
      if (!fleet.includes(part)) throw new Error(`the fleet file has no ${part}`);
      fleet = fleet.replace(part, text);
      await writeFile(file, fleet);
    },
    nodesOf,
    run,
    remove: (context, namespace, name) => void kubernetes.cluster(context).objects.remove(PODS, `${namespace}/${name}`),
    async close() {
      await Promise.all([aws.close(), kubernetes.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

/** As the API server keeps it: an owner has a uid. */
function owned(spec: PodSpec): Json {
  const made = pod(spec);
  const { ownerReferences = [], ...metadata } = made['metadata'] as { ownerReferences?: readonly Json[] };
  return { ...made, metadata: { ...metadata, ownerReferences: ownerReferences.map((o) => ({ ...o, uid: 'owner' })) } };
}

const METAL: OwnNodeType = {
  name: 'metal-8',
  arch: 'amd64',
  allocatable: { cpu: milliCores(8000), memory: mib(32 * 1024), pods: 110 },
  usdPerHour: usdPerHour(0.21),
  source: 'hosting contract',
  asOf: instant(Date.UTC(2026, 2, 1)),
  atMostPerZone: 20,
};

function worldAt(start: number): SimulatedWorld {
  const zones = ['us-east-1a', 'us-east-1b'];
  const world = simulatedWorld({
    seed: 3,
    start: instant(start),
    regions: [
      regionOf(catalogOf('aws'), { region: 'us-east-1', zones, types: ['m7i.xlarge'] }),
      ownRegion('own-fra', ['rack-a', 'rack-b'], [METAL]),
    ],
    spot: { steady: true },
  });
  for (const row of POOLS) {
    const settings = { purchase: 'on-demand', min: 0, max: 20, tags: { [TAG.key]: TAG.value } } as const;
    world.pools.open({ ...row, ...settings }, { by: 'setup' });
  }
  world.advance(seconds(3600));
  return world;
}

/** Three days of a load that hardly moves: six gateways' worth in na and four in eu. */
function loadUntil(now: number): string {
  const step = 300_000;
  const last = Math.floor(now / step) * step;
  const rows = Array.from({ length: 864 }, (_, i) => {
    const wave = 1 + 0.02 * Math.sin((2 * Math.PI * i) / 288);
    return `${new Date(last - (863 - i) * step).toISOString()},${Math.round(5200 * wave)},${Math.round(3400 * wave)}`;
  });
  return `timestamp,na,eu\n${rows.join('\n')}\n`;
}

const FLEET = `version: 1
name: im-fleet
cycle: 5m
horizon: 6h
clouds:
  aws: { access: {}, regions: { us-east-1: { zones: [us-east-1a, us-east-1b], contexts: [im-use1] } } }
  kubernetes:
    clusters:
      own-fra:
        context: own-fra
        zones: [rack-a, rack-b]
        egressUsdPerGb: 0.005
        nodeTypes:
          metal-8:
            arch: amd64
            allocatable: { cpu: 8, memory: 32Gi, pods: 110 }
            usdPerHour: 0.21
            source: hosting contract
            asOf: 2026-03-01
            atMostPerZone: 20
daemonsets: { cpu: 100m, memory: 100Mi, pods: 2 }
markets:
  na: { timeZone: UTC, residency: [aws/us-east-1] }
  eu: { timeZone: UTC, residency: [kubernetes/own-fra] }
signals:
  connections:
    unit: connections
    step: 5m
    markets: { na: { csv: load.csv, value: na }, eu: { csv: load.csv, value: eu } }
services:
  gateway:
    signal: connections
    capacityPerReplica: 1000
    requests: { cpu: 1250m, memory: 2Gi }
    quantile: 0.9
    replicas: { min: 2, max: 200 }
    startUp: 30s
    drain: 1m
    workload: im/StatefulSet/gateway-{market}
    holdsUserData: true
pools:
  findByTag: { key: ${TAG.key}, value: ${TAG.value} }
  declared: []
  templates:
    - { name: general, provider: aws, types: [m7i.xlarge], purchase: [on-demand], max: 20, like: use1-a }
policies:
  freshness: { pricesAtMost: 600d, signalsAtMost: 30m }
`;
