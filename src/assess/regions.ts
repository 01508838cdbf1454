import type { ProviderName } from '../catalog/offering.ts';

/** Parts of the world within which a workload may be moved from region to region without changing what it is near. */
export type Continent = 'Europe' | 'North America' | 'South America' | 'Asia' | 'Australia' | 'Middle East' | 'Africa';

/**
 * The continent a region is on; undefined for one that is not open to everyone: government and China clouds, and
 * Azure's regions of restricted access.
 *
 * Sources: docs.aws.amazon.com/global-infrastructure, learn.microsoft.com/azure/reliability/regions-list,
 * cloud.google.com/compute/docs/regions-zones.
 */
export function continentOf(provider: ProviderName, region: string): Continent | undefined {
  if (provider === 'aws') return region.includes('-gov-') ? undefined : byPrefix(region, AWS);
  if (provider === 'gcp') return byPrefix(region, GCP);
  return AZURE.find(([, regions]) => regions.includes(region))?.[0];
}

type Prefixes = readonly (readonly [prefix: string, continent: Continent])[];
const byPrefix = (region: string, table: Prefixes): Continent | undefined =>
  table.find(([prefix]) => region.startsWith(prefix))?.[1];

const AWS: Prefixes = [
  ['eu-', 'Europe'],
  ['us-', 'North America'],
  ['ca-', 'North America'],
  ['mx-', 'North America'],
  ['sa-', 'South America'],
  ['ap-southeast-2', 'Australia'],
  ['ap-southeast-4', 'Australia'],
  ['ap-southeast-6', 'Australia'],
  ['ap-', 'Asia'],
  ['me-', 'Middle East'],
  ['il-', 'Middle East'],
  ['af-', 'Africa'],
];

const GCP: Prefixes = [
  ['europe-', 'Europe'],
  ['us-', 'North America'],
  ['northamerica-', 'North America'],
  ['southamerica-', 'South America'],
  ['asia-', 'Asia'],
  ['australia-', 'Australia'],
  ['me-', 'Middle East'],
  ['africa-', 'Africa'],
];

const AZURE: readonly (readonly [Continent, readonly string[]])[] = [
  [
    'Europe',
    [
      'austriaeast',
      'belgiumcentral',
      'denmarkeast',
      'francecentral',
      'germanywestcentral',
      'italynorth',
      'northeurope',
      'norwayeast',
      'polandcentral',
      'spaincentral',
      'swedencentral',
      'switzerlandnorth',
      'uksouth',
      'ukwest',
      'westeurope',
    ],
  ],
  [
    'North America',
    [
      'canadacentral',
      'canadaeast',
      'centralus',
      'eastus',
      'eastus2',
      'mexicocentral',
      'northcentralus',
      'southcentralus',
      'westcentralus',
      'westus',
      'westus2',
      'westus3',
    ],
  ],
  ['South America', ['brazilsouth', 'chilecentral']],
  [
    'Asia',
    [
      'centralindia',
      'eastasia',
      'indonesiacentral',
      'japaneast',
      'japanwest',
      'koreacentral',
      'malaysiawest',
      'southeastasia',
      'southindia',
      'westindia',
    ],
  ],
  ['Australia', ['australiacentral', 'australiaeast', 'australiasoutheast', 'newzealandnorth']],
  ['Middle East', ['israelcentral', 'qatarcentral', 'uaenorth']],
  ['Africa', ['southafricanorth']],
];
