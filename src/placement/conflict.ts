import type { LinearSolver } from '../ports.ts';
import { type Clash, clashIn, smallestOf } from './conflict/clash.ts';
import { type Conflict, countedOnly, explained, groupsOf, othersLine, wholeNodes } from './conflict/explain.ts';
import { Effort, Inquiry, type Means } from './conflict/inquiry.ts';
import { nowhere } from './conflict/nowhere.ts';
import { type Options, optionsOf } from './conflict/options.ts';
import { type Rule, stated, type Terms } from './conflict/rules.ts';
import { alone, sceneOf, standsEvenly } from './conflict/scene.ts';
import { spendOf } from './conflict/spend.ts';
import type { Problem } from './problem.ts';

export type { ClashingRule, Conflict } from './conflict/explain.ts';
export { nowhere } from './conflict/nowhere.ts';

/** Rows and columns to be solved for while rules are set aside, and again while figures are looked for. */
const EFFORT = 100_000;

/**
 * The smallest set of clashing rules found, and what each of them alone would have to be for the problem to have an
 * answer in fractions of nodes. Whole nodes may need a little more than that; where only they fail, it says so.
 *
 * A linear program of its own that knows nothing of how nodes are chosen, so it judges any placement. Never throws:
 * without an answer of the solver it names the rules that counting alone shows to be broken.
 */
export function conflictOf(problem: Problem, solver: LinearSolver): Conflict {
  const options = optionsOf(problem);
  try {
    const terms = stated(options);
    const spend = terms.vendorShareAtMost.size > 0 ? spendOf(options, terms) : undefined;
    const means = (): Means => ({ solver, spend, effort: new Effort(EFFORT) });
    return sizeClash(options) ?? ruleClash(options, terms, means) ?? wholeNodes(options, terms, means());
  } catch (error) {
    // what explains a placement must never be what ends it
    return countedOnly(options, error instanceof Error ? error.message : String(error));
  }
}

/** Groups of which not even one replica fits on any node, allowed or not: no rule is to blame. */
function sizeClash(options: Options): Conflict | undefined {
  const huge = hugeGroups(options);
  const [first] = huge;
  if (first === undefined) return undefined;
  const group = options.groups[first];
  const text = (group && nowhere(options.problem, group)) ?? '';
  const others = huge.slice(1).map((g) => options.groups[g]?.name ?? '');
  return {
    rules: [{ rule: `size/${group?.name}`, text }],
    groups: [group?.name ?? ''],
    others,
    lines: [text, ...othersLine(others)],
  };
}

function hugeGroups({ groups, offerings, fits }: Options): number[] {
  return [...groups.keys()].filter((g) => {
    const from = g * offerings.length;
    return fits.subarray(from, from + offerings.length).every((n) => n <= 0);
  });
}

/** A clash of so few rules is not worth looking for a smaller one. */
const PLAIN = 2;

function ruleClash(options: Options, terms: Terms, means: () => Means): Conflict | undefined {
  const limits = clashingLimits(options, terms);
  if (limits) return explained(options, terms, limits, [], means());
  const all = [...options.groups.keys()];
  const search = means();
  const own = ownClashes(options, terms, all, search);
  const rest = all.filter((g) => !own.groups.includes(g));
  const priced = terms.vendorShareAtMost.size > 0;
  let best = own.smallest;
  for (const withPrices of priced ? [false, true] : [false]) {
    if (best && best.rules.length <= PLAIN) break;
    const found = clashIn(new Inquiry(sceneOf(options, terms, rest, withPrices), search), terms);
    best = smallestOf([...(best ? [best] : []), ...(found ? [found] : [])]);
  }
  if (!best) return undefined;
  const part = groupsOf(best);
  const others = own.groups.filter((g) => !part.has(g));
  return explained(options, terms, best, others, means());
}

/** Clashes that are looked into of groups that have one of their own, to find the smallest. */
const LOOKED_INTO = 8;

/** Groups whose own rules clash whatever nodes there are and whoever else is there, and the smallest such clash. */
function ownClashes(
  options: Options,
  terms: Terms,
  groups: readonly number[],
  means: Means,
): { readonly groups: readonly number[]; readonly smallest: Clash | undefined } {
  const endless = new Uint8Array(options.offerings.length);
  const clashing = groups
    .filter((g) => !standsEvenly(options, terms, g, endless))
    .map((g) => ({ g, inquiry: new Inquiry(alone(options, terms, g), means) }))
    .filter(({ inquiry }) => inquiry.clashes(terms));
  const found = clashing.slice(0, LOOKED_INTO).map(({ inquiry }) => clashIn(inquiry, terms));
  return { groups: clashing.map(({ g }) => g), smallest: smallestOf(found.filter((one) => one !== undefined)) };
}

/** Nodes that must stay where fewer can be had. */
function clashingLimits({ offerings }: Options, terms: Terms): Clash | undefined {
  const o = offerings.findIndex((_, i) => (terms.atLeast[i] as number) > (terms.atMost[i] as number));
  if (o < 0) return undefined;
  const rules: Rule[] = [
    { kind: 'atLeast', offering: o },
    { kind: 'atMost', offerings: [o] },
  ];
  return { rules, present: [], reading: 'loosened' };
}
