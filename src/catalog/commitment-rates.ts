import type { Checked } from '../trouble.ts';
import { instant, usdPerHour, type Instant, type UsdPerHour } from '../units.ts';
import { decodeCells, toMicro } from './cells.ts';
import type { ProviderName } from './offering.ts';
import { dayAt, Malformed, readRecords, textAt, type DataRecord } from './records.ts';
import type { ProviderCatalog } from './snapshot.ts';

/**
 * What can be bought ahead, without upfront payment: AWS standard and convertible reserved instances, Google's
 * resource-based committed use (one kind only). AWS prices its EC2 Instance Savings Plans like standard and its Compute
 * Savings Plans like convertible reservations.
 */
export const TERMS = ['1y', '3y', '1y-convertible', '3y-convertible'] as const;
export type CommitmentTerm = (typeof TERMS)[number];

/** Committed price as a share of on-demand, by `provider region type term`. */
export interface CommitmentFacts {
  readonly shares: ReadonlyMap<string, Share>;
}

interface Share {
  readonly share: number;
  readonly source: CommitmentSource;
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
  const listed = facts.shares.get(keyOf(catalog.provider, region, type, term));
  const found = listed ?? usualShare(facts, catalog, family, term);
  if (!found) return undefined;
  return {
    usdPerHour: usdPerHour(toMicro(onDemand * found.share)),
    onDemandUsdPerHour: usdPerHour(onDemand),
    saving: 1 - found.share,
    source: found.source.name,
    asOf: found.source.asOf,
    basis: listed ? 'listed' : 'modelled',
  };
}

/** The median over the family's types in every region that lists them, else over every type of the provider. */
function usualShare(
  facts: CommitmentFacts,
  catalog: ProviderCatalog,
  family: string,
  term: CommitmentTerm,
): Share | undefined {
  const ofProvider: Share[] = [];
  const ofFamily: Share[] = [];
  for (const [key, share] of facts.shares) {
    const [provider, , type = '', of] = key.split(' ');
    if (provider !== catalog.provider || of !== term) continue;
    ofProvider.push(share);
    const index = catalog.indexOf.get(type);
    if (index !== undefined && catalog.types[index]?.family === family) ofFamily.push(share);
  }
  const pool = ofFamily.length > 0 ? ofFamily : ofProvider;
  return pool.toSorted((a, b) => a.share - b.share)[pool.length >> 1];
}

const keyOf = (provider: ProviderName, region: string, type: string, term: CommitmentTerm): string =>
  `${provider} ${region} ${type} ${term}`;

export const COMMITMENTS_HEADER: readonly string[] = ['godwit-commitments', '1'];

/** Reads `data/catalog/commitments.tsv.gz`; `docs/catalog.md` describes the format. */
export function decodeCommitments(file: string, text: string): Checked<CommitmentFacts> {
  return readRecords(file, text, COMMITMENTS_HEADER, read);
}

function read(records: readonly DataRecord[]): CommitmentFacts {
  const shares = new Map<string, Share>();
  const types = new Map<string, readonly string[]>();
  let source: CommitmentSource | undefined;
  let provider: ProviderName = 'aws';
  let region = '';
  for (const record of records) {
    switch (record.kind) {
      case 'source':
        source = {
          asOf: instant(dayAt(record, 0, 'date')),
          licence: textAt(record, 1, 'licence'),
          name: textAt(record, 2, 'name'),
        };
        break;
      case 'types':
        types.set(textAt(record, 0, 'group'), textAt(record, 1, 'types').split(' '));
        break;
      case 'region':
        provider = providerAt(record);
        region = textAt(record, 1, 'region');
        break;
      case 'share': {
        const group = types.get(textAt(record, 0, 'group'));
        if (!group || !source || region === '')
          throw new Malformed(record.line, 'share: no such group, source or region');
        const [from, term] = [source, termAt(record)];
        const into = new Float64Array(group.length).fill(Number.NaN);
        const row = {
          text: textAt(record, 2, 'shares'),
          line: record.line,
          weights: group.map(() => 1),
          first: 0,
          into,
        };
        decodeCells(row, (i) => {
          const share = into[i] ?? Number.NaN;
          if (share >= 1) throw new Malformed(record.line, 'share: a commitment that costs as much as on-demand');
          shares.set(keyOf(provider, region, group[i] ?? '', term), { share, source: from });
        });
        break;
      }
      default:
        throw new Malformed(record.line, 'the record is of a kind that this version does not know', record.kind);
    }
  }
  return { shares };
}

function providerAt(record: DataRecord): ProviderName {
  const name = textAt(record, 0, 'provider');
  if (name === 'aws' || name === 'gcp' || name === 'azure') return name;
  throw new Malformed(record.line, 'region: no such provider', name);
}

function termAt(record: DataRecord): CommitmentTerm {
  const name = textAt(record, 1, 'term');
  const term = TERMS.find((t) => t === name);
  if (!term) throw new Malformed(record.line, 'share: no such term', name);
  return term;
}
