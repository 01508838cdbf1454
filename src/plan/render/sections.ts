import { aligned, amount, count, counted, duration, monthlyChange, percent, rate, short } from '../../figures.ts';
import type { GroupDemand } from '../../demand/demand.ts';
import type { Judgement } from '../../policy/policy.ts';
import { isoOf, usdPerMonth, type Instant } from '../../units.ts';
import { percentile } from '../../demand/objective.ts';
import { oneMoreReplica } from '../one-more.ts';
import { byText } from '../order.ts';
import type { Decided, PoolChange, Step } from '../plan.ts';
import { heldGroups, noGoalText } from '../unknown-load.ts';
import { zoneText } from '../usable.ts';
import { left, right, type GridSection, type ListSection, type Row, type Tone } from './view.ts';

/** Where a fleet has more of something than a person reads, the rest is summed up unless all of it is asked for. */
const MOST_POOLS = 24;
const MOST_STEPS = 24;
const MOST_WARNINGS = 12;

/** `2026-03-02 18:00 UTC` */
export const timeText = (t: Instant): string => `${isoOf(t).slice(0, 16).replace('T', ' ')} UTC`;

export function demandSection({ fleet, plan }: Decided): GridSection {
  const order = new Map(fleet.services.map((service, i) => [service.name, i]));
  const demand = plan.demand.toSorted(
    (a, b) => (order.get(a.service) ?? 0) - (order.get(b.service) ?? 0) || byText(a.market, b.market),
  );
  const oneMore = aligned(demand.map((d) => usdPerMonth(oneMoreReplica(d, plan.placement) ?? Number.NaN)));
  return {
    kind: 'grid',
    title: 'Demand',
    columns: [
      left('service', { flexible: true }),
      left('market', { flexible: true }),
      right('load now'),
      right('planned', { about: 'planned: the largest load, at the quantile, until the next nodes can be there' }),
      left('quantile', { drop: 2 }),
      right('peak'),
      left('unit', { flexible: true }),
      right('replicas'),
      right('at peak', { drop: 1 }),
      right('+1 a month', { drop: 3, about: '+1 a month: what one more replica costs' }),
    ],
    rows: demand.map((d, i): Row => ({
      cells: [
        d.service,
        d.market,
        short(loadNow(d, { fleet, plan })),
        d.setBy === 'hold' ? 'not known' : short(d.load),
        percentile(d.quantile),
        d.setBy === 'hold' ? 'not known' : short(d.peakLoad),
        d.unit,
        `${count(d.replicas)}${SET_BY[d.setBy]}`,
        count(d.peakReplicas),
        oneMore[i] ?? 'n/a',
      ],
      ...(d.setBy === 'hold' && { tone: 'warn' as const }),
    })),
    ...markNote(demand),
  };
}

const SET_BY: Readonly<Record<GroupDemand['setBy'], string>> = {
  load: '',
  minimum: ' min',
  maximum: ' max',
  pending: ' waiting',
  pace: ' paced',
  hold: ' held',
};

/** The newest value that was seen; the forecast's first step where none was. */
function loadNow(d: GroupDemand, { fleet, plan }: Pick<Decided, 'fleet' | 'plan'>): number {
  const signal = fleet.services.find((s) => s.name === d.service)?.signal;
  const forecast = plan.forecasts.find((f) => f.signal === signal && f.market === d.market);
  return forecast?.last?.value ?? forecast?.mean[0] ?? Number.NaN;
}

function markNote(demand: readonly GroupDemand[]): { readonly note?: string } {
  const said = [
    demand.some((d) => d.setBy === 'minimum') && 'min: the service’s minimum',
    demand.some((d) => d.setBy === 'maximum') && 'max: the service’s maximum, which its load exceeds',
    demand.some((d) => d.setBy === 'pending') &&
      'waiting: more of its replicas wait for a node than its load would need',
    demand.some((d) => d.setBy === 'pace') && 'paced: no more may be let go in one cycle',
    demand.some((d) => d.setBy === 'hold') && 'held: the load is not known, nothing it may run on shrinks',
  ].filter((words) => words !== false);
  return said.length > 0 ? { note: said.join('; ') } : {};
}

export function poolSection({ plan }: Decided, full: boolean): GridSection {
  const pools = plan.pools.filter((p) => p.from > 0 || p.to > 0 || p.goal > 0);
  return full || pools.length <= MOST_POOLS ? eachPool(pools, plan.pools.length) : byPlace(pools);
}

