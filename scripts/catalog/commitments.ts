import { encodeCells, toMicro } from '../../src/catalog/cells.ts';
import { COMMITMENTS_HEADER, type CommitmentTerm } from '../../src/catalog/commitment-rates.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import { cell, figure, readCsv, type Row } from './csv.ts';

interface List {
  readonly file: string;
  readonly source: readonly [date: string, licence: string, name: string];
  readonly typeColumn: string;
  readonly terms: readonly (readonly [term: CommitmentTerm, column: string])[];
}

const LISTS: Readonly<Record<'aws' | 'gcp', List>> = {
  aws: {
    file: 'commitments/aws_ri_noupfront.csv',
    source: ['2025-04-04', 'MIT', 'ec2.shop, reserved instances without upfront payment'],
    typeColumn: 'instance_type',
    terms: [
      ['1y', 'std_1y'],
      ['3y', 'std_3y'],
      ['1y-convertible', 'conv_1y'],
      ['3y-convertible', 'conv_3y'],
    ],
  },
  gcp: {
    file: 'commitments/gcp_cud_sud.csv',
    source: ['2026-08-03', 'Apache-2.0', "Cyclenerd's gcp calculator, resource-based committed use"],
    typeColumn: 'machine_type',
    terms: [
      ['1y', 'cud_1y_usd_h'],
      ['3y', 'cud_3y_usd_h'],
    ],
  },
};

/**
 * Committed prices as text of `commitments.tsv`: each as a share of the on-demand price in the same row of its list, to
 * five places, because on-demand prices move and the share is what the vendor keeps.
 */
export function buildCommitments(folder: string, catalogs: readonly ProviderCatalog[]): string {
  const records = catalogs.flatMap((catalog) => {
    const list = catalog.provider === 'aws' || catalog.provider === 'gcp' ? LISTS[catalog.provider] : undefined;
    return list ? recordsOf(catalog, list, readCsv(folder, list.file)) : [];
  });
  const lines = [COMMITMENTS_HEADER, ...records, ['end', String(records.length)]];
  return `${lines.map((fields) => fields.join('\t')).join('\n')}\n`;
}

function recordsOf(catalog: ProviderCatalog, list: List, rows: readonly Row[]): string[][] {
  const byPlace = new Map(rows.map((row) => [`${cell(row, 'region')} ${cell(row, list.typeColumn)}`, row]));
  const listed = new Set(rows.map((row) => cell(row, list.typeColumn)));
  const groups = new Map<string, string[]>();
  for (const { name, family } of catalog.types) {
    if (listed.has(name)) groups.set(family, [...(groups.get(family) ?? []), name]);
  }
  const records: string[][] = [
    ['source', catalog.provider, ...list.source],
    ...[...groups].map(([family, types]) => ['types', family, types.join(' ')]),
  ];
  for (const region of [...new Set(rows.map((row) => cell(row, 'region')))].toSorted()) {
    records.push(['region', region]);
    for (const [family, types] of groups) {
      for (const [term, column] of list.terms) {
        const shares = types.map((type) => shareOf(byPlace.get(`${region} ${type}`), column));
        const ones = types.map(() => 1);
        if (shares.some((share) => !Number.isNaN(share))) {
          records.push(['share', family, term, encodeCells(shares, ones)]);
        }
      }
    }
  }
  return records;
}

/** NaN where it is not listed, or where the figure cannot be: nobody commits for no saving. */
function shareOf(row: Row | undefined, column: string): number {
  if (!row) return Number.NaN;
  const share = toMicro(Math.round((figure(row, column) / figure(row, 'ondemand_usd_h')) * 1e5) / 1e5);
  return share > 0.05 && share < 1 ? share : Number.NaN;
}
