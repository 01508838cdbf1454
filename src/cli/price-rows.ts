import { interruptionPerHour } from '../catalog/interruption.ts';
import { PURCHASES, type Arch, type Price, type ProviderName, type Purchase } from '../catalog/offering.ts';
import { NO_BAND, priceOf, zonesOf, type InstanceType, type ProviderCatalog } from '../catalog/snapshot.ts';
import { globMatch, matchesAny } from '../fleet/glob.ts';
import { meant } from '../fleet/nearest.ts';
import { bad, good, type Checked, type Trouble } from '../trouble.ts';
import { secondsBetween, type Instant } from '../units.ts';

/** Which prices to list; each absent = any. */
export interface PriceQuery {
  /** patterns, `*` allowed */
  readonly regions?: readonly string[];
  readonly types?: readonly string[];
  readonly archs?: readonly Arch[];
  /** GPU names, `*` allowed; an empty list = any type with a GPU */
  readonly gpus?: readonly string[];
  readonly purchases?: readonly Purchase[];
  readonly minVcpu?: number;
  /** MiB */
  readonly minMemory?: number;
  /** USD per hour */
  readonly maxPrice?: number;
}

export interface PriceRow {
  readonly provider: ProviderName;
  readonly region: string;
  readonly type: InstanceType;
  readonly purchase: Purchase;
  readonly price: Price;
  readonly ageS: number;
  /** absent where the source does not say */
  readonly zones?: readonly string[];
  readonly interruptionPerHour?: number;
}

export const SORTS = ['price', 'price-per-vcpu', 'price-per-gib', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** The prices that answer the query, sorted; ties by provider, region, type and purchase. */
export function priceRows(
  catalogs: readonly ProviderCatalog[],
  query: PriceQuery,
  sort: Sort,
  now: Instant,
): readonly PriceRow[] {
  const rows: PriceRow[] = [];
  for (const catalog of catalogs) {
    const types = catalog.types.flatMap((type, index) => (wanted(type, query) ? [{ type, index }] : []));
    for (const region of catalog.regions.values()) {
      if (query.regions && !matchesAny(query.regions, region.name)) continue;
      for (const { type, index } of types) {
        for (const purchase of query.purchases ?? PURCHASES) {
          const price = priceOf(catalog, region, index, purchase);
          if (!price || price.usdPerHour > (query.maxPrice ?? Infinity)) continue;
          const zones = region.zones.get(index);
          const hazard = interruptionPerHour(catalog.provider, region.band[index] ?? NO_BAND);
          rows.push({
            provider: catalog.provider,
            region: region.name,
            type,
            purchase,
            price,
            ageS: Math.max(0, secondsBetween(price.asOf, now)),
            ...(zones && { zones }),
            ...(purchase === 'spot' && { interruptionPerHour: hazard }),
          });
        }
      }
    }
  }
  const key = KEYS[sort];
  return rows.toSorted((a, b) => key(a) - key(b) || byName(a, b));
}

const KEYS: Readonly<Record<Sort, (row: PriceRow) => number>> = {
  price: (row) => row.price.usdPerHour,
  'price-per-vcpu': (row) => row.price.usdPerHour / row.type.vcpu,
  'price-per-gib': (row) => row.price.usdPerHour / row.type.memory,
  name: () => 0,
};

function byName(a: PriceRow, b: PriceRow): number {
  return (
    order(a.provider, b.provider) ||
    order(a.region, b.region) ||
    order(a.type.family, b.type.family) ||
    a.type.vcpu - b.type.vcpu ||
    order(a.type.name, b.type.name) ||
    order(a.purchase, b.purchase)
  );
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function wanted(type: InstanceType, query: PriceQuery): boolean {
  const { types, archs, gpus, minVcpu = 0, minMemory = 0 } = query;
  if (types && !matchesAny(types, type.name)) return false;
  if (archs && !archs.includes(type.arch)) return false;
  if (gpus && (!type.gpu || (gpus.length > 0 && !matchesAny(gpus, type.gpu.name)))) return false;
  return type.vcpu >= minVcpu && type.memory >= minMemory;
}

/** Every pattern must match something: an empty table for a misspelt region would read as "sells nothing". */
export function checkPatterns(catalogs: readonly ProviderCatalog[], query: PriceQuery): Checked<undefined> {
  const providers = catalogs.map((c) => c.provider).join(', ');
  const troubles = [
    ...unmatched(
      '--region',
      query.regions,
      catalogs.flatMap((c) => [...c.regions.keys()]),
      providers,
    ),
    ...unmatched(
      '--type',
      query.types,
      catalogs.flatMap((c) => c.types.map((t) => t.name)),
      providers,
    ),
    ...unmatched(
      '--gpu',
      query.gpus,
      [...new Set(catalogs.flatMap((c) => c.types.flatMap((t) => t.gpu?.name ?? [])))],
      providers,
    ),
  ];
  return troubles.length > 0 ? bad(...troubles) : good(undefined);
}

/** A trouble for each pattern that is like none of the names. */
export function unmatched(
  option: string,
  patterns: readonly string[] | undefined,
  known: readonly string[],
  providers: string,
): readonly Trouble[] {
  return (patterns ?? [])
    .filter((pattern) => !known.some((name) => globMatch(pattern, name)))
    .map((pattern) => ({
      file: 'command line',
      at: option,
      value: pattern,
      problem: `the price lists of ${providers} have none like it`,
      remedy: meant(pattern, known),
    }));
}

/** What `prices check` says of one region. */
export interface RegionSummary {
  readonly provider: ProviderName;
  readonly region: string;
  /** zones that the source names; 0 = it names none */
  readonly zones: number;
  readonly types: number;
  readonly onDemand: number;
  readonly spot: number;
  /** prices composed from published parts, and prices by a stated discount */
  readonly derived: number;
  readonly modelled: number;
  /** found when the list was built, and not fit to carry */
  readonly quarantined: number;
  readonly oldest: Instant;
  readonly oldestSource: string;
}

export function regionSummaries(
  catalogs: readonly ProviderCatalog[],
  regions?: readonly string[],
): readonly RegionSummary[] {
  return catalogs.flatMap((catalog) =>
    [...catalog.regions.values()]
      .filter((region) => !regions || matchesAny(regions, region.name))
      .flatMap((region) => {
        const prices = catalog.types.flatMap((type, i) =>
          PURCHASES.flatMap((purchase) => {
            const price = priceOf(catalog, region, i, purchase);
            return price ? [{ type: type.name, purchase, price }] : [];
          }),
        );
        const oldest = prices.reduce<Price | undefined>(
          (a, { price }) => (a && a.asOf <= price.asOf ? a : price),
          undefined,
        );
        if (!oldest) return [];
        const count = (f: (p: (typeof prices)[number]) => boolean): number => prices.filter(f).length;
        return [
          {
            provider: catalog.provider,
            region: region.name,
            zones: zonesOf(region).length,
            types: new Set(prices.map((p) => p.type)).size,
            onDemand: count((p) => p.purchase === 'on-demand'),
            spot: count((p) => p.purchase === 'spot'),
            derived: count((p) => p.price.basis === 'derived'),
            modelled: count((p) => p.price.basis === 'modelled'),
            quarantined: region.quarantined,
            oldest: oldest.asOf,
            oldestSource: oldest.source,
          },
        ];
      }),
  );
}