function eachPool(pools: readonly PoolChange[], all: number): GridSection {
  const empty = all - pools.length;
  const spend = aligned(pools.map((p) => (p.usdPerHour ?? Number.NaN) * p.to));
  return {
    kind: 'grid',
    title: 'Pools',
    columns: [
      left('pool', { flexible: true }),
      left('type'),
      left('zone', { flexible: true }),
      left('purchase', { drop: 1 }),
      right('nodes'),
      left('then'),
      right('$/h each', { drop: 2 }),
      right('$/h then'),
    ],
    rows: pools.map((p, i) => ({
      cells: [
        p.pool,
        p.type,
        zoneText(p),
        p.purchase,
        count(p.from),
        p.from === p.to ? '' : `→ ${count(p.to)}`,
        p.usdPerHour === undefined ? 'no price' : `$${p.usdPerHour.toFixed(4)}`,
        p.usdPerHour === undefined ? 'no price' : (spend[i] ?? ''),
      ],
      ...toneOf(p.to - p.from),
    })),
    note: `at list price${empty > 0 ? `; ${counted(empty, 'empty pool')} not shown` : ''}`,
  };
}

const toneOf = (change: number): { readonly tone?: Tone } => (change === 0 ? {} : { tone: change > 0 ? 'up' : 'down' });

function byPlace(pools: readonly PoolChange[]): GridSection {
  const places = new Map<string, { pools: number; from: number; to: number; before: number; after: number }>();
  for (const p of pools) {
    const key = `${p.provider}/${p.region}`;
    const sum = places.get(key) ?? { pools: 0, from: 0, to: 0, before: 0, after: 0 };
    const usd = p.usdPerHour ?? 0;
    places.set(key, {
      pools: sum.pools + 1,
      from: sum.from + p.from,
      to: sum.to + p.to,
      before: sum.before + usd * p.from,
      after: sum.after + usd * p.to,
    });
  }
  return {
    kind: 'grid',
    title: 'Pools by place',
    columns: [
      left('place', { flexible: true }),
      right('pools'),
      right('nodes'),
      left('then'),
      right('$/h now'),
      right('$/h then'),
    ],
    rows: [...places]
      .toSorted(([a], [b]) => byText(a, b))
      .map(([place, s]) => ({
        cells: [
          place,
          count(s.pools),
          count(s.from),
          s.from === s.to ? '' : `→ ${count(s.to)}`,
          `$${s.before.toFixed(2)}`,
          `$${s.after.toFixed(2)}`,
        ],
        ...toneOf(s.to - s.from),
      })),
    note: `at list price; --full shows each of the ${count(pools.length)} pools`,
  };
}

export function stepSection({ plan }: Decided, full: boolean): GridSection {
  const shown = full ? plan.steps : plan.steps.slice(0, MOST_STEPS);
  const rest = plan.steps.length - shown.length;
  const deltas = aligned(
    shown.map((step) => step.usdPerHourDelta),
    true,
  );
  return {
    kind: 'grid',
    title: 'Steps',
    columns: [
      left('step'),
      left('do'),
      left('pool', { flexible: true }),
      right('nodes'),
      left('to'),
      left('for', { drop: 1 }),
      right('$/h list'),
    ],
    rows: shown.map((step, i) => ({
      cells: [step.id, step.kind, step.pool, count(step.from), `→ ${count(step.to)}`, step.cause, deltas[i] ?? ''],
      tone: step.kind === 'drain' ? 'down' : 'up',
      // steps in a row that have one reason are told it once, under the last of them
      ...(shown[i + 1]?.reason !== step.reason && { note: stepReason(step) }),
    })),
    note: plan.placement.status === 'infeasible' ? 'none: no placement was found' : stepNote(plan.steps.length, rest),
  };
}

const stepReason = (step: Step): string =>
  step.kind === 'drain' ? `${step.reason}; each drain takes up to ${duration(step.drainS)}` : step.reason;

function stepNote(steps: number, hidden: number): string {
  if (steps === 0) return 'nothing to do: every pool has the size it should have';
  return hidden > 0 ? `${counted(hidden, 'further step')}: --full shows them` : 'in this order, growth before drains';
}

