import fc from 'fast-check';
import type { GroupEntry, OfferingEntry, ProblemFile } from '../../src/interchange/problem-file.ts';

/** The rules of a problem file, each of which a random problem may have or not. */
export const RULES = [
  'perNodeAtMost',
  'spotAtMost',
  'zoneSkew',
  'survive',
  'allow',
  'vendorShareAtMost',
  'atMost',
] as const;
export type Rule = (typeof RULES)[number];

const PLACES = [
  { provider: 'aws', region: 'r1', zone: 'r1a' },
  { provider: 'aws', region: 'r1', zone: 'r1b' },
  { provider: 'aws', region: 'r2', zone: 'r2a' },
  { provider: 'gcp', region: 'r3', zone: 'r3a' },
  { provider: 'azure', region: 'r4', zone: 'r4a' },
] as const;
const SIZES = [
  { cores: 2, gib: 4 },
  { cores: 2, gib: 8 },
  { cores: 4, gib: 8 },
  { cores: 4, gib: 16 },
  { cores: 8, gib: 16 },
] as const;

/**
 * Problems of one to four groups and two to five offerings, small enough to try every placement. Prices are whole
 * cents, about what the size is worth, so that no offering always wins; amounts are binary fractions, so that sums are
 * exact.
 *
 * @param most replicas of one group and of all; with more of them the problems are no longer small
 */
export function smallFiles(rules: readonly Rule[], most = { each: 5, all: 8 }): fc.Arbitrary<ProblemFile> {
  return fc
    .record({
      groups: fc.array(anyGroup(rules, most.each), { minLength: 1, maxLength: 4 }),
      offerings: fc.uniqueArray(anyOffering(rules), { minLength: 2, maxLength: 5, selector: (o) => o.id }),
      awsAtMost: sometimes(rules, 'vendorShareAtMost', fc.constantFrom(0.25, 0.5, 0.75)),
    })
    .map(({ groups, offerings, awsAtMost }): ProblemFile => {
      let left = most.all;
      const named = groups.flatMap((g, i): GroupEntry[] => {
        const replicas = Math.min(g.replicas, left);
        left -= replicas;
        return replicas > 0 ? [{ ...g, name: `g${i}`, replicas }] : [];
      });
      const rulesOf = awsAtMost === undefined ? {} : { rules: { vendorShareAtMost: { aws: awsAtMost } } };
      return { schemaVersion: 1, groups: named, offerings, ...rulesOf };
    });
}

function anyGroup(rules: readonly Rule[], most: number): fc.Arbitrary<GroupEntry> {
  return fc
    .record({
      replicas: fc.integer({ min: 1, max: most }),
      cpu: fc.constantFrom(0.25, 0.5, 0.75, 1, 1.5, 2, 3),
      gib: fc.constantFrom(0.5, 1, 1.5, 2, 3, 4, 6),
      perNodeAtMost: sometimes(rules, 'perNodeAtMost', fc.integer({ min: 1, max: 3 })),
      spotAtMost: sometimes(rules, 'spotAtMost', fc.constantFrom(0, 0.25, 0.5)),
      zoneSkew: sometimes(rules, 'zoneSkew', fc.integer({ min: 1, max: 2 })),
      survive: sometimes(
        rules,
        'survive',
        fc.record({
          loss: fc.constantFrom('provider' as const, 'region' as const, 'zone' as const),
          share: fc.constantFrom(0.25, 0.5, 0.75, 1),
        }),
      ),
      allow: sometimes(
        rules,
        'allow',
        fc.constantFrom({ provider: ['aws'] }, { region: ['r1', 'r3'] }, { purchase: ['on-demand' as const] }),
      ),
    })
    .map(({ replicas, cpu, gib, ...rest }) => ({
      name: '',
      replicas,
      requests: { cpu, memory: gib * 2 ** 30 },
      ...withoutUndefined(rest),
    }));
}

function anyOffering(rules: readonly Rule[]): fc.Arbitrary<OfferingEntry> {
  return fc
    .record({
      place: fc.constantFrom(...PLACES),
      size: fc.constantFrom(...SIZES),
      purchase: fc.constantFrom('on-demand' as const, 'on-demand' as const, 'spot' as const),
      percent: fc.integer({ min: 75, max: 130 }),
      pods: fc.option(fc.constantFrom(3, 29), { nil: undefined }),
      atMost: sometimes(rules, 'atMost', fc.integer({ min: 0, max: 3 })),
    })
    .map(({ place, size: { cores, gib }, purchase, percent, pods, atMost }) => {
      const cents = ((cores * 4 + gib * 0.5) * percent * (purchase === 'spot' ? 0.45 : 1)) / 100;
      const type = `t${cores}x${gib}`;
      return {
        id: `${place.provider}/${place.region}/${place.zone}/${type}/${purchase}`,
        ...place,
        type,
        arch: 'amd64',
        purchase,
        usdPerHour: Math.max(1, Math.round(cents)) / 100,
        allocatable: { cpu: cores, memory: gib * 2 ** 30, ...(pods !== undefined && { pods }) },
        ...(atMost !== undefined && { atMost }),
      };
    });
}

/**
 * Mostly the value where the rule is the one that is wanted, sometimes where it is one of many, since many together leave
 * no placement; never otherwise.
 */
function sometimes<T>(rules: readonly Rule[], rule: Rule, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  if (!rules.includes(rule)) return fc.constant(undefined);
  return fc
    .tuple(fc.integer({ min: 1, max: 6 }), value)
    .map(([die, x]) => (die <= (rules.length > 2 ? 2 : 4) ? x : undefined));
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(from: T): Present<T> {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as Present<T>;
}
