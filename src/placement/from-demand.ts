import { bootTimeOf } from '../catalog/lead-time.ts';
import { offeringId, type Offering } from '../catalog/offering.ts';
import type { GroupDemand } from '../demand/demand.ts';
import type { Fleet, TrafficEdge } from '../fleet/fleet.ts';
import type { Forecast } from '../forecast/forecast.ts';
import type { Observation } from '../observation.ts';
import type { Resources } from '../quantity.ts';
import { mib, milliCores, toHours } from '../units.ts';
import { byNodes } from './by-nodes.ts';
import type { Candidate, ChangeCost, Flow, Group, Problem, RunningNodes } from './problem.ts';

/** An offering that the fleet's pools or templates can bring, with the limits that these set. */
export interface Open {
  readonly offering: Offering;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** The placement problem of a fleet: its demand, what it may choose from, its contracts, its traffic. */
export function problemOf(
  fleet: Fleet,
  seen: Pick<Observation, 'egress' | 'pools' | 'commitments' | 'resourceRates' | 'at'>,
  demand: readonly GroupDemand[],
  forecasts: readonly Forecast[],
  open: readonly Open[],
): Problem {
  const price = routePrices(fleet, seen.egress);
  const { requestsOf, allocatableOf } = byNodes(
    demand,
    open.map(({ offering }) => offering),
  );
  return {
    groups: demand.map((d) => groupOf(d, requestsOf(d))),
    offerings: open.map((o) =>
      candidateOf(o, allocatableOf(o.offering, less(o.offering.allocatable, o.offering.daemons ?? fleet.daemonsets))),
    ),
    rules: {
      vendorShareAtMost: fleet.policies.vendorShareAtMost,
      commitments: seen.commitments.filter((k) => k.until > seen.at),
      discounts: fleet.discounts,
      flows: fleet.traffic.flatMap((edge) => flowsOf(fleet, price, demand, forecasts, edge)),
      resourceRates: new Map(seen.resourceRates.map((r) => [r.commitment, { vcpu: r.perVcpu, gib: r.perGib }])),
    },
    running: runningOf(seen.pools, new Set(demand.map(({ name }) => name))),
    change: changeOf(fleet, open),
  };
}

function groupOf(d: GroupDemand, requests: Resources): Group {
  return {
    name: d.name,
    replicas: d.replicas,
    requests,
    allow: d.allow,
    spotAtMost: d.spotAtMost,
    ...(d.perNodeAtMost !== undefined && { perNodeAtMost: d.perNodeAtMost }),
    ...(d.zoneSkew !== undefined && { zoneSkew: { most: d.zoneSkew, within: 'region' } as const }),
    ...(d.survive !== undefined && { survive: d.survive }),
    ...(d.absorb !== undefined && d.survive !== undefined && { absorb: d.absorb }),
  };
}

function candidateOf({ offering, atMost, atLeast }: Open, allocatable: Resources): Candidate {
  const { id, provider, region, zone, type, family, arch, purchase, vcpu, memory, gpu, price } = offering;
  return {
    id,
    provider,
    region,
    zone,
    type,
    family,
    arch,
    purchase,
    vcpu,
    memory,
    ...(gpu && { gpu }),
    usdPerHour: price.usdPerHour + interruptionCost(offering),
    allocatable,
    ...(atMost !== undefined && { atMost }),
    ...(atLeast !== undefined && { atLeast }),
  };
}

/** Expected $/h of interruptions: each one pays for the time its successor boots without serving. */
function interruptionCost({ interruptionPerHour, bootTime, price }: Offering): number {
  return (interruptionPerHour ?? 0) * toHours(bootTime) * price.usdPerHour;
}

/** What is left of a node once its daemonsets run. */
function less(node: Resources, taken: Resources): Resources {
  return {
    cpu: milliCores(Math.max(0, node.cpu - taken.cpu)),
    memory: mib(Math.max(0, node.memory - taken.memory)),
    ...(node.storage !== undefined && { storage: mib(Math.max(0, node.storage - (taken.storage ?? 0))) }),
    ...(node.pods !== undefined && { pods: Math.max(0, node.pods - (taken.pods ?? 0)) }),
    ...(node.devices && {
      devices: Object.fromEntries(
        Object.entries(node.devices).map(([name, n]) => [name, Math.max(0, n - (taken.devices?.[name] ?? 0))]),
      ),
    }),
  };
}

/** One flow per market in which both ends run, at the mean of the forecast: the bill counts every GB, not the peak's. */
function flowsOf(
  fleet: Fleet,
  price: RoutePrice,
  demand: readonly GroupDemand[],
  forecasts: readonly Forecast[],
  edge: TrafficEdge,
): Flow[] {
  return fleet.markets.flatMap((market) => {
    const from = demand.find((d) => d.service === edge.from && d.market === market.name);
    const to =
      edge.to === 'internet' ? undefined : demand.find((d) => d.service === edge.to && d.market === market.name);
    const messages = forecasts.find((f) => f.signal === edge.signal && f.market === market.name);
    if (!from || !messages || (edge.to !== 'internet' && !to)) return [];
    const perSecond = messages.mean.reduce((sum, x) => sum + x, 0) / Math.max(1, messages.mean.length);
    return [
      {
        from: from.name,
        to: to?.name ?? 'internet',
        gbPerHour: (perSecond * 3600 * edge.gbPerMillionMessages) / 1e6,
        usdPerGb: (a, b) => price(a, b, edge.zoneAware),
        label: `${edge.from} → ${edge.to}, ${market.name}`,
      },
    ];
  });
}

type RoutePrice = (from: string, to: string, zoneAware: boolean) => number;

/**
 * Inside a place, callers that take no notice of zones reach another zone in all but one of Z cases. A route of which
 * nothing is known costs the dearest price that is, so that it is never chosen for want of a figure.
 */
function routePrices(fleet: Fleet, routes: Observation['egress']): RoutePrice {
  const known = new Map(routes.map((r) => [`${r.from} ${r.to}`, r.usdPerGb]));
  const dearest = Math.max(0, ...routes.map((r) => r.usdPerGb));
  const zones = new Map(fleet.clouds.flatMap((c) => c.regions).map((r) => [`${r.provider}/${r.name}`, r.zones.length]));
  return (from, to, zoneAware) => {
    const price = known.get(`${from} ${to}`) ?? dearest;
    if (from !== to) return price;
    return zoneAware ? 0 : price * (1 - 1 / Math.max(1, zones.get(from) ?? 1));
  };
}

/** One entry for the nodes of an offering that hold the same, where that is known of all of them. */
function runningOf(pools: Observation['pools'], groups: ReadonlySet<string>): RunningNodes[] {
  const running = new Map<string, RunningNodes>();
  const add = (key: string, nodes: RunningNodes): void => {
    running.set(key, { ...nodes, count: nodes.count + (running.get(key)?.count ?? 0) });
  };
  const unknown = new Set(pools.filter((p) => p.target > 0 && !p.carries).map(offeringId));
  for (const pool of pools) {
    const offering = offeringId(pool);
    if (unknown.has(offering)) {
      add(offering, { offering, count: pool.target });
      continue;
    }
    let left = pool.target;
    for (const { nodes, replicas } of pool.carries ?? []) {
      const count = Math.min(left, nodes);
      left -= count;
      const known = Object.entries(replicas).filter(([group, n]) => n > 0 && groups.has(group));
      const on = known.toSorted(([a], [b]) => (a < b ? -1 : 1));
      if (count > 0) add(JSON.stringify([offering, on]), { offering, count, replicas: Object.fromEntries(on) });
    }
    // on their way, or idle
    if (left > 0) add(JSON.stringify([offering, []]), { offering, count: left, replicas: {} });
  }
  return [...running].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, nodes]) => nodes);
}

/** A pool that is not there yet weighs like launching so many nodes: what it saves must be worth looking after it. */
const LAUNCHES_PER_POOL = 4;

/**
 * A node that replaces another is paid for while it boots and its predecessor drains, without serving: the launch
 * cost is that time at the median price of what may be chosen.
 */
function changeOf(fleet: Fleet, open: readonly Open[]): ChangeCost {
  const prices = open.map((o) => o.offering.price.usdPerHour).toSorted((a, b) => a - b);
  const median = prices[Math.floor(prices.length / 2)] ?? 0;
  const boot = Math.max(0, ...fleet.clouds.map((c) => bootTimeOf(c.provider)));
  const drain = Math.max(0, ...fleet.services.map((s) => s.startUp + s.drain));
  const launchUsd = (median * (boot + drain)) / 3600;
  return {
    launchUsd,
    moveUsdPerReplica: 0,
    openUsd: LAUNCHES_PER_POOL * launchUsd,
    horizonHours: toHours(fleet.policies.churn.payback),
  };
}
