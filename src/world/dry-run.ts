import { createHash } from 'node:crypto';
import type { Commitment } from '../catalog/contract.ts';
import { coreAndMemoryRate } from '../catalog/core-rates.ts';
import { measured } from '../catalog/measured.ts';
import { egressTable, type EgressTable } from '../catalog/egress.ts';
import { freshnessOf } from '../catalog/freshness.ts';
import { placeOf, type Offering } from '../catalog/offering.ts';
import type { World } from '../cycle.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { EgressRoute, Hashes, Observation, PriceSource, ResourceRate } from '../observation.ts';
import type { Clock, PoolList, Provider, TrafficSource } from '../ports.ts';
import { jointSignals } from '../signals/joint.ts';
import { lastSeen, type ObservedSignal } from '../signals/signal.ts';
import { bad, good, type Checked, type Trouble } from '../trouble.ts';
import { instant, seconds, type Instant } from '../units.ts';
import type { EmbeddedCatalog } from './embedded.ts';
import { withCarried } from './live/carried.ts';
import { saidBy, type ClustersSaid, type LookedAt } from './live/clusters.ts';
import { contradictions } from './live/contradictions.ts';
import { oncePerFile } from './once-per-file.ts';

export interface DryRunParts {
  readonly fleet: Fleet;
  readonly providers: readonly Provider[];
  readonly traffic: TrafficSource;
  /** looks at the clusters that the fleet names contexts for; absent = none is looked at */
  readonly clusters?: () => Promise<readonly LookedAt[]>;
  readonly catalog: Pick<EmbeddedCatalog, 'prices' | 'egress'>;
  readonly clock: Clock;
  /** the time to decide for; absent = now, or the end of recorded series where every signal is a recording */
  readonly at?: Instant;
}

/** A world that is looked at and left alone: what was decided is answered and nothing more. */
export function dryRunWorld(parts: DryRunParts): World<'shown'> {
  return { observe: () => observe(parts), carryOut: async () => 'shown' };
}

async function observe(parts: DryRunParts): Promise<Checked<Observation>> {
  const { fleet, providers, catalog } = parts;
  const troubles: Trouble[] = [];
  const taken = <T>(answer: Checked<T>, otherwise: T): T => {
    if (answer.ok) return answer.value;
    troubles.push(...answer.troubles);
    return otherwise;
  };
  const signals = await readSignals(parts);
  const [lists, clusters] = await Promise.all([
    Promise.all(providers.map((provider) => listsOf(provider, fleet))),
    parts.clusters?.() ?? [],
  ]);
  const listings = lists.map((list) => taken(list.pools, NO_POOLS));
  const listed = lists.flatMap((list) => taken(list.offerings, []));
  const commitments = lists.flatMap((list) => taken(list.commitments, []));
  const pools = withCarried(
    listings.flatMap((listing) => listing.pools),
    clusters,
    fleet,
  );
  const said = saidBy(clusters, fleet);
  const unlike = contradictions(clusters, said, fleet);
  const told = toldBy(providers, listings, said);
  const egress = await catalog.egress();
  const rates = await resourceRates(fleet, catalog);
  const series = taken(signals, []);
  if (!egress.ok) return bad(...troubles, ...egress.troubles);
  if (troubles.length > 0) return bad(...troubles);
  const at = parts.at ?? decisionTime(fleet, series, parts.clock);
  const seen = {
    at,
    offerings: measured(listed, said.nodes),
    pools,
    commitments,
    resourceRates: rates,
    egress: routesOf(fleet, egressTable(egress.value, ownEgress(fleet))),
    signals: series,
    prices: priceSources(listed, at),
    ...told,
    ...(said.workloads.length > 0 && { workloads: said.workloads }),
    ...(unlike.length > 0 && { contradictions: unlike }),
  };
  return good({ ...seen, hashes: hashesOf(fleet, seen) });
}

interface Lists {
  readonly pools: Checked<PoolList>;
  readonly offerings: Checked<readonly Offering[]>;
  readonly commitments: Checked<readonly Commitment[]>;
}

/** Pools first: what runs there has to be among the offerings, whether a template names its type or not. */
async function listsOf(provider: Provider, fleet: Fleet): Promise<Lists> {
  const pools = await provider.listPools(fleet);
  // it comes to nothing now, and asking on would only let somebody wait for it
  if (!pools.ok) return { pools, offerings: good([]), commitments: good([]) };
  const [offerings, commitments] = await Promise.all([provider.listOfferings(fleet), provider.listCommitments(fleet)]);
  return { pools, offerings, commitments };
}

