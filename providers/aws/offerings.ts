import { liveOfferings } from '../../src/catalog/live.ts';
import type { Offering } from '../../src/catalog/offering.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { wantedTypes } from '../../src/fleet/wanted.ts';
import type { ObservedPool } from '../../src/ports.ts';
import type { Machine } from './instances.ts';
import { onDemandPrices } from './prices.ts';
import { placementScores } from './placement-scores.ts';
import type { Place } from './places.ts';
import { quotaRoom, quotasOf } from './quotas.ts';
import { spotPrices } from './spot-prices.ts';
import { soldIn, specsOf } from './types.ts';

/** What the pools of a region looked like at the latest reading; undefined = they could not be read. */
export interface Running {
  readonly pools: readonly ObservedPool[] | undefined;
  readonly machines: readonly Machine[] | undefined;
}

/**
 * A region's offerings: the package's, with what AWS tells now over them. Whatever it does not tell, or an emulator
 * does not know, stays as the package has it, with the package's date.
 */
export async function listRegionOfferings(
  { session, region: { name: region, zones } }: Place,
  fleet: Fleet,
  snapshot: ProviderCatalog,
  running: Running,
): Promise<readonly Offering[]> {
  const seen = (running.pools ?? []).map((p) => p.type);
  const wants = wantedTypes(fleet, 'aws', seen);
  const patterns = patternsOf(fleet, region, seen);
  const sold = await soldIn(session, region, zones, patterns);
  const names = new Set([...(sold?.values() ?? [])].flatMap((types) => [...types]));
  const listed = [...names].filter((name) => wants(name));
  const types = (sold ? listed : snapshot.types.map((t) => t.name).filter((name) => wants(name))).toSorted();
  const [specs, onDemand, spot, limits, scores] = await Promise.all([
    specsOf(
      session,
      region,
      types.filter((name) => !snapshot.indexOf.has(name)),
    ),
    onDemandPrices(session, region, types),
    spotPrices(session, region, zones, types),
    quotasOf(session, region),
    wantsSpot(fleet) ? placementScores(session, region, types) : nothing,
  ]);
  const vcpus = new Map([...snapshot.types, ...specs].map((t) => [t.name, t.vcpu]));
  const ids = new Set((running.pools ?? []).flatMap((p) => p.live?.instances.map((i) => i.id) ?? []));
  const room = quotaRoom({
    limits: limits ?? {},
    machines: running.machines,
    vcpuOf: (type) => vcpus.get(type),
    ours: (m) => ids.has(m.id),
  });
  const held = heldIn(running.pools);
  const live = liveOfferings(
    snapshot,
    {
      region,
      types: specs,
      ...(sold && { sold }),
      prices: [...onDemand, ...spot],
      atMost: (o) => {
        const quota = room(o);
        // the lowest score: what runs may stay, more of it is hardly to be had
        const scored =
          o.purchase === 'spot' && (scores[o.zone] ?? 10) <= 1 ? (held.get(`${o.zone} ${o.type}`) ?? 0) : undefined;
        return scored === undefined ? quota : Math.min(scored, quota ?? scored);
      },
    },
    { zones, wants },
    session.parts.clock.now(),
  );
  return live.offerings;
}

/** Types to ask for, `*` allowed: those of pools, and what templates of the region may open. */
function patternsOf(fleet: Fleet, region: string, seen: readonly string[]): readonly string[] {
  const declared = fleet.pools.filter((p) => p.provider === 'aws' && p.region === region).map((p) => p.type);
  const templates = fleet.templates.filter((t) => t.provider === 'aws').flatMap((t) => t.types);
  return [...new Set([...declared, ...seen, ...templates])].toSorted();
}

const nothing: Readonly<Record<string, number>> = {};

const wantsSpot = (fleet: Fleet): boolean =>
  [...fleet.templates, ...fleet.pools].some((t) => t.provider === 'aws' && t.purchase.includes('spot'));

function heldIn(pools: Running['pools']): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const p of pools ?? []) {
    if (p.purchase === 'spot') held.set(`${p.zone} ${p.type}`, (held.get(`${p.zone} ${p.type}`) ?? 0) + p.target);
  }
  return held;
}
