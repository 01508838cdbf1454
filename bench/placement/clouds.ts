import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decodeCatalog } from '../../src/catalog/decode.ts';
import type { Offering, Purchase } from '../../src/catalog/offering.ts';
import { offeringsOf } from '../../src/catalog/offerings.ts';
import { type InstanceType, type ProviderCatalog, zonesOf } from '../../src/catalog/snapshot.ts';
import type { Candidate } from '../../src/placement/problem.ts';
import { CLOUDS, type CloudName } from '../../src/world/embedded.ts';

export { CLOUDS, type CloudName };

export interface Place {
  readonly cloud: CloudName;
  readonly region: string;
}

/** Regions of the three clouds near one another: every instance over several clouds draws from these. */
export const NEIGHBOURS: readonly Readonly<Record<CloudName, string>>[] = [
  { aws: 'us-east-1', azure: 'eastus', gcp: 'us-east4' },
  { aws: 'eu-west-1', azure: 'westeurope', gcp: 'europe-west1' },
  { aws: 'ap-southeast-1', azure: 'southeastasia', gcp: 'asia-southeast1' },
  { aws: 'us-west-2', azure: 'westus2', gcp: 'us-west1' },
  { aws: 'eu-central-1', azure: 'germanywestcentral', gcp: 'europe-west3' },
  { aws: 'ap-northeast-1', azure: 'japaneast', gcp: 'asia-northeast1' },
];

export const placesOf = (neighbours: Readonly<Record<CloudName, string>>): Place[] =>
  CLOUDS.map((cloud) => ({ cloud, region: neighbours[cloud] }));

/**
 * What a place sells by the price list that the package carries, without GPUs and without machines that fail to hold
 * even small replicas.
 *
 * @param zones how many zones; more than the region has are not made up
 */
export function sold(
  { cloud, region }: Place,
  zones: number,
  purchases: readonly Purchase[],
  wants: (type: InstanceType) => boolean = () => true,
): Candidate[] {
  return offeringsOf(listOf(cloud), {
    region,
    zones: zoneNames({ cloud, region }).slice(0, zones),
    purchases,
    wants: (type) => !type.gpu && type.memory >= 2048 && wants(type),
  })
    .filter((o) => o.available)
    .map(candidateOf);
}

/**
 * Types that promise only a share of their cores: EC2's t, Azure's B, GCP's shared cores. They look cheapest and come
 * small, so that few replicas fill a node.
 */
export const isBurstable = (type: string): boolean =>
  /^(?:t\d[a-z]*\.|Standard_B\d|e2-(?:micro|small|medium)$|f1-|g1-)/.test(type);

/** Zones that the price list names, or three by the cloud's custom: AWS does not say which types a zone has. */
function zoneNames({ cloud, region }: Place): readonly string[] {
  const prices = listOf(cloud).regions.get(region);
  const known = prices ? zonesOf(prices) : [];
  if (known.length > 0) return known;
  switch (cloud) {
    case 'aws':
      return [`${region}a`, `${region}b`, `${region}c`];
    case 'azure':
      return [`${region}-1`, `${region}-2`, `${region}-3`];
    case 'gcp':
      return [`${region}-a`, `${region}-b`, `${region}-c`];
    default:
      return cloud satisfies never;
  }
}

function candidateOf(o: Offering): Candidate {
  const { id, provider, region, zone, type, family, arch, purchase, vcpu, memory, gpu, allocatable, price } = o;
  return {
    ...{ id, provider, region, zone, type, family, arch, purchase, vcpu, memory, allocatable },
    ...(gpu && { gpu }),
    usdPerHour: price.usdPerHour,
  };
}

const lists = new Map<CloudName, ProviderCatalog>();

export function listOf(cloud: CloudName): ProviderCatalog {
  const known = lists.get(cloud);
  if (known) return known;
  const file = `data/catalog/${cloud}.tsv.gz`;
  const text = gunzipSync(readFileSync(new URL(`../../${file}`, import.meta.url))).toString('utf8');
  const read = decodeCatalog(file, text, cloud);
  if (!read.ok) throw new Error(`${file} is damaged: ${JSON.stringify(read.troubles)}`);
  lists.set(cloud, read.value);
  return read.value;
}
