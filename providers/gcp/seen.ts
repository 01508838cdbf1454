import type { Purchase } from '../../src/catalog/offering.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { Clock, Shelf } from '../../src/ports.ts';
import { seconds, type Instant } from '../../src/units.ts';
import { fieldsOf, listOf, numberOf, textOf } from './fields.ts';
import { fresh, keep, kept } from './shelved.ts';

/** A pool as the latest listing of a project had it. */
export interface SeenPool {
  readonly name: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly target: number;
  /** its machines' names begin with it */
  readonly base: string;
}

const keyOf = (project: string, fleet: FleetName): string => `gcp/${project}/-/pools-seen/${fleet.name}`;
/** After so long, what was seen says too little of what is there to be counted with. */
const REMEMBERED = seconds(3600);

/** Another fleet of the same project has pools of its own. */
type FleetName = Pick<Fleet, 'name'>;

interface Seen {
  readonly pools: readonly SeenPool[];
  readonly at: Instant;
}

/** What the latest listing had, of whichever process, however long ago. */
export async function lastSeen(
  shelf: Shelf,
  clock: Clock,
  project: string,
  fleet: FleetName,
): Promise<(Seen & { readonly recent: boolean }) | undefined> {
  const found = await kept(shelf, clock, keyOf(project, fleet));
  if (!found) return undefined;
  const pools = listOf(found.fields['pools']).flatMap((pool) => {
    const { purchase } = fieldsOf(pool);
    const [name, zone, type, base] = ['name', 'zone', 'type', 'base'].map((key) => textOf(pool[key]));
    const target = numberOf(pool['target']);
    if (name === undefined || zone === undefined || type === undefined || base === undefined) return [];
    if (target === undefined || (purchase !== 'spot' && purchase !== 'on-demand')) return [];
    return [{ name, zone, type, base, target, purchase } as const];
  });
  return { pools, at: found.at, recent: fresh(found, REMEMBERED) };
}

/** What the latest listing had, while that is not long ago. */
export async function seenPools(
  shelf: Shelf,
  clock: Clock,
  project: string,
  fleet: FleetName,
): Promise<readonly SeenPool[]> {
  const seen = await lastSeen(shelf, clock, project, fleet);
  return seen?.recent === true ? seen.pools : [];
}

export const rememberPools = (
  shelf: Shelf,
  project: string,
  fleet: FleetName,
  pools: readonly SeenPool[],
): Promise<void> => keep(shelf, keyOf(project, fleet), { pools });
