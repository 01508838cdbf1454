import type { Market } from '../market.ts';
import type { Load } from '../runs.ts';
import { type Estimate, estimate } from './estimate.ts';

/** An estimate as an expander sees it. */
export interface Option extends Estimate {
  readonly loads: readonly Load[];
  /** what the pods it would place ask for: millicores, MiB, devices */
  readonly cpu: number;
  readonly memory: number;
  readonly devices: number;
}

/** The estimate for an offering, with what its pods ask for. */
export function optionOf(market: Market, offering: number, loads: readonly Load[], most: number): Option {
  const { need, resources } = market;
  const of = estimate(market, offering, loads, most);
  const sum = { cpu: 0, memory: 0, devices: 0 };
  loads.forEach(({ group }, l) => {
    const n = of.placed[l] as number;
    sum.cpu += n * (need[group * resources] as number);
    sum.memory += n * (need[group * resources + 1] as number);
    for (let r = FIRST_DEVICE; r < resources; r++) sum.devices += n * (need[group * resources + r] as number);
  });
  return { ...of, ...sum, loads };
}

/** after cpu, memory, storage and pods */
const FIRST_DEVICE = 4;

/** The whole machine of each offering, as its node reports it. */
export interface Machines {
  readonly cpu: Float64Array;
  readonly memory: Float64Array;
  readonly gpu: Uint8Array;
  readonly usdPerHour: Float64Array;
}

export function machinesOf({ offerings, price: usdPerHour }: Market): Machines {
  return {
    cpu: Float64Array.from(offerings, (o) => Math.max(o.vcpu * 1000, o.allocatable.cpu)),
    memory: Float64Array.from(offerings, (o) => Math.max(o.memory, o.allocatable.memory)),
    gpu: Uint8Array.from(offerings, (o) =>
      o.gpu !== undefined || Object.values(o.allocatable.devices ?? {}).some((n) => n > 0) ? 1 : 0,
    ),
    usdPerHour,
  };
}

/** How well an option does; the smallest wins. `clusterNodes` run already. */
export type Expander = (machines: Machines, option: Option, clusterNodes: number) => number;

/**
 * Share of the new nodes' cpu left idle plus share of their memory left idle, of the whole machine.
 * Source: kubernetes/autoscaler cluster-autoscaler/expander/waste/waste.go, as of early 2026.
 */
export const leastWaste: Expander = ({ cpu, memory }, { offering: o, nodes, ...asked }) =>
  1 - asked.cpu / (nodes * (cpu[o] as number)) + 1 - asked.memory / (nodes * (memory[o] as number));

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
export const price: Expander = (machines, { offering: o, nodes, ...asked }, clusterNodes) => {
  const podsUsd = (asked.cpu / 1000) * CPU_USD + (asked.memory / 1024) * GIB_USD + asked.devices * GPU_USD;
  const nodesUsd = nodes * (machines.usdPerHour[o] as number);
  const money = (nodesUsd + STABILIZATION_USD) / (podsUsd + STABILIZATION_USD);
  if (machines.gpu[o] === 1) return GPU_UNFITNESS * money;
  const size = (machines.cpu[o] as number) / preferredCpu(clusterNodes);
  const unfitness = Math.max(size, 1 / size);
  const suppressed = (unfitness - 1) * (1 - Math.tanh((nodes - 1) / 15)) + 1;
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
