/**
 * How the SKUs of Compute Engine name each machine family: their descriptions begin with this, followed by `Core` or
 * `Ram` and the place. Spot has `Spot Preemptible ` before it.
 *
 * Facts from the mapping table of gcosts (`sku_mapping.csv`, Apache-2.0), read 2026-08, for families sold then.
 */
export const SKU_NAMES: ReadonlyMap<string, string> = new Map([
  ['a2', 'A2 Instance'],
  ['a3', 'A3 Instance'],
  ['c2', 'Compute optimized'],
  ['c2d', 'C2D AMD Instance'],
  ['c3', 'C3 Instance'],
  ['c3d', 'C3D Instance'],
  ['c4', 'C4 Instance'],
  ['c4a', 'C4A Arm Instance'],
  ['c4d', 'C4D Instance'],
  ['c4n', 'C4N Instance'],
  ['e2', 'E2 Instance'],
  ['g2', 'G2 Instance'],
  ['g4', 'G4 Instance'],
  ['h3', 'H3 Instance'],
  ['m1', 'Memory-optimized Instance'],
  ['m3', 'M3 Memory-optimized Instance'],
  ['m4', 'M4 Instance'],
  ['m4n', 'M4N Instance'],
  ['n1', 'N1 Predefined Instance'],
  ['n2', 'N2 Instance'],
  ['n2d', 'N2D AMD Instance'],
  ['n4', 'N4 Instance'],
  ['n4a', 'N4A Instance'],
  ['n4d', 'N4D Instance'],
  ['t2a', 'T2A Arm Instance'],
  ['t2d', 'T2D AMD Instance'],
  ['z3', 'Z3 Instance'],
]);

/** GPUs as SKUs name them, by the end of the accelerator's name: `nvidia-l4` → `l4`. */
export const GPU_SKU_NAMES: ReadonlyMap<string, string> = new Map([
  ['a100', 'Nvidia Tesla A100 GPU'],
  ['a100-80gb', 'Nvidia Tesla A100 80GB GPU'],
  ['h100-80gb', 'Nvidia H100 80GB GPU'],
  ['h100-mega-80gb', 'Nvidia H100 80GB Mega GPU'],
  ['l4', 'Nvidia L4 GPU'],
  ['p100', 'Nvidia Tesla P100 GPU'],
  ['p4', 'Nvidia Tesla P4 GPU'],
  ['rtx-pro-6000', 'RTX 6000 96GB'],
  ['t4', 'Nvidia Tesla T4 GPU'],
  ['v100', 'Nvidia Tesla V100 GPU'],
]);

/** Families whose disks in the machine have a price of their own; all others share one. */
export const OWN_SSD_PRICE: ReadonlySet<string> = new Set(['c4', 'c4a', 'c4d']);

/** `nvidia-tesla-t4` → `t4` */
export const gpuNameOf = (accelerator: string): string => accelerator.replace(/^nvidia-(?:tesla-)?/, '');

/**
 * Billed share of a vCPU where two vCPUs share a core; the vCPUs named are what bursts may use.
 *
 * Source: cloud.google.com/compute/vm-instance-pricing (E2 shared-core)
 */
export const SHARED_CORE_VCPU: ReadonlyMap<string, number> = new Map([
  ['e2-micro', 0.25],
  ['e2-small', 0.5],
  ['e2-medium', 1],
]);
