import { offeringId, type Offering, type Purchase } from '../../src/catalog/offering.ts';
import type { GroupDemand } from '../../src/demand/demand.ts';
import type { ChurnLimits, Fleet, PoolTemplate, Service } from '../../src/fleet/fleet.ts';
import type { Forecast } from '../../src/forecast/forecast.ts';
import type { PlanInput } from '../../src/plan/from-placement.ts';
import { reachable } from '../../src/plan/reachable.ts';
import { billOf } from '../../src/placement/cost.ts';
import type { PlacedNodes, Placement } from '../../src/placement/placement.ts';
import type { Problem } from '../../src/placement/problem.ts';
import type { Observation } from '../../src/observation.ts';
import type { ObservedPool } from '../../src/ports.ts';
import { instant, mib, milliCores, seconds, share, usdPerGb, usdPerHour } from '../../src/units.ts';

/** A small fleet made by hand, stage by stage, for tests of what follows placement. */

export const AT = instant(Date.UTC(2026, 2, 2, 18, 0));
const DAY = 86_400;

export interface OfferingSpec {
  readonly type: string;
  readonly usd: number;
  /** cores and GiB for replicas */
  readonly cores?: number;
  readonly gib?: number;
  readonly place?: string;
  readonly zone?: string;
  readonly purchase?: Purchase;
  readonly available?: boolean;
  readonly atMost?: number;
  readonly gpus?: number;
}

export function offeringOf(spec: OfferingSpec): Offering {
  const [provider, region] = (spec.place ?? 'aws/us-east-1').split('/') as [Offering['provider'], string];
  const cores = spec.cores ?? 4;
  const parts = {
    provider,
    region,
    zone: spec.zone ?? `${region}a`,
    type: spec.type,
    purchase: spec.purchase ?? ('on-demand' as const),
  };
  return {
    id: offeringId(parts),
    ...parts,
    family: spec.type.split('.')[0] ?? spec.type,
    arch: spec.type.includes('g.') ? 'arm64' : 'amd64',
    vcpu: cores,
    memory: mib((spec.gib ?? cores * 4) * 1024),
    ...(spec.gpus !== undefined && { gpu: { name: 'l4', count: spec.gpus } }),
    allocatable: {
      cpu: milliCores(cores * 1000),
      memory: mib((spec.gib ?? cores * 4) * 1024),
      pods: 110,
      ...(spec.gpus !== undefined && { devices: { 'nvidia.com/gpu': spec.gpus } }),
    },
    allocatableBasis: 'measured',
    price: {
      usdPerHour: usdPerHour(spec.usd),
      source: 'a price list',
      asOf: instant(AT - 10 * DAY * 1000),
      basis: 'listed',
    },
    available: spec.available ?? true,
    ...(spec.atMost !== undefined && { atMost: spec.atMost }),
    bootTime: seconds(45),
  };
}

export function poolOf(
  name: string,
  offering: Offering,
  nodes: number,
  limits: Partial<ObservedPool> = {},
): ObservedPool {
  const { provider, region, zone, type, purchase } = offering;
  return {
    name,
    provider,
    region,
    zone,
    type,
    purchase,
    target: nodes,
    ready: nodes,
    min: 0,
    max: 100,
    source: 'declared',
    ...limits,
  };
}

export function serviceOf(name: string, spec: Partial<Service> = {}): Service {
  return {
    name,
    signal: 'connections',
    capacityPerReplica: 1000,
    requests: { cpu: milliCores(1000), memory: mib(2048) },
    on: [],
    quantile: 0.99,
    minReplicas: 0,
    maxReplicas: 10_000,
    markets: ['eu'],
    startUp: seconds(60),
    drain: seconds(900),
    spotAtMost: share(1),
    allow: {},
    holdsUserData: false,
    ...spec,
  };
}

