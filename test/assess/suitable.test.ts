import { describe, expect, it } from 'vitest';
import type { ProviderName } from '../../src/catalog/offering.ts';
import { diskSlots } from '../../src/assess/slots.ts';
import { suitable } from '../../src/assess/suitable.ts';
import { mib } from '../../src/units.ts';

const WANTED = { used: new Set<string>(), gpus: new Set(['l4']), only: [], largest: 64 };
const type = (name: string, vcpu = 8, gpu?: string) => ({
  name,
  family: name,
  arch: 'amd64' as const,
  vcpu,
  memory: mib(32768),
  spot: true,
  ...(gpu !== undefined && { gpu: { name: gpu, count: 1 } }),
});

describe('which types are proposed to everyone', () => {
  const rows: readonly (readonly [why: string, provider: ProviderName, name: string, fit: boolean])[] = [
    ['current general purpose', 'aws', 'm7i.2xlarge', true],
    ['Graviton', 'aws', 'c8g.2xlarge', true],
    ['fifth generation still sold as current', 'aws', 'm5.2xlarge', true],
    ['with local disks', 'aws', 'i4i.2xlarge', true],
    ['burstable', 'aws', 't3.2xlarge', false],
    ['flex', 'aws', 'm7i-flex.2xlarge', false],
    ['bare metal', 'aws', 'm5.metal', false],
    ['previous generation', 'aws', 'm4.2xlarge', false],
    ['previous generation', 'aws', 'c3.2xlarge', false],
    ['HPC', 'aws', 'hpc6a.48xlarge', false],
    ['machine-learning chips', 'aws', 'inf2.xlarge', false],
    ['high memory', 'aws', 'u-6tb1.56xlarge', false],
    ['current', 'azure', 'Standard_D8s_v5', true],
    ['AMD', 'azure', 'Standard_D8as_v5', true],
    ['compute', 'azure', 'Standard_F8s_v2', true],
    ['low memory', 'azure', 'Standard_D8als_v6', true],
    ['without premium disks', 'azure', 'Standard_D8_v5', false],
    ['without premium disks', 'azure', 'Standard_E8a_v4', false],
    ['burstable', 'azure', 'Standard_B8ms', false],
    ['burstable v2', 'azure', 'Standard_B8as_v2', false],
    ['retiring', 'azure', 'Standard_DS4_v2', false],
    ['confidential', 'azure', 'Standard_DC8as_v5', false],
    ['HPC', 'azure', 'Standard_HB120rs_v3', false],
    ['isolated', 'azure', 'Standard_E64is_v3', false],
    ['basic', 'azure', 'Basic_A2', false],
    ['current', 'gcp', 'n2d-standard-8', true],
    ['cost-optimised', 'gcp', 'e2-standard-8', true],
    ['shared core', 'gcp', 'e2-medium', false],
    ['TPU', 'gcp', 'ct5lp-hightpu-4t', false],
    ['metal', 'gcp', 'c3-highmem-192-metal', false],
  ];
  it.each(rows)('%s: %s %s → %s', (_why, provider, name, fit) => {
    expect(suitable(provider, type(name), WANTED)).toBe(fit);
  });

  it('no machine of one vCPU, none larger than the limit, no GPU that nobody asks for', () => {
    expect(suitable('aws', type('m6g.medium', 1), WANTED)).toBe(false);
    expect(suitable('aws', type('m7i.24xlarge', 96), WANTED)).toBe(false);
    expect(suitable('gcp', type('g2-standard-8', 8, 'l4'), WANTED)).toBe(true);
    expect(suitable('aws', type('g4dn.xlarge', 4, 't4'), WANTED)).toBe(false);
  });
});

describe('disks that can be attached', () => {
  const rows: readonly (readonly [
    why: string,
    provider: ProviderName,
    name: string,
    vcpu: number,
    runs: boolean,
    slots: number,
  ])[] = [
    ['28 less root and three network cards', 'aws', 'm5.large', 2, false, 24],
    ['more cards on larger ones', 'aws', 'm5.24xlarge', 96, false, 12],
    ['local disks take slots', 'aws', 'm5d.large', 2, false, 20],
    ['two a vCPU', 'azure', 'Standard_D8s_v5', 8, false, 16],
    ['at most 32', 'azure', 'Standard_D64s_v5', 64, false, 32],
    ['many on Google', 'gcp', 'n2-standard-8', 8, false, 31],
    ['persistent disks do not attach to Hyperdisk machines', 'gcp', 'n4-standard-8', 8, false, 0],
    ['unless the cluster runs them', 'gcp', 'n4-standard-8', 8, true, 31],
  ];
  it.each(rows)('%s: %s %s', (_why, provider, name, vcpu, runs, slots) => {
    expect(diskSlots(provider, name, vcpu, runs)).toBe(slots);
  });
});
