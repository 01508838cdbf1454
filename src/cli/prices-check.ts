import { freshnessOf, type Freshness } from '../catalog/freshness.ts';
import { PURCHASES, type Offering } from '../catalog/offering.ts';
import { priceOf, type ProviderCatalog } from '../catalog/snapshot.ts';
import { count, duration } from '../figures.ts';
import { matchesAny } from '../fleet/glob.ts';
import { EXIT, type ExitCode } from '../trouble.ts';
import { instant, isoOf, secondsBetween, type Instant } from '../units.ts';
import { csvOf } from './csv-cell.ts';
import { refuse, type Io } from './io.ts';
import { durationOf, FORMATS, oneOfEach, patternsOf } from './price-options.ts';
import { checkPatterns, regionSummaries, type RegionSummary } from './price-rows.ts';
import { plainTable, type Column } from './price-table.ts';
import type { Given } from './prices.ts';

/** Exits 4 when a price is older than `--max-age`. */
export function checkPrices(io: Io, catalogs: readonly ProviderCatalog[], given: Given, nowMs: number): ExitCode {
  const now = instant(nowMs);
  const regions = patternsOf(given, 'region');
  const checks = [
    oneOfEach(given, 'output', FORMATS),
    durationOf(given, 'maxAge'),
    checkPatterns(catalogs, regions ? { regions } : {}),
  ] as const;
  const troubles = checks.flatMap((check) => (check.ok ? [] : check.troubles));
  const [format, maxAge] = checks;
  if (troubles.length > 0 || !format.ok || !maxAge.ok) return refuse(io, troubles);
  const sources = freshnessOf(pricesIn(catalogs, regions), now);
  const summaries = regionSummaries(catalogs, regions);
  io.out(RENDER[format.value?.[0] ?? 'table'](sources, summaries, now, io));
  const old = maxAge.value === undefined ? [] : sources.filter((s) => s.ageS > (maxAge.value ?? Infinity));
  for (const s of old) {
    const age = `${count(s.offerings)} ${s.provider} prices of ${s.source} are up to ${ageOf(s.ageS)} old`;
    io.err(`godwit: ${age}, over the ${duration(maxAge.value ?? 0)} of --max-age\n`);
  }
  return old.length > 0 ? EXIT.incomplete : EXIT.ok;
}

type Dated = Pick<Offering, 'provider' | 'price'>;

function pricesIn(catalogs: readonly ProviderCatalog[], regions: readonly string[] | undefined): readonly Dated[] {
  return catalogs.flatMap((catalog) =>
    [...catalog.regions.values()]
      .filter((region) => !regions || matchesAny(regions, region.name))
      .flatMap((region) =>
        catalog.types.flatMap((_, i) =>
          PURCHASES.flatMap((purchase) => {
            const price = priceOf(catalog, region, i, purchase);
            return price ? [{ provider: catalog.provider, price }] : [];
          }),
        ),
      ),
  );
}

const column = (name: string): Column => ({ name });
const figures = (name: string): Column => ({ name, right: true });

const SOURCE_COLUMNS = [
  column('provider'),
  figures('prices'),
  column('basis'),
  column('as of'),
  figures('age'),
  column('source'),
];
const REGION_COLUMNS = [
  ...['provider', 'region'].map(column),
  ...['types', 'on-demand', 'spot', 'derived', 'modelled', 'quarantined'].map(figures),
  column('oldest'),
  figures('age'),
];

type Render = (sources: readonly Freshness[], regions: readonly RegionSummary[], now: Instant, io: Io) => string;

const RENDER: Readonly<Record<(typeof FORMATS)[number], Render>> = {
  table: (sources, regions, now, io) => {
    const bySource = sources.map((s) => [
      s.provider,
      count(s.offerings),
      s.basis,
      isoOf(s.oldest).slice(0, 10),
      ageOf(s.ageS),
      s.source,
    ]);
    const byRegion = regions.map((r) => [
      r.provider,
      r.region,
      ...[r.types, r.onDemand, r.spot, r.derived, r.modelled, r.quarantined].map(count),
      isoOf(r.oldest).slice(0, 10),
      ageOf(secondsBetween(r.oldest, now)),
    ]);
    return `${plainTable(SOURCE_COLUMNS, bySource, io.colour)}\n${plainTable(REGION_COLUMNS, byRegion, io.colour)}`;
  },
  json: (sources, regions, now) => {
    const body = {
      schemaVersion: 1,
      sources: sources.map((s) => ({
        provider: s.provider,
        source: s.source,
        basis: s.basis,
        prices: s.offerings,
        asOf: isoOf(s.oldest),
        ageS: Math.round(s.ageS),
      })),
      regions: regions.map((r) => ({
        ...r,
        oldest: isoOf(r.oldest),
        ageS: Math.round(Math.max(0, secondsBetween(r.oldest, now))),
      })),
    };
    return `${JSON.stringify(body, undefined, 2)}\n`;
  },
  csv: (_, regions, now) =>
    csvOf(
      [
        'provider',
        'region',
        'types',
        'on_demand',
        'spot',
        'derived',
        'modelled',
        'quarantined',
        'oldest',
        'age_s',
        'oldest_source',
      ],
      regions.map((r) => [
        r.provider,
        r.region,
        r.types,
        r.onDemand,
        r.spot,
        r.derived,
        r.modelled,
        r.quarantined,
        isoOf(r.oldest).slice(0, 10),
        Math.round(Math.max(0, secondsBetween(r.oldest, now))),
        r.oldestSource,
      ]),
    ),
};

/** whole days: prices are dated by the day */
const ageOf = (seconds: number): string => duration(Math.floor(Math.max(0, seconds) / 86_400) * 86_400);
