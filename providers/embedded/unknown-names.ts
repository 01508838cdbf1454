import { whyNone } from '../../src/catalog/offerings.ts';
import { priceOf, type ProviderCatalog } from '../../src/catalog/snapshot.ts';
import type { DeclaredPool, Fleet, PoolTemplate } from '../../src/fleet/fleet.ts';
import { globMatch } from '../../src/fleet/glob.ts';
import { listed, meant, nearest } from '../../src/fleet/nearest.ts';
import type { Trouble } from '../../src/trouble.ts';

/** Regions, types and patterns of the fleet that the price list has never heard of, and pools that it has no price for. */
export function unknownNames(fleet: Fleet, catalog: ProviderCatalog): readonly Trouble[] {
  return [
    ...unknownRegions(fleet, catalog),
    ...fleet.pools.filter((p) => p.provider === catalog.provider).flatMap((pool) => unknownPool(fleet, catalog, pool)),
    ...fleet.templates
      .filter((t) => t.provider === catalog.provider)
      .flatMap((template) => unknownPatterns(fleet, catalog, template)),
  ];
}

function unknownRegions(fleet: Fleet, { provider, regions }: ProviderCatalog): readonly Trouble[] {
  return fleet.clouds
    .filter((cloud) => cloud.provider === provider)
    .flatMap((cloud) => cloud.regions)
    .filter((region) => !regions.has(region.name))
    .map((region) => ({
      file: fleet.file,
      at: `clouds.${provider}.regions.${region.name}`,
      problem: `the price list has no such region of ${provider}`,
      remedy: meant(region.name, [...regions.keys()]),
    }));
}

function unknownPool(fleet: Fleet, catalog: ProviderCatalog, pool: DeclaredPool): readonly Trouble[] {
  const at = `pools.declared.${pool.name}`;
  const region = catalog.regions.get(pool.region);
  const index = catalog.indexOf.get(pool.type);
  if (index === undefined) {
    const problem = `the price list has no such type of ${catalog.provider}`;
    const remedy = meantType(pool.type, catalog);
    return [{ file: fleet.file, at: `${at}.type`, value: pool.type, problem, remedy }];
  }
  // an unknown region has its own trouble already
  if (!region || priceOf(catalog, region, index, pool.purchase)) return [];
  const value = `${pool.type} ${pool.purchase}`;
  const problem = whyNone(catalog, pool) ?? 'it has no price';
  const family = catalog.types[index]?.family;
  const near = catalog.types.filter((t, i) => t.family === family && priceOf(catalog, region, i, pool.purchase));
  const remedy =
    near.length > 0
      ? `of its family it has ${listed(near.map((t) => t.name))}`
      : `none of family ${family} is sold ${pool.purchase} there: check the region and the type`;
  return [{ file: fleet.file, at, value, problem, remedy }];
}

/** A pattern that no type matches would leave its template without a choice, and nobody would notice. */
function unknownPatterns(fleet: Fleet, catalog: ProviderCatalog, template: PoolTemplate): readonly Trouble[] {
  return template.types
    .filter((pattern) => !catalog.types.some((type) => globMatch(pattern, type.name)))
    .map((pattern) => ({
      file: fleet.file,
      at: `pools.templates.${template.name}.types`,
      value: pattern,
      problem: `the price list has no type of ${catalog.provider} like it`,
      remedy: meantType(pattern, catalog),
    }));
}

function meantType(written: string, { types }: ProviderCatalog): string {
  const names = types.map((type) => type.name);
  const guess = nearest(written, names);
  if (guess !== undefined) return `did you mean ${guess}?`;
  const families = [...new Set(types.map((type) => type.family))];
  return `write a type of one of its families: ${listed(families, 20)}`;
}
