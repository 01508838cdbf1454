import { describe, expect, it } from 'vitest';
import { decide, runCycle, type Memory, type Tools } from '../src/cycle.ts';
import { offeringId } from '../src/catalog/offering.ts';
import type { Fleet } from '../src/fleet/fleet.ts';
import { readFleet } from '../src/fleet/read.ts';
import type { Observation } from '../src/observation.ts';
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
import { carriedOut } from './plan/carried-out.ts';

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

/** The fleet whose nodes may go as fast as its other limits let them. */
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

  it.each<[why: string, fleetFor: (fleet: Fleet) => Fleet, known: boolean, most: number]>([
    ['where its nodes go as fast as churn lets them', unpaced, true, 8],
    ['at the pace at which its clients can be moved', (fleet) => fleet, true, 10],
    ['though nobody knows what runs on its nodes', unpaced, false, 15],
  ])('comes to rest under a load that holds still, %s', { timeout: 300_000 }, async (_, fleetFor, known, most) => {
    const fleet = fleetFor(await exampleFleet());
    let seen = await observed(fleet);
    const kit: Tools = { ...(await tools()), memory: {} };
    const bills: number[] = [];
    let cycles = 0;
    for (; cycles < most; cycles++) {
      const { plan, judgements } = decide(seen, fleet, kit);
      bills.push(plan.totals.usdPerHourBefore);
      // never short of the demand on the way
      expect(plan.placement.method).toBe('columns');
      expect(plan.uncovered).toEqual({});
      expect(judgements.filter((j) => j.verdict === 'stop')).toEqual([]);
      if (plan.steps.length === 0) break;
      seen = carriedOut(seen, plan, known);
    }
    expect(cycles).toBeLessThan(most);
    const last = bills.at(-1) ?? Infinity;
    expect(last).toBeLessThan(0.75 * (bills[0] ?? 0));
    // at rest for want of anything to gain: not where the way there happened to end
    if (known) expect(last).toBeLessThanOrEqual(1.01 * Math.min(...bills));
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
