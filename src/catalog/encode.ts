import { encodeCells, toMicro } from './cells.ts';
import { headerOf } from './decode.ts';
import { NO_BAND, type InstanceType, type ProviderCatalog, type RegionPrices } from './snapshot.ts';

/**
 * Writes a price list in the format that `decodeCatalog` reads. The same catalog always gives the same text: families
 * and types in the catalog's order, regions by name, sources as numbered.
 */
export function encodeCatalog(catalog: ProviderCatalog): string {
  const families = familiesOf(catalog.types);
  const records: string[][] = [
    ...catalog.sources.map((s) => ['source', new Date(s.asOf).toISOString().slice(0, 10), s.basis, s.licence, s.name]),
    ...(catalog.spotModel
      ? [['spot-model', String(catalog.spotModel.shareOfOnDemand), String(catalog.spotModel.source + 1)]]
      : []),
    ...families.flatMap(typeRecords),
  ];
  for (const region of [...catalog.regions.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    records.push(['region', region.name, String(region.quarantined)]);
    for (const family of families) records.push(...priceRecords(catalog, region, family));
  }
  const lines = [headerOf(catalog.provider), ...records, ['end', String(records.length)]];
  return `${lines.map((fields) => fields.join('\t')).join('\n')}\n`;
}

interface Family {
  readonly name: string;
  readonly first: number;
  readonly types: InstanceType[];
}

function familiesOf(types: readonly InstanceType[]): readonly Family[] {
  const families = new Map<string, Family>();
  types.forEach((type, first) => {
    const family = families.get(type.family);
    if (!family) families.set(type.family, { name: type.family, first, types: [type] });
    else if (family.first + family.types.length === first) family.types.push(type);
    else throw new RangeError(`the types of family ${type.family} do not stand together`);
  });
  return [...families.values()];
}

function typeRecords(family: Family): string[][] {
  const [{ arch, spot }] = family.types as [InstanceType];
  if (family.types.some((t) => t.arch !== arch || t.spot !== spot)) {
    throw new RangeError(`family ${family.name} mixes architectures, or types with and without spot`);
  }
  return [
    ['family', family.name, arch, ...(spot ? [] : ['no-spot'])],
    ...family.types.map((t) => [
      'type',
      t.name,
      String(t.vcpu),
      String(t.memory / 1024),
      ...(t.maxPods !== undefined || t.gpu ? [String(t.maxPods ?? '')] : []),
      ...(t.gpu ? [String(t.gpu.count), t.gpu.name] : []),
    ]),
  ];
}

function priceRecords(catalog: ProviderCatalog, region: RegionPrices, family: Family): string[][] {
  const weights = family.types.map((t) => t.vcpu);
  const index = family.types.map((_, i) => family.first + i);
  const rows: string[][] = [];
  for (const source of sourcesIn(region.onDemand, region.onDemandSource, index)) {
    const row = rowOf(region.onDemand, region.onDemandSource, index, source);
    rows.push(['price', family.name, String(source + 1), encodeCells(row, weights)]);
  }
  if (!catalog.spotModel) {
    for (const source of sourcesIn(region.spot, region.spotSource, index)) {
      const row = rowOf(region.spot, region.spotSource, index, source);
      rows.push(['spot', family.name, String(source + 1), spotCells(row, weights, region, index)]);
    }
  }
  const zones = zoneCells(region, index);
  if (zones !== '') rows.push(['zones', family.name, zones]);
  return rows;
}

function sourcesIn(prices: Float64Array, sources: Uint8Array, index: readonly number[]): readonly number[] {
  const used = index.filter((i) => !Number.isNaN(prices[i])).map((i) => sources[i] ?? 0);
  return [...new Set(used)].toSorted((a, b) => a - b);
}

function rowOf(prices: Float64Array, sources: Uint8Array, index: readonly number[], source: number): readonly number[] {
  return index.map((i) => (sources[i] === source ? (prices[i] ?? Number.NaN) : Number.NaN));
}

/** A whole percentage of the on-demand price where a band is published, because that is what its source lists. */
function spotCells(
  row: readonly number[],
  weights: readonly number[],
  region: RegionPrices,
  index: readonly number[],
): string {
  const plain = encodeCells(row, weights).split(' ');
  return plain
    .map((cell, i) => {
      const at = index[i] ?? 0;
      const band = region.band[at] ?? NO_BAND;
      if (cell === '-' || band === NO_BAND) return cell;
      const onDemand = region.onDemand[at] ?? Number.NaN;
      const percent = Math.round(((row[i] ?? Number.NaN) / onDemand) * 100);
      const exact = percent > 0 && toMicro((onDemand * percent) / 100) === row[i];
      return `${exact ? `${percent}%` : cell}/${band}`;
    })
    .join(' ');
}

function zoneCells(region: RegionPrices, index: readonly number[]): string {
  let last = '';
  const cells = index.map((i) => {
    const zones = region.zones.get(i);
    if (!zones) return '-';
    const letters = zones.map((zone) => zone.slice(region.name.length + 1)).join('');
    const cell = letters === last ? '=' : letters;
    last = letters;
    return cell;
  });
  while (cells.at(-1) === '-') cells.pop();
  return cells.join(' ');
}
