import type { LinearSolver } from '../ports.ts';
import type { Group, Problem } from './problem.ts';
import { relaxed, type Relaxed } from './relaxed.ts';
import { spendBoundOf } from './spend-bound.ts';

/** A rule as people know it, over all groups that state it. */
export type Rule =
  | { readonly kind: 'survive'; readonly loss: 'provider' | 'region' | 'zone'; readonly groups: number }
  /** survivors can take in the clients that a loss disconnects */
  | { readonly kind: 'absorb'; readonly groups: number }
  | { readonly kind: 'spotAtMost'; readonly groups: number }
  | { readonly kind: 'zoneSkew'; readonly groups: number }
  | { readonly kind: 'perNodeAtMost'; readonly groups: number }
  | { readonly kind: 'vendorShareAtMost'; readonly provider: string; readonly share: number }
  /** nodes that must stay: the minimum sizes of pools */
  | { readonly kind: 'atLeast'; readonly offerings: number };

/**
 * What a rule costs: the least the fleet could cost with every rule, less the same without this one. Both ends are
 * optima of the relaxation, each known to lie between two proven figures; `usdPerHour` compares their lower bounds.
 */
export interface RulePrice<Of = Rule> {
  readonly rule: Of;
  /** ≥ 0 */
  readonly usdPerHour: number;
  /** proven: the difference of the two optima is no smaller than the first and no larger than the second */
  readonly range: readonly [least: number, most: number];
}

export interface RulePrices {
  /** the relaxation with every rule */
  readonly lowerBoundUsdPerHour: number;
  /** dearest first; those of the same price in the order of {@link rulesOf} */
  readonly rules: readonly RulePrice[];
  /**
   * With all of them set aside at once. It is no sum: of two rules that ask for the same, each costs nothing as long
   * as the other stays; and two may cost less together than the sum says.
   */
  readonly together: RulePrice<'all'>;
}

/**
 * What each rule of a problem costs, by solving the relaxation again without it: a true difference, where a dual is
 * the price of the last unit only.
 *
 * A relaxation for each rule that has a price, so some seconds for a fleet; a rule whose rows all have dual 0 costs
 * nothing (the same duals prove the same bound without it) and is not solved for.
 *
 * @returns undefined when the problem has no relaxation to compare with: replicas that can't be placed, or no answer
 */
export function rulePrices(problem: Problem, solver: LinearSolver): RulePrices | undefined {
  const spendBound = spendBoundOf(problem);
  const all = relaxed(problem, solver, spendBound);
  if (!all) return undefined;
  const rules = rulesOf(problem);
  const priced: RulePrice[] = [];
  for (const rule of rules) {
    const free = isFree(rule, problem, all);
    const less = free ? all : relaxed(without(problem, [rule]), solver, spendBound);
    // leaving a rule away takes no room away: without an answer there it was the solver that failed
    if (!less) return undefined;
    priced.push(free ? { rule, usdPerHour: 0, range: [0, 0] } : { rule, ...difference(all, less) });
  }
  const none = relaxed(without(problem, rules), solver, spendBound);
  if (!none) return undefined;
  return {
    lowerBoundUsdPerHour: all.usdPerHour,
    rules: priced.toSorted((a, b) => b.usdPerHour - a.usdPerHour),
    together: { rule: 'all', ...difference(all, none) },
  };
}

const LOSSES = ['provider', 'region', 'zone'] as const;

