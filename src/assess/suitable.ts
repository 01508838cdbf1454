import type { ProviderName } from '../catalog/offering.ts';
import type { InstanceType } from '../catalog/snapshot.ts';

/** What today's nodes and pods tell about which types may be proposed. */
export interface Wanted {
  /** types that run today: proposed even where unsuitable, but then only as nodes of the kinds that have them */
  readonly used: ReadonlySet<string>;
  /** GPUs that pods ask for; types with any other are not proposed */
  readonly gpus: ReadonlySet<string>;
  /** types of this name only, `*` for any run of characters; empty = any */
  readonly only: readonly string[];
  /** most vCPUs of a node */
  readonly largest: number;
}

/**
 * Whether a type may be proposed for a node of any kind: current generations of plain virtual machines
 * with 2 vCPUs or more. Left out: bare metal, burstable types (their price buys a share of a CPU), earlier
 * generations, and machines with devices that nobody asked for.
 */
export function suitable(provider: ProviderName, type: InstanceType, wanted: Wanted): boolean {
  if (type.vcpu < 2 || type.vcpu > wanted.largest) return false;
  if (type.gpu) return wanted.gpus.has(type.gpu.name) && !type.name.includes('metal');
  if (provider === 'azure' && !PREMIUM_DISKS.test(type.name)) return false;
  return !(UNFIT[provider]?.test(type.name) ?? true);
}

/**
 * By the vendors' naming. AWS: metal, burstable t and flex, Mac, HPC, machine-learning and video chips, FPGA, high
 * memory by contract (u-), and the generations that AWS lists as previous. Azure: B burstable, A and D/DS v1-v2 and
 * others being retired, HPC (H), FPGA (NP), confidential computing (DC, EC), isolated and promotional sizes. GCP:
 * shared-core types, f1/g1, TPUs (ct), HPC (h3, h4d), storage servers and metal.
 * Sources: aws.amazon.com/ec2/previous-generation; learn.microsoft.com/azure/virtual-machines/sizes/previous-gen-sizes-list;
 * cloud.google.com/compute/docs/machine-resource.
 */
const UNFIT: Readonly<Partial<Record<ProviderName, RegExp>>> = {
  aws: /metal|-flex\.|^(?:t\d|mac|hpc|inf|trn|dl\d|vt\d|f\d|u-|u7|p\d|cc\d|cg\d|cr\d|hi\d|hs\d|[mcgi][1-3]\.|m4\.|c4\.|r[34]\.|i2\.|d2\.|x1e?\.|a1\.)/,
  azure:
    /^Standard_(?:B|A\d|D\d+(?:_|$)|DS\d|D\d+_v2|DS\d+_v2|F\d+s?$|G|GS|H|L\d+s$|NP|NV\d+$|NC\d+$|ND\d+s$|DC|EC|M\d+m?s?$|.*_Promo|.*i(?:d|s|ds|_)?_v\d)|^Basic_/,
  gcp: /^(?:f1|g1|e2-(?:micro|small|medium)|ct|h3|h4d|z3|x4|m1-ultra)|-metal$|-node-/,
};

/** Azure's sizes without an s in their features can't attach premium disks, which most volumes there are. */
const PREMIUM_DISKS = /^Standard_[A-Z]+\d+(?:-\d+)?[a-z]*s[a-z]*(?:_|$)/;
