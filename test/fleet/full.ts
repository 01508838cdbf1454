import type { Fleet } from '../../src/fleet/fleet.ts';
import { instant, milliCores, mib, seconds, share, usdPerGb, usdPerHour } from '../../src/units.ts';

/** A fleet file that uses every field there is. */
export const FULL = `# every field
version: 1
name: full
cycle: 10m
horizon: 1d12h
clouds:
  aws:
    access:
      roleArn: arn:aws:iam::123456789012:role/ops/godwit
      interruptionQueue: https://sqs.us-east-1.amazonaws.com/123456789012/godwit-notices
    regions:
      us-east-1: { zones: [us-east-1a, us-east-1b, us-east-1-bos-1a], contexts: [im-use1, in-cluster] }
  azure:
    access: { subscription: 0a1b2c3d-0000-4000-8000-00000000000F, resourceGroups: [im-pools, (im)_2] }
    regions: { westeurope: { zones: ['1', '2'] } }
  gcp: { access: { project: im-production }, regions: { europe-west4: { zones: [europe-west4-a] } } }
  kubernetes:
    clusters:
      own-fra:
        zones: [rack-a, rack-b]
        context: arn:aws:eks:eu-central-1:123456789012:cluster/own-fra
        egressUsdPerGb: 0.005
        nodeTypes:
          metal-gpu:
            arch: amd64
            allocatable: { cpu: 31500m, memory: 120Gi, ephemeral-storage: 400Gi, pods: 250, nvidia.com/gpu: 2 }
            gpuName: l4
            usdPerHour: 1.5
            source: hosting contract 2026-03
            asOf: 2026-03-01
            atMostPerZone: 12
          metal-arm: { arch: arm64, allocatable: { cpu: 16, memory: 64G }, usdPerHour: 0, source: written off, asOf: 2024-02-29, atMostPerZone: 1 }
daemonsets: { cpu: 250m, memory: 400Mi, ephemeral-storage: 1Gi, pods: 6 }
markets:
  eu:
    timeZone: Europe/Berlin
    latencyMs: { azure/westeurope: 15, gcp/europe-west4: 14.5, kubernetes/own-fra: 9 }
    residency: ['azure/westeurope', 'gcp/europe-*', 'kubernetes/*']
  na: { timeZone: UTC }
prometheus: { url: 'https://prometheus.example/', tokenEnv: PROM_TOKEN, history: 4w, timeout: 500ms }
signals:
  connections:
    unit: connections
    step: 1m
    markets:
      eu: { csv: ../traffic/eu.csv, time: at, value: online, scale: 1.3, endsAt: 2026-11-20T18:00Z }
      na: { query: 'sum(im_connections{market="na"})', scale: 2 }
  messages:
    unit: messages/s
    markets:
      eu: { csv: /data/messages.csv }
      na:
        query: |
          sum(rate(im_messages_total{market="na"}[5m]))
  work:
    unit: units/s
    markets:
      na: { sum: { messages: 0.4 } }
services:
  gateway:
    signal: connections
    capacityPerReplica: 20000
    requests: { cpu: 1.5, memory: 4Gi, ephemeral-storage: 2Gi, nvidia.com/gpu: 0.5, example.com/dongle: 1 }
    on:
      - { arch: [arm64], type: ['m7g.*', n2d-standard-8], requests: { cpu: 1200m, memory: 3Gi, ephemeral-storage: 1Gi, nvidia.com/gpu: 0.5, example.com/dongle: 1 } }
      - { type: ['m5.*'], capacityPerReplica: 16000 }
    quantile: 0.999
    replicas: { min: 2, max: 4000 }
    markets: [eu]
    workload: im/StatefulSet/gateway-{market}
    startUp: 90s
    drain: 1h30m
    shrink: { loadPerMinute: 100000 }
    spot: { atMost: 40% }
    allow:
      provider: [azure, gcp, kubernetes]
      place: ['*/*']
      region: [westeurope, 'europe-*', own-fra]
      zone: ['1', europe-west4-a, 'rack-*']
      arch: [amd64, arm64]
      purchase: [on-demand, spot]
      type: ['m*', 'Standard_D*', n2d-standard-8]
      gpu: [l4, 't4*']
    perNodeAtMost: 4
    spread: { zoneSkew: 2 }
    survive: { loss: provider, share: 0.7 }
    reconnect: { within: 60s, handshakesPerSecond: 400 }
    latencyAtMostMs: 60
    holdsUserData: true
  router:
    signal: messages
    capacityPerReplica: 3000.5
    requests: { cpu: 500m, memory: 1Gi }
    costs: { shortageUsdPerUnitHour: 0.01, idleUsdPerReplicaHour: 0.05 }
    shrink: { replicasPerMinute: 0.5 }
    holdsUserData: false
traffic:
  - { from: gateway, to: router, signal: messages, gbPerMillionMessages: 1.4, zoneAware: true }
  - { from: router, to: internet, signal: messages, gbPerMillionMessages: 2 }
pools:
  findByTag: { key: godwit.io/fleet, value: full }
  declared:
    - { name: aws-gw, provider: aws, region: us-east-1, zone: us-east-1a, type: m5.4xlarge, purchase: spot, nodes: 24, min: 3, max: 200 }
    - { name: own, provider: kubernetes, region: own-fra, zone: rack-a, type: metal-gpu, nodes: 2, max: 12 }
  templates:
    - { name: aws-general, provider: aws, regions: [us-east-1], types: ['m7i.*', c7g.large], purchase: [on-demand, spot], max: 300, like: 'aws-gw*' }
    - { name: own-any, provider: kubernetes, types: ['metal-*'] }
commitments:
  - { id: ri-1, kind: reserved-nodes, provider: aws, region: us-east-1, zone: us-east-1a, type: m5.4xlarge, count: 10, usdPerHour: 4.9, until: 2027-06-01 }
  - { id: sp-1, kind: spend, provider: azure, usdPerHour: 20, discount: 28%, until: 2027-01-01 }
  - { id: sp-2, kind: spend, provider: aws, usdPerHour: 5, discount: 35%, region: us-east-1, family: m7i, until: 2027-01-01 }
  - { id: cud-1, kind: resources, provider: gcp, region: europe-west4, family: n2d, vcpu: 64, memory: 256Gi, usdPerHour: 1.9, until: 2028-01-01 }
discounts:
  - { provider: aws, on: all, percent: 9% }
  - provider: gcp
    on: on-demand
    tiers:
      - { fromUsdPerMonth: 0, percent: 0% }
      - { fromUsdPerMonth: 50000, percent: 12.5% }
policies:
  vendorShareAtMost: { aws: 60%, azure: 50%, gcp: 0.3, kubernetes: 100% }
  headroom: 5%
  budget: { usdPerHour: 900, usdPerMonth: 600000, over: stop }
  churn: { startsPerCycle: 80, drainsPerCycle: 0, payback: 12h }
  freshness: { pricesAtMost: 400d, signalsAtMost: 45m }
`;

