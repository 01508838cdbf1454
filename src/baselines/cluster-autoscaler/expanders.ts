import type { Market } from '../market.ts';
import type { Load } from '../runs.ts';
import type { Estimate } from './estimate.ts';

/** An estimate with the loads it was made for. */
export interface Option extends Estimate {
  readonly loads: readonly Load[];
}

/** How well an option does; the smallest wins. `clusterNodes` run already. */
export type Expander = (market: Market, option: Option, clusterNodes: number) => number;

/**
 * Share of the new nodes' cpu left idle plus share of their memory left idle, of the whole machine.
 * Source: kubernetes/autoscaler cluster-autoscaler/expander/waste/waste.go, as of early 2026.
 */
export const leastWaste: Expander = (market, option) => {
  const { cpu, memory } = capacityOf(market, option.offering);
  const asked = requestsOf(market, option);
  return 1 - asked.cpu / (option.nodes * cpu) + 1 - asked.memory / (option.nodes * memory);
};

/** $/h of a vCPU, of a GiB and of a GPU that a pod is priced at (cloudprovider/gce/gce_price_info.go). */
const CPU_USD = 0.033174;
const GIB_USD = 0.004446;
const GPU_USD = 0.7;
/** a pod of half a core and 500 MiB, which steadies the ratio for small options */
const STABILIZATION_USD = 0.5 * CPU_USD + (500 / 1024) * GIB_USD;
/** makes nodes with GPUs unattractive to pods that need none */
const GPU_UNFITNESS = 1000;

/**
 * Price of the new nodes over the price of the pods on them, times how far a node's size is from the one preferred in a
 * cluster of this size; that matters less the more nodes are opened.
 * Source: kubernetes/autoscaler cluster-autoscaler/expander/price/price.go and preferred.go, as of early 2026.
 */
export const price: Expander = (market, option, clusterNodes) => {
  const { cpu, memory, gpus } = requestsOf(market, option);
  const pods = (cpu / 1000) * CPU_USD + (memory / 1024) * GIB_USD + gpus * GPU_USD;
  const nodes = option.nodes * (market.price[option.offering] as number);
  const money = (nodes + STABILIZATION_USD) / (pods + STABILIZATION_USD);
  if (hasGpu(market, option.offering)) return GPU_UNFITNESS * money;
  const size = capacityOf(market, option.offering).cpu / preferredCpu(clusterNodes);
  const unfitness = Math.max(size, 1 / size);
  const suppressed = (unfitness - 1) * (1 - Math.tanh((option.nodes - 1) / 15)) + 1;
  return suppressed * money;
};

/** Millicores of the preferred node: twice the size for each threefold cluster. */
function preferredCpu(clusterNodes: number): number {
  if (clusterNodes <= 2) return 1000;
  if (clusterNodes <= 6) return 2000;
  if (clusterNodes <= 20) return 4000;
  if (clusterNodes <= 60) return 8000;
  if (clusterNodes <= 200) return 16_000;
  return 32_000;
}

/** The whole machine, as its node reports it. */
function capacityOf(market: Market, offering: number): { readonly cpu: number; readonly memory: number } {
  const o = market.offerings[offering];
  return {
    cpu: Math.max((o?.vcpu ?? 0) * 1000, o?.allocatable.cpu ?? 0),
    memory: Math.max(o?.memory ?? 0, o?.allocatable.memory ?? 0),
  };
}

function hasGpu(market: Market, offering: number): boolean {
  const o = market.offerings[offering];
  return o?.gpu !== undefined || Object.values(o?.allocatable.devices ?? {}).some((n) => n > 0);
}

function requestsOf(market: Market, option: Option): { cpu: number; memory: number; gpus: number } {
  const { need, resources } = market;
  const sum = { cpu: 0, memory: 0, gpus: 0 };
  option.loads.forEach(({ group }, l) => {
    const n = option.placed[l] as number;
    sum.cpu += n * (need[group * resources] as number);
    sum.memory += n * (need[group * resources + 1] as number);
    for (let r = FIRST_DEVICE; r < resources; r++) sum.gpus += n * (need[group * resources + r] as number);
  });
  return sum;
}

/** after cpu, memory, storage and pods */
const FIRST_DEVICE = 4;
