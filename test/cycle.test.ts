import { describe, expect, it } from 'vitest';
import { decide, runCycle, type Memory, type Tools } from '../src/cycle.ts';
import { offeringId } from '../src/catalog/offering.ts';
import type { Fleet } from '../src/fleet/fleet.ts';
import { readFleet } from '../src/fleet/read.ts';
import type { Observation } from '../src/observation.ts';
import type { Plan } from '../src/plan/plan.ts';
import { POLICIES } from '../policies/index.ts';
import { embeddedProvider } from '../providers/embedded/index.ts';
import { good, bad } from '../src/trouble.ts';
import { instant } from '../src/units.ts';
import { dryRunWorld } from '../src/world/dry-run.ts';
import { embeddedCatalog } from '../src/world/embedded.ts';
import { readTextFile } from '../src/world/files.ts';
import { loadExperts } from '../src/world/forecast-experts.ts';
import { loadHighs } from '../src/world/highs.ts';
import { trafficOf } from '../src/world/traffic.ts';

const EXAMPLE = 'examples/im-fleet/fleet.yaml';
const clock = { now: () => instant(Date.UTC(2026, 10, 18, 14)) };

async function exampleFleet(): Promise<Fleet> {
  const text = await readTextFile(EXAMPLE);
  const fleet = text.ok ? readFleet(text.value, EXAMPLE) : text;
  if (!fleet.ok) throw new Error(fleet.troubles[0]?.problem);
  return fleet.value;
}

async function observed(fleet: Fleet): Promise<Observation> {
  const catalog = embeddedCatalog();
  const providers = fleet.clouds.map((cloud) => embeddedProvider(cloud.provider, catalog));
  const traffic = trafficOf({ offline: true, clock, env: {}, file: EXAMPLE });
  const seen = await dryRunWorld({ fleet, catalog, providers, traffic, clock }).observe();
  if (!seen.ok) throw new Error(seen.troubles[0]?.problem);
  return seen.value;
}

/** As the command has them. */
const tools = async (): Promise<Tools> => ({
  solver: await loadHighs(),
  policies: POLICIES,
  experts: loadExperts(),
});

/** The pools as they are when every step of the plan is done. */
function carriedOut(seen: Observation, plan: Plan): Observation {
  const pools = plan.pools
    .filter((p) => p.to > 0 || seen.pools.some((known) => known.name === p.pool))
    .map((p) => ({
      ...{ name: p.pool, provider: p.provider, region: p.region, zone: p.zone, type: p.type, purchase: p.purchase },
      ...{ target: p.to, ready: p.to, min: p.min, max: p.max, source: 'declared' as const },
    }));
  return { ...seen, pools };
}

/** The fleet whose nodes may go as fast as its other limits let them: at a pace it nears its goal and still moves there. */
function unpaced(fleet: Fleet): Fleet {
  return { ...fleet, services: fleet.services.map(({ shrink: _shrink, ...service }) => service) };
}

describe('a cycle', () => {
  it('decides the same from the same observation, though its parts come in another order', async () => {
    const fleet = await exampleFleet();
    const seen = await observed(fleet);
    const kit = await tools();
    const once = decide(seen, fleet, kit);
    // what one decision leaves for the next changes none
    const memory: Memory = {};
    expect(decide(seen, fleet, { ...kit, memory }).plan).toEqual(once.plan);
    expect(memory.fits?.size).toBe(seen.signals.length);
    const turned = { ...seen, offerings: seen.offerings.toReversed(), pools: seen.pools.toReversed() };
    expect(decide(turned, fleet, { ...kit, memory }).plan.steps).toEqual(once.plan.steps);
  });

  it('comes to rest under a load that holds still: never short of the demand on the way, and cheaper at the end', async () => {
    const fleet = unpaced(await exampleFleet());
    let seen = await observed(fleet);
    const kit = await tools();
    const bills: number[] = [];
    let cycles = 0;
    for (; cycles < 15; cycles++) {
      const { plan, judgements } = decide(seen, fleet, kit);
      bills.push(plan.totals.usdPerHourBefore);
      expect(plan.placement.method).toBe('columns');
      expect(plan.uncovered).toEqual({});
      expect(judgements.filter((j) => j.verdict === 'stop')).toEqual([]);
      if (plan.steps.length === 0) break;
      seen = carriedOut(seen, plan);
    }
    expect(cycles).toBeLessThan(15);
    expect(bills.at(-1)).toBeLessThan(0.75 * (bills[0] ?? 0));
    expect(new Set(seen.pools.map(offeringId)).size).toBeGreaterThan(10);
  });

  it('does nothing where the world could not be seen', async () => {
    const trouble = { file: 'x', problem: 'the network is down', remedy: 'mend it' };
    let acted = 0;
    const world = {
      observe: async () => bad(trouble),
      carryOut: async () => {
        acted++;
        return good('done');
      },
    };
    expect(await runCycle(world, await exampleFleet(), await tools())).toEqual({ ok: false, troubles: [trouble] });
    expect(acted).toBe(0);
  });
});
