import { aligned, count, counted, percent, rate } from '../figures.ts';
import type { PlacedNodes } from '../placement/placement.ts';
import type { Candidate, Problem } from '../placement/problem.ts';
import { left, right, type GridSection, type Row } from '../plan/render/view.ts';
import type { Shown } from './place-view.ts';

/** Lines that a person reads of each table; the rest is summed up in its note unless all is asked for. */
export const MOST_LINES = 16;

/** Nodes of one offering, however they are filled. */
interface Used {
  readonly offering: Candidate;
  readonly nodes: number;
  readonly usdPerHour: number;
  /** share of its cores and memory that replicas take */
  readonly cpu: number;
  readonly memory: number;
}

export function offeringSection({ problem, placement, full }: Shown): GridSection | undefined {
  const used = usedOf(problem, placement.nodes);
  if (used.length === 0) return undefined;
  const shown = full ? used : used.slice(0, MOST_LINES);
  const rest = used.slice(shown.length);
  const each = aligned(shown.map(({ offering }) => offering.usdPerHour));
  const all = aligned(shown.map(({ usdPerHour }) => usdPerHour));
  const unshown = rest.reduce(
    (sum, { nodes, usdPerHour }) => ({ nodes: sum.nodes + nodes, usd: sum.usd + usdPerHour }),
    {
      nodes: 0,
      usd: 0,
    },
  );
  return {
    kind: 'grid',
    title: 'Nodes',
    columns: [
      left('offering', { flexible: true }),
      right('nodes'),
      right('$/h each'),
      right('$/h'),
      right('cpu', { drop: 1, about: 'cpu, memory: how much of it replicas take' }),
      right('memory', { drop: 1 }),
    ],
    rows: shown.map(({ offering, nodes, cpu, memory }, i) => ({
      cells: [offering.id, count(nodes), each[i] ?? '', all[i] ?? '', wholePercent(cpu), wholePercent(memory)],
    })),
    ...(rest.length > 0 && {
      note: `… ${counted(rest.length, 'more offering')} with ${counted(unshown.nodes, 'node')} for ${rate(unshown.usd)}: --full`,
    }),
  };
}

const wholePercent = (ratio: number): string => `${Math.round(ratio * 100)}%`;

/** The dearest first. */
function usedOf(problem: Problem, nodes: readonly PlacedNodes[]): readonly Used[] {
  const byId = new Map(problem.offerings.map((o) => [o.id, o]));
  const groups = new Map(problem.groups.map((g) => [g.name, g]));
  const sums = new Map<string, { nodes: number; cpu: number; memory: number }>();
  for (const n of nodes) {
    const sum = sums.get(n.offering) ?? { nodes: 0, cpu: 0, memory: 0 };
    sums.set(n.offering, sum);
    sum.nodes += n.count;
    for (const [name, each] of Object.entries(n.replicas)) {
      const requests = groups.get(name)?.requests;
      sum.cpu += n.count * each * (requests?.cpu ?? 0);
      sum.memory += n.count * each * (requests?.memory ?? 0);
    }
  }
  return [...sums]
    .flatMap(([id, sum]) => {
      const offering = byId.get(id);
      if (!offering || sum.nodes === 0) return [];
      const share = (used: number, has: number): number => (has > 0 ? used / (has * sum.nodes) : 0);
      return {
        offering,
        nodes: sum.nodes,
        usdPerHour: sum.nodes * offering.usdPerHour,
        cpu: share(sum.cpu, offering.allocatable.cpu),
        memory: share(sum.memory, offering.allocatable.memory),
      };
    })
    .toSorted((a, b) => b.usdPerHour - a.usdPerHour || (a.offering.id < b.offering.id ? -1 : 1));
}

/** Left out where there is but one. */
export function providerSection({ problem, placement }: Shown): GridSection | undefined {
  const by = new Map(problem.offerings.map((o) => [o.provider as string, { nodes: 0, usd: 0 }]));
  if (by.size < 2) return undefined;
  for (const { offering, nodes, usdPerHour } of usedOf(problem, placement.nodes)) {
    const sum = by.get(offering.provider);
    if (sum) by.set(offering.provider, { nodes: sum.nodes + nodes, usd: sum.usd + usdPerHour });
  }
  const rows = [...by].toSorted(([, a], [, b]) => b.usd - a.usd);
  const usd = aligned(rows.map(([, sum]) => sum.usd));
  const caps = problem.rules.vendorShareAtMost;
  const all = rows.reduce((sum, [, { usd: part }]) => sum + part, 0);
  return {
    kind: 'grid',
    title: 'Providers',
    columns: [left('provider', { flexible: true }), right('nodes'), right('$/h'), right('share'), right('at most')],
    rows: rows.map(([provider, sum], i) => {
      const most = caps.get(provider);
      const share = all > 0 ? percent(sum.usd / all) : 'n/a';
      return { cells: [provider, count(sum.nodes), usd[i] ?? '', share, most === undefined ? '' : percent(most)] };
    }),
  };
}

