import { POLICIES } from '../../policies/index.ts';
import { factsOf } from '../../src/plan/facts.ts';
import { planFrom } from '../../src/plan/from-placement.ts';
import type { Decided } from '../../src/plan/plan.ts';
import { judge } from '../../src/policy/gate.ts';
import { instant, mib, milliCores, seconds, share, usdPerHour } from '../../src/units.ts';
import { AT, demandOf, nodesOf, offeringOf, poolOf, serviceOf, worldOf, type WorldSpec } from './world.ts';

/** What a cycle hands to the people: planned and judged. */
export function decidedFrom(spec: WorldSpec): Decided {
  const { fleet, observation, problem, ...rest } = worldOf(spec);
  const plan = planFrom({ fleet, observation, problem, ...rest });
  const decided = { fleet, observation, problem, plan };
  const judgements = judge(POLICIES, factsOf(decided), fleet, plan.placement.certificate.rulePrices);
  return { ...decided, judgements };
}

/** A messenger on two clouds and an own cluster: dear old gateways make way, a spot pool shrinks, inference stays. */
export function messenger(more: Partial<WorldSpec> = {}): WorldSpec {
  const m5 = offeringOf({ type: 'm5.4xlarge', usd: 0.768, cores: 15, gib: 60 });
  const m7g = offeringOf({ type: 'm7g.4xlarge', usd: 0.6528, cores: 15, gib: 60, zone: 'us-east-1b' });
  const spot = offeringOf({ type: 'c7i.2xlarge', usd: 0.1421, cores: 7, gib: 14, purchase: 'spot' });
  const azure = offeringOf({
    type: 'Standard_D16s_v5',
    usd: 0.92,
    cores: 15,
    gib: 58,
    place: 'azure/westeurope',
    zone: '1',
  });
  const own = offeringOf({
    type: 'metal-32',
    usd: 0.62,
    cores: 31,
    gib: 120,
    place: 'kubernetes/own-fra',
    zone: 'rack-a',
    atMost: 12,
  });
  const gpu = offeringOf({ type: 'g6.xlarge', usd: 0.8048, cores: 3, gib: 14, gpus: 1 });
  const dear = offeringOf({ type: 'm6i.4xlarge', usd: 0.768, cores: 15, gib: 60 });
  const sold = offeringOf({ type: 'm8g.4xlarge', usd: 0.7, cores: 15, gib: 60, available: false });
  const gateway = serviceOf('gateway', {
    requests: { cpu: milliCores(2000), memory: mib(4096) },
    capacityPerReplica: 300,
    markets: ['eu', 'na'],
    spotAtMost: share(0),
    survive: { loss: 'provider', share: share(0.35) },
    reconnect: { within: seconds(60), handshakesPerSecond: 10 },
  });
  const push = serviceOf('push', {
    capacityPerReplica: 700,
    spotAtMost: share(0.6),
    drain: seconds(60),
    markets: ['eu'],
  });
  const ai = serviceOf('ai', {
    requests: { cpu: milliCores(2000), memory: mib(8192), devices: { 'nvidia.com/gpu': 1 } },
    markets: ['na'],
    capacityPerReplica: 12_000,
  });
  const budget = { usdPerHour: usdPerHour(900), usdPerMonth: 600_000, over: 'hold' as const };
  return {
    offerings: [m5, m7g, spot, azure, own, gpu, dear, sold],
    pools: [
      poolOf('aws-use1a-gateway', m5, 24, { max: 200 }),
      poolOf('aws-use1b-gateway', m7g, 2, { max: 200 }),
      poolOf('aws-use1a-push', spot, 12),
      poolOf('az-weu-gateway', azure, 4, { min: 2 }),
      poolOf('own-fra', own, 6, { max: 12 }),
      poolOf('aws-ai', gpu, 3),
      poolOf('aws-empty', dear, 0),
    ],
    templates: [{ name: 'aws-general', provider: 'aws', types: ['m7*', 'm8*'], purchase: ['on-demand'], max: 300 }],
    services: [gateway, push, ai],
    demand: [
      demandOf(gateway, 112, {
        peakReplicas: 140,
        nextNine: { quantile: 0.999, load: 35_400, replicas: 118, moreOnAverage: 7.5 },
      }),
      demandOf(gateway, 28, {
        name: 'gateway/na',
        market: 'na',
        nextNine: { quantile: 0.999, load: 8700, replicas: 29, moreOnAverage: 0.5 },
      }),
      demandOf(push, 50, {
        quantile: 0.9,
        quantileFrom: 'costs',
        quantileWhy: '$9.00/h for the load of one replica left uncarried against $1.00/h for one that idles',
        nextNine: { quantile: 0.99, load: 38_000, replicas: 55, moreOnAverage: 3.25 },
      }),
      demandOf(ai, 3, { setBy: 'minimum', load: 33_000, reason: 'its load would need 2' }),
    ],
    nodes: [
      nodesOf(m7g, 10, { 'gateway/eu': 7 }),
      nodesOf(azure, 4, { 'gateway/eu': 7 }),
      nodesOf(own, 2, { 'gateway/na': 7, 'gateway/eu': 8 }),
      nodesOf(m7g, 2, { 'gateway/na': 7 }),
      nodesOf(spot, 4, { 'push/eu': 7 }),
      nodesOf(own, 1, { 'push/eu': 22 }),
      nodesOf(gpu, 3, { 'ai/na': 1 }),
    ],
    placement: {
      certificate: {
        groupPrices: { 'gateway/eu': 0.0923, 'gateway/na': 0.0407, 'push/eu': 0.0201, 'ai/na': 0.8048 },
        availabilityPrices: {},
        rulePrices: { 'vendorShareAtMost/aws': 0.21, 'survive/gateway/eu/aws/us-east-1/us-east-1b': 0.012 },
      },
    },
    egress: { before: 41.2, after: 36.7 },
    fleet: {
      policies: {
        vendorShareAtMost: new Map([['aws', share(0.75)]]),
        headroom: share(0),
        budget,
        churn: { startsPerCycle: 80, drainsPerCycle: 30, payback: seconds(21_600) },
        freshness: { pricesAtMost: seconds(400 * 86_400), signalsAtMost: seconds(1800) },
      },
      commitments: [
        {
          id: 'ri-1',
          kind: 'reserved-nodes',
          provider: 'aws',
          region: 'us-east-1',
          zone: 'us-east-1b',
          type: 'm7g.4xlarge',
          count: 4,
          usdPerHour: usdPerHour(1.7),
          until: instant(AT + 400 * 86_400_000),
        },
      ],
      discounts: [{ provider: 'aws', on: 'all', tiers: [{ fromUsdPerMonth: 0, discount: share(0.09) }] }],
    },
    ...more,
  };
}