/** What `service` needs in its first market, as its own fields say. */
export function demandOf(service: Service, replicas: number, spec: Partial<GroupDemand> = {}): GroupDemand {
  const market = service.markets[0] ?? 'eu';
  return {
    name: `${service.name}/${market}`,
    service: service.name,
    market,
    requests: service.requests,
    on: [],
    capacityPerReplica: service.capacityPerReplica,
    replicas,
    peakReplicas: replicas + 2,
    peakAt: instant(AT + 4 * 3600 * 1000),
    load: replicas * service.capacityPerReplica,
    peakLoad: (replicas + 2) * service.capacityPerReplica,
    unit: 'connections',
    quantile: service.quantile ?? 0.99,
    quantileFrom: 'stated',
    quantileWhy: 'stated in the fleet file',
    window: seconds(1800),
    setBy: 'load',
    reason: `its load sets ${replicas} replicas`,
    allow: service.allow,
    ruledOut: new Map(),
    spotAtMost: service.spotAtMost,
    ...(service.perNodeAtMost !== undefined && { perNodeAtMost: service.perNodeAtMost }),
    ...(service.zoneSkew !== undefined && { zoneSkew: service.zoneSkew }),
    ...(service.survive !== undefined && { survive: service.survive }),
    ...spec,
  };
}

export interface WorldSpec {
  readonly offerings: readonly Offering[];
  readonly pools?: readonly ObservedPool[];
  readonly templates?: readonly PoolTemplate[];
  readonly services: readonly Service[];
  readonly demand: readonly GroupDemand[];
  readonly nodes: readonly PlacedNodes[];
  readonly churn?: Partial<ChurnLimits>;
  readonly placement?: Partial<Placement>;
  readonly fleet?: Partial<Fleet>;
  /** seconds since the newest value of every signal */
  readonly signalAge?: number;
  readonly doubts?: Observation['doubts'];
  readonly egress?: { readonly before: number; readonly after: number };
}

export function worldOf(spec: WorldSpec): PlanInput {
  const fleet = fleetOf(spec);
  const pools = spec.pools ?? [];
  const { reachable: within } = reachable(fleet, pools, spec.offerings);
  const problem: Problem = {
    groups: spec.demand.map((d) => ({
      name: d.name,
      replicas: d.replicas,
      requests: d.requests,
      allow: d.allow,
      spotAtMost: d.spotAtMost,
      ...(d.perNodeAtMost !== undefined && { perNodeAtMost: d.perNodeAtMost }),
      ...(d.zoneSkew !== undefined && { zoneSkew: { most: d.zoneSkew, within: 'region' as const } }),
      ...(d.survive !== undefined && { survive: d.survive }),
      ...(d.absorb !== undefined && { absorb: d.absorb }),
    })),
    offerings: within.map(({ offering, ...limits }) => ({
      ...offering,
      usdPerHour: offering.price.usdPerHour,
      ...limits,
    })),
    rules: {
      vendorShareAtMost: fleet.policies.vendorShareAtMost,
      commitments: fleet.commitments,
      discounts: fleet.discounts,
      flows: [],
      resourceRates: new Map(),
    },
    running: pools.map((pool) => ({ offering: offeringId(pool), count: pool.target })),
  };
  return {
    fleet,
    observation: {
      at: AT,
      ...(spec.doubts && { doubts: spec.doubts }),
      offerings: spec.offerings,
      pools,
      commitments: fleet.commitments,
      resourceRates: [],
      egress: [
        {
          from: 'aws/us-east-1',
          to: 'internet',
          usdPerGb: usdPerGb(0.09),
          source: 'a traffic list',
          asOf: '2026-02-01',
          basis: 'listed',
        },
      ],
      signals: [...new Set(spec.services.flatMap((s) => s.markets))].map((market) => ({
        name: 'connections',
        market,
        unit: 'connections',
        source: 'csv traffic.csv',
        start: instant(AT - (spec.signalAge ?? 60) * 1000),
        step: seconds(300),
        values: Float64Array.of(30_000),
        faults: [],
      })),
      prices: [
        {
          provider: 'aws',
          source: 'a price list',
          basis: 'listed',
          asOf: instant(AT - 10 * DAY * 1000),
          age: seconds(10 * DAY),
          offerings: spec.offerings.length,
        },
      ],
      hashes: { config: 'c'.repeat(64), prices: 'p'.repeat(64), state: 's'.repeat(64) },
    },
    forecasts: [...new Set(spec.services.flatMap((s) => s.markets))].map(forecastOf),
    demand: spec.demand,
    problem,
    placement: placementOf(spec, problem),
    before: { egressUsdPerHour: spec.egress?.before ?? 0 },
  };
}

