import type { Row } from './row.ts';

/** Fields that are wrong in themselves. */
export const FIELDS: readonly Row[] = [
  [
    'a version of another Godwit',
    'version: 1',
    'version: 2',
    ['1:10: version is 2: not a version of the fleet file; write 1, without quotes'],
  ],
  [
    'a version in quotes',
    'version: 1',
    'version: "1"',
    ['1:10: version is "1": not a version of the fleet file; write 1, without quotes'],
  ],
  ['no version', 'version: 1\n', '', ['1:1: version: missing; write 1, without quotes']],
  [
    'a duration without unit',
    'cycle: 5m',
    'cycle: 5',
    ['3:8: cycle is 5: not a duration; write a number with its unit, like 90s, 5m, 1h30m or 2d'],
  ],
  [
    'a duration in words',
    'cycle: 5m',
    'cycle: 5 minutes',
    ['3:8: cycle is 5 minutes: not a duration; write a number with its unit, like 90s, 5m, 1h30m or 2d'],
  ],
  [
    'a negative duration',
    'cycle: 5m',
    'cycle: -5m',
    ['3:8: cycle is -5m: not a duration; write a number with its unit, like 90s, 5m, 1h30m or 2d'],
  ],
  ['too short a duration', 'cycle: 5m', 'cycle: 1s', ['3:8: cycle is 1s: shorter than 10s; write 10s or longer']],
  ['too long a duration', 'cycle: 5m', 'cycle: 48h', ['3:8: cycle is 48h: longer than 1d; write 1d or shorter']],
  [
    'a key with nothing behind it',
    'cycle: 5m',
    'cycle:',
    ['3:7: cycle: empty; write a number with its unit, like 90s, 5m, 1h30m or 2d'],
  ],
  [
    'a list for a duration',
    'cycle: 5m',
    'cycle: [5m]',
    ['3:8: cycle is [5m]: not a duration; write a number with its unit, like 90s, 5m, 1h30m or 2d'],
  ],
  [
    'a map for a duration',
    'cycle: 5m',
    'cycle: { every: 5m }',
    ['3:8: cycle is { every: 5m }: not a duration; write a number with its unit, like 90s, 5m, 1h30m or 2d'],
  ],
  ['a misspelt key at the top', 'cycle: 5m', 'cycel: 5m', ['3:1: cycel: no such field; did you mean cycle?']],
  [
    'a misspelt key says nothing of the missing one too',
    'name: small',
    'nmae: small',
    ['2:1: nmae: no such field; did you mean name?'],
  ],
  [
    'a key that resembles none',
    'cycle: 5m',
    'cycle: 5m\nobservability: on',
    [
      '4:1: observability: no such field; fields here are version, name, cycle, horizon, clouds, daemonsets, markets, events, prometheus, signals, services, traffic, pools, commitments, discounts, policies',
    ],
  ],
  [
    'a name with spaces',
    'name: small',
    'name: Small Fleet',
    ['2:7: name is Small Fleet: not a name; write up to 63 lower-case letters, digits and inner hyphens'],
  ],
  [
    'a name that would colour the terminal',
    'name: small',
    'name: "a\\u001b[31mb"',
    ['2:7: name is "a\\u001b[31mb": not a name; write up to 63 lower-case letters, digits and inner hyphens'],
  ],
  [
    'a name too long',
    'name: small',
    'name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    [
      '2:7: name is aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…: not a name; write up to 63 lower-case letters, digits and inner hyphens',
    ],
  ],
  ['a number for a name', 'name: small', 'name: 7', ["2:7: name is 7: a number, not a name; put it in quotes: '7'"]],
  ['no name', 'name: small\n', '', ['1:1: name: missing; write up to 63 lower-case letters, digits and inner hyphens']],
  ['a misspelt provider', 'clouds:\n  aws:', 'clouds:\n  asw:', ['6:3: clouds.asw: no such field; did you mean aws?']],
  [
    'no zone',
    'zones: [eu-central-1a, eu-central-1b]',
    'zones: []',
    ['8:30: clouds.aws.regions.eu-central-1.zones is []: empty; name a zone'],
  ],
  [
    'a zone without a list',
    'zones: [eu-central-1a, eu-central-1b]',
    'zones: eu-central-1a',
    [
      '8:30: clouds.aws.regions.eu-central-1.zones is eu-central-1a: not a list; write a list: a zone after each dash, or between [ and ] with commas',
    ],
  ],
  [
    'zones left out',
    'zones: [eu-central-1a, eu-central-1b]',
    '',
    [
      '8:7: clouds.aws.regions.eu-central-1.zones: missing; write a list: a zone after each dash, or between [ and ] with commas',
    ],
  ],
  [
    'a zone twice',
    'zones: [eu-central-1a, eu-central-1b]',
    'zones: [eu-central-1a, eu-central-1a]',
    ['8:46: clouds.aws.regions.eu-central-1.zones[1] is eu-central-1a: stated twice; keep one of them'],
  ],
  [
    'zones as numbers',
    'zones: [rack-a]',
    'zones: [1, 2]',
    [
      "16:17: clouds.kubernetes.clusters.own-fra.zones[0] is 1: a number, not a name in the vendor’s spelling; put it in quotes: '1'",
      "16:20: clouds.kubernetes.clusters.own-fra.zones[1] is 2: a number, not a name in the vendor’s spelling; put it in quotes: '2'",
    ],
  ],
  [
    'an architecture by its other name',
    'arch: amd64',
    'arch: x86_64',
    [
      '20:19: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.arch is x86_64: not an architecture; write one of amd64, arm64',
    ],
  ],
  [
    'a quantity with a word',
    'cpu: 31,',
    'cpu: 31 cores,',
    [
      '21:33: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.allocatable.cpu is 31 cores: not a number of cores; write cores as 2, 0.5 or 500m',
    ],
  ],
  [
    'memory without unit',
    '120Gi',
    '120',
    [
      '21:45: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.allocatable.memory is 120: less than 1 MiB; write it with its unit, like 512Mi or 4Gi: 120 alone counts bytes',
    ],
  ],
  [
    'memory with a space',
    '120Gi',
    '120 GB',
    [
      '21:45: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.allocatable.memory is 120 GB: not an amount of memory; write it with its unit, like 512Mi or 4Gi',
    ],
  ],
  [
    'negative memory',
    '120Gi',
    '-1Gi',
    [
      '21:45: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.allocatable.memory is -1Gi: not an amount of memory; write it with its unit, like 512Mi or 4Gi',
    ],
  ],
  [
    'petabytes',
    '120Gi',
    '2000000Ti',
    [
      '21:45: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.allocatable.memory is 2000000Ti: more than 1 PiB; write it with its unit, like 512Mi or 4Gi',
    ],
  ],
  [
    'a price with currency',
    'usdPerHour: 0.62',
    'usdPerHour: $0.62',
    [
      '22:25: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.usdPerHour is $0.62: not a number; write USD per hour as a number, without quotes or currency, like 0.62',
    ],
  ],
  [
    'a negative price',
    'usdPerHour: 0.62',
    'usdPerHour: -1',
    [
      '22:25: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.usdPerHour is -1: less than 0; write USD per hour as a number, without quotes or currency, like 0.62',
    ],
  ],
  [
    'an infinite price',
    'usdPerHour: 0.62',
    'usdPerHour: .inf',
    [
      '22:25: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.usdPerHour is .inf: not a number; write USD per hour as a number, without quotes or currency, like 0.62',
    ],
  ],
  [
    'a price that is no number',
    'usdPerHour: 0.62',
    'usdPerHour: .nan',
    [
      '22:25: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.usdPerHour is .nan: not a number; write USD per hour as a number, without quotes or currency, like 0.62',
    ],
  ],
  [
    'a price beyond sense',
    'usdPerHour: 0.62',
    'usdPerHour: 1e12',
    [
      '22:25: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.usdPerHour is 1e12: more than 10000000 USD per hour; write USD per hour as a number, without quotes or currency, like 0.62',
    ],
  ],
  [
    'a price in quotes',
    'usdPerHour: 0.62',
    "usdPerHour: '0.62'",
    [
      "22:25: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.usdPerHour is '0.62': not a number; write USD per hour as a number, without quotes or currency, like 0.62",
    ],
  ],
  [
    'a day that does not exist',
    'asOf: 2026-03-01',
    'asOf: 2026-02-30',
    [
      '24:19: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.asOf is 2026-02-30: no such day; write a date as 2027-06-01',
    ],
  ],
  [
    'a leap day in no leap year',
    'asOf: 2026-03-01',
    'asOf: 2027-02-29',
    [
      '24:19: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.asOf is 2027-02-29: no such day; write a date as 2027-06-01',
    ],
  ],
  [
    'a date of another order',
    'asOf: 2026-03-01',
    'asOf: 01.03.2026',
    [
      '24:19: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.asOf is 01.03.2026: not a date; write a date as 2027-06-01',
    ],
  ],
  [
    'a year from another age',
    'asOf: 2026-03-01',
    'asOf: 0026-03-01',
    [
      '24:19: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.asOf is 0026-03-01: not in this age; write a date as 2027-06-01',
    ],
  ],
  [
    'half a machine',
    'atMostPerZone: 12',
    'atMostPerZone: 12.5',
    [
      '25:28: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.atMostPerZone is 12.5: not a whole number; write a whole number from 1 to 1000000, without quotes or unit',
    ],
  ],
  [
    'no machine',
    'atMostPerZone: 12',
    'atMostPerZone: 0',
    [
      '25:28: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.atMostPerZone is 0: less than 1; write a whole number from 1 to 1000000, without quotes or unit',
    ],
  ],
  [
    'a source of two lines',
    'source: hosting contract',
    'source: "a\\nb"',
    [
      '23:21: clouds.kubernetes.clusters.own-fra.nodeTypes.metal-32.source is "a\\nb": not a line of text; write one line, without control characters',
    ],
  ],
  [
    'daemonsets left out: a guess of nothing would fill nodes too full',
    'daemonsets: { cpu: 250m, memory: 400Mi, pods: 6 }\n',
    '',
    ['1:1: daemonsets: missing; write fields such as cpu: 500m and memory: 1Gi'],
  ],
  [
    'a misspelt time zone',
    'Europe/Berlin',
    'Europe/Berln',
    ['29:15: markets.eu.timeZone is Europe/Berln: not a known time zone; write its IANA name, like Europe/Berlin'],
  ],
  [
    'an offset is no time zone',
    'Europe/Berlin',
    '+01:00',
    ['29:15: markets.eu.timeZone is +01:00: not a known time zone; write its IANA name, like Europe/Berlin'],
  ],
  [
    'a place without provider',
    'aws/eu-central-1: 12',
    'eu-central-1: 12',
    ['31:7: markets.eu.latencyMs.eu-central-1: not a place; write provider/region, like aws/eu-central-1'],
  ],
  [
    'no distance at all',
    'aws/eu-central-1: 12',
    'aws/eu-central-1: 0',
    [
      '31:25: markets.eu.latencyMs.aws/eu-central-1 is 0: not above 0; write a number above 0, without quotes or unit, like 12',
    ],
  ],
  [
    'a latency with unit',
    'aws/eu-central-1: 12',
    'aws/eu-central-1: 12ms',
    [
      '31:25: markets.eu.latencyMs.aws/eu-central-1 is 12ms: not a number; write a number above 0, without quotes or unit, like 12',
    ],
  ],
  [
    'latencies as a list',
    'latencyMs: { aws/us-east-1: 30, gcp/europe-west4: 95 }',
    'latencyMs: [30, 95]',
    ['36:16: markets.na.latencyMs is [30, 95]: not a set of places; write provider/region, a colon and milliseconds'],
  ],
  [
    'a source that is only a path',
    'eu: { csv: traffic.csv, value: eu }',
    'eu: traffic.csv',
    [
      '42:11: signals.connections.markets.eu is traffic.csv: not a set of fields; write fields such as csv, time, value, each on a line of its own',
    ],
  ],
  [
    'a scale of nothing',
    'eu: { csv: traffic.csv, value: eu }',
    'eu: { csv: traffic.csv, scale: 0 }',
    [
      '42:38: signals.connections.markets.eu.scale is 0: not above 0; write a number above 0, without quotes or unit, like 1.3',
    ],
  ],
  [
    'a path with a line end',
    'eu: { csv: traffic.csv, value: eu }',
    'eu: { csv: "a\\nb" }',
    [
      '42:18: signals.connections.markets.eu.csv is "a\\nb": not a file; write its path, relative to the folder of the fleet file',
    ],
  ],
  [
    'a URL of another kind',
    'signals:\n',
    'prometheus: { url: ftp://prometheus }\nsignals:\n',
    [
      '37:20: prometheus.url is ftp://prometheus: not a URL; write an http:// or https:// address, like http://prometheus:9090',
    ],
  ],
  [
    'a password in a URL is not repeated',
    'signals:\n',
    'prometheus: { url: "https://me:secret@prometheus/" }\nsignals:\n',
    [
      '37:20: prometheus.url is "https://…@prometheus/": it holds a password; take it out: a bearer token comes from the variable that tokenEnv names',
    ],
  ],
  [
    'a token where its variable belongs',
    'signals:\n',
    'prometheus: { url: http://prometheus, tokenEnv: "eyJhbGciOi.J9" }\nsignals:\n',
    [
      '37:49: prometheus.tokenEnv is "eyJhbGciOi.J9": not the name of an environment variable; write its name only, like PROM_TOKEN; the token itself does not belong in this file',
    ],
  ],
  [
    'a service without signal',
    '    signal: connections\n',
    '',
    ['49:3: services.gateway.signal: missing; write the name of a signal'],
  ],
  [
    'a number with a suffix',
    'capacityPerReplica: 20000',
    'capacityPerReplica: 20k',
    [
      '51:25: services.gateway.capacityPerReplica is 20k: not a number; write a number above 0, without quotes or unit, like 20000',
    ],
  ],
  [
    'no capacity',
    'capacityPerReplica: 20000',
    'capacityPerReplica: 0',
    [
      '51:25: services.gateway.capacityPerReplica is 0: not above 0; write a number above 0, without quotes or unit, like 20000',
    ],
  ],
  [
    'a misspelt key in a service',
    'capacityPerReplica: 20000',
    'capacityPerReplca: 20000',
    ['51:5: services.gateway.capacityPerReplca: no such field; did you mean capacityPerReplica?'],
  ],
  [
    'millicores without their m',
    'cpu: 2, memory: 4Gi',
    'cpu: 2000, memory: 4Gi',
    ['52:22: services.gateway.requests.cpu is 2000: more than 512 cores; write millicores with an m: 2000m'],
  ],
  [
    'bytes meant as GiB',
    'cpu: 2, memory: 4Gi',
    'cpu: 2, memory: 4',
    [
      '52:33: services.gateway.requests.memory is 4: less than 1 MiB; write it with its unit, like 512Mi or 4Gi: 4 alone counts bytes',
    ],
  ],
  [
    'memory left out',
    'cpu: 2, memory: 4Gi',
    'cpu: 2',
    ['52:5: services.gateway.requests.memory: missing; write it with its unit, like 512Mi or 4Gi'],
  ],
  [
    'nothing asked for, and a misspelt key beside it',
    'cpu: 2, memory: 4Gi',
    'cpu: 0, memory: 0, memry: 1Gi',
    [
      '52:22: services.gateway.requests.cpu is 0: no cores at all; write cores as 2, 0.5 or 500m',
      '52:33: services.gateway.requests.memory is 0: no memory at all; write it with its unit, like 512Mi or 4Gi',
      '52:36: services.gateway.requests.memry: no such field; did you mean memory?',
    ],
  ],
  [
    'a negative device',
    'cpu: 2, memory: 4Gi',
    'cpu: 2, memory: 4Gi, nvidia.com/gpu: -1',
    [
      '52:54: services.gateway.requests["nvidia.com/gpu"] is -1: not above 0; write how many devices as a number above 0, without quotes',
    ],
  ],
  [
    'a device in words',
    'cpu: 2, memory: 4Gi',
    'cpu: 2, memory: 4Gi, nvidia.com/gpu: one',
    [
      '52:54: services.gateway.requests["nvidia.com/gpu"] is one: not a number of devices; write how many devices as a number above 0, without quotes',
    ],
  ],
  [
    'too many devices',
    'cpu: 2, memory: 4Gi',
    'cpu: 2, memory: 4Gi, nvidia.com/gpu: 5000',
    [
      '52:54: services.gateway.requests["nvidia.com/gpu"] is 5000: more than 1024 devices; write how many devices as a number above 0, without quotes',
    ],
  ],
  [
    'requests as a list',
    'requests: { cpu: 2, memory: 4Gi }',
    'requests: [2, 4Gi]',
    [
      '52:15: services.gateway.requests is [2, 4Gi]: not a set of resources; write fields such as cpu: 500m and memory: 1Gi',
    ],
  ],
  [
    'a quantile in per cent',
    'quantile: 0.99',
    'quantile: 99',
    ['53:15: services.gateway.quantile is 99: not below 1; write a number above 0 and below 1, like 0.99'],
  ],
  [
    'nothing covers everything',
    'quantile: 0.99',
    'quantile: 1',
    ['53:15: services.gateway.quantile is 1: not below 1; write a number above 0 and below 1, like 0.99'],
  ],
  [
    'a quantile of nothing',
    'quantile: 0.99',
    'quantile: 0',
    ['53:15: services.gateway.quantile is 0: not above 0; write a number above 0 and below 1, like 0.99'],
  ],
  [
    'a quantile in words',
    'quantile: 0.99',
    'quantile: p99',
    ['53:15: services.gateway.quantile is p99: not a quantile; write a number above 0 and below 1, like 0.99'],
  ],
  [
    'fewer than no replica',
    'min: 2, max: 400',
    'min: -2, max: 400',
    [
      '54:22: services.gateway.replicas.min is -2: less than 0; write a whole number from 0 to 1000000, without quotes or unit',
    ],
  ],
  ['no market', 'markets: [eu, na]', 'markets: []', ['55:14: services.gateway.markets is []: empty; name a market']],
  [
    'a market twice',
    'markets: [eu, na]',
    'markets: [eu, eu]',
    ['55:19: services.gateway.markets[1] is eu: stated twice; keep one of them'],
  ],
  [
    'a share over the whole',
    'atMost: 0%',
    'atMost: 140%',
    ['57:21: services.gateway.spot.atMost is 140%: over 100%; write a share from 0% to 100%, like 40% or 0.4'],
  ],
  [
    'per cent without the sign',
    'atMost: 0%',
    'atMost: 40',
    ['57:21: services.gateway.spot.atMost is 40: over 100%; write 40%'],
  ],
  [
    'one may be a hundredth or the whole',
    'atMost: 0%',
    'atMost: 1',
    ['57:21: services.gateway.spot.atMost is 1: it may mean 1% or 100%; write 1% or 100%'],
  ],
  [
    'a negative share',
    'atMost: 0%',
    'atMost: -5%',
    ['57:21: services.gateway.spot.atMost is -5%: less than 0%; write a share from 0% to 100%, like 40% or 0.4'],
  ],
  [
    'a share in words',
    'atMost: 0%',
    'atMost: lots',
    ['57:21: services.gateway.spot.atMost is lots: not a share; write a share from 0% to 100%, like 40% or 0.4'],
  ],
  [
    'a misspelt purchase',
    'purchase: [on-demand], region',
    'purchase: [ondemand], region',
    ['58:25: services.gateway.allow.purchase[0] is ondemand: not a purchase; did you mean on-demand?'],
  ],
  [
    'a pattern with a blank',
    "region: ['eu*', us-east-1]",
    "region: ['eu *', us-east-1]",
    [
      "58:46: services.gateway.allow.region[0] is 'eu *': not a pattern; write a name, with * for any run of characters",
    ],
  ],
  [
    'a loss that is none',
    'loss: provider',
    'loss: planet',
    ['59:22: services.gateway.survive.loss is planet: not a loss; write one of provider, region, zone'],
  ],
  [
    'no in YAML 1.2 is a word',
    'latencyAtMostMs: 100',
    'latencyAtMostMs: 100\n    holdsUserData: no',
    ['61:20: services.gateway.holdsUserData is no: not true or false; write true or false, without quotes'],
  ],
  [
    'a kind of commitment that is none',
    'kind: reserved-nodes',
    'kind: reserved',
    [
      '82:23: commitments[0].kind is reserved: not a kind of commitment; write kind: reserved-nodes, spend, resources (one of them)',
    ],
  ],
  [
    'no kind',
    'kind: reserved-nodes, ',
    '',
    ['82:5: commitments[0].kind: missing; write kind: reserved-nodes, spend, resources (one of them)'],
  ],
  [
    'a commitment that is no map',
    '  - { id: sp-1, kind: spend, provider: aws, usdPerHour: 20, discount: 28%, until: 2027-01-01 }',
    '  - sp-1',
    ['83:5: commitments[1] is sp-1: not a set of fields; write fields such as id, kind and provider'],
  ],
  [
    'committed vCPUs of the wrong vendor',
    'provider: gcp, region: europe-west4',
    'provider: aws, region: europe-west4',
    ['84:45: commitments[2].provider is aws: not a vendor that sells committed vCPUs; write gcp'],
  ],
  [
    'a month that does not exist',
    'until: 2027-06-01',
    'until: 2027-13-01',
    ['82:126: commitments[0].until is 2027-13-01: no such day; write a date as 2027-06-01'],
  ],
  [
    'a field of another kind',
    'discount: 28%',
    'discount: 28%, count: 3',
    [
      '83:76: commitments[1].count: no such field; fields here are id, kind, provider, usdPerHour, discount, region, family, until',
    ],
  ],
  [
    'no count',
    'count: 4, ',
    '',
    ['82:5: commitments[0].count: missing; write a whole number from 1 to 1000000, without quotes or unit'],
  ],
  [
    'per cent without the sign in a discount',
    'percent: 9%',
    'percent: 9',
    ['86:40: discounts[0].percent is 9: over 100%; write 9%'],
  ],
  ['an empty list of tiers', 'percent: 9%', 'tiers: []', ['86:38: discounts[0].tiers is []: empty; name a tier']],
  [
    'a budget that is no map',
    '{ usdPerHour: 900 }',
    '900',
    [
      '91:11: policies.budget is 900: not a set of fields; write fields such as usdPerHour, usdPerMonth, over, each on a line of its own',
    ],
  ],
  [
    'a secret where an account stands',
    '      europe-west4: { zones: [europe-west4-a] }',
    '      europe-west4: { zones: [europe-west4-a] }\n    access: { project: im-production, key: abc }',
    ['13:39: clouds.gcp.access.key: no such field; fields here are project'],
  ],
  [
    'a subscription by its name',
    'clouds:\n',
    "clouds:\n  azure: { access: { subscription: Production }, regions: { westeurope: { zones: ['1'] } } }\n",
    [
      '6:36: clouds.azure.access.subscription is Production: not the id of a subscription; write its id, as az account show prints it: 32 hex digits in five groups',
    ],
  ],
  [
    'notices over plain http from another machine',
    '  aws:\n',
    '  aws:\n    access: { interruptionQueue: http://queue.example/1/notices }\n',
    [
      '7:34: clouds.aws.access.interruptionQueue is http://queue.example/1/notices: not the URL of a queue; write it as SQS shows it, like https://sqs.us-east-1.amazonaws.com/123456789012/godwit-notices',
    ],
  ],
];
