import { encodeCatalog } from '../../src/catalog/encode.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import { assemble } from './assemble.ts';
import { readAws } from './aws.ts';
import { buildCommitments } from './commitments.ts';
import { buildEgress } from './egress.ts';
import { readAzure } from './azure.ts';
import { readGcp } from './gcp.ts';
import { weigh, type Quarantined } from './quarantine.ts';

export interface Built {
  /** file name → its text, before compression */
  readonly texts: ReadonlyMap<string, string>;
  readonly summaries: readonly Summary[];
  readonly leftOut: readonly (readonly [provider: string, reason: string, rows: number, examples: string])[];
  readonly quarantined: readonly (Quarantined & { readonly provider: string })[];
  readonly notes: readonly string[];
}

interface Summary {
  readonly provider: string;
  readonly regions: number;
  readonly types: number;
  readonly onDemand: number;
  readonly spot: number;
}

/** Everything that `data/catalog/` holds, as text, from the folder of catalog data. */
export function buildTexts(folder: string): Built {
  const texts = new Map<string, string>();
  const catalogs = new Map<string, ProviderCatalog>();
  const summaries: Summary[] = [];
  const leftOut: [string, string, number, string][] = [];
  const quarantined: (Quarantined & { readonly provider: string })[] = [];
  for (const facts of [readAws(folder), readAzure(folder), readGcp(folder)]) {
    const { provider } = facts;
    const weighed = weigh(facts);
    const catalog = assemble(facts, weighed);
    catalogs.set(provider, catalog);
    texts.set(`${provider}.tsv.gz`, encodeCatalog(catalog));
    summaries.push(summaryOf(catalog));
    leftOut.push(...facts.leftOut.list().map((row): [string, string, number, string] => [provider, ...row]));
    quarantined.push(...weighed.quarantined.map((q) => ({ ...q, provider })));
  }
  const regionsOf = (provider: string): readonly string[] => [...(catalogs.get(provider)?.regions.keys() ?? [])];
  const egress = buildEgress(folder, { azure: regionsOf('azure'), gcp: regionsOf('gcp') });
  texts.set('egress.tsv', egress.text);
  texts.set('commitments.tsv.gz', buildCommitments(folder, [...catalogs.values()]));
  return { texts, summaries, leftOut, quarantined, notes: egress.notes };
}

function summaryOf({ provider, regions, types }: ProviderCatalog): Summary {
  const all = [...regions.values()];
  const count = (prices: Float64Array): number => prices.reduce((n, price) => n + (Number.isNaN(price) ? 0 : 1), 0);
  return {
    provider,
    regions: regions.size,
    types: types.length,
    onDemand: all.reduce((n, region) => n + count(region.onDemand), 0),
    spot: all.reduce((n, region) => n + count(region.spot), 0),
  };
}
