import { ARCHES, PURCHASES } from '../catalog/offering.ts';
import type { ProviderCatalog } from '../catalog/snapshot.ts';
import { duration } from '../figures.ts';
import { EXIT, type Checked, type ExitCode, type Trouble } from '../trouble.ts';
import { instant, isoOf } from '../units.ts';
import { csvOf, type CsvCell } from './csv-cell.ts';
import { refuse, type Io } from './io.ts';
import { FORMATS, memoryOf, numberOf, oneOfEach, patternsOf } from './price-options.ts';
import { checkPatterns, priceRows, SORTS, type PriceQuery, type PriceRow, type Sort } from './price-rows.ts';
import { columnsThatFit, plainTable, type Column } from './price-table.ts';
import type { Given } from './prices.ts';

/** @param nowMs for the ages */
export function listPrices(io: Io, catalogs: readonly ProviderCatalog[], given: Given, nowMs: number): ExitCode {
  const options = optionsOf(catalogs, given);
  if (!options.ok) return refuse(io, options.troubles);
  const { query, sort, format, limit } = options.value;
  const rows = priceRows(catalogs, query, sort, instant(nowMs));
  const most = limit ?? (format === 'table' ? 50 : 0);
  const shown = most === 0 ? rows : rows.slice(0, most);
  io.out(RENDER[format](shown, io));
  if (rows.length === 0) io.err('godwit: no price answers to all of these\n');
  else if (shown.length < rows.length) {
    io.err(`godwit: ${shown.length} of ${rows.length} prices; --limit 0 shows all\n`);
  }
  return EXIT.ok;
}

interface Options {
  readonly query: PriceQuery;
  readonly sort: Sort;
  readonly format: (typeof FORMATS)[number];
  /** 0 = all */
  readonly limit: number | undefined;
}

function optionsOf(catalogs: readonly ProviderCatalog[], given: Given): Checked<Options> {
  const troubles: Trouble[] = [];
  const take = <T>(checked: Checked<T>): T | undefined => {
    if (checked.ok) return checked.value;
    troubles.push(...checked.troubles);
    return undefined;
  };
  const [regions, types, gpus] = ['region', 'type', 'gpu'].map((option) => patternsOf(given, option));
  const archs = take(oneOfEach(given, 'arch', ARCHES));
  const purchases = take(oneOfEach(given, 'purchase', PURCHASES));
  const minVcpu = take(numberOf(given, 'minVcpu'));
  const minMemory = take(memoryOf(given, 'minMemory'));
  const maxPrice = take(numberOf(given, 'maxPrice'));
  const limit = take(numberOf(given, 'limit'));
  const [sort] = take(oneOfEach(given, 'sort', SORTS)) ?? [];
  const [format] = take(oneOfEach(given, 'output', FORMATS)) ?? [];
  const patterns = { ...(regions && { regions }), ...(types && { types }), ...(gpus && { gpus }) };
  take(checkPatterns(catalogs, patterns));
  if (troubles.length > 0) return { ok: false, troubles };
  const query: PriceQuery = {
    ...patterns,
    ...(archs && { archs }),
    ...(purchases && { purchases }),
    ...(minVcpu !== undefined && { minVcpu }),
    ...(minMemory !== undefined && { minMemory }),
    ...(maxPrice !== undefined && { maxPrice }),
  };
  return { ok: true, value: { query, sort: sort ?? 'price', format: format ?? 'table', limit } };
}

const RENDER: Readonly<Record<Options['format'], (rows: readonly PriceRow[], io: Io) => string>> = {
  table: tableOf,
  json: jsonOf,
  csv: csvText,
};

/** Left out first in a narrow terminal is what the other columns or the notes below tell as well. */
const COLUMNS: readonly Column[] = [
  { name: 'provider' },
  { name: 'region' },
  { name: 'type' },
  { name: 'arch', spare: 3 },
  { name: 'vCPU', right: true, spare: 9 },
  { name: 'memory', right: true, spare: 8 },
  { name: 'GPU', spare: 4 },
  { name: 'purchase' },
  { name: 'USD/h', right: true },
  { name: 'USD/h per vCPU', right: true, spare: 2 },
  { name: 'basis', spare: 5 },
  { name: 'as of', spare: 7 },
  { name: 'age', right: true, spare: 1 },
  { name: 'source', spare: 6 },
];

