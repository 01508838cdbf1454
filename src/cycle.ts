import { demandFor } from './demand/demand-for.ts';
import { quantilesOf } from './demand/objective.ts';
import { bootTimeOf } from './catalog/lead-time.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { HolidayTable } from './forecast/events/holidays.ts';
import { forecastsFor, type Fits } from './forecast/forecasts-for.ts';
import type { Forecast } from './forecast/forecast.ts';
import type { Observation } from './observation.ts';
import { problemOf } from './placement/from-demand.ts';
import { place } from './placement/place.ts';
import type { Placement } from './placement/placement.ts';
import type { Placer } from './placement/placer.ts';
import type { Problem } from './placement/problem.ts';
import { runningEgress } from './placement/running-egress.ts';
import { factsOf } from './plan/facts.ts';
import { planFrom } from './plan/from-placement.ts';
import type { Decided } from './plan/plan.ts';
import { reachable } from './plan/reachable.ts';
import { judge } from './policy/gate.ts';
import type { Policy } from './policy/policy.ts';
import type { LinearExperts } from './forecast/linear/linear-experts.ts';
import type { LinearSolver } from './ports.ts';
import type { GroupDemand } from './demand/demand.ts';
import type { Checked } from './trouble.ts';

/** What a decision needs besides data: both are deterministic, so the decision is. */
export interface Tools {
  readonly solver: LinearSolver;
  readonly policies: readonly Policy[];
  /** what the calendar knows; needed where a market names its holidays */
  readonly holidays?: HolidayTable;
  /** pretrained on other series; absent: a forecast has its own past alone */
  readonly experts?: LinearExperts;
  /** of a caller that decides again and again: saves time and changes no decision, so none is stored with it */
  readonly memory?: Memory;
  /** where a cycle's placements are found; absent: on this thread, as {@link decide} finds them */
  readonly place?: Placer;
}

/** What one decision leaves for the next to go on from; begin with `{}`. */
export interface Memory {
  fits?: Fits;
}

/** Where a cycle looks and acts. Live loop, dry run, simulation and replay differ only in the world handed in. */
export interface World<Outcome> {
  observe(): Promise<Checked<Observation>>;
  carryOut(decided: Decided): Promise<Outcome>;
}

/** One cycle: observe, decide, act. An observation that could not be made is answered as such and nothing is done. */
export async function runCycle<Outcome>(
  world: World<Outcome>,
  fleet: Fleet,
  tools: Tools,
): Promise<Checked<{ readonly decided: Decided; readonly outcome: Outcome }>> {
  const seen = await world.observe();
  if (!seen.ok) return seen;
  const asked = askedOf(seen.value, fleet, tools);
  const placement = await (tools.place ?? ((problem) => place(problem, tools.solver)))(asked.problem);
  const decided = concluded(asked, placement, tools);
  return { ok: true, value: { decided, outcome: await world.carryOut(decided) } };
}

/** From what was seen to what is to be done and whether it may be: pure, so a stored observation decides alike. */
export function decide(seen: Observation, fleet: Fleet, tools: Tools): Decided {
  const asked = askedOf(seen, fleet, tools);
  return concluded(asked, place(asked.problem, tools.solver), tools);
}

/** What is known before anything is placed. */
interface Asked {
  readonly fleet: Fleet;
  readonly observation: Observation;
  readonly forecasts: readonly Forecast[];
  readonly demand: readonly GroupDemand[];
  readonly problem: Problem;
}

function askedOf(seen: Observation, fleet: Fleet, { holidays, experts, memory }: Tools): Asked {
  const quantiles = (signal: string): readonly number[] => [
    ...ALWAYS,
    ...fleet.services.filter((s) => s.signal === signal).flatMap(quantilesOf),
  ];
  const known = { holidays, experts, earlier: memory?.fits };
  const { forecasts, fits } = forecastsFor(seen.signals, fleet, seen.at, quantiles, known);
  if (memory) memory.fits = fits;
  const doubtful = new Set(seen.doubts?.map(({ provider }) => provider));
  const { reachable: open } = reachable(fleet, seen.pools, seen.offerings, doubtful);
  const nodes = open.map(({ offering }) => offering);
  const running = new Map(seen.workloads?.map((workload) => [workload.group, workload]));
  const demand = demandFor(forecasts, fleet, seen.at, { leadTime: leadTimeOf(fleet), nodes, seen: running });
  return { fleet, observation: seen, forecasts, demand, problem: problemOf(fleet, seen, demand, forecasts, open) };
}

function concluded(asked: Asked, placement: Placement, { solver, policies }: Tools): Decided {
  const { fleet, observation, problem } = asked;
  const before = { egressUsdPerHour: runningEgress(problem, solver) };
  const decided = { fleet, observation, problem, plan: planFrom({ ...asked, placement, before }) };
  const judgements = judge(policies, factsOf(decided), fleet, placement.certificate.rulePrices);
  return { ...decided, judgements };
}

/** Median and the upper quantiles that a reader looks for, whatever the services ask. */
const ALWAYS = [0.5, 0.9, 0.99];

/** The slowest node there may be sets when an order takes effect. */
const leadTimeOf = (fleet: Fleet): ReturnType<typeof bootTimeOf> =>
  fleet.clouds.map((c) => bootTimeOf(c.provider)).reduce((a, b) => (b > a ? b : a), bootTimeOf('gcp'));
