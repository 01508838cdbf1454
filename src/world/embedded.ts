import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { decodeCommitments, type CommitmentFacts } from '../catalog/commitment-rates.ts';
import { decodeCatalog } from '../catalog/decode.ts';
import { decodeEgress, type EgressFacts } from '../catalog/egress-facts.ts';
import { PROVIDERS, type ProviderName } from '../catalog/offering.ts';
import type { ProviderCatalog } from '../catalog/snapshot.ts';
import { bad, type Checked } from '../trouble.ts';
import { packagedFolder } from './packaged.ts';

/** The price lists that the package carries in `data/catalog/`; each is read once a process, when first asked for. */
export interface EmbeddedCatalog {
  /** own clusters have none: the fleet file states them */
  prices(provider: CloudName): Promise<Checked<ProviderCatalog>>;
  egress(): Promise<Checked<EgressFacts>>;
  commitments(): Promise<Checked<CommitmentFacts>>;
}

export type CloudName = Exclude<ProviderName, 'kubernetes'>;
export const CLOUDS: readonly CloudName[] = PROVIDERS.filter((name) => name !== 'kubernetes');

/** @param folder where the data files are; the package's own when absent */
export function embeddedCatalog(folder: URL = packagedFolder('catalog')): EmbeddedCatalog {
  const prices = new Map<CloudName, Promise<Checked<ProviderCatalog>>>();
  let egress: Promise<Checked<EgressFacts>> | undefined;
  let commitments: Promise<Checked<CommitmentFacts>> | undefined;
  return {
    prices: (provider) => {
      const known = prices.get(provider);
      if (known) return known;
      const reading = readData(folder, `${provider}.tsv.gz`, (file, text) => decodeCatalog(file, text, provider));
      prices.set(provider, reading);
      return reading;
    },
    egress: () => (egress ??= readData(folder, 'egress.tsv', decodeEgress)),
    commitments: () => (commitments ??= readData(folder, 'commitments.tsv.gz', decodeCommitments)),
  };
}

const unzip = promisify(gunzip);

async function readData<T>(
  folder: URL,
  name: string,
  decode: (file: string, text: string) => Checked<T>,
): Promise<Checked<T>> {
  const file = `data/catalog/${name}`;
  try {
    const bytes = await readFile(new URL(name, folder));
    const text = name.endsWith('.gz') ? await unzip(bytes) : bytes;
    return decode(file, text.toString('utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return bad({
      file,
      problem: `it cannot be read (${reason})`,
      remedy: 'the file is missing or damaged: reinstall godwit, or build it again with scripts/build-catalog.ts',
    });
  }
}