function tableOf(rows: readonly PriceRow[], io: Io): string {
  if (rows.length === 0) return '';
  const sources = [...new Set(rows.map((row) => row.price.source))];
  const body = rows.map((row) => [
    row.provider,
    row.region,
    row.type.name,
    row.type.arch,
    String(row.type.vcpu),
    `${gib(row)} GiB`,
    row.type.gpu ? `${row.type.gpu.count} ${row.type.gpu.name}` : '',
    row.purchase,
    figure(row.price.usdPerHour),
    figure(row.price.usdPerHour / row.type.vcpu),
    row.price.basis,
    isoOf(row.price.asOf).slice(0, 10),
    duration(days(row)),
    `[${sources.indexOf(row.price.source) + 1}]`,
  ]);
  const kept = columnsThatFit(COLUMNS, body, io.width);
  const columns = kept.flatMap((i) => COLUMNS[i] ?? []);
  const cells = body.map((row) => kept.map((i) => row[i] ?? ''));
  const notes = sources.map((source, i) => `[${i + 1}] ${source}\n`);
  const narrow = COLUMNS.filter((column) => !columns.includes(column)).map(({ name }) => name);
  if (narrow.length > 0) io.err(`godwit: too narrow for ${narrow.join(', ')}; -o csv has them all\n`);
  return `${plainTable(columns, cells, io.colour)}\n${notes.join('')}`;
}

function jsonOf(rows: readonly PriceRow[]): string {
  const prices = rows.map((row) => ({
    provider: row.provider,
    region: row.region,
    ...(row.zones && { zones: row.zones }),
    type: row.type.name,
    family: row.type.family,
    arch: row.type.arch,
    vcpu: row.type.vcpu,
    memoryGiB: gib(row),
    ...(row.type.gpu && { gpu: row.type.gpu }),
    purchase: row.purchase,
    usdPerHour: row.price.usdPerHour,
    ...(row.interruptionPerHour !== undefined && { interruptionPerHour: Number(row.interruptionPerHour.toFixed(6)) }),
    source: row.price.source,
    basis: row.price.basis,
    asOf: isoOf(row.price.asOf),
    ageS: Math.round(row.ageS),
  }));
  return `${JSON.stringify({ schemaVersion: 1, prices }, undefined, 2)}\n`;
}

function csvText(rows: readonly PriceRow[]): string {
  const head = [
    'provider',
    'region',
    'type',
    'family',
    'arch',
    'vcpu',
    'memory_gib',
    'gpu_count',
    'gpu_name',
    'purchase',
    'price_usd_per_hour',
    'interruption_per_hour',
    'basis',
    'source',
    'as_of',
    'age_s',
  ];
  const body = rows.map((row): CsvCell[] => [
    row.provider,
    row.region,
    row.type.name,
    row.type.family,
    row.type.arch,
    row.type.vcpu,
    gib(row),
    row.type.gpu?.count,
    row.type.gpu?.name,
    row.purchase,
    row.price.usdPerHour,
    row.interruptionPerHour === undefined ? undefined : Number(row.interruptionPerHour.toFixed(6)),
    row.price.basis,
    row.price.source,
    isoOf(row.price.asOf).slice(0, 10),
    Math.round(row.ageS),
  ]);
  return csvOf(head, body);
}

/** four digits behind the point, six where a cent is a lot */
const figure = (usd: number): string => usd.toFixed(usd < 0.01 ? 6 : 4);
const gib = (row: PriceRow): number => Number((row.type.memory / 1024).toFixed(2));
/** whole days: prices are dated by the day */
const days = (row: PriceRow): number => Math.floor(row.ageS / 86_400) * 86_400;
