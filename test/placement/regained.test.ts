import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemOf } from '../../src/interchange/to-problem.ts';
import type { Candidate, Problem } from '../../src/placement/problem.ts';
import { type Kept, regained } from '../../src/placement/regained.ts';
import { violations } from '../../src/placement/verify.ts';
import { share } from '../../src/units.ts';
import { group, offering, problem } from './build.ts';
import { RULES, smallFiles } from './small-files.ts';

const nothing = (p: Problem): Kept => ({
  nodes: [],
  unplaced: Object.fromEntries(p.groups.map((g) => [g.name, g.replicas])),
});

/** The rules on those replicas that have a place. */
function broken(p: Problem, { nodes, unplaced }: Kept): readonly string[] {
  const groups = p.groups.map((g) => ({ ...g, replicas: g.replicas - (unplaced[g.name] ?? 0) }));
  return violations({ ...p, groups }, nodes, {});
}

/** One node more, of the cheapest offering of any place, with one replica of a group on it that has replicas left. */
function oneMore(p: Problem, { nodes, unplaced }: Kept): readonly string[] {
  return p.groups.flatMap(({ name }) => {
    const left = unplaced[name] ?? 0;
    if (left === 0) return [];
    const possible = p.offerings.filter((o) => {
      const more = [...nodes, { offering: o.id, count: 1, replicas: { [name]: 1 } }];
      return broken(p, { nodes: more, unplaced: { ...unplaced, [name]: left - 1 } }).length === 0;
    });
    return possible.map((o) => `${name} on ${o.id}`);
  });
}

const nodeOf = (more: Partial<Candidate>): Candidate => offering(4, 16, 0.2, more);

describe('replicas that were given up', () => {
  it.each<[string, Problem, Kept, Readonly<Record<string, number>>]>([
    [
      'come onto room that nodes have left',
      problem([group('a', 3, 1, 2), group('b', 2, 1, 2)], [nodeOf({ atMost: 1 })]),
      { nodes: [{ offering: nodeOf({}).id, count: 1, replicas: { a: 3 } }], unplaced: { b: 2 } },
      { b: 1 },
    ],
    [
      'come in as many as there are nodes for',
      problem([group('a', 23, 1, 2)], [nodeOf({ atMost: 3 })]),
      nothing(problem([group('a', 23, 1, 2)], [])),
      { a: 11 },
    ],
    [
      'come in by twos where one alone would not survive',
      problem(
        [group('a', 6, 1, 2, { survive: { loss: 'provider', share: share(0.5) } })],
        [nodeOf({ atMost: 1 }), nodeOf({ provider: 'gcp', atMost: 1 })],
      ),
      { nodes: [], unplaced: { a: 6 } },
      {},
    ],
    [
      'come in without those whose rule nothing can keep',
      problem(
        [
          group('a', 4, 1, 2),
          group('b', 4, 1, 2, { survive: { loss: 'zone', share: share(0.5) } }),
          group('c', 4, 1, 2),
        ],
        [nodeOf({})],
      ),
      { nodes: [], unplaced: { a: 4, b: 4, c: 4 } },
      { b: 4 },
    ],
    [
      'come in beside another group that makes the whole large enough for a vendor’s share',
      problem(
        [group('a', 4, 1, 2, { allow: { provider: ['aws'] } }), group('b', 4, 1, 2, { allow: { provider: ['gcp'] } })],
        [nodeOf({}), nodeOf({ provider: 'gcp' })],
        { vendorShareAtMost: new Map([['aws', 0.5]]) },
      ),
      { nodes: [], unplaced: { a: 4, b: 4 } },
      {},
    ],
  ])('%s', (_, p, given, unplaced) => {
    const kept = regained(p, given);
    expect(broken(p, kept)).toEqual([]);
    expect(kept.unplaced).toEqual(unplaced);
  });

  it('stay given up where no place is found, and the answer is the same', () => {
    const p = problem([group('a', 4, 1, 2, { survive: { loss: 'zone', share: share(0.5) } })], [nodeOf({})]);
    const given = nothing(p);
    expect(regained(p, given)).toBe(given);
  });

  it('leave an answer alone that gives up none', () => {
    const p = problem([group('a', 4, 1, 2)], [nodeOf({})]);
    const given: Kept = { nodes: [{ offering: nodeOf({}).id, count: 1, replicas: { a: 4 } }], unplaced: {} };
    expect(regained(p, given)).toBe(given);
  });

  it('keep the nodes that must stay', () => {
    const p = problem([group('a', 9, 1, 2)], [nodeOf({ atLeast: 2, atMost: 2 }), offering(8, 32, 0.4, { atMost: 0 })]);
    const kept = regained(p, nothing(p));
    expect(broken(p, kept)).toEqual([]);
    expect(kept.unplaced).toEqual({ a: 1 });
  });
});

it('under any rules none is lost, no rule is broken, and not one more has a node', () => {
  let gained = 0;
  fc.assert(
    fc.property(smallFiles(RULES, { each: 12, all: 30 }), (file) => {
      const p = problemOf(file);
      const given = nothing(p);
      const kept = regained(p, given);
      if (kept === given) return;
      gained++;
      expect(broken(p, kept)).toEqual([]);
      expect(oneMore(p, kept)).toEqual([]);
      const again = regained(p, kept);
      for (const { name } of p.groups) expect(again.unplaced[name] ?? 0).toBeLessThanOrEqual(kept.unplaced[name] ?? 0);
    }),
    { numRuns: 400, seed: 20_261_126 },
  );
  expect(gained).toBeGreaterThan(200);
});
