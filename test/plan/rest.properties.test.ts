import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { Observation } from '../../src/observation.ts';
import type { GroupDemand } from '../../src/demand/demand.ts';
import { problemOf } from '../../src/placement/from-demand.ts';
import { place } from '../../src/placement/place.ts';
import { runningEgress } from '../../src/placement/running-egress.ts';
import { planFrom } from '../../src/plan/from-placement.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { reachable } from '../../src/plan/reachable.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { mib, milliCores, share } from '../../src/units.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { carriedOut } from './carried-out.ts';
import { demandOf, offeringOf, poolOf, serviceOf, worldOf } from './world.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const worlds = fc.record({
  offerings: fc.uniqueArray(
    fc.record({
      type: fc.constantFrom('m7i.xlarge', 'm7g.xlarge', 'c7i.xlarge', 'm5.2xlarge'),
      cores: fc.integer({ min: 2, max: 16 }),
      noise: fc.integer({ min: 85, max: 115 }),
      zone: fc.constantFrom('us-east-1a', 'us-east-1b'),
      purchase: fc.constantFrom('on-demand' as const, 'spot' as const),
    }),
    { minLength: 2, maxLength: 5, selector: (o) => `${o.type} ${o.zone} ${o.purchase}` },
  ),
  services: fc.array(
    fc.record({
      cores: fc.integer({ min: 1, max: 6 }),
      replicas: fc.integer({ min: 1, max: 16 }),
      perNodeAtMost: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      zoneSkew: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      survive: fc.constantFrom(undefined, 'zone' as const),
      spot: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  running: fc.array(fc.nat(6), { minLength: 5, maxLength: 5 }),
  drains: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
});

type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

interface Cycle {
  readonly fleet: Fleet;
  readonly demand: readonly GroupDemand[];
  readonly seen: Observation;
}

/** A fleet of some nodes with a load that holds still. */
function startOf({ offerings: drawn, services: asked, running, drains }: World): Cycle {
  const offerings = drawn.map(({ noise, ...spec }) =>
    offeringOf({ ...spec, usd: (spec.cores * 0.05 * (spec.purchase === 'spot' ? 0.4 : 1) * noise) / 100 }),
  );
  const services = asked.map(({ cores, perNodeAtMost, zoneSkew, survive, spot }, i) =>
    serviceOf(`s${i}`, {
      requests: { cpu: milliCores(cores * 1000), memory: mib(64) },
      ...(perNodeAtMost !== undefined && { perNodeAtMost }),
      ...(zoneSkew !== undefined && { zoneSkew }),
      ...(survive !== undefined && { survive: { loss: survive, share: share(0.5) } }),
      allow: { purchase: spot ? ['on-demand', 'spot'] : ['on-demand'] },
    }),
  );
  const demand = services.map((service, i) => demandOf(service, asked[i]?.replicas ?? 1));
  const pools = offerings.map((offering, i) => poolOf(`p${i}`, offering, running[i] ?? 0, { max: 30 }));
  const churn = drains === undefined ? {} : { drainsPerCycle: drains };
  const { fleet, observation } = worldOf({ offerings, pools, services, demand, nodes: [], churn });
  return { fleet, demand, seen: observation };
}

function planned({ fleet, demand, seen }: Cycle): Plan {
  const problem = problemOf(fleet, seen, demand, [], reachable(fleet, seen.pools, seen.offerings).reachable);
  const placement = place(problem, solver);
  const before = { egressUsdPerHour: runningEgress(problem, solver) };
  return planFrom({ fleet, observation: seen, forecasts: [], demand, problem, placement, before });
}

/** Plans until one has no steps; undefined where there is no room for the demand. */
function toRest(world: World, known: boolean, most: number): readonly Plan[] | undefined {
  let cycle = startOf(world);
  const plans = [planned(cycle)];
  for (let plan = plans[0]; plan && plan.steps.length > 0; plan = plans.at(-1)) {
    if (plan.placement.status !== 'placed') return undefined;
    expect(plans.length, 'cycles').toBeLessThan(most);
    cycle = { ...cycle, seen: carriedOut(cycle.seen, plan, known) };
    plans.push(planned(cycle));
  }
  return plans;
}

describe('what runs on the nodes', () => {
  const offering = offeringOf({ type: 'm7i.xlarge', usd: 0.2 });
  const service = serviceOf('s');
  const seen = poolOf('seen', offering, 4, {
    carries: [
      { nodes: 2, replicas: { 's/eu': 2, 'of-no-service': 1 } },
      { nodes: 1, replicas: { 's/eu': 1 } },
    ],
  });

  it.each([
    [
      'is told node by node, those that are on their way as empty',
      [seen],
      [
        { offering: offering.id, count: 1, replicas: { 's/eu': 1 } },
        { offering: offering.id, count: 2, replicas: { 's/eu': 2 } },
        { offering: offering.id, count: 1, replicas: {} },
      ],
    ],
    [
      'is not known of an offering while one of its pools is not seen',
      [seen, poolOf('unseen', offering, 1)],
      [{ offering: offering.id, count: 5 }],
    ],
  ])('%s', (_, pools, running) => {
    const demand = [demandOf(service, 5)];
    const { fleet, observation } = worldOf({ offerings: [offering], pools, services: [service], demand, nodes: [] });
    expect(problemOf(fleet, observation, demand, [], [{ offering }]).running).toEqual(running);
  });
});

const RUNS = { numRuns: 20, seed: 3 };

describe('a fleet under a load that holds still', () => {
  it('has no step left once a plan is carried out, where it is seen what runs', { timeout: 120_000 }, () =>
    fc.assert(
      fc.property(worlds, (world) => {
        const plans = toRest({ ...world, drains: undefined }, true, 5);
        const last = plans?.findIndex((plan) => plan.waiting.length === 0) ?? 0;
        if (plans && last >= 0) expect(plans.length - 1 - last).toBeLessThanOrEqual(1);
      }),
      RUNS,
    ),
  );

  it('comes to rest however slowly it may move, seen or not', { timeout: 120_000 }, () =>
    fc.assert(
      fc.property(worlds, fc.boolean(), (world, known) => {
        const plans = toRest(world, known, 40);
        if (known && plans) {
          const bills = plans.map((plan) => plan.totals.usdPerHourBefore);
          const cheapest = Math.min(...bills.slice(1));
          expect(bills.at(-1)).toBeLessThanOrEqual(1.01 * cheapest + 1e-9);
        }
      }),
      RUNS,
    ),
  );
});