/** Where each group's replicas are, and what one more costs: those first that cost most. */
export function groupSection({ problem, placement, full }: Shown): GridSection | undefined {
  const price = (name: string): number => placement.certificate.groupPrices[name] ?? 0;
  const groups = problem.groups.toSorted(
    (a, b) => b.replicas * price(b.name) - a.replicas * price(a.name) || b.replicas - a.replicas,
  );
  if (groups.length === 0) return undefined;
  const shown = full ? groups : groups.slice(0, MOST_LINES);
  const spread = spreadOf(problem, placement.nodes);
  const prices = aligned(shown.map((g) => price(g.name)));
  const rest = groups.length - shown.length;
  return {
    kind: 'grid',
    title: 'Groups',
    columns: [
      left('group', { flexible: true }),
      right('replicas'),
      right('placed'),
      right('on spot', { drop: 1 }),
      right('zones', { drop: 2 }),
      right('next $/h', {
        about: 'next: what one more replica costs at the margin, by the prices that prove the bound',
      }),
    ],
    rows: shown.map((g, i): Row => {
      const there = spread.get(g.name) ?? { placed: 0, spot: 0, zones: new Set() };
      return {
        cells: [
          g.name,
          count(g.replicas),
          count(there.placed),
          count(there.spot),
          count(there.zones.size),
          prices[i] ?? '',
        ],
        ...(there.placed < g.replicas && { tone: 'bad' as const }),
      };
    }),
    ...(rest > 0 && { note: `… ${counted(rest, 'more group')}: --full` }),
  };
}

interface Spread {
  placed: number;
  spot: number;
  readonly zones: Set<string>;
}

function spreadOf(problem: Problem, nodes: readonly PlacedNodes[]): ReadonlyMap<string, Spread> {
  const byId = new Map(problem.offerings.map((o) => [o.id, o]));
  const spread = new Map<string, Spread>();
  for (const n of nodes) {
    const o = byId.get(n.offering);
    for (const [name, each] of Object.entries(n.replicas)) {
      if (!o || each * n.count === 0) continue;
      const sum = spread.get(name) ?? { placed: 0, spot: 0, zones: new Set<string>() };
      spread.set(name, sum);
      sum.placed += each * n.count;
      if (o.purchase === 'spot') sum.spot += each * n.count;
      sum.zones.add(`${o.provider}/${o.region}/${o.zone}`);
    }
  }
  return spread;
}

export function unplacedSection({ problem, placement, full }: Shown): GridSection | undefined {
  const missing = problem.groups
    .map((g) => ({ name: g.name, replicas: g.replicas, without: placement.unplaced[g.name] ?? 0 }))
    .filter(({ without }) => without > 0)
    .toSorted((a, b) => b.without - a.without);
  if (missing.length === 0) return undefined;
  const shown = full ? missing : missing.slice(0, MOST_LINES);
  const rest = missing.length - shown.length;
  return {
    kind: 'grid',
    title: 'Without a place',
    columns: [left('group', { flexible: true }), right('replicas'), right('without a place')],
    rows: shown.map(({ name, replicas, without }) => ({ cells: [name, count(replicas), count(without)], tone: 'bad' })),
    ...(rest > 0 && { note: `… ${counted(rest, 'more group')}: --full` }),
  };
}

/** What is on each node. */
export function fillingSection({ placement }: Shown): GridSection | undefined {
  const filled = placement.nodes.filter((n) => n.count > 0);
  if (filled.length === 0) return undefined;
  return {
    kind: 'grid',
    title: 'On each node',
    columns: [right('nodes'), left('offering'), left('replicas on each', { wraps: true })],
    rows: filled.map(({ offering, count: n, replicas }) => ({
      cells: [count(n), offering, contents(replicas)],
    })),
  };
}

function contents(replicas: Readonly<Record<string, number>>): string {
  const parts = Object.entries(replicas).flatMap(([name, each]) => (each > 0 ? [`${each} ${name}`] : []));
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
