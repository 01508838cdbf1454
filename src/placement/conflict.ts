import type { ColumnModel } from './columns.ts';
import { ruledOut } from './eligible.ts';
import type { Group, Problem } from './problem.ts';

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
  return left.map((rule) => inWords(problem, rule));
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

function inWords(problem: Problem, rule: string): string {
  const space = rule.indexOf(' ');
  const [kind, subject] = space < 0 ? [rule, ''] : [rule.slice(0, space), rule.slice(space + 1)];
  const group = problem.groups.find((g) => g.name === subject);
  switch (kind) {
    case 'available':
      return 'the nodes that can be had (pool sizes, quota, own machines) are too few';
    case 'vendorShareAtMost':
      return `${subject} may have at most ${percent(problem.rules.vendorShareAtMost.get(subject))} of the $/h`;
    case 'spotAtMost':
      return `${subject} may have at most ${percent(group?.spotAtMost)} of its replicas on spot nodes`;
    case 'zoneSkew':
      return `${subject} may differ by at most ${group?.zoneSkew?.most ?? 0} replicas between zones`;
    case 'survive':
      return `${subject} must keep ${percent(group?.survive?.share)} of its ${group?.replicas ?? 0} replicas after the loss of any one ${group?.survive?.loss ?? 'provider'}`;
    default:
      return `${subject} must take in the clients of any one lost ${group?.survive?.loss ?? 'provider'} in time`;
  }
}

const percent = (x: number | undefined): string => `${Number(((x ?? 0) * 100).toFixed(1))}%`;

/** Why no offering at all may carry a group, the commonest reasons first; undefined when one may. */
export function nowhere(problem: Problem, group: Group): string | undefined {
  const reasons = new Map<string, number>();
  for (const o of problem.offerings) {
    const why = ruledOut(group, o);
    if (why === undefined && (o.atMost ?? 1) > 0) return undefined;
    const reason = why ?? 'finds no node left to have';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const sorted = [...reasons].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 3);
  const text = sorted.map(([reason, n]) => `${reason} (${n} offerings)`).join('; ');
  return `${group.name} fits on none of ${problem.offerings.length} offerings: it ${text === '' ? 'has none to choose from' : text}`;
}
