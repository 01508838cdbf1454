import { isForgotten } from '../../src/calls/believed.ts';
import { allPages } from '../../src/calls/pages.ts';
import { troubleOf } from '../../src/calls/trouble-of.ts';
import type { ProviderName } from '../../src/catalog/offering.ts';
import { answered } from '../../src/failure.ts';
import type { Fleet, Region } from '../../src/fleet/fleet.ts';
import type { ObservedPool, PoolInstance, PoolList, ProviderParts } from '../../src/ports.ts';
import { bad, good, type Checked } from '../../src/trouble.ts';
import type { Ask, View } from './requests.ts';
import type { SimInstance, SimPool, SimulatedWorld } from './world-types.ts';

interface Parts extends Pick<ProviderParts, 'clock' | 'shelf'> {
  readonly world: SimulatedWorld;
  readonly name: ProviderName;
  readonly ask: Ask;
}

/** As small as that of AWS, so that a fleet of any size is read in several pages. */
const PAGE = 50;

export async function listPools(fleet: Fleet, parts: Parts): Promise<Checked<PoolList>> {
  const pools: ObservedPool[] = [];
  const passedOver: PoolList['passedOver'][number][] = [];
  const doubts: string[] = [];
  for (const region of regionsOf(fleet, parts.name)) {
    const listed = await allPages<SimPool, number>(async (from = 0) => {
      const page = await parts.ask({ api: 'listPools', region: region.name, class: 'read' }, (view) =>
        poolsSeen(parts, region.name, view).slice(from, from + PAGE + 1),
      );
      if (!page.ok) return page;
      const more = page.value.length > PAGE;
      return answered({ items: page.value.slice(0, PAGE), ...(more && { next: from + PAGE }) });
    });
    if (!listed.ok) return bad(troubleOf(listed.failure, `${parts.name} ${region.name}`));
    const own = listed.value.filter((pool) => belongs(pool, fleet));
    for (const pool of own) {
      if (region.zones.includes(pool.zone)) pools.push(observed(pool));
      else passedOver.push({ name: pool.name, place: `${parts.name}/${region.name}`, reason: strange(pool) });
    }
    const doubt = await doubtOf(own, region, { ...parts, fleet });
    if (doubt !== undefined) doubts.push(doubt);
  }
  return good({ pools, passedOver, doubts });
}

export const regionsOf = (fleet: Pick<Fleet, 'clouds'>, provider: ProviderName): readonly Region[] =>
  fleet.clouds.filter((cloud) => cloud.provider === provider).flatMap((cloud) => cloud.regions);

/** By the fleet's tag; without one, by the names that the fleet file declares. */
export function belongs(pool: SimPool, { findPoolsByTag: tag, pools }: Fleet): boolean {
  if (tag) return pool.tags[tag.key] === tag.value;
  return pools.some((p) => p.provider === pool.provider && p.region === pool.region && p.name === pool.name);
}

function poolsSeen({ world, name }: Parts, region: string, { empty, asOf }: View): readonly SimPool[] {
  if (empty) return [];
  return asOf === undefined ? world.pools.list(name, region) : world.pools.listAt(asOf, name, region);
}

const strange = ({ zone }: SimPool): string => `it is in ${zone}, which the fleet does not use`;

function observed(pool: SimPool): ObservedPool {
  const { name, provider, region, zone, type, purchase, target, min, max, id, version, instances } = pool;
  return {
    name,
    provider,
    region,
    zone,
    type,
    purchase,
    target,
    ready: instances.filter((i) => i.state === 'running').length,
    min,
    max,
    source: 'live',
    live: { id, version: String(version), instances: instances.flatMap(instanceOf), changedBy: whoOf(pool) },
  };
}

function instanceOf({ id, state, launchedAt }: SimInstance): readonly PoolInstance[] {
  return state === 'ended' ? [] : [{ id, state, startedAt: launchedAt }];
}

/** how our own changes are signed */
export const signature = (opId: string): string => `godwit ${opId}`;

function whoOf({ changedBy }: SimPool): NonNullable<ObservedPool['live']>['changedBy'] & object {
  const [who, opId] = changedBy.split(' ');
  if (who !== 'godwit') return { who: 'other', name: changedBy };
  return { who: 'godwit', ...(opId !== undefined && { opId }) };
}

/**
 * Nothing where there was something is more often an outage than the truth, however long it lasts: it is believed when
 * something shows again, or when a person says so ({@link isForgotten}). Spot nodes may all have been taken back.
 */
async function doubtOf(
  pools: readonly SimPool[],
  region: Region,
  { name, shelf, fleet }: Parts & { readonly fleet: Pick<Fleet, 'name'> },
): Promise<string | undefined> {
  const key = `${name}/-/${region.name}/pools/${fleet.name}`;
  const lasting = pools.filter((pool) => pool.purchase === 'on-demand');
  const nodes = lasting.reduce((sum, p) => sum + p.instances.length, 0);
  const now = { schemaVersion: 1, pools: pools.length, nodes };
  const shelved = await shelf.get(key);
  const counts = shelved !== undefined && !(await isForgotten(shelf, name, region.name, shelved.at));
  const before = counts ? countsOf(shelved.text) : undefined;
  const place = `${name} ${region.name}`;
  if (before) {
    if (before.pools > 0 && now.pools === 0) return `${place} lists no pools, where there were ${before.pools}`;
    if (before.nodes > 0 && nodes === 0 && lasting.some((pool) => pool.target > 0))
      return `${place} lists no nodes, where there were ${before.nodes}`;
  }
  await shelf.put(key, JSON.stringify(now));
  return undefined;
}

function countsOf(text: string): { readonly pools: number; readonly nodes: number } | undefined {
  try {
    const { schemaVersion, pools, nodes } = JSON.parse(text) as Record<string, unknown>;
    return schemaVersion === 1 && typeof pools === 'number' && typeof nodes === 'number' ? { pools, nodes } : undefined;
  } catch {
    return undefined;
  }
}
