import { type Tools, runCycle } from './cycle.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { Decided } from './plan/plan.ts';
import type { Sold } from './plan/why-not.ts';
import { bad, good, type Checked } from './trouble.ts';
import { usdPerHour, type Instant } from './units.ts';
import { providersOf } from './wire/adapters.ts';
import { lookAtClusters } from './wire/clusters.ts';
import { packaged, systemClock, unfitFor } from './wire/parts.ts';
import { dryRunWorld } from './world/dry-run.ts';
import { loadExperts } from './world/forecast-experts.ts';
import { loadHighs } from './world/highs.ts';
import { loadHolidays } from './world/holidays.ts';
import { placementWorkers } from './world/placement-workers.ts';
import { readFleetFile } from './world/read-fleet.ts';
import { trafficOf } from './world/traffic.ts';

export interface DecideOptions {
  /** nothing is asked over the network: embedded prices, recorded load */
  readonly offline: boolean;
  readonly at?: Instant;
}

/**
 * Decides for the fleet of a file, without touching anything.
 *
 * This file and the folder beside it are where the product is put together: nothing else imports a provider or a policy.
 */
export async function decideFleet(file: string, options: DecideOptions): Promise<Checked<Decided>> {
  // the solver compiles on other threads while the fleet file is read
  const tools = toolsOf();
  tools.catch(() => undefined); // told where it is awaited
  const fleet = await readFleetFile(file);
  return fleet.ok ? decide(fleet.value, options, tools) : fleet;
}

async function decide(fleet: Fleet, options: DecideOptions, tools: Promise<Tools>): Promise<Checked<Decided>> {
  const unfit = options.offline ? undefined : await unfitFor(fleet);
  if (unfit) return bad(unfit);
  const world = dryRunWorld({
    fleet,
    catalog: packaged,
    clock: systemClock,
    providers: await providersOf(fleet, options.offline),
    traffic: trafficOf({
      ...(fleet.prometheus && { prometheus: fleet.prometheus }),
      offline: options.offline,
      clock: systemClock,
      env: process.env,
      file: fleet.file,
    }),
    ...(options.at !== undefined && { at: options.at }),
    ...(!options.offline && { clusters: () => lookAtClusters(fleet) }),
  });
  const kit = { ...(await tools), ...(namesHolidays(fleet) && { holidays: await loadHolidays() }) };
  // threads start with the first problem that is large enough for them
  const workers = placementWorkers({ solver: kit.solver });
  try {
    const cycle = await runCycle(world, fleet, { ...kit, place: workers.place });
    return cycle.ok ? good(cycle.value.decided) : cycle;
  } finally {
    await workers.close();
  }
}

const namesHolidays = ({ markets }: Fleet): boolean => markets.some(({ holidays }) => holidays !== undefined);

async function toolsOf(): Promise<Tools> {
  const [solver, { POLICIES }] = await Promise.all([loadHighs(), import('../policies/index.ts')]);
  return { solver, policies: POLICIES, experts: loadExperts() };
}

/** The cheapest place of every type that the embedded catalog has in the fleet's regions, by type. */
export async function soldTypes(fleet: Fleet): Promise<ReadonlyMap<string, Sold>> {
  const sold = new Map<string, Sold>();
  for (const { provider, regions } of fleet.clouds) {
    const prices = provider === 'kubernetes' ? undefined : await packaged.prices(provider);
    if (!prices?.ok) continue;
    for (const { name } of regions) {
      prices.value.regions.get(name)?.onDemand.forEach((usd, i) => {
        const type = prices.value.types[i]?.name ?? '';
        if (usd < (sold.get(type)?.usdPerHour ?? Infinity))
          sold.set(type, { place: `${provider}/${name}`, usdPerHour: usdPerHour(usd) });
      });
    }
  }
  return sold;
}
