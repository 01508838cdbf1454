import type { Offering } from '../../src/catalog/offering.ts';
import { offeringsOf, partsOf, whyNone } from '../../src/catalog/offerings.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { meant } from '../../src/fleet/nearest.ts';
import { ownOfferings } from '../../src/fleet/own-offerings.ts';

export type Found =
  | { readonly kind: 'offering'; readonly offering: Offering }
  /** `reason`: a sentence without its subject, the id */
  | { readonly kind: 'none'; readonly reason: string };

/** @param catalog undefined for own clusters */
export function lookUp(fleet: Fleet, catalog: ProviderCatalog | undefined, id: string): Found {
  if (!catalog) {
    const own = ownOfferings(fleet);
    const offering = own.find((o) => o.id === id);
    const ids = own.map((o) => o.id);
    return offering
      ? { kind: 'offering', offering }
      : { kind: 'none', reason: `no own cluster has it; ${meant(id, ids)}` };
  }
  const parts = partsOf(id);
  if (!parts || parts.provider !== catalog.provider) {
    return {
      kind: 'none',
      reason: `is not an offering of ${catalog.provider}: write provider/region/zone/type/purchase`,
    };
  }
  const { region, zone, type, purchase } = parts;
  const reason = whyNone(catalog, parts);
  if (reason !== undefined) return { kind: 'none', reason: `${reason}${hint(catalog, parts)}` };
  const selection = { region, zones: [zone], purchases: [purchase], wants: (t: { name: string }) => t.name === type };
  const [offering] = offeringsOf(catalog, selection);
  if (!offering) throw new Error(`${id} has a price and no offering`);
  return { kind: 'offering', offering };
}

function hint(catalog: ProviderCatalog, { region, type }: { readonly region: string; readonly type: string }): string {
  if (!catalog.regions.has(region)) return `; ${meant(region, [...catalog.regions.keys()])}`;
  if (!catalog.indexOf.has(type)) return `; ${meant(type, [...catalog.indexOf.keys()])}`;
  return '';
}
