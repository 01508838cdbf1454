import { type Tools, runCycle } from './cycle.ts';
import { answered } from './failure.ts';
import type { ProviderName } from './catalog/offering.ts';
import type { Cloud, Fleet } from './fleet/fleet.ts';
import type { Decided } from './plan/plan.ts';
import type { Sold } from './plan/why-not.ts';
import type { Clock, Finding, LiveProvider, Provider, ProviderParts } from './ports.ts';
import { bad, good, printable, type Checked, type Trouble } from './trouble.ts';
import { instant, seconds, usdPerHour, type Instant } from './units.ts';
import { dryRunWorld } from './world/dry-run.ts';
import { embeddedCatalog } from './world/embedded.ts';
import { loadExperts } from './world/forecast-experts.ts';
import { loadHighs } from './world/highs.ts';
import { loadHolidays } from './world/holidays.ts';
import type { LookedAt } from './world/live/clusters.ts';
import { within } from './world/live/within.ts';
import { placementWorkers } from './world/placement-workers.ts';
import { readFleetFile } from './world/read-fleet.ts';
import { trafficOf } from './world/traffic.ts';

/** The one place where the product is put together: nothing else imports a provider or a policy. */
export interface DecideOptions {
  /** nothing is asked over the network: embedded prices, recorded load */
  readonly offline: boolean;
  readonly at?: Instant;
}

/** One for the process: what has been read and decoded once is not read again. */
const packaged = embeddedCatalog();

const systemClock: Clock = { now: () => instant(Date.now()) };

/**
 * How long a command waits for clouds that do not answer, over all its calls: one call with its retries and waits may
 * take two thirds of it.
 */
const WAITED_AT_MOST = seconds(180);

/** Decides for the fleet of a file, without touching anything. */
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

/** A cloud that the fleet names access to is asked itself; of the others, and offline, Godwit knows what it carries. */
async function providersOf(fleet: Fleet, offline: boolean): Promise<Provider[]> {
  const { embeddedProvider } = await import('../providers/embedded/index.ts');
  const known = fleet.clouds
    .filter((cloud) => offline || !(isLive(cloud) && cloud.provider !== 'kubernetes'))
    .map((cloud) => embeddedProvider(cloud.provider, packaged))
    .map((provider) => (offline || provider.name !== 'kubernetes' ? provider : within(provider, (r) => !r.contexts)));
  if (offline || !fleet.clouds.some(isLive)) return known;
  const [parts, { remembered }] = await Promise.all([providerParts(), import('./world/live/remembered.ts')]);
  const live = await liveProviders(fleet, parts);
  return [...known, ...live.map((provider) => remembered(provider, parts))];
}

/** Every cluster that the fleet names a context for, once: what it runs is read, and it is left again. */
async function lookAtClusters(fleet: Fleet): Promise<readonly LookedAt[]> {
  const named = fleet.clouds.flatMap(({ regions }) =>
    regions.flatMap((region) => (region.contexts ?? []).map((context) => ({ region, context }))),
  );
  if (named.length === 0) return [];
  const [{ openCluster }, { realWaiting }, parts] = await Promise.all([
    import('../providers/kubernetes/index.ts'),
    import('./calls/waiting.ts'),
    providerParts(),
  ]);
  return Promise.all(
    named.map(async ({ region, context }) => {
      const cluster = await openCluster({ ...parts, ...realWaiting }, context);
      if (!cluster.ok) return { region, context, seen: cluster };
      try {
        return { region, context, seen: answered(cluster.value.snapshot()) };
      } finally {
        await cluster.value.close();
      }
    }),
  );
}

/** Adapters for the clouds that the fleet names access to. */
export const liveProviders = (fleet: Fleet, parts: ProviderParts): Promise<LiveProvider[]> =>
  Promise.all(fleet.clouds.filter(isLive).map(async ({ provider }) => (await adapterOf(provider)).open(parts)));

/** A cloud of a fleet, looked over before the first cycle. */
export interface Examined {
  readonly provider: ProviderName;
  /** false: the fleet file names no access to it */
  readonly asked: boolean;
  /** requests sent, repeated ones among them */
  readonly calls: number;
  readonly findings: readonly Finding[];
  /** the policy document that would grant what is missing; absent where nothing is */
  readonly grant?: string;
}

/** Whether every cloud of a fleet file can be asked as a cycle would ask it; one that is silent holds no other up. */
export async function examineFleet(file: string): Promise<Checked<readonly Examined[]>> {
  const fleet = await readFleetFile(file);
  if (!fleet.ok) return fleet;
  const unfit = await unfitFor(fleet.value);
  if (unfit) return bad(unfit);
  const examined = await Promise.all(fleet.value.clouds.map((cloud) => examineCloud(cloud, fleet.value)));
  const own = examined.find(({ provider }) => provider === 'kubernetes');
  const clusters = await examineClusters(fleet.value, own);
  return good(clusters ? [...examined.filter((cloud) => cloud !== own), clusters] : examined);
}

/** Every cluster that the fleet names a context for, of whatever cloud; undefined where it names none. */
async function examineClusters(fleet: Fleet, own: Examined | undefined): Promise<Examined | undefined> {
  const contexts = fleet.clouds.flatMap(({ provider, regions }) =>
    // own clusters are examined with their pools
    provider === 'kubernetes' ? [] : regions.flatMap((region) => region.contexts ?? []),
  );
  if (contexts.length === 0 && !fleet.clouds.some((cloud) => cloud.provider === 'kubernetes' && isLive(cloud)))
    return undefined;
  const [parts, { examineContext, grant }, { clusterFindings }] = await Promise.all([
    providerParts(),
    import('../providers/kubernetes/index.ts'),
    import('./world/live/examine-clusters.ts'),
  ]);
  const before = sentTo(parts, 'kubernetes');
  const [over, lookedAt] = await Promise.all([
    Promise.all([...new Set(contexts)].map((context) => examineContext(parts, context))),
    lookAtClusters(fleet),
  ]);
  const findings = [...(own?.findings ?? []), ...over.flat(), ...clusterFindings(lookedAt, fleet)];
  const missing = missingIn(findings);
  return {
    provider: 'kubernetes',
    asked: true,
    calls: (own?.calls ?? 0) + sentTo(parts, 'kubernetes') - before,
    findings,
    ...(missing.length > 0 && { grant: grant(missing) }),
  };
}

