import { locationOf, toldApart } from './classes.ts';
import { admits } from './eligible.ts';
import { multipliersOf } from './contract-rows.ts';
import type { Candidate, Problem } from './problem.ts';

/**
 * Candidates worth a place in the model. One is dominated, and left out, when another that no rule tells apart from
 * it, unlimited in number, costs no more, has at least as much of everything and is open to all groups that the first
 * is open to: any filling of the first fits on the second.
 *
 * Kept whatever they cost: those that run now, that a commitment covers or that have a stated minimum, since their
 * marginal price is not their list price.
 */
export function pruned(problem: Problem): readonly Candidate[] {
  const special = specialOfferings(problem);
  const told = toldApart(problem);
  const open = openTo(problem);
  const factor = multipliersOf(problem.rules.discounts, () => Infinity);
  const classes = new Map<string, Member[]>();
  for (const candidate of problem.offerings) {
    const at = locationOf(told, candidate);
    const key = `${at.provider}/${at.region}/${at.zone}/${at.purchase}/${terms(problem, candidate)}`;
    const member = {
      candidate,
      usdPerHour: candidate.usdPerHour * factor(candidate.provider, candidate.purchase),
      open: open(candidate),
    };
    const list = classes.get(key);
    if (list) list.push(member);
    else classes.set(key, [member]);
  }
  const kept: Candidate[] = [];
  for (const members of classes.values()) {
    // cheapest first, the roomiest of equals, and by id so that the same one stays whatever the order of input
    const sorted = members.toSorted(
      (a, b) =>
        a.usdPerHour - b.usdPerHour ||
        b.candidate.allocatable.cpu - a.candidate.allocatable.cpu ||
        b.candidate.allocatable.memory - a.candidate.allocatable.memory ||
        (a.candidate.id < b.candidate.id ? -1 : 1),
    );
    const front: Member[] = [];
    for (const m of sorted) {
      if (m.open.none) {
        if (special(m.candidate)) kept.push(m.candidate);
        continue;
      }
      if (!special(m.candidate) && front.some((f) => dominates(f, m))) continue;
      front.push(m);
      kept.push(m.candidate);
    }
  }
  return kept.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** What contracts tell offerings apart by: under one, an offering's price depends on what else is used there. */
function terms({ rules }: Problem, c: Candidate): string {
  if (rules.commitments.length > 0) return `${c.provider}/${c.region}/${c.purchase}`;
  return rules.discounts.length > 0 ? `${c.provider}/${c.purchase}` : '';
}

interface Member {
  readonly candidate: Candidate;
  readonly usdPerHour: number;
  readonly open: Open;
}

/** Groups that a candidate is open to, whatever their size, as bits over the distinct rules of admission. */
interface Open {
  readonly bits: readonly number[];
  readonly none: boolean;
}

function openTo(problem: Problem): (c: Candidate) => Open {
  const rules = new Map<string, Problem['groups'][number]>();
  for (const g of problem.groups) {
    if (g.replicas > 0) rules.set(`${g.spotAtMost === 0}${JSON.stringify(g.allow)}`, g);
  }
  const distinct = [...rules.values()];
  const known = new Map<string, Open>();
  return (c) => {
    const key = `${c.provider} ${c.region} ${c.zone} ${c.type} ${c.arch} ${c.purchase} ${c.gpu?.name ?? ''}`;
    const before = known.get(key);
    if (before) return before;
    const bits: number[] = Array.from({ length: Math.ceil(distinct.length / 30) }, () => 0);
    distinct.forEach((g, i) => {
      if (admits(g, c)) bits[Math.floor(i / 30)] = (bits[Math.floor(i / 30)] ?? 0) | (1 << (i % 30));
    });
    const open = { bits, none: bits.every((b) => b === 0) };
    known.set(key, open);
    return open;
  };
}

function dominates(a: Member, b: Member): boolean {
  if (a.candidate.atMost !== undefined || a.usdPerHour > b.usdPerHour) return false;
  const x = a.candidate.allocatable;
  const y = b.candidate.allocatable;
  if (x.cpu < y.cpu || x.memory < y.memory) return false;
  if ((x.storage ?? Infinity) < (y.storage ?? Infinity) || (x.pods ?? Infinity) < (y.pods ?? Infinity)) return false;
  if (!b.open.bits.every((bit, i) => (bit & ~(a.open.bits[i] ?? 0)) === 0)) return false;
  return !y.devices || Object.entries(y.devices).every(([name, count]) => (x.devices?.[name] ?? 0) >= count);
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
