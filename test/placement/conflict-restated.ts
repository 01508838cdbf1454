import type { ClashingRule, Conflict } from '../../src/placement/conflict.ts';
import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import { share } from '../../src/units.ts';

/** The problem with one rule at the value that its relaxation states. */
export function restated(problem: Problem, { rule, relaxation }: ClashingRule): Problem {
  if (relaxation === undefined) return problem;
  const { to, offering } = relaxation;
  const [kind, name] = split(rule);
  if (typeof to === 'object')
    return to.anyOf.length > 0
      ? letIn(problem, name, to.dimensions, to.anyOf[0] ?? '')
      : opened(problem, name, to.dimensions);
  return withFigure(problem, kind, offering ?? name, to);
}

/** The problem without one rule. A group whose replicas are set aside is not there. */
export function without(problem: Problem, rule: string): Problem {
  const [kind, name] = split(rule);
  switch (kind) {
    case 'allow':
      return opened(problem, name, ['provider', 'place', 'region', 'zone', 'arch', 'purchase', 'type', 'gpu']);
    case 'replicas':
    case 'survive':
    case 'atLeast':
      return withFigure(problem, kind, name, 0);
    case 'vendorShareAtMost':
    case 'spotAtMost':
      return withFigure(problem, kind, name, 1);
    default:
      return withFigure(problem, kind, name, Infinity);
  }
}

/** The rules of the conflict and no others: groups that it doesn't name are not there, or with one replica. */
export function only(problem: Problem, { rules, groups }: Conflict): Problem {
  const named = new Set(
    rules.flatMap(({ rule }) =>
      rule.startsWith('atMost/')
        ? rule
            .slice(7)
            .split(',')
            .map((o) => `atMost/${o}`)
        : [rule],
    ),
  );
  const left = every(problem)
    .filter((rule) => !named.has(rule) && !rule.startsWith('replicas/'))
    .reduce(without, problem);
  const there = left.groups.filter((g) => groups.includes(g.name));
  return { ...left, groups: there.map((g) => (named.has(`replicas/${g.name}`) ? g : { ...g, replicas: 1 })) };
}

/** The names of all rules that a problem states. */
function every(problem: Problem): string[] {
  const groups = problem.groups.flatMap((g) => [
    `replicas/${g.name}`,
    ...(Object.keys(g.allow).length > 0 ? [`allow/${g.name}`] : []),
    ...(g.absorb !== undefined ? [`reconnect/${g.name}`] : []),
    ...(g.survive ? [`survive/${g.name}`] : []),
    ...(g.spotAtMost !== undefined ? [`spotAtMost/${g.name}`] : []),
    ...(g.zoneSkew ? [`zoneSkew/${g.name}`] : []),
    ...(g.perNodeAtMost !== undefined ? [`perNodeAtMost/${g.name}`] : []),
  ]);
  const limits = problem.offerings.flatMap((o) => [
    ...(o.atMost !== undefined ? [`atMost/${o.id}`] : []),
    ...(o.atLeast !== undefined ? [`atLeast/${o.id}`] : []),
  ]);
  return [...groups, ...limits, ...[...problem.rules.vendorShareAtMost.keys()].map((p) => `vendorShareAtMost/${p}`)];
}

function split(rule: string): [string, string] {
  const slash = rule.indexOf('/');
  return [rule.slice(0, slash), rule.slice(slash + 1)];
}

function withFigure(problem: Problem, kind: string, name: string, to: number): Problem {
  const group = (change: (g: Group) => Group): Problem => ({
    ...problem,
    groups: problem.groups.map((g) => (g.name === name ? change(g) : g)),
  });
  const offering = (change: (o: Candidate) => Candidate): Problem => ({
    ...problem,
    offerings: problem.offerings.map((o) => (name.split(',').includes(o.id) ? change(o) : o)),
  });
  switch (kind) {
    case 'replicas':
      return group((g) => ({ ...g, replicas: to }));
    case 'survive':
      return group((g) => (g.survive ? { ...g, survive: { ...g.survive, share: share(to) } } : g));
    case 'reconnect':
      return group((g) => omitting(g, 'absorb', to));
    case 'spotAtMost':
      return group((g) => ({ ...g, spotAtMost: to }));
    case 'zoneSkew':
      return group(({ zoneSkew, ...g }) =>
        zoneSkew && to < Infinity ? { ...g, zoneSkew: { ...zoneSkew, most: to } } : g,
      );
    case 'perNodeAtMost':
      return group((g) => omitting(g, 'perNodeAtMost', to));
    case 'vendorShareAtMost': {
      const vendorShareAtMost = new Map(problem.rules.vendorShareAtMost).set(name, to);
      return { ...problem, rules: { ...problem.rules, vendorShareAtMost } };
    }
    case 'atMost':
      return offering((o) => omitting(o, 'atMost', to));
    case 'atLeast':
      return offering((o) => ({ ...o, atLeast: to }));
    default:
      throw new Error(`no rule is called ${kind}`);
  }
}

/** The figure at another value, or left out where there is none. */
function omitting<T extends object>(of: T, figure: keyof T, to: number): T {
  const rest = { ...of };
  delete rest[figure];
  return to === Infinity ? rest : { ...of, [figure]: to };
}

function opened(problem: Problem, name: string, dimensions: readonly string[]): Problem {
  return {
    ...problem,
    groups: problem.groups.map((g) => {
      const allow = Object.fromEntries(Object.entries(g.allow).filter(([d]) => !dimensions.includes(d)));
      return g.name === name ? { ...g, allow } : g;
    }),
  };
}

/** One place more: `gcp`, `gcp/r1`, `gcp/r1/r1a`, `spot`. */
function letIn(problem: Problem, name: string, dimensions: readonly string[], place: string): Problem {
  const parts = place.split('/');
  const values: Readonly<Record<string, string | undefined>> = {
    provider: parts[0],
    place: `${parts[0]}/${parts[1]}`,
    region: parts[1],
    zone: parts[2],
    purchase: parts[0],
  };
  return {
    ...problem,
    groups: problem.groups.map((g) => {
      if (g.name !== name) return g;
      const more = Object.entries(g.allow).map(([d, patterns]) => [
        d,
        dimensions.includes(d) ? [...patterns, values[d]] : patterns,
      ]);
      return { ...g, allow: Object.fromEntries(more) };
    }),
  };
}
