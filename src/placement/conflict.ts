import type { LinearSolver } from '../ports.ts';
import { type Clash, clashIn, smallestOf } from './conflict/clash.ts';
import { type Conflict, countedOnly, explained, groupsOf, othersLine, wholeNodes } from './conflict/explain.ts';
import { Effort, Inquiry, type Means } from './conflict/inquiry.ts';
import { nowhere } from './conflict/nowhere.ts';
import { type Options, optionsOf } from './conflict/options.ts';
import { type Rule, stated, type Terms } from './conflict/rules.ts';
import { alone, sceneOf, standsEvenly } from './conflict/scene.ts';
import { spendOf } from './conflict/spend.ts';
import { percent } from '../figures.ts';
import type { ColumnModel } from './columns.ts';
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

/** Rounds of pricing after each rule that is set aside: enough for its effect to show. */
const ROUNDS = 25;
const NONE = 1e-6;

/**
 * The smallest set of rules found that together leave replicas unplaced, in words: each rule is set aside in turn,
 * and stays aside when the rest still clashes without it (a deletion filter), so no rule of the answer could be left out.
 */
export function clash(problem: Problem, model: ColumnModel): string[] {
  const rules = ruleRows(model);
  const aside = new Set<string>();
  for (const [rule, rows] of rules) {
    for (const row of rows) model.setRowBounds(row, -Infinity, Infinity);
    if (missingNow(model) > NONE) aside.add(rule);
    else restore(model, rows);
  }
  for (const [rule, rows] of rules) if (aside.has(rule)) restore(model, rows);
  const left = [...rules.keys()].filter((rule) => !aside.has(rule));
  return left.map((rule) => inOldWords(problem, rule));
}

/** Rule → its rows. What can't be set aside (coverage, the books of credits and flows) is left out. */
function ruleRows(model: ColumnModel): Map<string, number[]> {
  const rules = new Map<string, number[]>();
  model.master.rows.forEach(({ name }, row) => {
    const rule = ruleOf(name, model);
    if (rule !== undefined) rules.set(rule, [...(rules.get(rule) ?? []), row]);
  });
  return rules;
}

const NAMED = ['vendorShareAtMost', 'spotAtMost', 'zoneSkew', 'survive', 'reconnect'];

/** `survive/gateway/eu/aws` and its twins for other losses are one rule, `survive gateway/eu`. */
function ruleOf(name: string, model: ColumnModel): string | undefined {
  const slash = name.indexOf('/');
  const kind = name.slice(0, slash);
  if (kind === 'available') return 'available';
  if (!NAMED.includes(kind)) return undefined;
  const rest = name.slice(slash + 1);
  if (kind === 'vendorShareAtMost') return `${kind} ${rest}`;
  const group = model.instance.groups.find((g) => rest === g.name || rest.startsWith(`${g.name}/`));
  return group ? `${kind} ${group.name}` : undefined;
}

function missingNow(model: ColumnModel): number {
  const answer = model.converge(ROUNDS);
  if (answer.status !== 'optimal') return 0;
  let sum = 0;
  model.master.auxiliary.forEach((a, i) => {
    if (a.kind === 'missing') sum += answer.primal[i] ?? 0;
  });
  return sum;
}

function restore(model: ColumnModel, rows: readonly number[]): void {
  for (const row of rows) {
    const r = model.master.rows[row];
    if (r) model.setRowBounds(row, r.lower, r.upper);
  }
}

function inOldWords(problem: Problem, rule: string): string {
  const space = rule.indexOf(' ');
  const [kind, subject] = space < 0 ? [rule, ''] : [rule.slice(0, space), rule.slice(space + 1)];
  const group = problem.groups.find((g) => g.name === subject);
  switch (kind) {
    case 'available':
      return 'the nodes that can be had (pool sizes, quota, own machines) are too few';
    case 'vendorShareAtMost':
      return `${subject} may have at most ${percent(problem.rules.vendorShareAtMost.get(subject) ?? 0)} of the $/h`;
    case 'spotAtMost':
      return `${subject} may have at most ${percent(group?.spotAtMost ?? 0)} of its replicas on spot nodes`;
    case 'zoneSkew':
      return `${subject} may differ by at most ${group?.zoneSkew?.most ?? 0} replicas between zones`;
    case 'survive':
      return `${subject} must keep ${percent(group?.survive?.share ?? 0)} of its ${group?.replicas ?? 0} replicas after the loss of any one ${group?.survive?.loss ?? 'provider'}`;
    default:
      return `${subject} must take in the clients of any one lost ${group?.survive?.loss ?? 'provider'} in time`;
  }
}
