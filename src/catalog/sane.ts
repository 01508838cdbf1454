import type { Gpu } from './offering.ts';
import type { MiB } from '../units.ts';

/** What of an instance type tells roughly what it can cost. */
export interface Priced {
  readonly vcpu: number;
  readonly memory: MiB;
  readonly gpu?: Gpu;
}

/**
 * Why `usdPerHour` cannot be the on-demand price of such a machine; undefined when it can. Words that follow a price.
 *
 * The yardstick is 0.025 USD per vCPU and 0.0035 USD per GiB an hour. Over 70,000 listed Linux prices of AWS, Azure and
 * Google of 2025 and 2026 lie between 0.05 times it (the smallest burstable types) and 8 times it (storage and HPC),
 * so the band of 0.03 to 12 times refuses cents taken for dollars, or a month's price taken for an hour's, and no real
 * machine. A GPU adds a floor of its own: a GPU type that costs no more than its vCPUs and memory has lost its GPU's
 * price on the way.
 */
export function absurd(usdPerHour: number, shape: Priced): string | undefined {
  if (!Number.isFinite(usdPerHour)) return 'is not a number';
  if (usdPerHour <= 0) return 'is not above 0';
  const bare = bareUsdPerHour(shape);
  const gpus = shape.gpu?.count ?? 0;
  if (usdPerHour < 0.03 * bare) return `is under 0.03 times the ${bare.toFixed(3)} USD/h of its vCPUs and memory`;
  if (usdPerHour > 12 * bare + 60 * gpus) {
    return `is over 12 times the ${bare.toFixed(3)} USD/h of its vCPUs and memory${gpus > 0 ? ' and 60 USD/h a GPU' : ''}`;
  }
  const floor = shape.gpu ? bare + gpus * gpuFloor(shape.gpu.name) : 0;
  if (usdPerHour < floor) return `is under ${floor.toFixed(3)} USD/h: the price lacks its GPU`;
  return undefined;
}

/** What a machine without a GPU would cost by the yardstick. */
const bareUsdPerHour = ({ vcpu, memory }: Priced): number => 0.025 * vcpu + (0.0035 * memory) / 1024;

/** USD per hour that one chip adds at the very least: about half of the cheapest listed figure of 2025 and 2026. */
function gpuFloor(name: string): number {
  if (name.endsWith('-partial')) return 0;
  return FLOORS.find(([chip]) => chip.test(name))?.[1] ?? 0.05;
}

const FLOORS: readonly (readonly [RegExp, number])[] = [
  [/^(?:b200|b300|gb200)/, 4],
  [/^(?:h100|h200|mi300)/, 1.5],
  [/^a100/, 0.8],
  [/^v100/, 0.6],
  [/^(?:l40s|rtx)/, 0.4],
  [/^l4/, 0.2],
];

/** Two prices of one thing in two units: an hour's against a month's, or dollars against cents; undefined when neither. */
export function unitSwap(usdPerHour: number, usual: number): string | undefined {
  const ratio = usdPerHour / usual;
  for (const [factor, words] of SWAPS) {
    if (ratio > factor / 1.3 && ratio < factor * 1.3) return `looks like ${words}`;
  }
  return undefined;
}

const SWAPS: readonly (readonly [number, string])[] = [
  [730, "a month's price taken for an hour's"],
  [1 / 730, "an hour's price taken for a month's and divided again"],
  [100, 'cents taken for dollars'],
  [1 / 100, 'dollars taken for cents'],
  [8760, "a year's price taken for an hour's"],
];
