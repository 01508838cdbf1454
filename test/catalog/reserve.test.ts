import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ARCHES } from '../../src/catalog/offering.ts';
import { allocatableOf } from '../../src/catalog/reserve.ts';
import { mib } from '../../src/units.ts';

const shape = (vcpu: number, gib: number, arch: 'amd64' | 'arm64' = 'amd64', maxPods?: number) => ({
  vcpu,
  memory: mib(gib * 1024),
  arch,
  ...(maxPods !== undefined && { maxPods }),
});

describe('EKS', () => {
  // karpenter.sh/docs/reference/instance-types, July 2026
  it.each([
    ['m7i.large', shape(2, 8, 'amd64', 29), 1930, 6903],
    ['m7i.48xlarge: pods cost 8 GiB', shape(192, 768, 'amd64', 737), 191_450, 718_987],
    ['c7g.medium: one core, and 64 MiB set aside on Graviton', shape(1, 2, 'arm64', 8), 940, 1392],
    ['m8g.4xlarge', shape(16, 64, 'arm64', 234), 15_890, 57_632],
    ['t3.nano: hardly anything', shape(2, 0.5, 'amd64', 4), 1930, 74],
    ['c4.8xlarge: 36 vCPUs', shape(36, 60, 'amd64', 234), 35_840, 53_903],
  ])('%s', (_why, node, cpu, memory) => {
    expect(allocatableOf('aws', node)).toMatchObject({ cpu, memory, pods: node.maxPods, storage: 17 * 1024 });
  });
});

describe('AKS', () => {
  it.each([
    ['a cell of the CPU table', shape(4, 16), 4000 - 140],
    ['between two cells in a straight line', shape(48, 192), 48_000 - 580],
    ['beyond the last cell at the same slope', shape(96, 384), 96_000 - 1060],
    ['one core', shape(1, 2), 940],
  ])('%s', (_why, node, cpu) => {
    expect(allocatableOf('azure', node).cpu).toBe(cpu);
  });

  // the two examples of learn.microsoft.com/azure/aks/node-resource-reservations, on the memory that Linux sees
  it('reserves 650 for 30 pods on 8 GB', () => {
    expect(allocatableOf('azure', shape(2, 8, 'amd64', 30)).memory).toBe(Math.floor(8192 * 0.925 - 650 - 100));
  });
  it('reserves a quarter of 4 GB for 70 pods, which is less than 1450', () => {
    expect(allocatableOf('azure', shape(2, 4, 'amd64', 70)).memory).toBe(Math.floor(4096 * 0.925 * 0.75 - 100));
  });
});

describe('GKE', () => {
  it.each([
    // steps of the published table, on the memory that Linux sees
    ['4 GiB: a quarter', 4, 4096 * 0.75 - 100],
    ['8 GiB: and a fifth of the next four', 8, 8192 - 1024 - 819.2 - 100],
    ['16 GiB', 16, 16_384 - 1024 - 819.2 - 819.2 - 100],
    // a calculator after Google's page gives 140.1423 GiB for 150 GiB
    ['150 GiB', 150, 140.1423 * 1024],
  ])('%s', (_why, gibSeen, left) => {
    const memory = allocatableOf('gcp', shape(8, gibSeen / 0.925)).memory;
    expect(Math.abs(memory - left)).toBeLessThanOrEqual(1);
  });

  it('keeps 255 MiB on a machine under 1 GiB', () => {
    expect(allocatableOf('gcp', shape(1, 0.6)).memory).toBe(Math.floor(0.6 * 1024 * 0.925 - 255 - 100));
  });
  it('takes 49 GiB of a 100 GiB boot disk as left', () => {
    expect(allocatableOf('gcp', shape(4, 16)).storage).toBe(49 * 1024);
  });
});

it('counts GPUs under the name of their device plugin', () => {
  const gpus = (name: string) => allocatableOf('aws', { ...shape(4, 16), gpu: { name, count: 2 } }).devices;
  expect(gpus('l4')).toEqual({ 'nvidia.com/gpu': 2 });
  expect(gpus('a10-partial')).toEqual({ 'nvidia.com/gpu': 2 });
  expect(gpus('inferentia2')).toEqual({ 'aws.amazon.com/neuron': 2 });
  expect(gpus('mi300x')).toEqual({ 'amd.com/gpu': 2 });
  expect(gpus('radeon-pro-v520')).toEqual({ 'amd.com/gpu': 2 });
});

it('always leaves less than there is, and never less than nothing', () => {
  const nodes = fc.record({
    cloud: fc.constantFrom('aws', 'azure', 'gcp'),
    vcpu: fc.integer({ min: 1, max: 896 }),
    gib: fc.double({ min: 0.5, max: 32_768, noNaN: true }),
    arch: fc.constantFrom(...ARCHES),
    pods: fc.option(fc.integer({ min: 1, max: 1514 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(nodes, ({ cloud, vcpu, gib, arch, pods }) => {
      const left = allocatableOf(cloud, shape(vcpu, gib, arch, pods));
      expect(left.cpu).toBeGreaterThan(0);
      expect(left.cpu).toBeLessThan(vcpu * 1000);
      expect(left.memory).toBeGreaterThanOrEqual(0);
      expect(left.memory).toBeLessThan(gib * 1024);
      expect(Number.isInteger(left.cpu) && Number.isInteger(left.memory)).toBe(true);
    }),
  );
});
