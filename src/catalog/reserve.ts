import type { Resources } from '../quantity.ts';
import { mib, milliCores, type MiB } from '../units.ts';
import { deviceOf } from './device.ts';
import type { Arch, Gpu, ProviderName } from './offering.ts';

/** What of an instance type decides how much of it is left for pods. */
export interface NodeShape {
  readonly vcpu: number;
  /** nominal */
  readonly memory: MiB;
  readonly arch: Arch;
  readonly gpu?: Gpu;
  /** most pods, where the vendor limits them by type */
  readonly maxPods?: number;
}

/**
 * What is left of a node for pods under the cloud's managed Kubernetes: nominal size − what hypervisor, firmware and
 * kernel keep − what the kubelet and the system reserve − the eviction threshold. By published formula; the disk is the
 * size the cloud gives a node pool when none is asked for. An own cluster states its machines, so it has no formula.
 */
export function allocatableOf(cloud: Exclude<ProviderName, 'kubernetes'>, shape: NodeShape): Resources {
  const rule = RULES[cloud];
  const pods = shape.maxPods ?? rule.maxPods;
  const capacity = Math.max(0, shape.memory - (shape.arch === 'arm64' ? rule.armReservedMib : 0)) * (1 - rule.vmShare);
  const memory = Math.floor(capacity - rule.memoryReservedMib(capacity, pods) - EVICTION_MIB);
  const cpu = Math.max(0, Math.floor(shape.vcpu * 1000 - rule.cpuReservedMilli(shape.vcpu)));
  return {
    cpu: milliCores(cpu),
    memory: mib(Math.max(0, memory)),
    storage: mib(rule.storageMib),
    pods,
    ...(shape.gpu && { devices: { [deviceOf(shape.gpu.name)]: shape.gpu.count } }),
  };
}

/** The kubelet evicts pods below this much free memory: hard eviction `memory.available<100Mi` on all three clouds. */
const EVICTION_MIB = 100;

interface Rule {
  /** share of the nominal memory that the machine never shows to Linux */
  readonly vmShare: number;
  readonly armReservedMib: number;
  readonly maxPods: number;
  readonly storageMib: number;
  cpuReservedMilli(vcpu: number): number;
  /** @param capacity MiB that Linux sees */
  memoryReservedMib(capacity: number, pods: number): number;
}

const RULES: Readonly<Record<Exclude<ProviderName, 'kubernetes'>, Rule>> = {
  /**
   * EKS. CPU and memory as the EKS node image computes `kubeReserved` (awslabs/amazon-eks-ami, `nodeadm`): 255 MiB +
   * 11 MiB a pod. Most pods by the network cards' addresses, which the type carries; 110 where it does not.
   * `vmShare` and the 64 MiB that Graviton sets aside are what Karpenter assumes before it has seen a node
   * (`vm-memory-overhead-percent` 0.075). Karpenter's published allocatable figures are this formula to the MiB.
   * Disk: 20 GiB root volume − 10% `nodefs` eviction − 1 GiB reserved.
   */
  aws: {
    vmShare: 0.075,
    armReservedMib: 64,
    maxPods: 110,
    storageMib: 17 * 1024,
    cpuReservedMilli: cpuSteps,
    memoryReservedMib: (_capacity, pods) => 255 + 11 * pods,
  },
  /**
   * AKS 1.29 and later (learn.microsoft.com/azure/aks/node-resource-reservations): the lesser of 20 MB a pod + 50 MB
   * and a quarter of the memory; CPU by table. 110 pods: between the 30, 110 and 250 that AKS defaults to by network
   * plugin. The page states MB; they are counted as MiB, which reserves 5% more and errs on the safe side.
   * `vmShare`: Azure publishes none; taken from EKS, where it errs on the safe side as well.
   * Disk: 128 GiB OS disk − 10% `nodefs` eviction.
   */
  azure: {
    vmShare: 0.075,
    armReservedMib: 0,
    maxPods: 110,
    storageMib: Math.floor(128 * 1024 * 0.9),
    cpuReservedMilli: aksCpu,
    memoryReservedMib: (capacity, pods) => Math.min(20 * pods + 50, capacity * 0.25),
  },
  /**
   * GKE (cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes): memory in steps, 255 MiB below 1 GiB; CPU
   * in the steps that EKS took over. 110 pods is GKE's default for Standard clusters.
   * `vmShare`: Google publishes none; taken from EKS, where it errs on the safe side.
   * Disk: 100 GiB boot disk − 10% eviction − the least of half of it, 6 GiB + 35% of it, 100 GiB.
   */
  gcp: {
    vmShare: 0.075,
    armReservedMib: 0,
    maxPods: 110,
    storageMib: (100 - 10 - Math.min(50, 6 + 35, 100)) * 1024,
    cpuReservedMilli: cpuSteps,
    memoryReservedMib: gkeMemory,
  },
};

/** 6% of the first core, 1% of the second, 0.5% of the third and fourth, 0.25% of the rest; whole millicores. */
function cpuSteps(vcpu: number): number {
  return Math.floor(
    stepped(vcpu, [
      [1, 60],
      [1, 10],
      [2, 5],
      [Infinity, 2.5],
    ]),
  );
}

/** The table ends at 64 cores; between its rows and beyond them the reserve grows in a straight line. */
function aksCpu(vcpu: number): number {
  const table: readonly (readonly [number, number])[] = [
    [1, 60],
    [2, 100],
    [4, 140],
    [8, 180],
    [16, 260],
    [32, 420],
    [64, 740],
  ];
  const above = table.findIndex(([cores]) => cores >= vcpu);
  const [x1, y1] = table[Math.max(1, above < 0 ? table.length - 1 : above)] ?? [64, 740];
  const [x0, y0] = table[Math.max(0, (above < 0 ? table.length - 1 : Math.max(1, above)) - 1)] ?? [32, 420];
  return y0 + ((y1 - y0) * (vcpu - x0)) / (x1 - x0);
}

/** 25% of the first 4 GiB, 20% of the next 4, 10% of the next 8, 6% of the next 112, 2% of the rest. */
function gkeMemory(capacity: number): number {
  if (capacity < 1024) return 255;
  return stepped(capacity, [
    [4096, 0.25],
    [4096, 0.2],
    [8192, 0.1],
    [112 * 1024, 0.06],
    [Infinity, 0.02],
  ]);
}

function stepped(amount: number, steps: readonly (readonly [number, number])[]): number {
  let left = amount;
  let sum = 0;
  for (const [width, rate] of steps) {
    sum += Math.min(left, width) * rate;
    left -= Math.min(left, width);
  }
  return sum;
}