export function totalSection({ plan }: Decided): GridSection {
  const { before, after, usdPerHourBefore, usdPerHourAfter } = plan.totals;
  const parts: readonly (readonly [label: string, now: number, then: number])[] = [
    ['nodes at list price', before.list, after.list],
    ['expected cost of spot interruptions', before.interruptions, after.interruptions],
    ['covered by commitments', -before.covered, -after.covered],
    ['negotiated discounts', -before.discounts, -after.discounts],
    ['commitments, paid used or not', before.committed, after.committed],
    ['egress', before.egress, after.egress],
  ];
  const lines = [
    ...parts.filter(([, now, then]) => now !== 0 || then !== 0),
    ['per hour', usdPerHourBefore, usdPerHourAfter] as const,
  ];
  const now = aligned(lines.map((line) => line[1]));
  const then = aligned(lines.map((line) => line[2]));
  const change = aligned(
    lines.map((line) => line[2] - line[1]),
    true,
  );
  const [before730, after730] = [usdPerMonth(usdPerHourBefore), usdPerMonth(usdPerHourAfter)];
  return {
    kind: 'grid',
    title: 'Cost',
    columns: [left('$/h', { flexible: true }), right('now'), right('then'), right('change')],
    rows: [
      ...lines.map(([label], i) => ({
        cells: [label, now[i] ?? '', then[i] ?? '', change[i] ?? ''],
        ...(label === 'per hour' && { tone: 'strong' as const }),
      })),
      {
        cells: [
          'per month of 730 hours',
          `$${count(before730)}`,
          `$${count(after730)}`,
          monthlyChange(after730 - before730).replace('/month', ''),
        ],
        tone: 'strong',
      },
    ],
  };
}

/** How near to the cheapest: the bound is for the placement, which this cycle may only go a part of the way to. */
export function boundText({ placement, totals, demand }: Decided['plan']): string {
  if (placement.status === 'infeasible') return 'no placement keeps every rule, so there is no lower bound';
  const held = heldGroups(demand);
  if (held.length > 0) return noGoalText(held, totals.drain);
  const { lowerBoundUsdPerHour: bound, usdPerHourGoal: goal, gap } = totals;
  const what = Math.abs(goal - totals.usdPerHourAfter) < 0.005 ? 'this one' : 'the placement it works towards';
  return `no plan that keeps the rules costs less than ${rate(bound)} (lower bound): ${what} is within ${percent(gap)} of it`;
}

export function priceSection({ observation }: Decided): GridSection {
  const egress = new Map<string, { routes: number; asOf: string | undefined }>();
  for (const { source, asOf } of observation.egress) {
    const known = egress.get(source) ?? { routes: 0, asOf };
    const older = known.asOf !== undefined && asOf !== undefined && asOf < known.asOf ? asOf : known.asOf;
    egress.set(source, { routes: known.routes + 1, asOf: asOf === undefined ? undefined : older });
  }
  return {
    kind: 'grid',
    title: 'Prices',
    columns: [
      left('of', { drop: 2 }),
      left('source', { flexible: true }),
      left('basis', { drop: 1 }),
      right('prices', { drop: 3 }),
      left('oldest'),
      right('age'),
    ],
    rows: [
      ...observation.prices.map((p) => ({
        cells: [p.provider, p.source, p.basis, count(p.offerings), isoOf(p.asOf).slice(0, 10), duration(p.age)],
      })),
      ...[...egress].map(([source, { routes, asOf }]) => ({
        cells: ['egress', source, '', count(routes), asOf ?? 'undated', ageOf(asOf, observation.at)],
      })),
    ],
  };
}

const ageOf = (day: string | undefined, at: Instant): string => {
  const then = day === undefined ? Number.NaN : Date.parse(`${day}T00:00Z`);
  return Number.isNaN(then) ? 'n/a' : duration(Math.max(0, at - then) / 1000);
};

const VERDICT_TONE = { hold: 'warn', stop: 'bad' } as const;

export function gateSection({ judgements }: Decided): GridSection {
  return {
    kind: 'grid',
    title: 'Policies',
    columns: [left('verdict'), left('policy'), left('because', { wraps: true })],
    rows: judgements.map((j) => ({
      cells: [j.verdict, j.name, `${j.reason}${shadowText(j)}`],
      ...(j.verdict !== 'allow' && { tone: VERDICT_TONE[j.verdict] }),
    })),
  };
}

/** What finance reads: the price of a rule at the margin. */
const shadowText = ({ usdPerHour, per }: Judgement): string =>
  usdPerHour === undefined ? '' : ` · easing it by one ${per ?? 'unit'} saves ${amount(usdPerMonth(usdPerHour))}/month`;

export function warningSection({ plan }: Decided, full: boolean): ListSection {
  const shown = full ? plan.warnings : plan.warnings.slice(0, MOST_WARNINGS);
  const rest = plan.warnings.length - shown.length;
  return {
    kind: 'list',
    title: 'Warnings',
    items: rest > 0 ? [...shown, `${counted(rest, 'further warning')}: --full shows them`] : shown,
  };
}
