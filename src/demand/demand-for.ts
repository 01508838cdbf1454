import type { Fleet, Market, Service } from '../fleet/fleet.ts';
import { placesFor } from '../fleet/places.ts';
import type { Forecast } from '../forecast/forecast.ts';
import type { Instant, Seconds } from '../units.ts';
import type { GroupDemand } from './demand.ts';
import { needsOf } from './need.ts';
import { reasonFor } from './reason.ts';
import { sizeOf } from './size.ts';
import { absorbOf } from './storm.ts';
import { windowOf } from './window.ts';

export interface DemandOptions {
  /** from the order until a node is ready: the longest of the offerings that may be chosen */
  readonly leadTime: Seconds;
  /** group → replicas that run now, where it is known: a group whose load is unknown is never sized under it */
  readonly running?: ReadonlyMap<string, number>;
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
  { leadTime, running }: DemandOptions,
): GroupDemand {
  const name = `${service.name}/${market.name}`;
  const window = windowOf(service, fleet.cycle, leadTime);
  const needs = forecast && needsOf(forecast, service, fleet.policies, at, window);
  const sized = sizeOf(service, needs, fleet.policies.freshness.signalsAtMost, running?.get(name));
  const unit = fleet.signals.find((signal) => signal.name === service.signal)?.unit ?? '';
  const load = needs?.now.load ?? Number.NaN;
  const places = placesFor(fleet, service, market);
  const absorb = absorbOf(service, load, sized.replicas);
  return {
    name,
    service: service.name,
    market: market.name,
    requests: service.requests,
    replicas: sized.replicas,
    peakReplicas: sized.peakReplicas,
    peakAt: needs?.peak.at ?? at,
    load,
    peakLoad: needs?.peak.load ?? Number.NaN,
    unit,
    quantile: service.quantile,
    window,
    setBy: sized.setBy,
    reason: reasonFor({ service, sized, needs, unit, forecast, policies: fleet.policies, running: running?.get(name) }),
    allow: { ...service.allow, place: places.allowed },
    ruledOut: places.ruledOut,
    spotAtMost: service.spotAtMost,
    ...(service.perNodeAtMost !== undefined && { perNodeAtMost: service.perNodeAtMost }),
    ...(service.zoneSkew !== undefined && { zoneSkew: service.zoneSkew }),
    ...(service.survive !== undefined && { survive: service.survive }),
    ...(absorb !== undefined && { absorb }),
  };
}