const NO_POOLS: PoolList = { pools: [], passedOver: [], doubts: [] };

/** What speaks against the listings, and what they leave alone; nothing where there is nothing to say. */
function toldBy(
  providers: readonly Provider[],
  listings: readonly PoolList[],
  said: Pick<ClustersSaid, 'doubts'>,
): Pick<Observation, 'doubts' | 'passedOver'> {
  const ofPools = listings.flatMap((listing, i) =>
    listing.doubts.flatMap((reason) => {
      const provider = providers[i]?.name;
      return provider === undefined ? [] : [{ provider, reason }];
    }),
  );
  const doubts = [...ofPools, ...said.doubts];
  const passedOver = listings.flatMap((listing) => listing.passedOver);
  return { ...(doubts.length > 0 && { doubts }), ...(passedOver.length > 0 && { passedOver }) };
}

async function readSignals({ fleet, traffic, at }: DryRunParts): Promise<Checked<readonly ObservedSignal[]>> {
  const read = await Promise.all(fleet.signals.map((signal) => traffic.read(signal, at ?? 'latest')));
  const troubles = read.flatMap((r) => (r.ok ? [] : r.troubles));
  if (troubles.length > 0) return bad(...oncePerFile(troubles, fleet));
  const series = read.flatMap((r) => (r.ok ? r.value : []));
  return good([...series, ...jointSignals(fleet.signals, series)]);
}

/** Recordings are decided at the end of what they hold; with a live source among them, at the present time. */
function decisionTime(fleet: Fleet, series: readonly ObservedSignal[], clock: Clock): Instant {
  const live = fleet.signals.some((s) => s.sources.some((source) => source.kind === 'prometheus'));
  const ends = series.flatMap((s) => lastSeen(s) ?? []);
  return live || ends.length === 0 ? clock.now() : instant(Math.max(...ends));
}

async function resourceRates(fleet: Fleet, catalog: DryRunParts['catalog']): Promise<ResourceRate[]> {
  const rates: ResourceRate[] = [];
  for (const k of fleet.commitments) {
    if (k.kind !== 'resources' || k.provider === 'kubernetes') continue;
    const prices = await catalog.prices(k.provider);
    const rate = prices.ok ? coreAndMemoryRate(prices.value, k.region, k.family) : undefined;
    if (rate) rates.push({ commitment: k.id, perVcpu: rate.perVcpu, perGib: rate.perGib });
  }
  return rates;
}

const ownEgress = (fleet: Fleet): Parameters<typeof egressTable>[1] =>
  fleet.clouds
    .flatMap((cloud) => cloud.regions)
    .flatMap((r) => (r.own ? [{ place: `${r.provider}/${r.name}`, usdPerGb: r.own.egress, source: fleet.file }] : []));

function routesOf(fleet: Fleet, table: EgressTable): EgressRoute[] {
  const places = fleet.clouds.flatMap((c) => c.regions).map((r) => placeOf({ provider: r.provider, region: r.name }));
  return places.flatMap((from) =>
    [...places, 'internet'].flatMap((to) => {
      const price = from === to ? table.interZonePrice(from) : table.routePrice(from, to);
      return price ? [{ from, to, ...price }] : [];
    }),
  );
}

function priceSources(offerings: readonly Offering[], at: Instant): PriceSource[] {
  return freshnessOf(offerings, at).map(({ provider, source, basis, oldest, ageS, offerings: count }) => ({
    provider,
    source,
    basis,
    asOf: oldest,
    age: seconds(ageS),
    offerings: count,
  }));
}

function hashesOf(fleet: Fleet, seen: Omit<Observation, 'hashes'>): Hashes {
  return {
    config: sha256({ ...fleet, file: undefined }),
    prices: sha256([seen.offerings.map((o) => [o.id, o.price, o.available]), seen.egress, seen.resourceRates]),
    state: sha256([seen.at, seen.pools, seen.commitments, seen.signals]),
  };
}

/** Of JSON in which the keys of objects and maps stand in order, so that equal data have equal hashes. */
function sha256(data: unknown): string {
  return createHash('sha256').update(JSON.stringify(data, canonical)).digest('hex');
}

function canonical(_key: string, value: unknown): unknown {
  if (value instanceof Float64Array)
    return createHash('sha256')
      .update(Buffer.from(value.buffer, value.byteOffset, value.byteLength))
      .digest('hex');
  const entries = value instanceof Map ? [...value] : isPlain(value) ? Object.entries(value) : undefined;
  return entries ? Object.fromEntries(entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))) : value;
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
