import { globMatch } from '../fleet/glob.ts';
import type { Candidate, Problem } from './problem.ts';

/**
 * Candidates worth a place in the model. One is dominated, and left out, when another at the same provider, region,
 * zone, purchase and architecture, unlimited in number, costs no more and has at least as much of everything: any
 * filling of the first fits on the second.
 *
 * Kept whatever they cost: those that run now, that a commitment covers or that have a stated minimum, since their
 * marginal price is not their list price; and those that a rule of a group names by type.
 */
export function pruned(problem: Problem): readonly Candidate[] {
  const special = specialOfferings(problem);
  const typed = problem.groups.some((g) => g.allow.type !== undefined);
  const classes = new Map<string, Candidate[]>();
  for (const c of problem.offerings) {
    const key = [c.provider, c.region, c.zone, c.purchase, c.arch, c.gpu?.name ?? ''].join('/');
    const list = classes.get(key);
    if (list) list.push(c);
    else classes.set(key, [c]);
  }
  const kept: Candidate[] = [];
  for (const members of classes.values()) {
    // cheapest first, and by id among equals so that the same one stays whatever the order of input
    const sorted = members.toSorted((a, b) => a.usdPerHour - b.usdPerHour || (a.id < b.id ? -1 : 1));
    const front: Candidate[] = [];
    for (const c of sorted) {
      const beaten = !special(c) && front.some((f) => dominates(f, c) && (!typed || typeRulesAgree(problem, f, c)));
      if (!beaten) front.push(c);
    }
    kept.push(...front);
  }
  return kept.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function dominates(a: Candidate, b: Candidate): boolean {
  if (a.atMost !== undefined || a.usdPerHour > b.usdPerHour) return false;
  const x = a.allocatable;
  const y = b.allocatable;
  if (x.cpu < y.cpu || x.memory < y.memory) return false;
  if ((x.storage ?? Infinity) < (y.storage ?? Infinity) || (x.pods ?? Infinity) < (y.pods ?? Infinity)) return false;
  return Object.entries(y.devices ?? {}).every(([name, count]) => (x.devices?.[name] ?? 0) >= count);
}

function typeRulesAgree(problem: Problem, a: Candidate, b: Candidate): boolean {
  return problem.groups.every(
    (g) => g.allow.type === undefined || allowsType(g.allow.type, a) || !allowsType(g.allow.type, b),
  );
}

function allowsType(patterns: readonly string[], c: Candidate): boolean {
  return patterns.some((p) => globMatch(p, c.type));
}

function specialOfferings(problem: Problem): (c: Candidate) => boolean {
  const running = new Set(problem.running.filter((r) => r.count > 0).map((r) => r.offering));
  const { commitments } = problem.rules;
  return (c) =>
    running.has(c.id) ||
    (c.atLeast ?? 0) > 0 ||
    commitments.some(
      (k) =>
        k.provider === c.provider &&
        c.purchase === 'on-demand' &&
        (k.kind === 'reserved-nodes'
          ? k.region === c.region && k.type === c.type
          : k.kind === 'resources'
            ? k.region === c.region && k.family === c.family
            : k.family !== undefined && k.family === c.family && (k.region === undefined || k.region === c.region)),
    );
}
