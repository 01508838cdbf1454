import { PROVIDERS } from '../catalog/offering.ts';
import { requestsOn } from '../demand/capacity.ts';
import type { GroupDemand } from '../demand/demand.ts';
import type { Service } from '../fleet/fleet.ts';
import { nearest } from '../fleet/nearest.ts';
import type { LinearSolver } from '../ports.ts';
import type { Resources } from '../quantity.ts';
import type { Instant } from '../units.ts';
import { instant } from '../units.ts';
import { peakStep } from './json.ts';
import { nextNineUsdPerHour } from './next-nine.ts';
import { oneMoreReplica } from './one-more.ts';
import { byText } from './order.ts';
import type { Decided, PoolChange, Step, Waiting } from './plan.ts';
import { whyNot, type WhyNotAnswers } from './why-not.ts';

/** Why something has the size it has: the chain from the forecast to the nodes, as data. */
export type Explanation =
  | { readonly kind: 'pool'; readonly pool: PoolWhy; readonly groups: readonly GroupWhy[] }
  | { readonly kind: 'service'; readonly service: string; readonly groups: readonly GroupWhy[] }
  | { readonly kind: 'group'; readonly group: GroupWhy }
  | {
      readonly kind: 'offering';
      readonly offering: string;
      readonly pools: readonly PoolWhy[];
      readonly groups: readonly GroupWhy[];
    }
  | { readonly kind: 'not-in-plan'; readonly why: WhyNotAnswers }
  | { readonly kind: 'unknown'; readonly subject: string; readonly nearest: string | undefined };

export interface GroupWhy {
  readonly demand: GroupDemand;
  readonly forecast?: ForecastWhy;
  readonly capacityPerReplica: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** on top of the load, as a share */
  readonly headroom: number;
  /** replicas that have a node when the steps of this cycle are done */
  readonly placed: number;
  readonly nodes: readonly { readonly offering: string; readonly nodes: number; readonly replicas: number }[];
  /** one more replica at the margin */
  readonly usdPerHour?: number;
  /** what a tenth of the misses would cost on average */
  readonly nextNineUsdPerHour?: number;
  /** rules that bind and name this group: $/h for one replica of easing */
  readonly rules: readonly { readonly rule: string; readonly usdPerHour: number }[];
}

interface ForecastWhy {
  readonly signal: string;
  readonly unit: string;
  readonly method: string;
  readonly now: number;
  /** the largest step of the horizon at the service's quantile or the next one above it */
  readonly peak: number;
  readonly peakAt: Instant;
  readonly peakQuantile: number;
}

export interface PoolWhy {
  readonly change: PoolChange;
  /** how full its nodes are, 0 to 1; absent for a pool without nodes or price */
  readonly used?: { readonly cpu: number; readonly memory: number };
  readonly price?: { readonly source: string; readonly asOf: Instant };
  readonly step?: Step;
  readonly waiting: readonly Waiting[];
}

/**
 * @param subject the name of a pool, a service or a group, an offering's id or type, or a vendor: looked for in this order
 * @param solver for what a vendor would have to cost
 */
export function explain(decided: Omit<Decided, 'judgements'>, subject: string, solver?: LinearSolver): Explanation {
  const { plan } = decided;
  const pool = plan.pools.find((p) => p.pool === subject);
  if (pool) return { kind: 'pool', pool: poolWhy(decided, pool), groups: groupsOn(decided, [pool]) };
  const own = plan.demand.filter((d) => d.service === subject);
  if (own.length > 0) return { kind: 'service', service: subject, groups: own.map((d) => groupWhy(decided, d)) };
  const group = plan.demand.find((d) => d.name === subject);
  if (group) return { kind: 'group', group: groupWhy(decided, group) };
  const pools = plan.pools.filter((p) => (p.offering === subject || p.type === subject) && (p.from > 0 || p.to > 0));
  if (pools.length > 0) {
    const whys = pools.map((p) => poolWhy(decided, p));
    return { kind: 'offering', offering: subject, pools: whys, groups: groupsOn(decided, pools) };
  }
  const why = whyNot(decided, subject, undefined, undefined, solver);
  if (namesOffering(subject) && why.answers.some((a) => a.because !== 'unknown')) return { kind: 'not-in-plan', why };
  return { kind: 'unknown', subject, nearest: nearestTo(subject, decided) };
}

/** A name alike; failing that, a group of the service that was written, or the service. */
function nearestTo(subject: string, decided: Omit<Decided, 'judgements'>): string | undefined {
  const alike = nearest(subject, namesIn(decided));
  if (alike !== undefined || !subject.includes('/')) return alike;
  const own = nearest(subject.split('/')[0] ?? '', [...new Set(decided.plan.demand.map((d) => d.service))]);
  return decided.plan.demand.find((d) => d.service === own)?.name;
}

