import type { ManagedCluster } from '@azure/arm-containerservice';
import type { VirtualMachineScaleSet } from '@azure/arm-compute';
import { answered, type Answer } from '../../src/failure.ts';
import type { Cloud, Fleet } from '../../src/fleet/fleet.ts';
import type { ObservedPool, PoolList } from '../../src/ports.ts';
import type { Azure } from './connection.ts';
import { doubtsOf } from './doubts.ts';
import { groupOf, sameId } from './ids.ts';
import { machinesIn, machinesOf, poolInstance, setKey, type Machine, type MachinesBySet } from './instances.ts';
import { noteOf, readNotes, type Notes } from './notes.ts';
import { isPool, regionOf, seenAgentPool, seenScaleSet, type Seen, type SeenPool } from './observed.ts';
import { tagOf, type Tags } from './tags.ts';

/** What is in a subscription that matters to a fleet, read to the end. */
export interface Listed {
  readonly list: PoolList;
  /** machines that will not serve again by themselves, of pools that are steered */
  readonly lost: readonly { readonly pool: SeenPool; readonly machine: Machine }[];
}

/**
 * The fleet's pools of one subscription: scale sets by themselves, and AKS's agent pools, whose scale sets are known
 * and never steered past AKS. Three calls in a steady state, however many pools there are: all scale sets, all
 * clusters, all machines. Where the machines told of a pool are not as many as it asks for, the pool itself is asked.
 *
 * @param spelled a size's name as the price list spells it: Azure answers it in the letters it was ordered in
 */
export async function listPools(
  azure: Azure,
  cloud: Cloud,
  fleet: Fleet,
  spelled: (type: string) => string,
): Promise<Answer<Listed>> {
  const [sets, clusters] = await Promise.all([
    azure.askAll({ api: 'virtualMachineScaleSets.listAll' }, () => azure.compute.virtualMachineScaleSets.listAll()),
    azure.askAll({ api: 'managedClusters.list' }, () => azure.aks.managedClusters.list()),
  ]);
  if (!sets.ok) return sets;
  if (!clusters.ok) return clusters;
  const notes = await readNotes(azure);
  const found = candidates(sets.value, clusters.value, notes, cloud, fleet);
  const steered = found.flatMap(({ seen, set }) =>
    isPool(seen) ? [{ seen: { ...seen, type: spelled(seen.type) }, set }] : [],
  );
  const machines = await allMachines(azure, steered);
  if (!machines.ok) return machines;
  const pools = steered.map(({ seen, set }) => observed(seen, machines.value.get(keyOf(set)) ?? []));
  const passedOver = found.flatMap(({ seen }) => (isPool(seen) ? [] : [seen]));
  return answered({
    list: { pools, passedOver, doubts: await doubtsOf(azure, fleet, cloud, pools, passedOver) },
    lost: steered.flatMap(({ seen: pool, set }) =>
      (machines.value.get(keyOf(set)) ?? []).flatMap((machine) =>
        machine.lost === undefined ? [] : [{ pool, machine }],
      ),
    ),
  });
}

interface Candidate {
  readonly seen: Seen;
  /** where its machines are; undefined: AKS has not made it yet */
  readonly set: SetPlace | undefined;
}

interface SetPlace {
  readonly group: string;
  readonly name: string;
  readonly flexible: boolean;
}

const keyOf = (set: SetPlace | undefined): string => (set ? setKey(set) : '');

