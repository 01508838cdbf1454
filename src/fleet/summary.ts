import type { Fleet } from './fleet.ts';
import { regionPlace } from './places.ts';

/** What was understood of a fleet file, in counts and names. */
export interface FleetSummary {
  readonly fleet: string;
  readonly places: readonly { readonly place: string; readonly zones: number }[];
  readonly pools: number;
  /** on the declared pools, now */
  readonly nodes: number;
  readonly templates: readonly string[];
  readonly markets: readonly string[];
  readonly signals: readonly { readonly name: string; readonly unit: string; readonly markets: readonly string[] }[];
  readonly services: readonly { readonly name: string; readonly signal: string; readonly markets: readonly string[] }[];
  /** service × market: what placement covers one by one */
  readonly groups: number;
  readonly flows: number;
  readonly commitments: number;
  readonly discounts: number;
}

export function summaryOf(fleet: Fleet): FleetSummary {
  const regions = fleet.clouds.flatMap((cloud) => cloud.regions);
  return {
    fleet: fleet.name,
    places: regions.map((region) => ({ place: regionPlace(region), zones: region.zones.length })),
    pools: fleet.pools.length,
    nodes: fleet.pools.reduce((sum, pool) => sum + pool.nodes, 0),
    templates: fleet.templates.map((template) => template.name),
    markets: fleet.markets.map((market) => market.name),
    signals: fleet.signals.map(({ name, unit, sources }) => ({ name, unit, markets: sources.map((s) => s.market) })),
    services: fleet.services.map(({ name, signal, markets }) => ({ name, signal, markets })),
    groups: fleet.services.reduce((sum, service) => sum + service.markets.length, 0),
    flows: fleet.traffic.length,
    commitments: fleet.commitments.length,
    discounts: fleet.discounts.length,
  };
}
