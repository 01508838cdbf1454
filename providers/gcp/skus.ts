import { HOURS_PER_MONTH } from '../../src/units.ts';
import { fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from './fields.ts';
import { GPU_SKU_NAMES, OWN_SSD_PRICE, SKU_NAMES } from './sku-families.ts';

/** What a rate is for. A commitment's is what the committed hour costs, used or not. */
export type Terms = 'on-demand' | 'spot' | 'commit-1y' | 'commit-3y';

/** `region terms part` → USD an hour for one vCPU, GiB, GPU, GiB of disk or machine. */
export type Rates = ReadonlyMap<string, number>;

export const rateKey = (region: string, terms: Terms, part: string): string => `${region} ${terms} ${part}`;

/** Parts of a machine's price: `n2 cpu`, `n2 ram`, `gpu l4`, `ssd`, `ssd c4`, `f1-micro`. */
export const cpuOf = (family: string): string => `${family} cpu`;
export const ramOf = (family: string): string => `${family} ram`;
export const gpuOf = (name: string): string => `gpu ${name}`;
export const ssdOf = (family: string): string => (OWN_SSD_PRICE.has(family) ? `ssd ${family}` : 'ssd');

/**
 * What a list of SKUs says about machines, region by region; the rest of it (disks, networks, licences, sole tenancy,
 * reserved and custom shapes) is left out. Of two SKUs for the same thing the dearer counts.
 */
export function ratesOf(skus: readonly Fields[]): Rates {
  const rates = new Map<string, number>();
  for (const sku of skus) {
    const priced = pricedOf(sku);
    if (!priced) continue;
    for (const region of textsOf(sku['serviceRegions'])) {
      const key = rateKey(region, priced.terms, priced.part);
      rates.set(key, Math.max(rates.get(key) ?? 0, priced.usdPerHour));
    }
  }
  return rates;
}

interface Priced {
  readonly part: string;
  readonly terms: Terms;
  readonly usdPerHour: number;
}

function pricedOf(sku: Fields): Priced | undefined {
  const description = textOf(sku['description']);
  const category = fieldsOf(sku['category']);
  const terms = TERMS.get(textOf(category['usageType']) ?? '');
  if (description === undefined || terms === undefined) return undefined;
  const part = terms.startsWith('commit')
    ? committedPart(description)
    : partOf(description, textOf(category['resourceGroup']) ?? '', terms === 'spot');
  const usdPerHour = hourlyOf(sku);
  return part === undefined || usdPerHour === undefined ? undefined : { part, terms, usdPerHour };
}

const TERMS: ReadonlyMap<string, Terms> = new Map([
  ['OnDemand', 'on-demand'],
  ['Preemptible', 'spot'],
  ['Commit1Yr', 'commit-1y'],
  ['Commit3Yr', 'commit-3y'],
]);

const FAMILY_OF = new Map([...SKU_NAMES].map(([family, name]) => [name, family]));
const GPU_OF = new Map([...GPU_SKU_NAMES].map(([gpu, name]) => [name, gpu]));

/** Not what a pool of standard machines is billed for, though the words are alike. */
const OTHERS = /sole tenancy|reserved|custom|licen[cs]|windows|dws|calendar mode|upgrade premium|extended/i;

function partOf(description: string, group: string, spot: boolean): string | undefined {
  if (OTHERS.test(description)) return undefined;
  const text = description.replace(/^(?:Spot )?Preemptible /, '');
  if (group === 'F1Micro') return text.startsWith('Micro Instance') ? 'f1-micro' : undefined;
  if (group === 'G1Small') return text.startsWith('Small Instance') ? 'g1-small' : undefined;
  if (group === 'LocalSSD') return ssdPart(text, spot);
  if (group === 'GPU') {
    const name = /^(.*?)(?: running| attached)/.exec(text)?.[1];
    const gpu = name === undefined ? undefined : GPU_OF.get(name);
    return gpu === undefined ? undefined : gpuOf(gpu);
  }
  const [, name = '', kind = ''] = /^(.*?) (Core|Ram)\b/i.exec(text) ?? [];
  const family = FAMILY_OF.get(name);
  if (family === undefined) return undefined;
  return kind.toLowerCase() === 'core' ? cpuOf(family) : ramOf(family);
}

function ssdPart(text: string, spot: boolean): string | undefined {
  const family = /^(\w+) Instance Local SSD/.exec(text)?.[1]?.toLowerCase();
  if (family !== undefined) return OWN_SSD_PRICE.has(family) ? ssdOf(family) : undefined;
  if (!text.startsWith('SSD backed Local Storage')) return undefined;
  return spot === /attached to Spot/i.test(text) ? 'ssd' : undefined;
}

/** `Commitment v1: N2 Cpu in Netherlands for 1 Year`; the first family had no name of its own */
function committedPart(description: string): string | undefined {
  const [, name = '', kind = ''] = /^Commitment(?: v1)?: (.*?) ?(Cpu|Core|Ram)\b/i.exec(description) ?? [];
  if (kind === '') return undefined;
  const family = COMMITTED_NAMES.get(name) ?? name.split(' ')[0]?.toLowerCase() ?? '';
  if (!SKU_NAMES.has(family)) return undefined;
  return kind.toLowerCase() === 'ram' ? ramOf(family) : cpuOf(family);
}

const COMMITTED_NAMES: ReadonlyMap<string, string> = new Map([
  ['', 'n1'],
  ['Compute optimized', 'c2'],
  ['Memory-optimized', 'm1'],
]);

/** USD an hour of the first slice that costs something; storage is priced by the month. */
function hourlyOf(sku: Fields): number | undefined {
  const info = listOf(sku['pricingInfo']).at(-1);
  const expression = fieldsOf(info?.['pricingExpression']);
  const unit = textOf(expression['usageUnit']) ?? '';
  for (const rate of listOf(expression['tieredRates'])) {
    const { currencyCode, units, nanos } = fieldsOf(rate['unitPrice']);
    if (textOf(currencyCode) !== undefined && currencyCode !== 'USD') return undefined;
    const usd = (numberOf(units) ?? 0) + (numberOf(nanos) ?? 0) / 1e9;
    if (usd > 0) return /\.mo$|^mo$/.test(unit) ? usd / HOURS_PER_MONTH : usd;
  }
  return undefined;
}
