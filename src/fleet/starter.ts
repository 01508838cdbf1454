import { isoOf, type Instant } from '../units.ts';
import { fleetJsonSchema } from './json-schema.ts';
import { STARTER_COLUMNS, STARTER_STEP, starterLoad } from './starter-load.ts';

export interface StarterFile {
  /** relative to the folder it is written to */
  readonly path: string;
  readonly text: string;
  /** what it is, in a few words */
  readonly what: string;
}

/**
 * What `godwit init` writes: a fleet file with comments, its JSON Schema for editors, and generated load up to `end`,
 * so that a plan can be made at once without an account at any cloud. The fleet file comes last: when it is there,
 * everything it names is there.
 */
export function starterFiles(end: Instant): readonly StarterFile[] {
  return [
    { path: 'traffic/load.csv', text: starterLoad(end), what: 'two weeks of made-up load, to be replaced by yours' },
    { path: 'fleet.schema.json', text: schemaText(), what: 'what editors need to complete and check the fleet file' },
    { path: 'fleet.yaml', text: starterFleet(end), what: 'the fleet: places, load, services, rules' },
  ];
}

/** the JSON Schema as it is printed and written */
export const schemaText = (): string => `${JSON.stringify(fleetJsonSchema(), null, 2)}\n`;

const starterFleet = (end: Instant): string => `# yaml-language-server: $schema=./fleet.schema.json
#
# A messenger of two million people online, in two markets, on three clouds. Everything in it is made up: replace it by
# yours, part by part, and ask after each change
#
#   godwit validate fleet.yaml          is it right, and what was understood?
#   godwit plan fleet.yaml --offline    what would be done? needs no account at any cloud
#
# Quantities are written as in Kubernetes (500m, 4Gi), times as 90s, 15m or 14d, shares as 40%.
version: 1
name: my-fleet
cycle: 5m # from one decision to the next
horizon: 24h # how far the forecast looks

# Where the fleet may run. What is not listed is never used, however cheap it is.
clouds:
  aws:
    regions:
      us-east-1: { zones: [us-east-1a, us-east-1b, us-east-1c] }
  azure:
    regions:
      westeurope: { zones: ['1', '2', '3'] }
  gcp:
    regions:
      us-east4: { zones: [us-east4-a, us-east4-b, us-east4-c] }
      europe-west4: { zones: [europe-west4-a, europe-west4-b, europe-west4-c] }
  # An own cluster states its machines and their price itself:
  # kubernetes:
  #   clusters:
  #     own-fra:
  #       zones: [rack-a, rack-b]
  #       egressUsdPerGb: 0.005
  #       nodeTypes:
  #         metal-32:
  #           arch: amd64
  #           allocatable: { cpu: 31, memory: 120Gi, pods: 110 }
  #           usdPerHour: 0.62
  #           source: hosting contract of March 2026
  #           asOf: 2026-03-01
  #           atMostPerZone: 12

# What runs on every node before any service does. kubectl get daemonsets -A shows yours.
daemonsets: { cpu: 250m, memory: 400Mi, pods: 6 }

# Where the users are, and how far each place is from them: median round trip in ms. A place without a figure is closed
# to services that face users.
markets:
  eu:
    timeZone: Europe/Berlin
    latencyMs: { azure/westeurope: 16, gcp/europe-west4: 15, aws/us-east-1: 92 }
    # Where the data of these users may lie; left out: anywhere.
    # residency: [azure/westeurope, 'gcp/europe-*']
  na:
    timeZone: America/New_York
    latencyMs: { aws/us-east-1: 30, gcp/us-east4: 31, azure/westeurope: 94 }

# What load looked like so far. From a CSV file here; instead of csv and value, a query asks Prometheus:
#   eu: { query: 'sum(im_connections{market="eu"})' }
# prometheus: { url: 'http://prometheus:9090', tokenEnv: PROM_TOKEN }
signals:
  connections:
    unit: connections
    step: ${STARTER_STEP}
    markets:
      eu: { csv: traffic/load.csv, value: ${STARTER_COLUMNS.connections.eu} }
      na: { csv: traffic/load.csv, value: ${STARTER_COLUMNS.connections.na} }
  messages:
    unit: messages/s
    step: ${STARTER_STEP}
    markets:
      eu: { csv: traffic/load.csv, value: ${STARTER_COLUMNS.messages.eu} }
      na: { csv: traffic/load.csv, value: ${STARTER_COLUMNS.messages.na} }

# The parts of the platform that scale alone.
services:
  gateway: # holds the clients' long-lived connections
    signal: connections
    capacityPerReplica: 20000 # connections that one replica carries well
    requests: { cpu: 2, memory: 4Gi }
    quantile: 0.99 # of the load that must fit: a full gateway drops connections, and all of them come back at once
    replicas: { min: 4, max: 1000 } # in each market
    drain: 15m # clients are asked to move, a few at a time
    perNodeAtMost: 8 # one lost node may not drop more than 160,000 clients
    survive: { loss: provider, share: 60% } # whichever provider fails, so much must still stand …
    reconnect: { within: 2m, handshakesPerSecond: 250 } # … and take in those who lost theirs
    latencyAtMostMs: 120
  router: # hands each message to the recipient's gateway
    signal: messages
    capacityPerReplica: 3000
    requests: { cpu: 2, memory: 3Gi }
    replicas: { min: 2, max: 400 }
    survive: { loss: provider, share: 60% }
    latencyAtMostMs: 120
  push: # wakes phones; late by a second does no harm, so it may run on spot nodes
    signal: messages
    capacityPerReplica: 2000
    requests: { cpu: 1, memory: 1Gi }
    quantile: 0.95
    spot: { atMost: 80% }
    holdsUserData: false

# What flows between them, so that the cost of egress counts. 1 GB per million messages is 1 kB each.
traffic:
  - { from: gateway, to: router, signal: messages, gbPerMillionMessages: 0.5, zoneAware: true }
  - { from: router, to: push, signal: messages, gbPerMillionMessages: 0.1 }
  - { from: gateway, to: internet, signal: messages, gbPerMillionMessages: 0.4 }

pools:
  # What runs today.
  declared:
    - { name: aws-a, provider: aws, region: us-east-1, zone: us-east-1a, type: m5.4xlarge, nodes: 9, max: 60 }
    - { name: aws-b, provider: aws, region: us-east-1, zone: us-east-1b, type: m5.4xlarge, nodes: 9, max: 60 }
    - { name: gcp-va-a, provider: gcp, region: us-east4, zone: us-east4-a, type: n2-standard-16, nodes: 9, max: 60 }
    - { name: azure-1, provider: azure, region: westeurope, zone: '1', type: Standard_D16s_v5, nodes: 10, max: 60 }
    - { name: azure-2, provider: azure, region: westeurope, zone: '2', type: Standard_D16s_v5, nodes: 10, max: 60 }
    - { name: gcp-nl-a, provider: gcp, region: europe-west4, zone: europe-west4-a, type: n2-standard-16, nodes: 10, max: 60 }
  # What new pools may look like. Without a template no pool is ever opened.
  templates:
    - { name: aws-general, provider: aws, types: [m7i.2xlarge, m7i.4xlarge, m7g.2xlarge, m7g.4xlarge], purchase: [on-demand, spot], max: 100 }
    - { name: azure-general, provider: azure, types: [Standard_D8s_v5, Standard_D16s_v5], purchase: [on-demand, spot], max: 100 }
    - { name: gcp-general, provider: gcp, types: [n2d-standard-8, n2d-standard-16], purchase: [on-demand, spot], max: 100 }

# What was bought ahead, and what was negotiated:
# commitments:
#   - { id: ri-1, kind: reserved-nodes, provider: aws, region: us-east-1, type: m5.4xlarge, count: 6, usdPerHour: 2.94, until: 2027-06-01 }
# discounts:
#   - { provider: aws, on: all, percent: 6% }

# What every plan must respect. The plan says what each rule costs.
policies:
  vendorShareAtMost: { aws: 60%, azure: 60%, gcp: 60% }
  headroom: 5%
  budget: { usdPerHour: 100, over: hold } # above it a person has to approve
  churn: { startsPerCycle: 40, drainsPerCycle: 20 }
  freshness:
    pricesAtMost: 400d # on the price list that Godwit carries; with live prices write 2d
    signalsAtMost: 30m

# Written by godwit init; the load ends at ${isoOf(end)}.
`;
