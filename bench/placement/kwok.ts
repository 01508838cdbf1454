import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import { mib, milliCores } from '../../src/units.ts';
import { type Instance, problemOf } from './instance.ts';
import { diceOf } from './random.ts';

const CPUS = [100, 250, 500, 1000, 1500];
const MEMORIES = [100, 256, 512, 1024, 2048, 4096];
const VCPUS = [1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256];
const FAMILIES = [
  ['c', 2],
  ['s', 4],
  ['m', 8],
] as const;

/** Karpenter's own benchmark: its pods, each size as likely as any other, on the types of its KWOK provider. */
export const KWOK: readonly Instance[] = [
  { name: 'kwok-20k', target: { gap: 0.0005, seconds: 0.5 }, make: (seed) => kwokProblem(seed, 20_000) },
  { name: 'kwok-1k', make: (seed) => kwokProblem(seed, 1000) },
];

export function kwokProblem(seed: number, pods: number): Problem {
  const dice = diceOf(seed, 'kwok');
  const counts = new Map<string, number>();
  for (let i = 0; i < pods; i++) {
    const shape = `${dice.pick(CPUS)}m-${dice.pick(MEMORIES)}Mi`;
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  const groups = CPUS.flatMap((cpu) =>
    MEMORIES.flatMap((memory): Group[] => {
      const name = `${cpu}m-${memory}Mi`;
      const replicas = counts.get(name) ?? 0;
      return replicas === 0
        ? []
        : [{ name, replicas, requests: { cpu: milliCores(cpu), memory: mib(memory) }, allow: {} }];
    }),
  );
  return problemOf(groups, catalog());
}

/** 12 sizes × 3 families × 2 systems × 2 architectures × 4 zones × 2 purchases; $0.025 a vCPU + $0.001 a GiB. */
function catalog(): Candidate[] {
  const out: Candidate[] = [];
  for (const vcpu of VCPUS)
    for (const [family, gibPerVcpu] of FAMILIES)
      for (const system of ['linux', 'windows'])
        for (const arch of ['amd64', 'arm64'] as const)
          for (const zone of ['test-zone-a', 'test-zone-b', 'test-zone-c', 'test-zone-d'])
            for (const purchase of ['on-demand', 'spot'] as const) {
              const gib = vcpu * gibPerVcpu;
              const type = `${family}-${vcpu}x-${arch}-${system}`;
              out.push({
                id: `kubernetes/kwok/${zone}/${type}/${purchase}`,
                provider: 'kubernetes',
                region: 'kwok',
                ...{ zone, type, family, arch, purchase, vcpu },
                memory: mib(gib * 1024),
                allocatable: {
                  cpu: milliCores(vcpu * 1000),
                  memory: mib(gib * 1024),
                  pods: Math.min(16 * vcpu, 1024),
                },
                usdPerHour: (0.025 * vcpu + 0.001 * gib) * (purchase === 'spot' ? 0.7 : 1),
              });
            }
  return out;
}
