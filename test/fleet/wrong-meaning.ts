import type { Row } from './row.ts';

/** Fields that are right in themselves and do not fit together. */
export const MEANING: readonly Row[] = [
  [
    'a horizon within one cycle',
    'cycle: 5m\nhorizon: 24h',
    'cycle: 1h\nhorizon: 30m',
    ['4:10: horizon is 30m: the next decision lies beyond it; look ahead by at least one cycle, 1h'],
  ],
  [
    'no cloud',
    'clouds:\n  aws:\n    regions:\n      eu-central-1: { zones: [eu-central-1a, eu-central-1b] }\n      us-east-1: { zones: [us-east-1a] }\n  gcp:\n    regions:\n      europe-west4: { zones: [europe-west4-a] }\n  kubernetes:\n    clusters:\n      own-fra:\n        zones: [rack-a]\n        egressUsdPerGb: 0.005\n        nodeTypes:\n          metal-32:\n            arch: amd64\n            allocatable: { cpu: 31, memory: 120Gi, pods: 110 }\n            usdPerHour: 0.62\n            source: hosting contract\n            asOf: 2026-03-01\n            atMostPerZone: 12\n',
    'clouds: {}\n',
    ['5:9: clouds is {}: empty; name at least one of aws, azure, gcp and kubernetes with its regions'],
  ],
  [
    'zones by their letters',
    'zones: [us-east-1a]',
    'zones: [a]',
    [
      '9:28: clouds.aws.regions.us-east-1.zones[0] is a: not a zone of aws/us-east-1; write its full name, like us-east-1a',
    ],
  ],
  [
    'a zone of another region',
    'zones: [europe-west4-a]',
    'zones: [europe-west1-a]',
    [
      '12:31: clouds.gcp.regions.europe-west4.zones[0] is europe-west1-a: not a zone of gcp/europe-west4; write its full name, like europe-west4-a',
    ],
  ],
  [
    'an Azure zone by a long name',
    '  gcp:\n    regions:',
    '  azure: { regions: { westeurope: { zones: [westeurope-1] } } }\n  gcp:\n    regions:',
    [
      "10:45: clouds.azure.regions.westeurope.zones[0] is westeurope-1: not a zone of azure/westeurope; write '1', '2' or '3', in quotes",
    ],
  ],
  [
    'GPUs without a name',
    'pods: 110 }',
    "pods: 110, 'nvidia.com/gpu': 2 }",
    [
      '19:11: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.gpuName: missing; name the GPU, like l4: services choose by it',
    ],
  ],
  [
    'a GPU that is not there',
    'arch: amd64',
    'arch: amd64\n            gpuName: l4',
    [
      '21:22: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.gpuName is l4: it has no GPU to allocate; state how many under allocatable, like nvidia.com/gpu: 2',
    ],
  ],
  [
    'daemonsets larger than a machine',
    'daemonsets: { cpu: 250m,',
    'daemonsets: { cpu: 32,',
    [
      '21:13: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.allocatable: the daemonsets leave no room on it; compare with daemonsets: one of the two is wrong',
    ],
  ],
  [
    'a misspelt place',
    'aws/eu-central-1: 12',
    'aws/eu-centrl-1: 12',
    ['31:7: markets.eu.latencyMs.aws/eu-centrl-1: no such place in clouds; did you mean aws/eu-central-1?'],
  ],
  [
    'residency in a region the fleet has not',
    "'aws/eu-*'",
    "'aws/ap-*'",
    [
      "33:17: markets.eu.residency[0] is 'aws/ap-*': matches no place of this fleet; it has aws/eu-central-1, aws/us-east-1, gcp/europe-west4, kubernetes/own-fra",
    ],
  ],
  [
    'a misspelt place of residency',
    'gcp/europe-west4]',
    'gcp/europe-west1]',
    [
      '33:29: markets.eu.residency[1] is gcp/europe-west1: matches no place of this fleet; did you mean gcp/europe-west4?',
    ],
  ],
  [
    'a series for a market that is none',
    '      na: { csv: traffic.csv, value: na }',
    '      nz: { csv: traffic.csv, value: na }',
    [
      '43:7: signals.connections.markets.nz: no such market; did you mean na?',
      '55:19: services.gateway.markets[1] is na: no such market of signal connections; did you mean nz?',
    ],
  ],
  [
    'a series from nowhere',
    'eu: { csv: traffic.csv, value: eu }',
    'eu: { value: eu }',
    ['42:7: signals.connections.markets.eu: it says not where its series is; write csv, query or sum'],
  ],
  [
    'a series from two sources',
    'eu: { csv: traffic.csv, value: eu }',
    'eu: { csv: traffic.csv, query: up }',
    [
      '42:13: signals.connections.markets.eu.csv: it stands beside a query; keep one of csv and query; time, value and endsAt belong to a CSV file',
      '42:38: signals.connections.markets.eu.query is up: no server to ask; add prometheus: { url: … } to the file',
    ],
  ],
  [
    'columns of a query',
    'eu: { csv: traffic.csv, value: eu }',
    'eu: { value: eu, query: up }',
    [
      '42:13: signals.connections.markets.eu.value: it stands beside a query; keep one of csv and query; time, value and endsAt belong to a CSV file',
      '42:31: signals.connections.markets.eu.query is up: no server to ask; add prometheus: { url: … } to the file',
    ],
  ],
  [
    'a query without a server',
    'eu: { csv: traffic.csv, value: eu }',
    'eu: { query: up }',
    ['42:20: signals.connections.markets.eu.query is up: no server to ask; add prometheus: { url: … } to the file'],
  ],
  [
    'values rarer than they must be fresh',
    '    step: 5m\n',
    '    step: 2h\n',
    [
      '40:11: signals.connections.step is 2h: its last value is mostly older than policies.freshness.signalsAtMost, 30m; allow at least 2h there, or read it more often',
    ],
  ],
  [
    'more steps than a forecast may have',
    '    step: 5m\n',
    '    step: 1s\n',
    [
      '40:11: signals.connections.step is 1s: a horizon of 1d has more than 20160 such steps; choose a longer step or a shorter horizon',
    ],
  ],
  [
    'a misspelt signal',
    'signal: connections\n',
    'signal: conections\n',
    ['50:13: services.gateway.signal is conections: no such signal; did you mean connections?'],
  ],
  [
    'a market without series',
    'markets: [eu, na]',
    'markets: [eu, an]',
    ['55:19: services.gateway.markets[1] is an: no such market of signal connections; did you mean na?'],
  ],
  [
    'fewest above most',
    'min: 2, max: 400',
    'min: 2, max: 1',
    ['54:22: services.gateway.replicas.min is 2: more than replicas.max, 1; lower it, or raise replicas.max'],
  ],
  [
    'a storm of its own making',
    'drain: 15m',
    'drain: 0s\n    reconnect: { within: 60s, handshakesPerSecond: 400 }',
    [
      '56:12: services.gateway.drain is 0s: its clients would all be dropped at once, the very storm that reconnect plans for; write the time over which one replica’s clients can be moved, like 15m',
    ],
  ],
  [
    'two ways to a quantile',
    'quantile: 0.99\n',
    'quantile: 0.99\n    costs: { shortageUsdPerUnitHour: 0.001, idleUsdPerReplicaHour: 0.1 }\n',
    ['53:5: services.gateway.quantile: costs decide the quantile; keep quantile or costs, not both'],
  ],
  [
    'a replica that differs on no nodes',
    'drain: 15m',
    'drain: 15m\n    on: [{ capacityPerReplica: 16000 }]',
    [
      '57:10: services.gateway.on[0] is { capacityPerReplica: 16000 }: no nodes are named; add arch, like [arm64], or type, like [m5.*]',
    ],
  ],
  [
    'nodes on which nothing differs, and some on which too much does',
    'drain: 15m',
    'drain: 15m\n    on:\n      - { arch: [arm64] }\n      - { type: [m5.*], capacityPerReplica: 9000, requests: { cpu: 1, memory: 1Gi } }',
    [
      '58:9: services.gateway.on[0] is { arch: [arm64] }: nothing differs there; write requests, for the same load with less or more, or capacityPerReplica, not both',
      '59:9: services.gateway.on[1] is { type: [m5.*], capacityPerReplica: 9000, requests: { cpu…: both differ there; write requests, for the same load with less or more, or capacityPerReplica, not both',
    ],
  ],
  [
    'a device on some nodes only',
    'drain: 15m',
    'drain: 15m\n    on: [{ arch: [arm64], requests: { cpu: 1, memory: 1Gi, nvidia.com/gpu: 1 } }]',
    [
      '57:37: services.gateway.on[0].requests is { cpu: 1, memory: 1Gi, nvidia.com/gpu: 1 }: other devices than elsewhere; ask for the same devices as requests, none',
    ],
  ],
  [
    'a pace of no replica in a cycle',
    'drain: 15m',
    'drain: 15m\n    shrink: { loadPerMinute: 3999 }',
    [
      '57:30: services.gateway.shrink.loadPerMinute is 3999: less than one replica in a cycle of 5m, so none would ever be let go; raise it, or make the cycle longer',
    ],
  ],
  [
    'a pace too slow for the largest replica',
    'drain: 15m',
    'drain: 15m\n    on: [{ arch: [arm64], capacityPerReplica: 25000 }]\n    shrink: { loadPerMinute: 4500 }',
    [
      '58:30: services.gateway.shrink.loadPerMinute is 4500: less than one replica in a cycle of 5m, so none would ever be let go; raise it, or make the cycle longer',
    ],
  ],
  [
    'two paces, and none',
    'drain: 15m',
    'drain: 15m\n    shrink: { loadPerMinute: 90000, replicasPerMinute: 4 }',
    [
      '57:13: services.gateway.shrink is { loadPerMinute: 90000, replicasPerMinute: 4 }: two paces are stated; write replicasPerMinute or loadPerMinute, one of them',
    ],
  ],
  [
    'a sum of a signal that is none, of itself, and beside a file',
    'eu: { csv: traffic.csv, value: eu-messages }',
    'eu: { csv: traffic.csv, sum: { conections: 1, messages: 2 } }',
    [
      '47:13: signals.messages.markets.eu.csv: it stands beside a sum; keep one of csv, query and sum; what is read is scaled where it is read',
      '47:38: signals.messages.markets.eu.sum.conections: no such signal; did you mean connections?',
      '47:53: signals.messages.markets.eu.sum.messages: no such signal; write connections',
    ],
  ],
  [
    'a sum of series with other steps',
    'eu: { csv: traffic.csv, value: eu-messages }',
    'eu: { sum: { connections: 1 } }\n    step: 10m',
    [
      '47:20: signals.messages.markets.eu.sum.connections: its step is 5m, that of the sum 10m; give all of them one step',
    ],
  ],
  [
    'spot alone, and none of it',
    'purchase: [on-demand], region',
    'purchase: [spot], region',
    [
      '58:24: services.gateway.allow.purchase is [spot]: spot alone is bought, but spot.atMost is 0%; allow on-demand too, or set spot.atMost to 100%',
    ],
  ],
  [
    'a GPU chosen and none asked for',
    'purchase: [on-demand], region',
    'gpu: [l4], region',
    [
      '58:19: services.gateway.allow.gpu is [l4]: it asks for no GPU; add it to requests, like nvidia.com/gpu: 1, or leave allow.gpu out',
    ],
  ],
  [
    'a region pattern for no region',
    "region: ['eu*', us-east-1]",
    "region: ['ap-*', us-east-1]",
    [
      "58:46: services.gateway.allow.region[0] is 'ap-*': matches no region of this fleet; it has eu-central-1, us-east-1, europe-west4, own-fra",
    ],
  ],
  [
    'a provider the fleet has not',
    "region: ['eu*', us-east-1]",
    'provider: [azure]',
    [
      '58:48: services.gateway.allow.provider[0] is azure: matches no cloud of this fleet; write one of aws, gcp, kubernetes',
    ],
  ],
  [
    'a misspelt zone',
    "region: ['eu*', us-east-1]",
    'zone: [eu-central-1c]',
    [
      '58:44: services.gateway.allow.zone[0] is eu-central-1c: matches no zone of this fleet; did you mean eu-central-1a?',
    ],
  ],
  [
    'a misspelt place of a service',
    "region: ['eu*', us-east-1]",
    'place: [aws/eu-central]',
    [
      '58:45: services.gateway.allow.place[0] is aws/eu-central: matches no place of this fleet; did you mean aws/eu-central-1?',
    ],
  ],
  [
    'no place left, and why for each',
    "region: ['eu*', us-east-1]",
    'region: [us-east-1]',
    [
      '55:15: services.gateway.markets[0]: no place is left for gateway in eu: aws/eu-central-1, gcp/europe-west4 (services.gateway.allow.region has only us-east-1), aws/us-east-1 (markets.eu.latencyMs does not say how far it is, outside markets.eu.residency), kubernetes/own-fra (services.gateway.allow.region has only us-east-1, markets.eu.latencyMs does not say how far it is, outside markets.eu.residency); loosen one of these rules, or add a region that keeps them',
      '59:5: services.gateway.survive: in na gateway may use one provider only, aws: after its loss nothing remains; let it use a second provider, or survive the loss of a region or zone instead',
    ],
  ],
  [
    'one provider left cannot be survived',
    "region: ['eu*', us-east-1]",
    "place: ['aws/*']",
    [
      '59:5: services.gateway.survive: in eu gateway may use one provider only, aws: after its loss nothing remains; let it use a second provider, or survive the loss of a region or zone instead',
      '59:5: services.gateway.survive: in na gateway may use one provider only, aws: after its loss nothing remains; let it use a second provider, or survive the loss of a region or zone instead',
    ],
  ],
  [
    'one region left cannot be survived',
    "region: ['eu*', us-east-1] }\n    survive: { loss: provider,",
    "region: ['eu-*', us-east-1] }\n    survive: { loss: region,",
    [
      '59:5: services.gateway.survive: in eu gateway may use one region only, aws/eu-central-1: after its loss nothing remains; let it use a second region, or survive the loss of a zone instead',
      '59:5: services.gateway.survive: in na gateway may use one region only, aws/us-east-1: after its loss nothing remains; let it use a second region, or survive the loss of a zone instead',
    ],
  ],
  [
    'one zone left cannot be survived',
    "region: ['eu*', us-east-1] }\n    survive: { loss: provider,",
    "region: ['eu-*', us-east-1] }\n    survive: { loss: zone,",
    [
      '59:5: services.gateway.survive: in na gateway may use one zone only, aws/us-east-1/us-east-1a: after its loss nothing remains; let it use a second zone, or take the rule away',
    ],
  ],
  [
    'a storm after the loss of the only provider',
    '    survive: { loss: provider, share: 70% }\n    latencyAtMostMs: 100',
    '    reconnect: { within: 60s, handshakesPerSecond: 400 }\n    latencyAtMostMs: 90',
    [
      '59:5: services.gateway.reconnect: in na gateway may use one provider only, aws: after its loss nothing remains; let it use a second provider, or survive the loss of a region or zone instead',
    ],
  ],
  [
    'too far from everybody',
    'latencyAtMostMs: 100',
    'latencyAtMostMs: 10',
    [
      '60:22: services.gateway.latencyAtMostMs is 10: no place is within it from eu: aws/eu-central-1 is nearest with 12 ms; allow at least 12 ms, or add a region nearer to eu',
      '60:22: services.gateway.latencyAtMostMs is 10: no place is within it from na: aws/us-east-1 is nearest with 30 ms; allow at least 30 ms, or add a region nearer to na',
    ],
  ],
  [
    'a limit where no latency is stated',
    '    latencyMs: { aws/us-east-1: 30, gcp/europe-west4: 95 }\n',
    '',
    [
      '59:22: services.gateway.latencyAtMostMs is 100: no place is within it from na: markets.na.latencyMs names none; state the latencies there',
    ],
  ],
  [
    'an own cluster cannot do it',
    '    capacityPerReplica: 3000',
    '    capacityPerReplica: 3000\n    allow: { provider: [kubernetes], arch: [arm64] }',
    [
      '61:3: services.router: no place is left for router in eu: aws/eu-central-1, gcp/europe-west4 (services.router.allow.provider has only kubernetes), aws/us-east-1 (services.router.allow.provider has only kubernetes, outside markets.eu.residency), kubernetes/own-fra (services.router.allow fits none of its node types, outside markets.eu.residency); loosen one of these rules, or add a region that keeps them',
    ],
  ],
  [
    'a service called internet',
    '  router:\n',
    '  internet:\n',
    [
      '61:3: services.internet: internet means users in traffic; give the service another name',
      '68:13: traffic[0].from is router: no such service; write one of gateway, internet',
    ],
  ],
  [
    'a misspelt service',
    'from: router, to: gateway',
    'from: routr, to: gateway',
    ['68:13: traffic[0].from is routr: no such service; did you mean router?'],
  ],
  [
    'a flow to itself',
    'from: router, to: gateway',
    'from: router, to: router',
    ['68:25: traffic[0].to is router: it is where the flow starts; name another service, or internet'],
  ],
  [
    'no series where it flows from',
    'from: router, to: gateway',
    'from: gateway, to: internet',
    [
      '68:44: traffic[0].signal is messages: it has no series for na, which gateway serves; add signals.messages.markets.na',
    ],
  ],
  [
    'nobody at the other end',
    'markets: [eu, na]',
    'markets: [na]',
    [
      '68:25: traffic[0].to is gateway: it does not serve eu, where router sends from; add eu to services.gateway.markets',
    ],
  ],
  [
    'a signal that is no rate',
    'signal: messages, gb',
    'signal: connections, gb',
    [
      '68:42: traffic[0].signal is connections: it counts connections, not something per second; name a signal whose unit is a rate, like messages/s',
    ],
  ],
  [
    'a flow twice',
    'traffic:\n',
    'traffic:\n  - { from: router, to: gateway, signal: messages, gbPerMillionMessages: 1 }\n',
    ['69:5: traffic[1]: this flow is stated already; add the two up in one'],
  ],
  [
    'a zone the region has not',
    'zone: eu-central-1a\n',
    'zone: eu-central-1c\n',
    ['74:13: pools.declared[0].zone is eu-central-1c: no such zone of aws/eu-central-1; did you mean eu-central-1a?'],
  ],
  [
    'a region the cloud has not',
    'region: eu-central-1\n',
    'region: eu-central-2\n',
    ['73:15: pools.declared[0].region is eu-central-2: no such region under clouds.aws; did you mean eu-central-1?'],
  ],
  [
    'a cloud the fleet has not',
    '      provider: aws\n',
    '      provider: azure\n',
    [
      '72:17: pools.declared[0].provider is azure: not among the clouds of this fleet; add it under clouds, or write one of aws, gcp, kubernetes',
    ],
  ],
  [
    'a pool’s name twice',
    'name: own-a',
    'name: gw-a',
    ['78:15: pools.declared[1].name is gw-a: another one has it already; give each its own'],
  ],
  [
    'a machine nobody has',
    'type: metal-32, nodes',
    'type: metal-64, nodes',
    ['78:81: pools.declared[1].type is metal-64: no such node type of own-fra; did you mean metal-32?'],
  ],
  [
    'more nodes than machines',
    'nodes: 10, max: 12',
    'nodes: 13, max: 13',
    [
      '78:98: pools.declared[1].nodes is 13: 13 nodes of metal-32 run in rack-a, which has 12; correct it, or the cluster’s atMostPerZone',
    ],
  ],
  [
    'own machines on spot',
    'nodes: 10, max: 12',
    'nodes: 10, max: 12, purchase: spot',
    ['78:121: pools.declared[1].purchase is spot: own clusters sell no spot; write on-demand'],
  ],
  [
    'a pool’s fewest above its most',
    'nodes: 10, max: 12',
    'nodes: 10, max: 12, min: 13',
    ['78:116: pools.declared[1].min is 13: more than max, 12; lower it, or raise max'],
  ],
  [
    'an own template for types and purchases it has not',
    'provider: aws, types',
    'provider: kubernetes, types',
    [
      "80:58: pools.templates[0].types[0] is 'm7i.*': no own cluster has it; they have metal-32",
      '80:90: pools.templates[0].purchase[1] is spot: own clusters sell no spot; write on-demand',
    ],
  ],
  [
    'a template for a cloud the fleet has not',
    'provider: aws, types',
    'provider: azure, types',
    [
      '80:38: pools.templates[0].provider is azure: not among the clouds of this fleet; add it under clouds, or write one of aws, gcp, kubernetes',
    ],
  ],
  [
    'a template for a region the cloud has not',
    "types: ['m7i.*']",
    "types: ['m7i.*'], regions: [us-east-2]",
    ['80:71: pools.templates[0].regions[0] is us-east-2: no such region under clouds.aws; did you mean us-east-1?'],
  ],
  [
    'a commitment’s id twice',
    'id: sp-1',
    'id: ri-1',
    ['83:11: commitments[1].id is ri-1: another one has it already; give each its own'],
  ],
  [
    'half an EC2 Instance Savings Plan',
    'discount: 28%',
    'discount: 28%, family: m7i',
    [
      '83:5: commitments[1].region: missing; an EC2 Instance Savings Plan holds for one family in one region: state both, or neither',
    ],
  ],
  [
    'a regional plan of a vendor who has none',
    'provider: aws, usdPerHour: 20',
    'provider: gcp, family: n2d, usdPerHour: 20',
    ['83:45: commitments[1].family: gcp sells no spend commitment for one region or family; leave it out'],
  ],
  [
    'nothing bought',
    'vcpu: 64, memory: 256Gi',
    'vcpu: 0, memory: 0',
    ['84:91: commitments[2].vcpu is 0: neither vCPUs nor memory were bought; state what was'],
  ],
  [
    'a commitment where the fleet is not',
    'region: eu-central-1, type: m5.4xlarge',
    'region: eu-west-1, type: m5.4xlarge',
    [
      '82:62: commitments[0].region is eu-west-1: no such region under clouds.aws; write one of eu-central-1, us-east-1',
    ],
  ],
  [
    'a discount of nothing',
    'on: all, percent: 9%',
    'on: all',
    ['86:5: discounts[0].percent: missing; write percent: 9%, or tiers'],
  ],
  [
    'a discount in two ways',
    'percent: 9%',
    'percent: 9%, tiers: [{ fromUsdPerMonth: 0, percent: 1% }]',
    ['86:44: discounts[0].tiers: it stands beside percent; keep one of the two'],
  ],
  [
    'tiers that start late',
    '{ fromUsdPerMonth: 0, percent: 0% }, ',
    '',
    [
      '87:64: discounts[1].tiers[0].fromUsdPerMonth is 50000: the first tier does not start at 0; add one from 0, with 0% if need be',
    ],
  ],
  [
    'tiers out of order',
    'fromUsdPerMonth: 50000',
    'fromUsdPerMonth: 0',
    [
      '87:101: discounts[1].tiers[1].fromUsdPerMonth is 0: not above the tier before, 0; write the tiers in rising order',
    ],
  ],
  [
    'two discounts of one vendor',
    'provider: gcp, on',
    'provider: aws, on',
    ['87:17: discounts[1].provider is aws: another one has it already; give each its own'],
  ],
  [
    'shares that cannot reach the whole',
    '{ aws: 60% }',
    '{ aws: 60%, gcp: 20%, kubernetes: 10% }',
    [
      '89:3: policies.vendorShareAtMost: aws, gcp, kubernetes together may hold 90% of the cost: no placement reaches 100%; raise the shares to 100% or more together, or leave one out',
    ],
  ],
  [
    'a share for a cloud the fleet has not',
    '{ aws: 60% }',
    '{ azure: 60% }',
    [
      '89:24: policies.vendorShareAtMost.azure: not among the clouds of this fleet; take it away, or add it under clouds',
    ],
  ],
  [
    'a budget without amount',
    '{ usdPerHour: 900 }',
    '{ over: stop }',
    ['91:3: policies.budget: no amount is stated; write usdPerHour, usdPerMonth or both'],
  ],
  [
    'one workload for the replicas of two markets',
    '    markets: [eu, na]\n',
    '    markets: [eu, na]\n    workload: im/Deployment/gateway\n',
    [
      '56:15: services.gateway.workload is im/Deployment/gateway: one workload for 2 markets; put {market} where their names differ',
    ],
  ],
];