/** The rules that a problem states and that can matter to it. What is no rule (room, prices, demand) is not among them. */
export function rulesOf({ groups, offerings, rules }: Problem): readonly Rule[] {
  const stating = (states: (group: Group) => boolean): number =>
    groups.filter((g) => g.replicas > 0 && states(g)).length;
  const minimums = offerings.filter((o) => (o.atLeast ?? 0) > 0).length;
  const spot = offerings.some((o) => o.purchase === 'spot');
  const found: readonly Rule[] = [
    ...LOSSES.map((loss): Rule => ({ kind: 'survive', loss, groups: stating((g) => g.survive?.loss === loss) })),
    { kind: 'absorb', groups: stating((g) => g.survive !== undefined && g.absorb !== undefined) },
    { kind: 'spotAtMost', groups: spot ? stating((g) => (g.spotAtMost ?? 1) < 1) : 0 },
    { kind: 'zoneSkew', groups: stating((g) => g.zoneSkew !== undefined) },
    { kind: 'perNodeAtMost', groups: stating((g) => g.perNodeAtMost !== undefined) },
  ];
  return [
    ...found.filter((rule) => 'groups' in rule && rule.groups > 0),
    ...[...rules.vendorShareAtMost]
      .filter(([, share]) => share < 1)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([provider, share]): Rule => ({ kind: 'vendorShareAtMost', provider, share })),
    ...(minimums > 0 ? [{ kind: 'atLeast', offerings: minimums } as const] : []),
  ];
}

/** The problem with some rules taken out of it. */
export function without(problem: Problem, rules: readonly Rule[]): Problem {
  return rules.reduce(withoutOne, problem);
}

function withoutOne(problem: Problem, rule: Rule): Problem {
  const eachGroup = (change: (group: Group) => Group): Problem => ({ ...problem, groups: problem.groups.map(change) });
  switch (rule.kind) {
    case 'survive':
      return eachGroup((g) => (g.survive?.loss === rule.loss ? lacking(lacking(g, 'survive'), 'absorb') : g));
    case 'absorb':
    case 'spotAtMost':
    case 'zoneSkew':
    case 'perNodeAtMost':
      return eachGroup((g) => lacking(g, rule.kind));
    case 'vendorShareAtMost': {
      const shares = [...problem.rules.vendorShareAtMost].filter(([provider]) => provider !== rule.provider);
      return { ...problem, rules: { ...problem.rules, vendorShareAtMost: new Map(shares) } };
    }
    case 'atLeast':
      return { ...problem, offerings: problem.offerings.map((o) => lacking(o, 'atLeast')) };
    default:
      return rule satisfies never;
  }
}

function lacking<T extends object>(whole: T, key: keyof T): T {
  if (!(key in whole)) return whole;
  const rest = { ...whole };
  delete rest[key];
  return rest;
}

/** Rules that are rows of the program, by the beginnings of the rows' names; the others shape what may be a column. */
function rowsOf(rule: Rule, { groups }: Problem): readonly string[] | undefined {
  switch (rule.kind) {
    case 'survive': {
      const stating = groups.filter((g) => g.survive?.loss === rule.loss);
      return stating.flatMap((g) => [`survive/${g.name}/`, `reconnect/${g.name}/`]);
    }
    case 'absorb':
      return ['reconnect/'];
    case 'zoneSkew':
      return ['zoneSkew/'];
    case 'vendorShareAtMost':
      return [`vendorShareAtMost/${rule.provider}`];
    case 'atLeast':
      return ['atLeast/'];
    case 'spotAtMost':
    case 'perNodeAtMost':
      return undefined;
    default:
      return rule satisfies never;
  }
}

function isFree(rule: Rule, problem: Problem, { duals }: Relaxed): boolean {
  const rows = rowsOf(rule, problem);
  return rows !== undefined && ![...duals].some(([name, y]) => y !== 0 && rows.some((row) => name.startsWith(row)));
}

function difference(all: Relaxed, less: Relaxed): Pick<RulePrice, 'usdPerHour' | 'range'> {
  const least = Math.max(0, all.usdPerHour - less.atMostUsdPerHour);
  const most = Math.max(least, all.atMostUsdPerHour - less.usdPerHour);
  return { usdPerHour: Math.min(most, Math.max(least, all.usdPerHour - less.usdPerHour)), range: [least, most] };
}
