import type { OwnNodeType } from '../../src/fleet/fleet.ts';
import type { Resources } from '../../src/quantity.ts';
import { instant, isoOf, mib, milliCores, usdPerHour, type Instant } from '../../src/units.ts';
import type { ListedType, PriceList } from './price-list.ts';

/** What one dollar cost, where and when. */
export interface ExchangeRate {
  readonly cnyPerUsd: number;
  readonly asOf: Instant;
  /** `CFETS central parity` */
  readonly source: string;
}

/** The central parity that the China Foreign Exchange Trade System set in the month of the list of 2024. */
export const PARITY_OF_2024_10_24: ExchangeRate = {
  cnyPerUsd: 7.1286,
  asOf: instant(Date.UTC(2024, 9, 24)),
  source: 'CFETS central parity',
};

export interface Wanted {
  readonly region: string;
  /** only types that all of these sell are given: an own cluster has its machines in every zone */
  readonly zones: readonly string[];
  readonly wants: (type: string) => boolean;
  readonly exchange: ExchangeRate;
  /** the day the prices were read */
  readonly listedOn: Instant;
  /** the account's quota, which no list knows */
  readonly atMostPerZone: number;
}

/**
 * Machines of Alibaba Cloud as the node types of an own cluster, so that a fleet can plan with them: on demand only,
 * because the list has no spot prices; and none with a GPU, because it does not say which one.
 */
export function nodeTypesOf(list: PriceList, wanted: Wanted): readonly OwnNodeType[] {
  const { region, zones, wants, exchange, listedOn, atMostPerZone } = wanted;
  return (list.regions.get(region) ?? [])
    .filter((type) => type.gpus === 0 && wants(type.name) && zones.every((zone) => type.zones.includes(zone)))
    .map((type) => ({
      name: type.name,
      arch: type.arch,
      allocatable: allocatableOf(type),
      usdPerHour: usdPerHour(Number((type.cnyPerHour / exchange.cnyPerUsd).toPrecision(6))),
      source: sourceOf(type, exchange),
      // as old as the older of its two parts
      asOf: listedOn < exchange.asOf ? listedOn : exchange.asOf,
      atMostPerZone,
    }));
}

const sourceOf = ({ cnyPerHour }: ListedType, { cnyPerUsd, asOf, source }: ExchangeRate): string =>
  `Alibaba Cloud list price of ${cnyPerHour} CNY at ${cnyPerUsd} CNY per USD (${source} of ${isoOf(asOf).slice(0, 10)})`;

/**
 * What Alibaba's managed Kubernetes (ACK) leaves of a machine. Its page on resource reservation shows a node of 4 vCPUs
 * and 8 GiB with 7,740 MiB of capacity, of which 3,900 millicores and 5,688 MiB are allocatable: memory by the steps
 * of 25, 20, 10, 6 and 2% that GKE has too, with 300 MiB kept for eviction. For more than 4 vCPUs the page's example
 * says nothing; 2.5% of the rest are held back here.
 */
function allocatableOf({ vcpu, memory }: ListedType): Resources {
  const capacity = memory * CAPACITY_SHARE;
  let reserved = 0;
  let left = capacity;
  for (const [width, share] of MEMORY_STEPS) {
    reserved += Math.min(left, width) * share;
    left -= Math.min(left, width);
  }
  return {
    cpu: milliCores(Math.floor(vcpu * 1000 - Math.min(100, vcpu * 100) - Math.max(0, vcpu - 4) * 25)),
    memory: mib(Math.max(0, Math.floor(capacity - reserved - EVICTION_MIB))),
    pods: MOST_PODS,
  };
}

/** 7,740 of 8,192 MiB */
const CAPACITY_SHARE = 0.9448;
const EVICTION_MIB = 300;
const MEMORY_STEPS = [
  [4096, 0.25],
  [4096, 0.2],
  [8192, 0.1],
  [112 * 1024, 0.06],
  [Infinity, 0.02],
] as const;
/** ACK's default for a node, as the same example shows */
const MOST_PODS = 64;
