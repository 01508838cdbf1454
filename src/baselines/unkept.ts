import type { PlacedNodes } from '../placement/placement.ts';
import type { Group, Problem } from '../placement/problem.ts';
import { violations } from '../placement/verify.ts';

/**
 * The rules that nodes chosen by a strategy do not keep, in words. None of the strategies knows shares of a vendor or of
 * spot, or what survives a loss; the rules they do know may still be broken by replicas that run already, which no
 * autoscaler moves for a rule's sake.
 */
export function unkept(
  problem: Problem,
  nodes: readonly PlacedNodes[],
  unplaced: Readonly<Record<string, number>>,
): string[] {
  const known = knownOnly(problem);
  const before = new Set(violations(known, nodes, unplaced));
  const words = [...before].map((v) => `a rule is not kept: ${v} (what runs is left where it is)`);
  for (const [rule, withRule] of UNKNOWN) {
    for (const v of violations(withRule(known, problem), nodes, unplaced))
      if (!before.has(v)) words.push(`${rule} is not kept: ${v} (this strategy does not know the rule)`);
  }
  return words;
}

/** The rules no strategy knows: each put back alone on a problem without any of them. */
const UNKNOWN: readonly (readonly [string, (known: Problem, all: Problem) => Problem])[] = [
  [
    'vendorShareAtMost',
    (known, all) => ({ ...known, rules: { ...known.rules, vendorShareAtMost: all.rules.vendorShareAtMost } }),
  ],
  [
    'spotAtMost',
    (known, all) => withGroups(known, all, ({ spotAtMost }) => (spotAtMost === undefined ? {} : { spotAtMost })),
  ],
  [
    'survive',
    (known, all) =>
      withGroups(known, all, ({ survive, absorb }) => ({
        ...(survive && { survive }),
        ...(absorb !== undefined && { absorb }),
      })),
  ],
];

function knownOnly(problem: Problem): Problem {
  return {
    ...problem,
    rules: { ...problem.rules, vendorShareAtMost: new Map() },
    groups: problem.groups.map(({ survive: _survive, absorb: _absorb, spotAtMost, ...group }) => ({
      ...group,
      // no spot at all is a node selector, which they do know
      ...(spotAtMost === 0 && { spotAtMost }),
    })),
  };
}

function withGroups(known: Problem, all: Problem, rule: (group: Group) => Partial<Group>): Problem {
  const byName = new Map(all.groups.map((g) => [g.name, g]));
  return {
    ...known,
    groups: known.groups.map((group) => {
      const whole = byName.get(group.name);
      return whole ? { ...group, ...rule(whole) } : group;
    }),
  };
}