const utc = (text: string): ReturnType<typeof instant> => instant(Date.parse(text));

/** What it means. */
export const FULL_FLEET: Fleet = {
  file: 'fleets/full/fleet.yaml',
  name: 'full',
  cycle: seconds(600),
  horizon: seconds(129_600),
  clouds: [
    {
      provider: 'aws',
      access: {
        roleArn: 'arn:aws:iam::123456789012:role/ops/godwit',
        interruptionQueue: 'https://sqs.us-east-1.amazonaws.com/123456789012/godwit-notices',
      },
      regions: [
        {
          provider: 'aws',
          name: 'us-east-1',
          zones: ['us-east-1a', 'us-east-1b', 'us-east-1-bos-1a'],
          contexts: ['im-use1', 'in-cluster'],
        },
      ],
    },
    {
      provider: 'azure',
      access: { account: '0a1b2c3d-0000-4000-8000-00000000000F', resourceGroups: ['im-pools', '(im)_2'] },
      regions: [{ provider: 'azure', name: 'westeurope', zones: ['1', '2'] }],
    },
    {
      provider: 'gcp',
      access: { account: 'im-production' },
      regions: [{ provider: 'gcp', name: 'europe-west4', zones: ['europe-west4-a'] }],
    },
    {
      provider: 'kubernetes',
      regions: [
        {
          provider: 'kubernetes',
          name: 'own-fra',
          zones: ['rack-a', 'rack-b'],
          contexts: ['arn:aws:eks:eu-central-1:123456789012:cluster/own-fra'],
          own: {
            egress: usdPerGb(0.005),
            nodeTypes: [
              {
                name: 'metal-gpu',
                arch: 'amd64',
                allocatable: {
                  cpu: milliCores(31_500),
                  memory: mib(122_880),
                  storage: mib(409_600),
                  pods: 250,
                  devices: { 'nvidia.com/gpu': 2 },
                },
                gpuName: 'l4',
                usdPerHour: usdPerHour(1.5),
                source: 'hosting contract 2026-03',
                asOf: utc('2026-03-01T00:00Z'),
                atMostPerZone: 12,
              },
              {
                name: 'metal-arm',
                arch: 'arm64',
                allocatable: { cpu: milliCores(16_000), memory: mib(64e9 / 2 ** 20), pods: 110 },
                usdPerHour: usdPerHour(0),
                source: 'written off',
                asOf: utc('2024-02-29T00:00Z'),
                atMostPerZone: 1,
              },
            ],
          },
        },
      ],
    },
  ],
  pools: [
    {
      name: 'aws-gw',
      provider: 'aws',
      region: 'us-east-1',
      zone: 'us-east-1a',
      type: 'm5.4xlarge',
      purchase: 'spot',
      nodes: 24,
      min: 3,
      max: 200,
    },
    {
      name: 'own',
      provider: 'kubernetes',
      region: 'own-fra',
      zone: 'rack-a',
      type: 'metal-gpu',
      purchase: 'on-demand',
      nodes: 2,
      min: 0,
      max: 12,
    },
  ],
  findPoolsByTag: { key: 'godwit.io/fleet', value: 'full' },
  templates: [
    {
      name: 'aws-general',
      provider: 'aws',
      regions: ['us-east-1'],
      types: ['m7i.*', 'c7g.large'],
      purchase: ['on-demand', 'spot'],
      max: 300,
      like: 'aws-gw*',
    },
    { name: 'own-any', provider: 'kubernetes', types: ['metal-*'], purchase: ['on-demand'], max: 450 },
  ],
  daemonsets: { cpu: milliCores(250), memory: mib(400), storage: mib(1024), pods: 6 },
  markets: [
    {
      name: 'eu',
      timeZone: 'Europe/Berlin',
      latencyMs: new Map([
        ['azure/westeurope', 15],
        ['gcp/europe-west4', 14.5],
        ['kubernetes/own-fra', 9],
      ]),
      residency: ['azure/westeurope', 'gcp/europe-*', 'kubernetes/*'],
    },
    { name: 'na', timeZone: 'UTC', latencyMs: new Map() },
  ],
  signals: [
    {
      name: 'connections',
      unit: 'connections',
      step: seconds(60),
      sources: [
        {
          kind: 'csv',
          market: 'eu',
          file: 'fleets/traffic/eu.csv',
          timeColumn: 'at',
          valueColumn: 'online',
          scale: 1.3,
          endsAt: utc('2026-11-20T18:00Z'),
        },
        { kind: 'prometheus', market: 'na', query: 'sum(im_connections{market="na"})', scale: 2 },
      ],
    },
    {
      name: 'messages',
      unit: 'messages/s',
      step: seconds(300),
      sources: [
        {
          kind: 'csv',
          market: 'eu',
          file: '/data/messages.csv',
          timeColumn: 'timestamp',
          valueColumn: 'value',
          scale: 1,
        },
        {
          kind: 'prometheus',
          market: 'na',
          query: 'sum(rate(im_messages_total{market="na"}[5m]))\n',
          scale: 1,
        },
      ],
    },
    {
      name: 'work',
      unit: 'units/s',
      step: seconds(300),
      sources: [{ kind: 'sum', market: 'na', parts: [{ signal: 'messages', factor: 0.4 }] }],
    },
  ],
  prometheus: {
    url: 'https://prometheus.example/',
    tokenEnv: 'PROM_TOKEN',
    history: seconds(28 * 86_400),
    timeout: seconds(0.5),
  },
  services: [
    {
      name: 'gateway',
      signal: 'connections',
      workload: 'im/StatefulSet/gateway-{market}',
      capacityPerReplica: 20_000,
      requests: {
        cpu: milliCores(1500),
        memory: mib(4096),
        storage: mib(2048),
        devices: { 'nvidia.com/gpu': 0.5, 'example.com/dongle': 1 },
      },
      on: [
        {
          arch: ['arm64'],
          type: ['m7g.*', 'n2d-standard-8'],
          requests: {
            cpu: milliCores(1200),
            memory: mib(3072),
            storage: mib(1024),
            devices: { 'nvidia.com/gpu': 0.5, 'example.com/dongle': 1 },
          },
        },
        { type: ['m5.*'], capacityPerReplica: 16_000 },
      ],
      quantile: 0.999,
      minReplicas: 2,
      maxReplicas: 4000,
      markets: ['eu'],
      startUp: seconds(90),
      drain: seconds(5400),
      shrink: { loadPerMinute: 100_000 },
      spotAtMost: share(0.4),
      allow: {
        provider: ['azure', 'gcp', 'kubernetes'],
        place: ['*/*'],
        region: ['westeurope', 'europe-*', 'own-fra'],
        zone: ['1', 'europe-west4-a', 'rack-*'],
        arch: ['amd64', 'arm64'],
        purchase: ['on-demand', 'spot'],
        type: ['m*', 'Standard_D*', 'n2d-standard-8'],
        gpu: ['l4', 't4*'],
      },
      perNodeAtMost: 4,
      zoneSkew: 2,
      survive: { loss: 'provider', share: share(0.7) },
      reconnect: { within: seconds(60), handshakesPerSecond: 400 },
      latencyAtMostMs: 60,
      holdsUserData: true,
    },
    {
      name: 'router',
      signal: 'messages',
      capacityPerReplica: 3000.5,
      requests: { cpu: milliCores(500), memory: mib(1024) },
      on: [],
      costs: { shortageUsdPerUnitHour: 0.01, idleUsdPerReplicaHour: 0.05 },
      minReplicas: 1,
      maxReplicas: 10_000,
      markets: ['eu', 'na'],
      startUp: seconds(60),
      drain: seconds(60),
      shrink: { replicasPerMinute: 0.5 },
      spotAtMost: share(0),
      allow: {},
      holdsUserData: false,
    },
  ],
  traffic: [
    { from: 'gateway', to: 'router', signal: 'messages', gbPerMillionMessages: 1.4, zoneAware: true },
    { from: 'router', to: 'internet', signal: 'messages', gbPerMillionMessages: 2, zoneAware: false },
  ],
  commitments: [
    {
      id: 'ri-1',
      kind: 'reserved-nodes',
      provider: 'aws',
      region: 'us-east-1',
      zone: 'us-east-1a',
      type: 'm5.4xlarge',
      count: 10,
      usdPerHour: usdPerHour(4.9),
      until: utc('2027-06-01T00:00Z'),
    },
    {
      id: 'sp-1',
      kind: 'spend',
      provider: 'azure',
      usdPerHour: usdPerHour(20),
      discount: share(0.28),
      until: utc('2027-01-01T00:00Z'),
    },
    {
      id: 'sp-2',
      kind: 'spend',
      provider: 'aws',
      usdPerHour: usdPerHour(5),
      discount: share(0.35),
      region: 'us-east-1',
      family: 'm7i',
      until: utc('2027-01-01T00:00Z'),
    },
    {
      id: 'cud-1',
      kind: 'resources',
      provider: 'gcp',
      region: 'europe-west4',
      family: 'n2d',
      vcpu: 64,
      memory: mib(262_144),
      usdPerHour: usdPerHour(1.9),
      until: utc('2028-01-01T00:00Z'),
    },
  ],
  discounts: [
    { provider: 'aws', on: 'all', tiers: [{ fromUsdPerMonth: 0, discount: share(0.09) }] },
    {
      provider: 'gcp',
      on: 'on-demand',
      tiers: [
        { fromUsdPerMonth: 0, discount: share(0) },
        { fromUsdPerMonth: 50_000, discount: share(0.125) },
      ],
    },
  ],
  policies: {
    vendorShareAtMost: new Map([
      ['aws', share(0.6)],
      ['azure', share(0.5)],
      ['gcp', share(0.3)],
      ['kubernetes', share(1)],
    ]),
    headroom: share(0.05),
    budget: { usdPerHour: usdPerHour(900), usdPerMonth: 600_000, over: 'stop' },
    churn: { startsPerCycle: 80, drainsPerCycle: 0, payback: seconds(43_200) },
    freshness: { pricesAtMost: seconds(400 * 86_400), signalsAtMost: seconds(2700) },
  },
};
