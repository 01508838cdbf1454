import { lastSeen } from '../signals/signal.ts';
import type { GroupFact, PlacedFact, PlanFacts, PoolFact } from '../policy/policy.ts';
import { byText } from './order.ts';
import type { Decided, Plan } from './plan.ts';
import { usableFor } from './usable.ts';

/** The plain facts of a plan that policies judge: the state when every step of this cycle is done. */
export function factsOf(decided: Omit<Decided, 'judgements'>): PlanFacts {
  const { observation, plan } = decided;
  const waiting = (pick: (w: Plan['waiting'][number]) => boolean): number =>
    plan.waiting.filter(pick).reduce((sum, w) => sum + w.nodes, 0);
  return {
    at: observation.at,
    status: plan.placement.status,
    conflict: plan.placement.conflict,
    placed: placedFacts(decided),
    groups: groupFacts(decided),
    pools: plan.pools.map(poolFact),
    usdPerHourAfter: plan.totals.usdPerHourAfter,
    usdPerHourBefore: plan.totals.usdPerHourBefore,
    starts: plan.totals.launch,
    drains: plan.totals.drain,
    waiting: {
      starts: waiting((w) => w.kind === 'start'),
      startsForLoad: waiting((w) => w.kind === 'start' && w.cause === 'load'),
      drains: waiting((w) => w.kind === 'drain'),
      groups: [...new Set(plan.waiting.flatMap((w) => Object.keys(w.carries)))].toSorted(),
    },
    unplaced: plan.placement.unplaced,
    uncovered: plan.uncovered,
    signals: signalFacts(decided),
  };
}

function placedFacts({ observation, plan }: Omit<Decided, 'judgements'>): readonly PlacedFact[] {
  const offerings = new Map(observation.offerings.map((offering) => [offering.id, offering]));
  const facts = new Map<string, PlacedFact>();
  for (const { offering: id, count, replicas } of plan.after) {
    const offering = offerings.get(id);
    if (!offering) continue;
    const { provider, region, zone, type, purchase, vcpu, gpu, price } = offering;
    const known = facts.get(id);
    const here: Record<string, number> = { ...known?.replicas };
    for (const [group, each] of Object.entries(replicas)) here[group] = (here[group] ?? 0) + each * count;
    facts.set(id, {
      offering: id,
      provider,
      region,
      zone,
      type,
      purchase,
      vcpu,
      gpus: gpu?.count ?? 0,
      nodes: count + (known?.nodes ?? 0),
      listUsdPerHour: price.usdPerHour,
      priceAsOf: price.asOf,
      priceSource: price.source,
      replicas: here,
    });
  }
  return [...facts.values()];
}

function groupFacts({ plan, problem }: Omit<Decided, 'judgements'>): readonly GroupFact[] {
  const usable = usableFor(problem);
  return plan.demand.map((d) => {
    const group = problem.groups.find((g) => g.name === d.name);
    return {
      name: d.name,
      service: d.service,
      market: d.market,
      needed: d.replicas,
      load: d.setBy === 'hold' ? Number.NaN : d.load,
      capacityPerReplica: d.capacityPerReplica,
      zones: group?.zoneSkew ? usable(d.name).zones : [],
    };
  });
}

const poolFact = ({ pool, type, from, to, min, max, usdPerHour }: Plan['pools'][number]): PoolFact => ({
  name: pool,
  type,
  from,
  to,
  min,
  max,
  priced: usdPerHour !== undefined,
});

/** One entry for each market's series that a group rests on; a series that was never read was never seen. */
function signalFacts({ fleet, observation, plan }: Omit<Decided, 'judgements'>): PlanFacts['signals'] {
  const names = new Map<string, { readonly signal: string; readonly market: string }>();
  for (const { service, market } of plan.demand) {
    const signal = fleet.services.find((s) => s.name === service)?.signal;
    if (signal !== undefined) names.set(`${signal}/${market}`, { signal, market });
  }
  return [...names]
    .toSorted(([a], [b]) => byText(a, b))
    .map(([name, { signal, market }]) => {
      const series = observation.signals.find((s) => s.name === signal && s.market === market);
      return { name, lastSeen: series && lastSeen(series) };
    });
}
