import type { Forecast } from '../forecast/forecast.ts';
import type { GroupDemand } from '../demand/demand.ts';
import type { PriceSource } from '../observation.ts';
import type { Placement } from '../placement/placement.ts';
import { verdictOf } from '../policy/gate.ts';
import { HOURS_PER_MONTH, instant, isoOf, secondsBetween, type Instant } from '../units.ts';
import { nextNineUsdPerHour } from './next-nine.ts';
import { byText } from './order.ts';
import { sparedVendors } from './vendors.ts';
import type { Bill, Decided, Step } from './plan.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A plan as a document for other programs, schemaVersion 1. The order of the keys is fixed, numbers carry twelve
 * digits, and what is not known is null. Every field and its unit: docs/plan.md
 */
export function planJson(decided: Decided): Json {
  const { observation, plan, judgements } = decided;
  const { totals } = plan;
  return clean({
    schemaVersion: 1,
    fleet: plan.fleet,
    at: isoOf(plan.at),
    verdict: verdictOf(judgements),
    hashes: { ...observation.hashes },
    prices: pricesJson(observation.prices, plan.at),
    forecast: plan.forecasts.map(forecastJson),
    demand: plan.demand.map((d) => demandJson(d, plan.placement)),
    placement: placementJson(plan.placement),
    pools: plan.pools.map((pool) => ({
      pool: pool.pool,
      offering: pool.offering,
      from: pool.from,
      to: pool.to,
      goal: pool.goal,
      min: pool.min,
      max: pool.max,
      usdPerHour: pool.usdPerHour ?? null,
      carries: { ...pool.carries },
      template: pool.template ?? null,
    })),
    steps: plan.steps.map(stepJson),
    waiting: plan.waiting.map((w) => ({
      kind: w.kind,
      pool: w.pool,
      offering: w.offering,
      nodes: w.nodes,
      cause: w.cause,
      carries: { ...w.carries },
      usdPerHourDelta: w.usdPerHourDelta,
      reason: w.reason,
    })),
    uncovered: { ...plan.uncovered },
    vendors: sparedVendors(decided).map((v) => ({
      provider: v.provider,
      nodes: v.nodes,
      discountAtLeast: v.discount,
      offering: v.offering,
      listUsdPerHour: v.listUsdPerHour,
      entersAtUsdPerHour: v.entersAtUsdPerHour,
    })),
    policies: judgements.map(({ name, verdict, reason, usdPerHour, per }) => ({
      name,
      verdict,
      reason,
      usdPerHour: usdPerHour ?? null,
      per: per ?? null,
    })),
    totals: {
      usdPerHourBefore: totals.usdPerHourBefore,
      usdPerHourAfter: totals.usdPerHourAfter,
      usdPerHourGoal: totals.usdPerHourGoal,
      usdPerMonthBefore: totals.usdPerHourBefore * HOURS_PER_MONTH,
      usdPerMonthAfter: totals.usdPerHourAfter * HOURS_PER_MONTH,
      lowerBoundUsdPerHour: totals.lowerBoundUsdPerHour,
      gap: totals.gap,
      launch: totals.launch,
      drain: totals.drain,
      before: billJson(totals.before),
      after: billJson(totals.after),
    },
    warnings: [...plan.warnings],
  });
}

/** All sources in one line, with the age of the oldest price among them; each one apart under `sources`. */
function pricesJson(prices: readonly PriceSource[], at: Instant): Json {
  const oldest = prices.reduce<Instant | undefined>(
    (min, p) => (min === undefined || p.asOf < min ? p.asOf : min),
    undefined,
  );
  return {
    source: [...new Set(prices.map((p) => p.source))].join('; '),
    asOf: oldest === undefined ? null : isoOf(oldest),
    ageS: oldest === undefined ? null : secondsBetween(oldest, at),
    sources: prices.map((p) => ({
      provider: p.provider,
      source: p.source,
      basis: p.basis,
      asOf: isoOf(p.asOf),
      ageS: p.age,
      offerings: p.offerings,
    })),
  };
}

function forecastJson(forecast: Forecast): Json {
  const { backtest, last, quantiles } = forecast;
  const peak = peakStep(forecast);
  return {
    signal: forecast.signal,
    market: forecast.market,
    unit: forecast.unit,
    method: forecast.method,
    stepS: forecast.step,
    steps: forecast.mean.length,
    last: last ? { at: isoOf(last.at), value: last.value } : null,
    now: atStep(forecast, 0),
    peak: atStep(forecast, peak),
    backtest: backtest
      ? {
          origins: backtest.origins,
          stepsScored: backtest.stepsScored,
          smape: backtest.smape,
          coverage: byQuantile(quantiles, (i) => backtest.coverage[i]),
        }
      : null,
    notes: [...forecast.notes],
  };
}

