import { offeringId } from '../catalog/offering.ts';
import type { GroupDemand } from '../demand/demand.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Forecast } from '../forecast/forecast.ts';
import type { Observation } from '../observation.ts';
import type { PlacedNodes, Placement } from '../placement/placement.ts';
import type { Problem } from '../placement/problem.ts';
import type { ObservedPool } from '../ports.ts';
import { billFor, totalOf } from './bill.ts';
import { loadOf } from './fillings.ts';
import { byText } from './order.ts';
import { pace, type Paced } from './pace.ts';
import type { Bay, Load } from './parking.ts';
import type { Plan, PoolChange, Totals, Waiting } from './plan.ts';
import { routesFrom, type PoolRoute } from './routes.ts';
import { stepsFrom } from './steps.ts';
import { pacedGroups } from './shrink-pace.ts';
import { heldGroups, unseenGroups } from './unknown-load.ts';
import { warningsFor } from './warnings.ts';

/** Everything a plan is made from. */
export interface PlanInput {
  readonly fleet: Fleet;
  readonly observation: Observation;
  readonly forecasts: readonly Forecast[];
  readonly demand: readonly GroupDemand[];
  readonly problem: Problem;
  readonly placement: Placement;
  /** what the running pools pay for egress, under the same contracts and traffic */
  readonly before: { readonly egressUsdPerHour: number };
}

/**
 * The placed nodes mapped onto pools, and the way there in ordered steps: growth first, drains after it.
 *
 * A pool of which the catalog has no price is left exactly as it is, stands in no total and is told in a warning. A
 * placement that found nothing changes nothing.
 *
 * @throws Error when the placement holds what neither pools nor templates can bring, or an offering or group that the
 *   observation does not have: our own mistake
 */
export function planFrom(input: PlanInput): Plan {
  const { fleet, observation, placement } = input;
  const offerings = new Map(observation.offerings.map((offering) => [offering.id, offering]));
  const unpriced = observation.pools.filter((pool) => !offerings.has(offeringId(pool)));
  const routes = routesFrom(input, offerings);
  const paced = pacedFor(input, routes);
  const steps = stepsFrom(input, routes, paced.moves);
  const waiting = waitingFrom(routes, paced);
  const totals = totalsFrom(input, routes, paced);
  const uncovered = byGroup(paced.uncovered);
  return {
    fleet: fleet.name,
    at: observation.at,
    forecasts: input.forecasts,
    demand: input.demand,
    placement,
    pools: changesFrom(routes, unpriced, paced),
    steps,
    waiting,
    after: nodesFrom(routes, paced.after),
    uncovered,
    totals,
    warnings: warningsFor({ ...input, unpriced, waiting, uncovered }),
  };
}

function changesFrom(
  routes: readonly PoolRoute[],
  unpriced: readonly ObservedPool[],
  paced: Paced,
): readonly PoolChange[] {
  const known = routes.map((route, i): PoolChange => {
    const { provider, region, zone, type, purchase } = route.offering;
    const here = paced.after.filter((bay) => bay.pool === i);
    return {
      pool: route.name,
      offering: route.offering.id,
      provider,
      region,
      zone,
      type,
      purchase,
      min: route.min,
      max: route.max,
      from: route.from,
      to: here.reduce((sum, bay) => sum + bay.nodes, 0),
      goal: route.goal,
      usdPerHour: route.usdPerHour,
      carries: byGroup(loadOf(here)),
      ...(route.template !== undefined && { template: route.template }),
    };
  });
  const left = unpriced.map((pool): PoolChange => ({
    pool: pool.name,
    offering: offeringId(pool),
    provider: pool.provider,
    region: pool.region,
    zone: pool.zone,
    type: pool.type,
    purchase: pool.purchase,
    min: pool.min,
    max: pool.max,
    from: pool.target,
    to: pool.target,
    goal: pool.target,
    usdPerHour: undefined,
    carries: {},
  }));
  return [...known, ...left].toSorted((a, b) => byText(a.offering, b.offering) || byText(a.pool, b.pool));
}

function waitingFrom(routes: readonly PoolRoute[], { puttingOff }: Paced): readonly Waiting[] {
  return puttingOff.flatMap(({ pool, kind, nodes, cause, carries, reason }) => {
    const route = routes[pool];
    if (!route) return [];
    const usdPerHourDelta = (kind === 'start' ? 1 : -1) * nodes * route.usdPerHour;
    return [
      {
        kind,
        pool: route.name,
        offering: route.offering.id,
        nodes,
        cause,
        carries: byGroup(carries),
        usdPerHourDelta,
        reason,
      },
    ];
  });
}