function placementOf(spec: WorldSpec, problem: Problem): Placement {
  const byId = new Map(problem.offerings.map((o) => [o.id, o]));
  const sized = spec.nodes.flatMap(({ offering, count }) => {
    const candidate = byId.get(offering);
    return candidate ? [{ candidate, count }] : [];
  });
  const { list, contracts, committed } = billOf(problem, sized);
  const egress = spec.egress?.after ?? 0;
  const cost = list - contracts + committed + egress;
  return {
    status: 'placed',
    method: 'by hand',
    cost: { list, contracts, committed, egress, change: 0 },
    usdPerHour: cost,
    lowerBoundUsdPerHour: cost * 0.99,
    gap: 1 / 0.99 - 1,
    nodes: spec.nodes,
    unplaced: {},
    conflict: [],
    certificate: { groupPrices: {}, availabilityPrices: {}, rulePrices: {} },
    duals: new Map(),
    ...spec.placement,
  };
}

function forecastOf(market: string): Forecast {
  return {
    signal: 'connections',
    market,
    unit: 'connections',
    origin: AT,
    step: seconds(300),
    quantiles: [0.5, 0.99],
    paths: [Float64Array.of(30_000, 31_000, 29_000), Float64Array.of(34_000, 36_000, 33_000)],
    mean: Float64Array.of(30_100, 31_100, 29_100),
    last: { at: instant(AT - 60_000), value: 29_900 },
    method: 'ensemble of two',
    notes: [],
    backtest: { origins: 5, stepsScored: 60, smape: 4.2, coverage: [0.51, 0.988] },
  };
}

export function fleetOf(spec: Pick<WorldSpec, 'offerings' | 'services' | 'templates' | 'churn' | 'fleet'>): Fleet {
  const markets = [...new Set(spec.services.flatMap((s) => s.markets))];
  const churn: ChurnLimits = { payback: seconds(6 * 3600), ...spec.churn };
  return {
    file: 'fleet.yaml',
    name: 'im-fleet',
    cycle: seconds(300),
    horizon: seconds(DAY),
    clouds: cloudsOf(spec.offerings),
    pools: [],
    templates: spec.templates ?? [],
    daemonsets: { cpu: milliCores(0), memory: mib(0) },
    markets: markets.map((name) => ({ name, timeZone: 'Europe/Berlin', latencyMs: new Map() })),
    signals: [],
    services: spec.services,
    traffic: [],
    commitments: [],
    discounts: [],
    policies: {
      vendorShareAtMost: new Map(),
      headroom: share(0),
      churn,
      freshness: { pricesAtMost: seconds(400 * DAY), signalsAtMost: seconds(1800) },
    },
    ...spec.fleet,
  };
}

function cloudsOf(offerings: readonly Offering[]): Fleet['clouds'] {
  return [...new Set(offerings.map((o) => o.provider))].map((provider) => {
    const own = offerings.filter((o) => o.provider === provider);
    return {
      provider,
      regions: [...new Set(own.map((o) => o.region))].map((name) => ({
        provider,
        name,
        zones: [...new Set(own.filter((o) => o.region === name).map((o) => o.zone))],
      })),
    };
  });
}

export const nodesOf = (offering: Offering, count: number, replicas: Record<string, number>): PlacedNodes => ({
  offering: offering.id,
  count,
  replicas,
});
