import type { AgentPool, ManagedCluster } from '@azure/arm-containerservice';
import type { VirtualMachineScaleSet } from '@azure/arm-compute';
import type { Purchase } from '../../src/catalog/offering.ts';
import { poolIdOf, resourceIdOf } from './ids.ts';
import type { Note } from './notes.ts';
import { countIn, MAX_TAGS, MIN_TAGS, NAME_TAG, OP_TAG, SIZE_TAG, tagOf, type Tags } from './tags.ts';
import type { LivePool } from '../../src/ports.ts';

/** A pool as Azure describes it, before its machines are known; or why it can't be steered. */
export type Seen = SeenPool | { readonly name: string; readonly place: string; readonly reason: string };

export interface SeenPool {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly target: number;
  readonly min: number;
  readonly max: number;
  readonly version: string;
  readonly changedBy?: NonNullable<LivePool['changedBy']>;
}

/** A scale set has no bounds of its own beside what Azure allows one: 1,000, or 100 in a single placement group. */
export const MOST_IN_SET = 1000;
export const MOST_IN_GROUP = 100;
/** AKS's limit for one pool. */
export const MOST_IN_POOL = 1000;

/** `westeurope`, however it was written: `West Europe`. */
export const regionOf = (location: string | undefined): string => (location ?? '').replaceAll(/\s+/g, '').toLowerCase();

export function seenScaleSet(set: VirtualMachineScaleSet): Seen {
  const { name = '', tags, sku, zones, virtualMachineProfile: profile } = set;
  const id = poolIdOf(set.id ?? '');
  const region = regionOf(set.location);
  const over = (reason: string): Seen => ({ name, place: region, reason });
  const [zone, ...others] = zones ?? [];
  if (!id || name === '' || region === '') return over('Azure names it incompletely');
  if (zone === undefined) return over('it is in no availability zone');
  if (others.length > 0) return over(`it spreads over zones ${(zones ?? []).join(', ')}`);
  if (set.extendedLocation) return over('it runs in an edge zone');
  if (sku?.name === undefined || sku.name.toLowerCase() === 'mix' || set.skuProfile) return over('it mixes sizes');
  if (set.priorityMixPolicy) return over('it mixes spot and regular machines');
  if (sku.capacity === undefined) return over('Azure names no capacity for it');
  const most = set.singlePlacementGroup === true ? MOST_IN_GROUP : MOST_IN_SET;
  return {
    id: resourceIdOf(id),
    name: tagOf(tags, NAME_TAG) ?? name,
    region,
    zone,
    type: sku.name,
    purchase: purchaseOf(profile?.priority),
    target: sku.capacity,
    min: countIn(tags, MIN_TAGS) ?? 0,
    max: countIn(tags, MAX_TAGS) ?? most,
    version: versionOf(set.etag, sku.capacity),
    ...changedBy(tags, sku.capacity),
  };
}

/** What a cluster's listing and a pool's own answer have in common. */
type PoolSettings = Pick<
  AgentPool,
  | 'name'
  | 'eTag'
  | 'count'
  | 'vmSize'
  | 'mode'
  | 'enableAutoScaling'
  | 'availabilityZones'
  | 'scaleSetPriority'
  | 'powerState'
  | 'tags'
>;

export function seenAgentPool(
  cluster: ManagedCluster,
  settings: PoolSettings,
  kind: string | undefined,
  note?: Note,
): Seen {
  const { name = '', eTag, count, vmSize, mode, availabilityZones: zones, tags } = settings;
  const region = regionOf(cluster.location);
  const place = `${region} ${cluster.name ?? ''}`;
  const over = (reason: string): Seen => ({ name, place, reason });
  const [zone, ...others] = zones ?? [];
  const id = poolIdOf(`${cluster.id ?? ''}/agentPools/${name}`);
  if (!id || region === '') return over('Azure names it incompletely');
  if (settings.enableAutoScaling === true) return over('AKS’s own autoscaler steers it');
  if (kind !== undefined && kind !== 'VirtualMachineScaleSets') return over(`it is of the kind ${kind}`);
  if (zone === undefined) return over('it is in no availability zone');
  if (others.length > 0) return over(`it spreads over zones ${(zones ?? []).join(', ')}`);
  if (settings.powerState?.code === 'Stopped') return over('it is stopped');
  if (vmSize === undefined || count === undefined) return over('Azure names no size or count for it');
  return {
    id: resourceIdOf(id),
    name: tagOf(tags, NAME_TAG) ?? name,
    region,
    zone,
    type: vmSize,
    purchase: purchaseOf(settings.scaleSetPriority),
    target: count,
    min: leastOf({ tags, mode }),
    max: countIn(tags, MAX_TAGS) ?? MOST_IN_POOL,
    version: versionOf(eTag, count),
    ...(note?.size === count ? { changedBy: { who: 'godwit', opId: note.opId } } : changedBy(tags, count)),
  };
}

/** Azure promises an etag of one pool's own answer; where a listing has none, the size that was seen has to do. */
export const versionOf = (etag: string | undefined, size: number): string => etag ?? `size ${size}`;

/** Whether a pool that is read now is as it was seen. */
export const isAsSeen = (seen: string, etag: string | undefined, size: number | undefined): boolean =>
  seen === etag || seen === `size ${size}`;

/** Fewest nodes of an agent pool: a cluster needs a system node. */
export const leastOf = ({
  tags,
  mode,
}: {
  readonly tags?: Tags | undefined;
  readonly mode?: string | undefined;
}): number => Math.max(countIn(tags, MIN_TAGS) ?? 0, mode === 'System' ? 1 : 0);

export const isPool = (seen: Seen): seen is SeenPool => 'id' in seen;

/** `Low` is what spot was called before. */
const purchaseOf = (priority: string | undefined): Purchase =>
  priority === 'Spot' || priority === 'Low' ? 'spot' : 'on-demand';

/** An order writes its id and the size it sets at once: a capacity that is another now was set by somebody else. */
function changedBy(tags: Tags | undefined, capacity: number): Pick<SeenPool, 'changedBy'> {
  const opId = tagOf(tags, OP_TAG);
  if (opId === undefined) return {};
  const ours = tagOf(tags, SIZE_TAG) === String(capacity);
  return { changedBy: ours ? { who: 'godwit', opId } : { who: 'other' } };
}