const byGroup = (load: Load): Readonly<Record<string, number>> =>
  Object.fromEntries([...load].toSorted(([a], [b]) => byText(a, b)));

/** Nodes of one offering that hold the same are one entry. */
function nodesFrom(routes: readonly PoolRoute[], bays: readonly Bay[]): readonly PlacedNodes[] {
  const nodes = new Map<string, PlacedNodes>();
  for (const bay of bays) {
    const offering = routes[bay.pool]?.offering.id ?? bay.candidate.id;
    const replicas = Object.fromEntries(Object.entries(bay.replicas).toSorted(([a], [b]) => byText(a, b)));
    const key = JSON.stringify([offering, replicas]);
    nodes.set(key, { offering, count: bay.nodes + (nodes.get(key)?.count ?? 0), replicas });
  }
  return [...nodes].toSorted(([a], [b]) => byText(a, b)).map(([, node]) => node);
}

/**
 * The moves of this cycle; none for the sake of cost when all of them together cost more than they save. Two placements
 * that are equally good may differ in a dozen nodes: without this the fleet would move between them for ever.
 */
function pacedFor(input: PlanInput, routes: readonly PoolRoute[]): Paced {
  const { problem, placement, before, fleet } = input;
  const wanted = placement.usdPerHour + placement.cost.change;
  const costOf = (nodes: readonly number[]): number => {
    const sizes = routes.map(({ candidate, usdPerHour }, i) => ({
      candidate,
      listUsdPerHour: usdPerHour,
      nodes: nodes[i] ?? 0,
    }));
    return totalOf(billFor(problem, sizes, before.egressUsdPerHour)) * (1 - LEAST_SAVING);
  };
  const limits = {
    ...fleet.policies.churn,
    unseen: unseenGroups(input.demand),
    paced: pacedGroups(input.demand, problem.groups),
  };
  if (wanted < costOf(routes.map(({ from }) => from))) return pace(routes, problem, { ...limits, worthwhile: true });
  const staying = pace(routes, problem, { ...limits, worthwhile: false });
  const stays = routes.map(({ from }) => from);
  for (const move of staying.moves) stays[move.pool] = move.to;
  return wanted < costOf(stays) ? pace(routes, problem, { ...limits, worthwhile: true }) : staying;
}

/** Less than this share of the bill is noise of rounding, not a saving. */
const LEAST_SAVING = 1e-4;

function totalsFrom(input: PlanInput, routes: readonly PoolRoute[], paced: Paced): Totals {
  const { problem, placement, before, demand } = input;
  const known = placement.status !== 'infeasible' && heldGroups(demand).length === 0;
  const sized = (nodesOf: (route: PoolRoute, i: number) => number): Parameters<typeof billFor>[1] =>
    routes.map((route, i) => ({
      candidate: route.candidate,
      listUsdPerHour: route.usdPerHour,
      nodes: nodesOf(route, i),
    }));
  const to = routes.map(({ from }) => from);
  for (const move of paced.moves) to[move.pool] = move.to;
  const settled = routes.every((route, i) => route.goal <= (to[i] ?? 0));
  const egress = placement.status === 'infeasible' ? before.egressUsdPerHour : placement.cost.egress;
  const running = billFor(
    problem,
    sized((route) => route.from),
    before.egressUsdPerHour,
  );
  // while work still waits for nodes, nobody knows its paths: the dearer of the two states is the safe figure
  const after = billFor(
    problem,
    sized((_, i) => to[i] ?? 0),
    settled ? egress : Math.max(egress, before.egressUsdPerHour),
  );
  const started = routes.map((route, i) => (to[i] ?? 0) - route.from);
  return {
    usdPerHourBefore: totalOf(running),
    usdPerHourAfter: totalOf(after),
    before: running,
    after,
    usdPerHourGoal: known ? placement.usdPerHour : Number.NaN,
    lowerBoundUsdPerHour: known ? placement.lowerBoundUsdPerHour : Number.NaN,
    gap: known ? placement.gap : Number.NaN,
    launch: started.reduce((sum, n) => sum + Math.max(0, n), 0),
    drain: started.reduce((sum, n) => sum + Math.max(0, -n), 0),
  };
}
