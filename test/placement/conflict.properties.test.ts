import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { irreducibleClashes } from '../../src/placement/conflict/smallest.ts';
import { conflictOf } from '../../src/placement/conflict.ts';
import { place } from '../../src/placement/place.ts';
import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { share } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';
import { only, restated, without } from './conflict-restated.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const PROVIDERS = ['aws', 'azure', 'gcp'] as const;
const SIZES = [
  [2, 4],
  [4, 16],
  [8, 16],
  [8, 32],
] as const;

/** Absent half of the time. */
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const candidates = fc
  .array(
    fc.record({
      size: fc.constantFrom(...SIZES),
      provider: fc.constantFrom(...PROVIDERS),
      zone: fc.constantFrom('z1', 'z2'),
      purchase: fc.constantFrom('on-demand' as const, 'on-demand' as const, 'spot' as const),
      noise: fc.integer({ min: 80, max: 130 }),
      atMost: maybe(fc.integer({ min: 0, max: 4 })),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list): Candidate[] => {
    const byId = new Map<string, Candidate>();
    for (const { size, noise, atMost, ...at } of list) {
      const [cores, gib] = size;
      const limit = atMost === undefined ? {} : { atMost };
      const o = offering(cores, gib, ((cores * 0.04 + gib * 0.004) * noise) / 100, { ...at, ...limit });
      byId.set(o.id, o);
    }
    return [...byId.values()];
  });

const groups = fc
  .array(
    fc.record({
      replicas: fc.integer({ min: 1, max: 12 }),
      cores: fc.integer({ min: 1, max: 8 }),
      gib: fc.integer({ min: 1, max: 8 }),
      spot: maybe(fc.constantFrom(0, 0.3, 0.5)),
      survive: maybe(fc.record({ loss: fc.constantFrom('provider', 'zone'), share: fc.constantFrom(0.5, 0.8) })),
      absorb: maybe(fc.constantFrom(0.3, 1)),
      skew: maybe(fc.record({ most: fc.constantFrom(0, 1, 3), within: fc.constantFrom('region', 'all') })),
      perNode: maybe(fc.integer({ min: 1, max: 2 })),
      provider: maybe(fc.constantFrom(...PROVIDERS)),
      zone: maybe(fc.constantFrom('z1', 'z2')),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((list): Group[] =>
    list.map((g, i) =>
      group(`g${i}`, g.replicas, g.cores / 2, g.gib, {
        allow: { ...(g.provider && { provider: [g.provider] }), ...(g.zone && { zone: [g.zone] }) },
        ...(g.spot !== undefined && { spotAtMost: g.spot }),
        ...(g.survive && { survive: { loss: g.survive.loss, share: share(g.survive.share) } }),
        ...(g.survive && g.absorb !== undefined && { absorb: g.absorb }),
        ...(g.skew && { zoneSkew: g.skew }),
        ...(g.perNode !== undefined && { perNodeAtMost: g.perNode }),
      }),
    ),
  );

const problems = fc
  .record({ groups, candidates, caps: maybe(fc.constantFrom({ aws: 0.5 }, { aws: 0.2, gcp: 0.5 })) })
  .map(({ groups: g, candidates: c, caps }) =>
    problem(g, c, caps ? { vendorShareAtMost: new Map(Object.entries(caps)) } : {}),
  );

const RUNS = { numRuns: 80, seed: 20_261_123 };
const clashes = (p: Problem): boolean => conflictOf(p, solver).rules.length > 0;

describe('a conflict', () => {
  it('is never found where there is a placement, nor anything but words where there is none', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const { rules, lines } = conflictOf(p, solver);
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.join()).not.toMatch(/undefined|NaN|Infinity|no usable answer/);
        if (rules.length > 0) expect(place(p, solver).status).not.toBe('placed');
      }),
      RUNS,
    );
  });

  it('is one by itself, and none any more without any one of its rules', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const conflict = conflictOf(p, solver);
        const about = (kind: string): boolean => conflict.rules.some((r) => r.rule.startsWith(`${kind}/`));
        // nodes are bought, and weigh in a vendor's share, for groups that no rule of the conflict names
        fc.pre(!about('vendorShareAtMost') || conflict.groups.length === p.groups.length);
        fc.pre(conflict.rules.length > 0 && !about('size'));
        const alone = only(p, conflict);
        expect(clashes(alone)).toBe(true);
        expect(place(alone, solver).status).not.toBe('placed');
        for (const { rule } of conflict.rules) expect([rule, clashes(without(alone, rule))]).toEqual([rule, false]);
      }),
      RUNS,
    );
  });

  it('is over once any one of its rules is what its relaxation says, and not one step sooner', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const { rules, others } = conflictOf(p, solver);
        const rest = { ...p, groups: p.groups.filter((g) => !others.includes(g.name)) };
        for (const rule of rules) {
          if (rule.relaxation?.enough !== true) continue;
          expect([rule.relaxation.text, clashes(restated(rest, rule))]).toEqual([rule.relaxation.text, false]);
          const sooner = oneStepSooner(rule.rule, rule.relaxation.to);
          if (sooner === undefined) continue;
          const almost = restated(rest, { ...rule, relaxation: { ...rule.relaxation, to: sooner } });
          expect([rule.relaxation.text, clashes(almost)]).toEqual([rule.relaxation.text, true]);
        }
      }),
      RUNS,
    );
  });

  it('is the same whatever the order of groups and offerings', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const turned = { ...p, groups: p.groups.toReversed(), offerings: p.offerings.toReversed() };
        expect(conflictOf(p, solver)).toEqual(conflictOf(p, solver));
        expect(conflictOf(turned, solver).rules.length > 0).toBe(clashes(p));
      }),
      { ...RUNS, numRuns: 30 },
    );
  });
});

/** The value one step short of a relaxation; undefined where a value has no steps. */
function oneStepSooner(rule: string, to: unknown): number | undefined {
  if (typeof to !== 'number') return undefined;
  switch (rule.slice(0, rule.indexOf('/'))) {
    case 'replicas':
    case 'atLeast':
      return to + 1;
    case 'zoneSkew':
    case 'perNodeAtMost':
    case 'atMost':
      return to - 1;
    case 'survive':
      return to + 0.001;
    default:
      return to - 0.001;
  }
}

describe('irreducible sets', () => {
  it('are what brute force finds to be irreducible', () => {
    const sets = fc.array(fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sets, (cores) => {
        const members = Array.from({ length: 10 }, (_, i) => i);
        const clash = (set: readonly number[]): boolean => cores.some((core) => core.every((m) => set.includes(m)));
        const found = irreducibleClashes([members, members.toReversed()], clash);
        expect(found.length).toBeGreaterThan(0);
        for (const set of found) {
          expect(clash(set)).toBe(true);
          for (const m of set) expect(clash(set.filter((other) => other !== m))).toBe(false);
        }
      }),
    );
  });

  it('take few questions: about 2k·log₂(n/k) for k of n', () => {
    const members = Array.from({ length: 1024 }, (_, i) => i);
    let asked = 0;
    const clash = (set: readonly number[]): boolean => {
      asked++;
      return set.includes(17) && set.includes(900);
    };
    expect(irreducibleClashes([members], clash)).toEqual([[17, 900]]);
    expect(asked).toBeLessThan(50);
  });
});
