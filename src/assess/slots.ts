import type { ProviderName } from '../catalog/offering.ts';

/** Name under which disks are counted as a device of a node and of a pod. */
export const DISKS = 'disks';

/**
 * Disks that pods may attach to a node, on the safe side. AWS: 28 attachments on Nitro, shared with network cards (3
 * on 2 vCPUs up to 15 on the largest), the root disk and local NVMe disks. Azure: data disks by size, 2 a vCPU, at most
 * 32. GCP: 15 beside the boot disk where the core is shared, else 127, of which newer series take 31 or fewer.
 * Of those, the series that take Hyperdisk alone take none of the persistent disks that a cluster has, unless it runs
 * them already.
 * Sources: docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits, learn.microsoft.com/azure/virtual-machines/sizes,
 * cloud.google.com/compute/docs/disks.
 */
export function diskSlots(provider: ProviderName, type: string, vcpu: number, runs: boolean): number {
  switch (provider) {
    case 'aws': {
      const cards = vcpu <= 2 ? 3 : vcpu <= 8 ? 4 : vcpu <= 48 ? 8 : 15;
      const local = /^[a-z]+\d+[a-z-]*d[a-z]*\.|^(?:i|im|is|d|h)\d/.test(type) ? 4 : 0;
      return 28 - 1 - cards - local;
    }
    case 'azure':
      return Math.min(32, 2 * vcpu);
    case 'gcp':
      return HYPERDISK_ONLY.test(type) && !runs ? 0 : Math.min(31, 15 + 2 * vcpu);
    case 'kubernetes':
      return 0;
    default:
      return provider satisfies never;
  }
}

const HYPERDISK_ONLY = /^(?:n4|c4|x4|m4|a4|z3|h4d)[a-z]*-/;