/** Permissions that a policy document has to grant. */
const missingIn = (findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.flatMap((f) => (f.state === 'missing' ? (f.permission ?? []) : []))),
];

async function examineCloud(cloud: Cloud, fleet: Fleet): Promise<Examined> {
  const { provider } = cloud;
  const { listingFindings } = await import('./world/live/examine.ts');
  if (!isLive(cloud)) {
    const { embeddedProvider } = await import('../providers/embedded/index.ts');
    const prices = await listingFindings(embeddedProvider(provider, packaged), fleet, systemClock);
    return { provider, asked: false, calls: 0, findings: [NOT_ASKED(provider), ...prices] };
  }
  const parts = await providerParts();
  const before = sentTo(parts, provider);
  const [adapter, { remembered }] = await Promise.all([adapterOf(provider), import('./world/live/remembered.ts')]);
  const live = adapter.open(parts);
  const findings = await live.examine(fleet);
  const listed = await listingFindings(remembered(live, parts), fleet, systemClock);
  const missing = missingIn(findings);
  return {
    provider,
    asked: true,
    calls: sentTo(parts, provider) - before,
    findings: [...findings, ...listed],
    ...(missing.length > 0 && { grant: adapter.grant(missing, fleet) }),
  };
}

/** Notes a person's word that what was seen in a place of the fleet, `aws/us-east-1`, is gone for good. */
export async function believePlace(file: string, place: string): Promise<Checked<void>> {
  const fleet = await readFleetFile(file);
  if (!fleet.ok) return fleet;
  const places = fleet.value.clouds.flatMap(({ provider, regions }) => regions.map(({ name }) => ({ provider, name })));
  const meant = places.find(({ provider, name }) => place === `${provider}/${name}`);
  if (!meant) {
    const remedy = `name one of ${places.map(({ provider, name }) => `${provider}/${name}`).join(', ')}`;
    return bad({ file, value: printable(place), problem: 'the fleet has no such place', remedy });
  }
  const [{ shelf }, { believe }] = await Promise.all([providerParts(), import('./calls/believed.ts')]);
  if (await believe(shelf, meant.provider, meant.name)) return good(undefined);
  const remedy = 'set GODWIT_CACHE_DIR to the folder that plans are made with, and see that it can be written';
  return bad({ file: 'cache folder', problem: 'it keeps nothing, so the word is lost', remedy });
}

const NOT_ASKED = (provider: ProviderName): Finding => ({
  about: 'reach',
  what: provider,
  state: 'ok',
  detail: `the fleet file names no ${provider === 'kubernetes' ? 'context' : 'access'}: what it declares and the package’s prices are all that is known`,
});

const sentTo = ({ caller }: ProviderParts, provider: ProviderName): number =>
  [...caller.sent].reduce((sum, [about, n]) => (about.startsWith(`${provider} `) ? sum + n : sum), 0);

/** What each adapter's folder offers; its vendor's SDK is loaded here and nowhere else. */
interface Adapter {
  open(parts: ProviderParts): LiveProvider;
  /** the vendor's policy document for these permissions and no others */
  grant(permissions: readonly string[], fleet: Fleet): string;
}

async function adapterOf(provider: ProviderName): Promise<Adapter> {
  switch (provider) {
    case 'aws': {
      // the SDK tells every user at every start which Node it will want next year: that is its owners' news, not theirs
      process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
      const { awsProvider: open, grant } = await import('../providers/aws/index.ts');
      return { open, grant };
    }
    case 'azure': {
      const { azureProvider: open, grant } = await import('../providers/azure/index.ts');
      return { open, grant };
    }
    case 'gcp': {
      const { gcpProvider: open, grant } = await import('../providers/gcp/index.ts');
      return { open, grant };
    }
    case 'kubernetes': {
      const { kubernetesProvider: open, grant } = await import('../providers/kubernetes/index.ts');
      return { open, grant };
    }
    default:
      return provider satisfies never;
  }
}

/** One for the process: rates are kept and calls are counted over all that it asks. */
export const providerParts = once(async (): Promise<ProviderParts> => {
  const [{ cloudCaller }, { realWaiting }, { fileShelf }] = await Promise.all([
    import('./calls/caller.ts'),
    import('./calls/waiting.ts'),
    import('./world/shelf.ts'),
  ]);
  return {
    clock: systemClock,
    caller: cloudCaller({ clock: systemClock, ...realWaiting, random: Math.random, altogether: WAITED_AT_MOST }),
    shelf: fileShelf(process.env),
    lists: packaged,
    env: process.env,
  };
});

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** What is wrong with the environment for any cloud there is; undefined = nothing, or none is asked. */
async function unfitFor(fleet: Fleet): Promise<Trouble | undefined> {
  if (!fleet.clouds.some(isLive)) return undefined;
  return (await import('./world/ca-file.ts')).caFileTrouble(process.env);
}

const isLive = ({ provider, access, regions }: Cloud): boolean =>
  provider === 'kubernetes' ? regions.some((region) => region.contexts !== undefined) : access !== undefined;

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
