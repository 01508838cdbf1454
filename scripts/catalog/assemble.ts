import { fillSpot } from '../../src/catalog/decode.ts';
import {
  emptyRegion,
  NO_BAND,
  type InstanceType,
  type ProviderCatalog,
  type RegionPrices,
} from '../../src/catalog/snapshot.ts';
import type { Facts } from './facts.ts';
import type { Weighed } from './quarantine.ts';

/** The price list of one provider from the prices that were kept; types that no region sells are left out. */
export function assemble(facts: Facts, { kept, quarantined }: Weighed): ProviderCatalog {
  const sold = new Set(kept.map((found) => found.type));
  const types = [...facts.types.values()].filter((type) => sold.has(type.name)).toSorted(bySize(facts.provider));
  const indexOf = new Map(types.map((type, i) => [type.name, i]));
  const regions = new Map<string, RegionPrices & { readonly zones: Map<number, readonly string[]> }>();
  for (const name of [...new Set(kept.map((found) => found.region))].toSorted()) {
    regions.set(name, emptyRegion(name, types.length, quarantined.filter((q) => q.region === name).length));
  }
  for (const found of kept) {
    const region = regions.get(found.region);
    const index = indexOf.get(found.type);
    if (!region || index === undefined) throw new Error(`no place for ${found.region} ${found.type}`);
    region.onDemand[index] = found.onDemand;
    region.onDemandSource[index] = found.source;
    if (found.zones) region.zones.set(index, found.zones);
    if (!found.spot) continue;
    region.spot[index] = found.spot.usdPerHour;
    region.spotSource[index] = found.spot.source;
    region.band[index] = found.spot.band ?? NO_BAND;
  }
  const { spotModel } = facts;
  if (spotModel) {
    for (const region of regions.values()) fillSpot(types, region, spotModel.shareOfOnDemand, spotModel.source);
  }
  return { provider: facts.provider, sources: facts.sources, types, indexOf, regions, ...(spotModel && { spotModel }) };
}

/**
 * Families together, sizes ascending within them. On Azure and Google the shapes of a family apart (`highcpu` from
 * `standard`), because prices grow with vCPUs within a shape; on AWS a family is one shape.
 */
function bySize(provider: Facts['provider']): (a: InstanceType, b: InstanceType) => number {
  const shape = (t: InstanceType): string => (provider === 'aws' ? '' : t.name.replaceAll(/\d+/g, '#'));
  return (a, b) =>
    order(a.family, b.family) ||
    order(shape(a), shape(b)) ||
    a.vcpu - b.vcpu ||
    a.memory - b.memory ||
    order(a.name, b.name);
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
