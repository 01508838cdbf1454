import { placeOf } from '../catalog/offering.ts';
import type { Allowed, Fleet, Market, OwnNodeType, Region, Service } from './fleet.ts';
import { matchesAny } from './glob.ts';

/** The places `provider/region` of a fleet, as one service in one market may use them. */
export interface Places {
  /** in the order of the fleet file */
  readonly allowed: readonly string[];
  /** place → every rule that rules it out, in words */
  readonly ruledOut: ReadonlyMap<string, string>;
}

/** What of a service decides where it may run. */
export type Placeable = Pick<Service, 'name' | 'allow' | 'latencyAtMostMs' | 'holdsUserData'>;

export function placesFor(fleet: Pick<Fleet, 'clouds'>, service: Placeable, market: Market): Places {
  const allowed: string[] = [];
  const ruledOut = new Map<string, string>();
  for (const region of fleet.clouds.flatMap((cloud) => cloud.regions)) {
    const place = regionPlace(region);
    const reasons = [
      ...againstAllow(service, region),
      ...againstLatency(service, market, place),
      ...againstResidency(service, market, place),
    ];
    if (reasons.length === 0) allowed.push(place);
    else ruledOut.set(place, reasons.join(', '));
  }
  return { allowed, ruledOut };
}

export const regionPlace = (region: Region): string => placeOf({ provider: region.provider, region: region.name });

/** every place of the fleet, in the order of its file */
export const placesOf = (fleet: Pick<Fleet, 'clouds'>): readonly string[] =>
  fleet.clouds.flatMap((cloud) => cloud.regions.map(regionPlace));

function againstAllow({ name, allow }: Placeable, region: Region): string[] {
  const field = (key: keyof Allowed): string => `services.${name}.allow.${key}`;
  const reasons: string[] = [];
  if (allow.provider && !allow.provider.includes(region.provider)) {
    reasons.push(`${field('provider')} has only ${allow.provider.join(', ')}`);
  }
  if (allow.place && !matchesAny(allow.place, regionPlace(region))) {
    reasons.push(`${field('place')} has only ${allow.place.join(', ')}`);
  }
  if (allow.region && !matchesAny(allow.region, region.name)) {
    reasons.push(`${field('region')} has only ${allow.region.join(', ')}`);
  }
  const { zone } = allow;
  if (zone && !region.zones.some((z) => matchesAny(zone, z))) {
    reasons.push(`${field('zone')} has none of its zones ${region.zones.join(', ')}`);
  }
  if (region.own && !region.own.nodeTypes.some((type) => mayUse(allow, type))) {
    reasons.push(`services.${name}.allow fits none of its node types`);
  }
  return reasons;
}

/** An own cluster states its machines, so what it has not is known here; a vendor's types are the catalog's to know. */
function mayUse(allow: Allowed, type: OwnNodeType): boolean {
  return (
    (allow.arch?.includes(type.arch) ?? true) &&
    (allow.purchase?.includes('on-demand') ?? true) &&
    (!allow.type || matchesAny(allow.type, type.name)) &&
    (!allow.gpu || (type.gpuName !== undefined && matchesAny(allow.gpu, type.gpuName)))
  );
}

/** A place whose latency nobody stated is ruled out: an unknown distance is not a short one. */
function againstLatency(service: Placeable, market: Market, place: string): string[] {
  const most = service.latencyAtMostMs;
  if (most === undefined) return [];
  const ms = market.latencyMs.get(place);
  if (ms === undefined) return [`markets.${market.name}.latencyMs does not say how far it is`];
  return ms > most ? [`${ms} ms from ${market.name}, over services.${service.name}.latencyAtMostMs of ${most} ms`] : [];
}

function againstResidency(service: Placeable, market: Market, place: string): string[] {
  if (!service.holdsUserData || !market.residency || matchesAny(market.residency, place)) return [];
  return [`outside markets.${market.name}.residency`];
}