/** The step at which the highest quantile is largest. */
export function peakStep({ paths }: Forecast): number {
  const top = paths[paths.length - 1] ?? new Float64Array();
  let peak = 0;
  for (let i = 1; i < top.length; i++) if ((top[i] ?? 0) > (top[peak] ?? 0)) peak = i;
  return peak;
}

function atStep({ origin, step, mean, paths, quantiles }: Forecast, i: number): Json {
  const value = mean[i];
  if (value === undefined) return null;
  return {
    at: isoOf(instant(origin + Math.round((i + 1) * step * 1000))),
    mean: value,
    quantiles: byQuantile(quantiles, (q) => paths[q]?.[i]),
  };
}

const byQuantile = (quantiles: readonly number[], valueAt: (i: number) => number | undefined): Json =>
  Object.fromEntries(quantiles.map((q, i) => [String(q), valueAt(i) ?? null]));

const demandJson = (d: GroupDemand, placement: Placement): Json => ({
  group: d.name,
  service: d.service,
  market: d.market,
  unit: d.unit,
  load: d.load,
  quantile: d.quantile,
  quantileFrom: d.quantileFrom,
  quantileWhy: d.quantileWhy,
  capacityPerReplica: d.capacityPerReplica,
  replicas: d.replicas,
  setBy: d.setBy,
  letGoAtMost: d.letGoAtMost ?? null,
  windowS: d.window,
  peakLoad: d.peakLoad,
  peakReplicas: d.peakReplicas,
  peakAt: isoOf(d.peakAt),
  nextNine: nextNineJson(d, placement),
  reason: d.reason,
  ruledOut: Object.fromEntries(d.ruledOut),
});

function nextNineJson(d: GroupDemand, placement: Placement): Json {
  if (d.nextNine === undefined) return null;
  const { quantile, load, replicas, moreOnAverage } = d.nextNine;
  const usdPerHour = nextNineUsdPerHour(d, placement);
  const usdPerMonth = usdPerHour === undefined ? null : usdPerHour * HOURS_PER_MONTH;
  return { quantile, load, replicas, moreOnAverage, usdPerHour: usdPerHour ?? null, usdPerMonth };
}

/** As `godwit place` answers; a placement that found nothing has no figures. */
const placementJson = (p: Placement): Json => ({
  status: p.status,
  method: p.method,
  usdPerHour: figured(p, p.usdPerHour),
  lowerBoundUsdPerHour: figured(p, p.lowerBoundUsdPerHour),
  gap: figured(p, p.gap),
  nodes: p.nodes.map((node) => ({ offering: node.offering, count: node.count, replicas: { ...node.replicas } })),
  unplaced: { ...p.unplaced },
  conflict: [...p.conflict],
  certificate: {
    groupPrices: figured(p, sorted(p.certificate.groupPrices)),
    availabilityPrices: figured(p, sorted(p.certificate.availabilityPrices)),
    rulePrices: figured(p, sorted(p.certificate.rulePrices)),
  },
});

const figured = ({ status }: Placement, figure: Json): Json => (status === 'infeasible' ? null : figure);

const sorted = (prices: Readonly<Record<string, number>>): Json =>
  Object.fromEntries(Object.entries(prices).toSorted(([a], [b]) => byText(a, b)));

const stepJson = (step: Step): Json => ({
  id: step.id,
  kind: step.kind,
  pool: step.pool,
  offering: step.offering,
  from: step.from,
  to: step.to,
  cause: step.cause,
  reason: step.reason,
  usdPerHourDelta: step.usdPerHourDelta,
  ...(step.kind === 'drain' && { drainS: step.drainS }),
  ...(step.kind === 'open' && { template: step.template }),
});

const billJson = ({ list, interruptions, covered, discounts, committed, egress }: Bill): Json => ({
  list,
  interruptions,
  covered,
  discounts,
  committed,
  egress,
});

/** JSON has no NaN and no Infinity; the last digits of a sum of floats are noise that would make every diff a change. */
function clean(value: Json): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(12)) : null;
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, clean(part)]));
}
