import type { Checked } from '../trouble.ts';
import { Malformed, readRecords, textAt, type DataRecord } from './records.ts';

/** What moving data costs, as the package carries it. A key is `aws/us-east-1`, an area `azure/@eu`, or `gcp/*`. */
export interface EgressFacts {
  readonly sources: readonly EgressSource[];
  /** place → its area's key */
  readonly areas: ReadonlyMap<string, string>;
  /** marginal tiers that are paid, ascending; the first starts at 0 */
  readonly internet: ReadonlyMap<string, Tiered>;
  /** both directions' charges together */
  readonly zones: ReadonlyMap<string, Rate>;
  /** `from to` by keys */
  readonly routes: ReadonlyMap<string, Rate>;
}

export interface EgressSource {
  readonly name: string;
  /** `2026-09-20`; absent: the source states none */
  readonly asOf?: string;
  readonly basis: 'listed' | 'unverified';
}

export interface Rate {
  readonly usdPerGb: number;
  readonly source: EgressSource;
}

export interface Tiered {
  readonly source: EgressSource;
  readonly tiers: readonly { readonly fromGbPerMonth: number; readonly usdPerGb: number }[];
}

export const EGRESS_HEADER: readonly string[] = ['godwit-egress', '1'];

/** Reads `data/catalog/egress.tsv`; `docs/catalog.md` describes the format. */
export function decodeEgress(file: string, text: string): Checked<EgressFacts> {
  return readRecords(file, text, EGRESS_HEADER, read);
}

function read(records: Iterable<DataRecord>): EgressFacts {
  const sources: EgressSource[] = [];
  const areas = new Map<string, string>();
  const internet = new Map<string, Tiered>();
  const zones = new Map<string, Rate>();
  const routes = new Map<string, Rate>();
  for (const record of records) {
    switch (record.kind) {
      case 'source':
        sources.push(sourceOf(record));
        break;
      case 'area':
        for (const place of textAt(record, 1, 'places').split(' ')) areas.set(place, textAt(record, 0, 'area'));
        break;
      case 'internet':
        internet.set(textAt(record, 0, 'place'), { source: sourceAt(record, 1, sources), tiers: tiersOf(record) });
        break;
      case 'zones':
        zones.set(textAt(record, 0, 'place'), rateOf(record, 1, sources));
        break;
      case 'route':
        routes.set(`${textAt(record, 0, 'from')} ${textAt(record, 1, 'to')}`, rateOf(record, 2, sources));
        break;
      default:
        throw new Malformed(record.line, 'the record is of a kind that this version does not know', record.kind);
    }
  }
  return { sources, areas, internet, zones, routes };
}

function sourceOf(record: DataRecord): EgressSource {
  const asOf = textAt(record, 0, 'date');
  const basis = textAt(record, 1, 'basis');
  if (basis !== 'listed' && basis !== 'unverified') {
    throw new Malformed(record.line, 'source: basis is not listed or unverified', basis);
  }
  if (asOf !== '-' && !/^\d{4}-\d{2}-\d{2}$/.test(asOf)) {
    throw new Malformed(record.line, 'source: date is not like 2026-09-20', asOf);
  }
  return { name: textAt(record, 2, 'name'), ...(asOf !== '-' && { asOf }), basis };
}

function sourceAt(record: DataRecord, index: number, sources: readonly EgressSource[]): EgressSource {
  const source = sources[Number(textAt(record, index, 'source')) - 1];
  if (!source) throw new Malformed(record.line, 'no such source', record.fields[index]);
  return source;
}

function rateOf(record: DataRecord, index: number, sources: readonly EgressSource[]): Rate {
  return {
    source: sourceAt(record, index, sources),
    usdPerGb: usdPerGbOf(textAt(record, index + 1, 'USD per GB'), record.line),
  };
}

/** `0:0.12 1024:0.11`: from so many GB a month on, USD per GB */
function tiersOf(record: DataRecord): Tiered['tiers'] {
  const tiers = textAt(record, 2, 'tiers')
    .split(' ')
    .map((cell) => {
      const [from = '', usdPerGb = ''] = cell.split(':');
      return { fromGbPerMonth: from === '' ? Number.NaN : Number(from), usdPerGb: usdPerGbOf(usdPerGb, record.line) };
    });
  const rising = tiers.every((t, i) => t.fromGbPerMonth > (tiers[i - 1]?.fromGbPerMonth ?? -1));
  if (!rising || tiers[0]?.fromGbPerMonth !== 0) {
    throw new Malformed(record.line, 'internet: tiers do not rise from 0', record.fields[2]);
  }
  return tiers;
}

/** 0 is a price here: Azure charges nothing between zones. */
function usdPerGbOf(text: string, line: number): number {
  const n = Number(text);
  if (text !== '' && n >= 0 && n < 10) return n;
  throw new Malformed(line, 'USD per GB is not a figure from 0 to 10', text);
}
