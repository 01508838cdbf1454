/** A small fleet file that is right: the tables of tests break it in one place each. */
export const SMALL = `version: 1
name: small
cycle: 5m
horizon: 24h
clouds:
  aws:
    regions:
      eu-central-1: { zones: [eu-central-1a, eu-central-1b] }
      us-east-1: { zones: [us-east-1a] }
  gcp:
    regions:
      europe-west4: { zones: [europe-west4-a] }
  kubernetes:
    clusters:
      own-fra:
        zones: [rack-a]
        egressUsdPerGb: 0.005
        nodeTypes:
          metal-32:
            arch: amd64
            allocatable: { cpu: 31, memory: 120Gi, pods: 110 }
            usdPerHour: 0.62
            source: hosting contract
            asOf: 2026-03-01
            atMostPerZone: 12
daemonsets: { cpu: 250m, memory: 400Mi, pods: 6 }
markets:
  eu:
    timeZone: Europe/Berlin
    latencyMs:
      aws/eu-central-1: 12
      gcp/europe-west4: 20
    residency: ['aws/eu-*', gcp/europe-west4]
  na:
    timeZone: America/New_York
    latencyMs: { aws/us-east-1: 30, gcp/europe-west4: 95 }
signals:
  connections:
    unit: connections
    step: 5m
    markets:
      eu: { csv: traffic.csv, value: eu }
      na: { csv: traffic.csv, value: na }
  messages:
    unit: messages/s
    markets:
      eu: { csv: traffic.csv, value: eu-messages }
services:
  gateway:
    signal: connections
    capacityPerReplica: 20000
    requests: { cpu: 2, memory: 4Gi }
    quantile: 0.99
    replicas: { min: 2, max: 400 }
    markets: [eu, na]
    drain: 15m
    spot: { atMost: 0% }
    allow: { purchase: [on-demand], region: ['eu*', us-east-1] }
    survive: { loss: provider, share: 70% }
    latencyAtMostMs: 100
  router:
    signal: messages
    capacityPerReplica: 3000
    requests:
      cpu: 500m
      memory: 1Gi
traffic:
  - { from: router, to: gateway, signal: messages, gbPerMillionMessages: 1.4 }
pools:
  declared:
    - name: gw-a
      provider: aws
      region: eu-central-1
      zone: eu-central-1a
      type: m5.4xlarge
      nodes: 4
      max: 20
    - { name: own-a, provider: kubernetes, region: own-fra, zone: rack-a, type: metal-32, nodes: 10, max: 12 }
  templates:
    - { name: aws-general, provider: aws, types: ['m7i.*'], purchase: [on-demand, spot] }
commitments:
  - { id: ri-1, kind: reserved-nodes, provider: aws, region: eu-central-1, type: m5.4xlarge, count: 4, usdPerHour: 2, until: 2027-06-01 }
  - { id: sp-1, kind: spend, provider: aws, usdPerHour: 20, discount: 28%, until: 2027-01-01 }
  - { id: cud-1, kind: resources, provider: gcp, region: europe-west4, family: n2d, vcpu: 64, memory: 256Gi, usdPerHour: 1.9, until: 2028-01-01 }
discounts:
  - { provider: aws, on: all, percent: 9% }
  - { provider: gcp, on: on-demand, tiers: [{ fromUsdPerMonth: 0, percent: 0% }, { fromUsdPerMonth: 50000, percent: 5% }] }
policies:
  vendorShareAtMost: { aws: 60% }
  headroom: 5%
  budget: { usdPerHour: 900 }
`;

/** The small fleet with `from`, which stands in it once, replaced by `to`. */
export function edited(from: string, to: string): string {
  const parts = SMALL.split(from);
  if (parts.length !== 2)
    throw new Error(`${JSON.stringify(from)} stands ${parts.length - 1} times in the small fleet`);
  return parts.join(to);
}
