import fc from 'fast-check';
import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import { group, offering, problem } from '../placement/build.ts';

const ZONES = [
  ['aws', 'r1', 'r1a'],
  ['aws', 'r1', 'r1b'],
  ['aws', 'r2', 'r2a'],
  ['gcp', 'r3', 'r3a'],
] as const;

/** Small problems with everything that the strategies know of: places, purchases, limits, spreads, devices. */
export function problems(what: { readonly spread: boolean; readonly limited?: boolean }): fc.Arbitrary<Problem> {
  return fc
    .record({
      offerings: fc.uniqueArray(anyOffering(what.limited === true), {
        minLength: 1,
        maxLength: 9,
        selector: (o) => o.id,
      }),
      groups: fc.array(anyGroup(what.spread), { minLength: 1, maxLength: 6 }),
    })
    .map(({ offerings, groups }) =>
      problem(
        groups.map((g, i) => ({ ...g, name: `g${i}` })),
        offerings,
      ),
    );
}

function anyOffering(limited: boolean): fc.Arbitrary<Candidate> {
  return fc
    .record({
      zone: fc.constantFrom(...ZONES),
      size: fc.constantFrom([2, 4], [2, 8], [4, 8], [4, 32], [8, 16], [16, 16], [16, 64]),
      purchase: fc.constantFrom('on-demand' as const, 'on-demand' as const, 'spot' as const),
      cents: fc.integer({ min: 1, max: 90 }),
      arch: fc.constantFrom('amd64' as const, 'arm64' as const),
      pods: fc.constantFrom(6, 30, 110),
      atMost: limited ? fc.option(fc.nat(4), { nil: undefined, freq: 2 }) : fc.constant(undefined),
      gpus: fc.constantFrom(0, 0, 0, 2),
    })
    .map(
      ({ zone: [provider, region, zone], size: [cores = 2, gib = 4], purchase, cents, arch, pods, atMost, gpus }) => {
        const made = offering(cores, gib, cents / 100, {
          provider,
          region,
          zone,
          purchase,
          arch,
          type: `t${cores}x${gib}-${arch}${gpus > 0 ? '-gpu' : ''}`,
          ...(gpus > 0 && { gpus }),
          ...(atMost !== undefined && { atMost }),
        });
        return { ...made, allocatable: { ...made.allocatable, pods } };
      },
    );
}

function anyGroup(spread: boolean): fc.Arbitrary<Group> {
  return fc
    .record({
      replicas: fc.nat(24),
      cores: fc.constantFrom(0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4),
      gib: fc.constantFrom(0.25, 0.5, 1, 2, 3, 6, 8),
      arch: fc.option(fc.constantFrom('amd64' as const, 'arm64' as const), { nil: undefined, freq: 3 }),
      provider: fc.option(fc.constant('aws' as const), { nil: undefined, freq: 4 }),
      noSpot: fc.boolean(),
      perNodeAtMost: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 3 }),
      skew: spread
        ? fc.option(
            fc.record({
              most: fc.integer({ min: 1, max: 2 }),
              within: fc.constantFrom('region' as const, 'all' as const),
            }),
            { nil: undefined },
          )
        : fc.constant(undefined),
      gpu: fc.constantFrom(0, 0, 0, 0, 1),
    })
    .map(({ replicas, cores, gib, arch, provider, noSpot, perNodeAtMost, skew, gpu }) => {
      const made = group('', replicas, cores, gib, {
        allow: { ...(arch && { arch: [arch] }), ...(provider && { provider: [provider] }) },
        ...(noSpot && { spotAtMost: 0 }),
        ...(perNodeAtMost !== undefined && { perNodeAtMost }),
        ...(skew && { zoneSkew: skew }),
      });
      return gpu === 0 ? made : { ...made, requests: { ...made.requests, devices: { 'nvidia.com/gpu': gpu } } };
    });
}
