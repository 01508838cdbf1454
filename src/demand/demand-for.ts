import type { Fleet, Market, Service } from '../fleet/fleet.ts';
import { placesFor } from '../fleet/places.ts';
import type { Forecast } from '../forecast/forecast.ts';
import { pairwise, type Resources } from '../quantity.ts';
import type { Instant, Seconds } from '../units.ts';
import type { GroupDemand } from './demand.ts';
import { capacityOf, type NodeKind } from './capacity.ts';
import { needsOf, type Needs } from './need.ts';
import { moreOnAverage } from './next-nine.ts';
import { nextNine, objectiveOf } from './objective.ts';
import { reasonFor } from './reason.ts';
import { letGoWithin } from './shrink.ts';
import { sizeOf } from './size.ts';
import { absorbOf } from './storm.ts';
import { windowOf } from './window.ts';

export interface DemandOptions {
  /** from the order until a node is ready: the longest of the offerings that may be chosen */
  readonly leadTime: Seconds;
  /** group → what its clusters run of it, where that is known */
  readonly seen?: ReadonlyMap<string, SeenReplicas>;
  /** the nodes that can be had; absent = not known, then a replica is counted as on the least that the fleet file names */
  readonly nodes?: readonly NodeKind[];
}

/** What the clusters run of a group now. */
export interface SeenReplicas {
  /** a group whose load is unknown is never sized under it */
  readonly running: number;
  /** replicas that wait for a node: they are asked for already, whatever the forecast says */
  readonly pending: number;
  /** the largest that one asks for */
  readonly requests: Resources;
}

/**
 * Replicas for each service in each of its markets, in the order of the fleet file.
 *
 * Services on the same signal rest on the same forecast, so that a safety margin is taken once and not once a service.
 */
export function demandFor(
  forecasts: readonly Forecast[],
  fleet: Fleet,
  at: Instant,
  options: DemandOptions,
): readonly GroupDemand[] {
  const groups: GroupDemand[] = [];
  for (const service of fleet.services) {
    for (const market of fleet.markets.filter(({ name }) => service.markets.includes(name))) {
      const forecast = forecasts.find((f) => f.signal === service.signal && f.market === market.name);
      groups.push(groupOf(service, market, forecast, fleet, at, options));
    }
  }
  return groups;
}

function groupOf(
  service: Service,
  market: Market,
  forecast: Forecast | undefined,
  fleet: Fleet,
  at: Instant,
  { leadTime, seen, nodes }: DemandOptions,
): GroupDemand {
  const name = `${service.name}/${market.name}`;
  const runs = seen?.get(name);
  const { headroom, freshness } = fleet.policies;
  const window = windowOf(service, fleet.cycle, leadTime);
  const places = placesFor(fleet, service, market);
  const allow = { ...service.allow, place: places.allowed };
  const capacity = capacityOf(service, allow, nodes);
  const objective = objectiveOf(service, capacity.load);
  const needAt = (quantile: number): Needs | undefined =>
    forecast && needsOf(forecast, { quantile, capacityPerReplica: capacity.load, headroom }, at, window);
  const needs = needAt(objective.quantile);
  const load = needs?.now.load ?? Number.NaN;
  const counted = { ...service, capacityPerReplica: capacity.load };
  const loadEach = load / Math.max(1, runs?.running ?? needs?.now.replicas ?? 1);
  const letGoAtMost = letGoWithin(counted, loadEach, fleet.cycle);
  // pods that ask for more than the file states would not fit where they were planned
  const requests = runs ? pairwise(service.requests, runs.requests, Math.max) : service.requests;
  const running = { replicas: runs?.running, pending: runs?.pending, letGoAtMost };
  const sized = sizeOf(service, needs, freshness.signalsAtMost, running);
  const unit = fleet.signals.find((signal) => signal.name === service.signal)?.unit ?? '';
  const absorb = absorbOf(counted, load, sized.replicas);
  const next = sized.setBy === 'hold' ? undefined : nextNine(objective.quantile);
  const needsThen = next === undefined ? undefined : needAt(next);
  return {
    name,
    service: service.name,
    market: market.name,
    requests,
    on: service.on.filter((there) => there.requests !== undefined),
    capacityPerReplica: capacity.load,
    replicas: sized.replicas,
    peakReplicas: sized.peakReplicas,
    peakAt: needs?.peak.at ?? at,
    load,
    peakLoad: needs?.peak.load ?? Number.NaN,
    unit,
    quantile: objective.quantile,
    quantileFrom: objective.from,
    quantileWhy: objective.why,
    window,
    setBy: sized.setBy,
    reason: reasonFor({
      service,
      capacity,
      objective,
      sized,
      needs,
      unit,
      forecast,
      policies: fleet.policies,
      running,
    }),
    allow,
    ruledOut: places.ruledOut,
    spotAtMost: service.spotAtMost,
    ...(service.perNodeAtMost !== undefined && { perNodeAtMost: service.perNodeAtMost }),
    ...(service.zoneSkew !== undefined && { zoneSkew: service.zoneSkew }),
    ...(service.survive !== undefined && { survive: service.survive }),
    ...(letGoAtMost !== undefined && { letGoAtMost }),
    ...(next !== undefined &&
      forecast &&
      needsThen && {
        nextNine: {
          quantile: next,
          load: needsThen.now.load,
          replicas: sizeOf(service, needsThen, freshness.signalsAtMost, running).replicas,
          moreOnAverage: moreOnAverage(
            forecast,
            objective.quantile,
            next,
            { ...counted, headroom, letGoPerStep: letGoWithin(counted, loadEach, forecast.step) },
            window,
          ),
        },
      }),
    ...(absorb !== undefined && { absorb }),
  };
}