/** What has a slash is an offering's id only where it begins with a cloud; else it is a group that does not exist. */
function namesOffering(subject: string): boolean {
  const [first = '', ...rest] = subject.split('/');
  return rest.length === 0 || first.includes('*') || PROVIDERS.some((provider) => provider === first);
}

function namesIn({ plan, observation }: Omit<Decided, 'judgements'>): readonly string[] {
  return [
    ...plan.pools.map((p) => p.pool),
    ...new Set(plan.demand.flatMap((d) => [d.service, d.name])),
    ...new Set(observation.offerings.map((o) => o.type)),
  ];
}

function groupsOn(decided: Omit<Decided, 'judgements'>, pools: readonly PoolChange[]): readonly GroupWhy[] {
  const names = new Set(pools.flatMap((p) => Object.keys(p.carries)));
  return decided.plan.demand.filter((d) => names.has(d.name)).map((d) => groupWhy(decided, d));
}

function groupWhy(decided: Omit<Decided, 'judgements'>, demand: GroupDemand): GroupWhy {
  const { fleet, plan } = decided;
  const service = fleet.services.find((s) => s.name === demand.service);
  const nodes = new Map<string, { nodes: number; replicas: number }>();
  for (const node of plan.after) {
    const each = node.replicas[demand.name] ?? 0;
    const known = nodes.get(node.offering) ?? { nodes: 0, replicas: 0 };
    if (each > 0) {
      nodes.set(node.offering, { nodes: known.nodes + node.count, replicas: known.replicas + each * node.count });
    }
  }
  const { rulePrices } = plan.placement.certificate;
  const usdPerHour = oneMoreReplica(demand, plan.placement);
  const nine = nextNineUsdPerHour(demand, plan.placement);
  const forecast = service && forecastWhy(decided, service, demand);
  return {
    demand,
    ...(forecast && { forecast }),
    capacityPerReplica: demand.capacityPerReplica,
    minReplicas: service?.minReplicas ?? 0,
    maxReplicas: service?.maxReplicas ?? Infinity,
    headroom: fleet.policies.headroom,
    placed: [...nodes.values()].reduce((sum, n) => sum + n.replicas, 0),
    nodes: [...nodes]
      .map(([offering, n]) => ({ offering, ...n }))
      .toSorted((a, b) => b.replicas - a.replicas || byText(a.offering, b.offering)),
    ...(usdPerHour !== undefined && { usdPerHour }),
    ...(nine !== undefined && { nextNineUsdPerHour: nine }),
    rules: Object.entries(rulePrices)
      .filter(([rule]) => rule.endsWith(`/${demand.name}`) || rule.includes(`/${demand.name}/`))
      .map(([rule, price]) => ({ rule, usdPerHour: price }))
      .toSorted((a, b) => b.usdPerHour - a.usdPerHour || byText(a.rule, b.rule)),
  };
}

function forecastWhy(
  { plan }: Pick<Decided, 'plan'>,
  service: Service,
  { market, quantile }: GroupDemand,
): ForecastWhy | undefined {
  const forecast = plan.forecasts.find((f) => f.signal === service.signal && f.market === market);
  if (!forecast || forecast.mean.length === 0) return undefined;
  const exact = forecast.quantiles.findIndex((q) => q >= quantile - 1e-9);
  const row = exact < 0 ? forecast.quantiles.length - 1 : exact;
  const path = forecast.paths[row] ?? forecast.mean;
  const peak = peakStep({ ...forecast, paths: [path] });
  return {
    signal: forecast.signal,
    unit: forecast.unit,
    method: forecast.method,
    now: forecast.last?.value ?? forecast.mean[0] ?? Number.NaN,
    peak: path[peak] ?? Number.NaN,
    peakAt: instant(Math.round(forecast.origin + (peak + 1) * forecast.step * 1000)),
    peakQuantile: forecast.quantiles[row] ?? quantile,
  };
}

function poolWhy({ observation, plan, problem }: Omit<Decided, 'judgements'>, change: PoolChange): PoolWhy {
  const price = observation.offerings.find((o) => o.id === change.offering)?.price;
  const candidate = problem.offerings.find((c) => c.id === change.offering);
  const step = plan.steps.find((s) => s.pool === change.pool);
  const used = (pick: (r: Resources) => number): number => {
    const total = candidate ? pick(candidate.allocatable) * change.to : 0;
    const taken = Object.entries(change.carries).reduce((sum, [name, n]) => {
      const group = plan.demand.find((d) => d.name === name);
      return sum + (group && candidate ? pick(requestsOn(group, candidate)) * n : 0);
    }, 0);
    return total > 0 ? taken / total : 0;
  };
  return {
    change,
    ...(candidate && change.to > 0 && { used: { cpu: used((r) => r.cpu), memory: used((r) => r.memory) } }),
    ...(price && { price: { source: price.source, asOf: price.asOf } }),
    ...(step && { step }),
    waiting: plan.waiting.filter((w) => w.pool === change.pool),
  };
}