function candidates(
  sets: readonly VirtualMachineScaleSet[],
  clusters: readonly ManagedCluster[],
  notes: Notes,
  { regions, access }: Cloud,
  fleet: Fleet,
): Candidate[] {
  const zonesOf = new Map(regions.map(({ name, zones }) => [name, zones]));
  const inUse = (seen: Seen): Seen =>
    isPool(seen) && !zonesOf.get(seen.region)?.includes(seen.zone)
      ? { name: seen.name, place: seen.region, reason: `it is in zone ${seen.zone}, which the fleet does not use` }
      : seen;
  const groups = access?.resourceGroups?.map((group) => group.toLowerCase());
  const inGroups = (id: string | undefined): boolean =>
    groups === undefined || groups.includes((groupOf(id ?? '') ?? '').toLowerCase());
  const nodeGroups = new Set(clusters.map((cluster) => (cluster.nodeResourceGroup ?? '').toLowerCase()));
  const ofAks = (set: VirtualMachineScaleSet): boolean =>
    tagOf(set.tags, AKS_POOL_TAG) !== undefined || nodeGroups.has((groupOf(set.id ?? '') ?? '').toLowerCase());

  const own = sets
    .filter((set) => !ofAks(set) && inGroups(set.id) && zonesOf.has(regionOf(set.location)))
    .filter((set) => belongs(fleet, set.name, set.tags))
    .map((set) => ({ seen: inUse(seenScaleSet(set)), set: placeOfSet(set) }));
  const pools = clusters
    .filter((cluster) => inGroups(cluster.id) && zonesOf.has(regionOf(cluster.location)))
    .flatMap((cluster) =>
      (cluster.agentPoolProfiles ?? [])
        .filter(({ name, tags }) => belongs(fleet, name, tags))
        .map((profile) => ({
          seen: inUse(seenAgentPool(cluster, profile, profile.type, noteOf(notes, cluster.id, profile.name))),
          set: placeOfSet(sets.find((set) => isSetOf(set, cluster, profile.name))),
        })),
    );
  return [...own, ...pools];
}

/** AKS marks the scale sets that it makes. */
const AKS_POOL_TAG = 'aks-managed-poolName';

const isSetOf = (set: VirtualMachineScaleSet, cluster: ManagedCluster, pool: string): boolean =>
  sameId(groupOf(set.id ?? '') ?? '', cluster.nodeResourceGroup ?? '-') && tagOf(set.tags, AKS_POOL_TAG) === pool;

/** By the fleet's tag; without one, pools that the fleet file declares, by name. */
function belongs(fleet: Fleet, name: string | undefined, tags: Tags | undefined): boolean {
  const { findPoolsByTag: by, pools } = fleet;
  if (by) return tagOf(tags, by.key) === by.value;
  return pools.some((pool) => pool.provider === 'azure' && pool.name === name);
}

function placeOfSet(set: VirtualMachineScaleSet | undefined): SetPlace | undefined {
  const group = groupOf(set?.id ?? '');
  if (!set?.name || group === undefined) return undefined;
  return { group, name: set.name, flexible: set.orchestrationMode === 'Flexible' };
}

/** From Resource Graph, and from the pools themselves where it lags, or is not to be had. */
async function allMachines(
  azure: Azure,
  steered: readonly { readonly seen: SeenPool; readonly set: SetPlace | undefined }[],
): Promise<Answer<MachinesBySet>> {
  const groups = [...new Set(steered.flatMap(({ set }) => (set && !set.flexible ? [set.group.toLowerCase()] : [])))];
  const told = await machinesOf(azure, groups);
  if (!told.ok && told.failure.kind.is === 'throttled') return told;
  const bySet = new Map(told.ok ? told.value : []);
  for (const { seen, set } of steered) {
    if (!set || (told.ok && bySet.get(setKey(set))?.length === seen.target)) continue;
    if (told.ok && seen.target === 0 && !bySet.has(setKey(set)) && !set.flexible) continue;
    const { group, name } = set;
    const own = await machinesIn(azure, { group, name, region: seen.region });
    if (!own.ok) return own;
    bySet.set(setKey(set), own.value);
  }
  return answered(bySet);
}

function observed(pool: SeenPool, machines: readonly Machine[]): ObservedPool {
  const { id, version, changedBy, ...settings } = pool;
  return {
    ...settings,
    provider: 'azure',
    ready: machines.filter(({ state }) => state === 'running').length,
    source: 'live',
    live: {
      id,
      instances: machines.map(poolInstance),
      version,
      ...(changedBy && { changedBy }),
    },
  };
}
