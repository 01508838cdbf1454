import type { Checked } from '../trouble.ts';
import { instant, usdPerHour, type Instant, type UsdPerHour } from '../units.ts';
import { decodeCells, toMicro } from './cells.ts';
import { PROVIDERS, type ProviderName } from './offering.ts';
import { dayAt, Malformed, readRecords, textAt, type DataRecord } from './records.ts';
import type { ProviderCatalog } from './snapshot.ts';

/**
 * What can be bought ahead, without upfront payment: AWS standard and convertible reserved instances, Google's
 * resource-based committed use (one kind only). AWS prices its EC2 Instance Savings Plans like standard and its Compute
 * Savings Plans like convertible reservations.
 */
const TERMS = ['1y', '3y', '1y-convertible', '3y-convertible'] as const;
export type CommitmentTerm = (typeof TERMS)[number];

/** Committed prices as shares of on-demand. */
export type CommitmentFacts = ReadonlyMap<ProviderName, ProviderCommitments>;

export interface ProviderCommitments {
  readonly source: CommitmentSource;
  /** type name → index into the rows below */
  readonly indexOf: ReadonlyMap<string, number>;
  /** `region term` → a share for each type; NaN = not listed */
  readonly shares: ReadonlyMap<string, Float64Array>;
}

export interface CommitmentSource {
  readonly name: string;
  readonly asOf: Instant;
  readonly licence: string;
}

export interface CommittedRate {
  /** of one node, paid used or not */
  readonly usdPerHour: UsdPerHour;
  readonly onDemandUsdPerHour: UsdPerHour;
  /** 1 − committed / on-demand */
  readonly saving: number;
  readonly source: string;
  readonly asOf: Instant;
  /** `listed` for this type and region; `modelled`: the median of its family, or of the provider, elsewhere */
  readonly basis: 'listed' | 'modelled';
}

/** undefined: no on-demand price to hold it against, or nothing known of the provider's commitments */
export function committedRate(
  facts: CommitmentFacts,
  catalog: ProviderCatalog,
  region: string,
  type: string,
  term: CommitmentTerm,
): CommittedRate | undefined {
  const index = catalog.indexOf.get(type);
  const onDemand = index === undefined ? undefined : catalog.regions.get(region)?.onDemand[index];
  const family = index === undefined ? undefined : catalog.types[index]?.family;
  if (onDemand === undefined || Number.isNaN(onDemand) || family === undefined) return undefined;
  const known = facts.get(catalog.provider);
  if (!known) return undefined;
  const listed = known.shares.get(rowKey(region, term))?.[known.indexOf.get(type) ?? -1] ?? Number.NaN;
  const share = Number.isNaN(listed) ? usualShare(known, catalog, family, term) : listed;
  if (share === undefined) return undefined;
  return {
    usdPerHour: usdPerHour(toMicro(onDemand * share)),
    onDemandUsdPerHour: usdPerHour(onDemand),
    saving: 1 - share,
    source: known.source.name,
    asOf: known.source.asOf,
    basis: Number.isNaN(listed) ? 'modelled' : 'listed',
  };
}

/** The median over the family's types in every region that lists them, else over every type of the provider. */
function usualShare(
  { indexOf, shares }: ProviderCommitments,
  { types, indexOf: typeIndex }: ProviderCatalog,
  family: string,
  term: CommitmentTerm,
): number | undefined {
  const kin = new Set<number>();
  for (const [name, i] of indexOf) if (types[typeIndex.get(name) ?? -1]?.family === family) kin.add(i);
  const [ofFamily, ofProvider]: [number[], number[]] = [[], []];
  for (const [key, row] of shares) {
    if (!key.endsWith(` ${term}`)) continue;
    for (let i = 0; i < row.length; i++) {
      const share = row[i] ?? Number.NaN;
      if (Number.isNaN(share)) continue;
      ofProvider.push(share);
      if (kin.has(i)) ofFamily.push(share);
    }
  }
  const pool = ofFamily.length > 0 ? ofFamily : ofProvider;
  return pool.toSorted((a, b) => a - b)[pool.length >> 1];
}

const rowKey = (region: string, term: CommitmentTerm): string => `${region} ${term}`;

export const COMMITMENTS_HEADER: readonly string[] = ['godwit-commitments', '1'];

/** Reads `data/catalog/commitments.tsv.gz`; `docs/catalog.md` describes the format. */
export function decodeCommitments(file: string, text: string): Checked<CommitmentFacts> {
  return readRecords(file, text, COMMITMENTS_HEADER, read);
}

/** The types of one family, which stand together in the rows. */
interface Group {
  readonly first: number;
  readonly ones: readonly number[];
}

class Commitments {
  readonly providers = new Map<ProviderName, ProviderCommitments>();
  #source: CommitmentSource | undefined;
  #indexOf = new Map<string, number>();
  #groups = new Map<string, Group>();
  #rows = new Map<string, Float64Array>();
  #region: string | undefined;

  take(record: DataRecord): void {
    switch (record.kind) {
      case 'source':
        return this.#takeSource(record);
      case 'types':
        return this.#takeTypes(record);
      case 'region':
        this.#region = textAt(record, 0, 'region');
        return;
      case 'share':
        return this.#takeShares(record);
      default:
        throw new Malformed(record.line, 'the record is of a kind that this version does not know', record.kind);
    }
  }

  /** Everything up to the next source belongs to it. */
  #takeSource(record: DataRecord): void {
    const provider = PROVIDERS.find((name) => name === record.fields[0]);
    if (!provider) throw new Malformed(record.line, 'source: no such provider', record.fields[0]);
    this.#source = {
      asOf: instant(dayAt(record, 1, 'date')),
      licence: textAt(record, 2, 'licence'),
      name: textAt(record, 3, 'name'),
    };
    [this.#indexOf, this.#groups, this.#rows, this.#region] = [new Map(), new Map(), new Map(), undefined];
    this.providers.set(provider, { source: this.#source, indexOf: this.#indexOf, shares: this.#rows });
  }

  #takeTypes(record: DataRecord): void {
    const first = this.#indexOf.size;
    const types = textAt(record, 1, 'types').split(' ');
    for (const type of types) this.#indexOf.set(type, this.#indexOf.size);
    this.#groups.set(textAt(record, 0, 'group'), { first, ones: types.map(() => 1) });
  }

  #takeShares(record: DataRecord): void {
    const group = this.#groups.get(textAt(record, 0, 'group'));
    if (!group || this.#region === undefined) throw new Malformed(record.line, 'share: no such group or region');
    const key = rowKey(this.#region, termAt(record));
    const into = this.#rows.get(key) ?? new Float64Array(this.#indexOf.size).fill(Number.NaN);
    this.#rows.set(key, into);
    const text = textAt(record, 2, 'shares');
    decodeCells({ text, line: record.line, weights: group.ones, first: group.first, into }, (i) => {
      if ((into[i] ?? 1) < 1) return;
      throw new Malformed(record.line, 'share: a commitment that costs as much as on-demand');
    });
  }
}

function read(records: Iterable<DataRecord>): CommitmentFacts {
  const commitments = new Commitments();
  for (const record of records) commitments.take(record);
  return commitments.providers;
}

function termAt(record: DataRecord): CommitmentTerm {
  const name = textAt(record, 1, 'term');
  const term = TERMS.find((t) => t === name);
  if (!term) throw new Malformed(record.line, 'share: no such term', name);
  return term;
}
