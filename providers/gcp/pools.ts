import { isForgotten } from '../../src/calls/believed.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { count, counted } from '../../src/figures.ts';
import type { Interruption, ObservedPool, PoolInstance, PoolList, ProviderParts } from '../../src/ports.ts';
import type { Account } from './accounts.ts';
import { listAutoscalers, type Autoscaler } from './autoscalers.ts';
import type { Calls } from './calls.ts';
import { changesIn, type ChangedBy } from './changed-by.ts';
import { textOf, type Fields } from './fields.ts';
import { groupKey, listGroups, type Group } from './groups.ts';
import { listMachines, type Machine } from './instances.ts';
import { maintenanceOf } from './maintenance.ts';
import { labelOf, regionOf } from './names.ts';
import { listNodePools, type NodePool } from './node-pools.ts';
import { lastSeen, rememberPools, type SeenPool } from './seen.ts';
import { templatesAt, type Template } from './templates.ts';

/**
 * The fleet's pools in one project: zonal managed instance groups, and node pools of GKE that run in one zone. They
 * are found by the fleet's tag as a label of the instance template's instances (of the node pool's machines or nodes
 * at GKE), or by the name of a declared pool.
 *
 * A few lists for the whole project, whatever its size in zones: groups, templates (once), node pools where there are
 * any, machines, the latest changes. All of it is read, or nothing.
 */
export async function poolsOf(
  fleet: Fleet,
  account: Account,
  calls: Calls,
  parts: ProviderParts,
): Promise<Answer<PoolList & { readonly maintenance: readonly Interruption[] }>> {
  const read = await readAll(fleet, account, calls, parts);
  if (!read.ok) return read;
  const { candidates, machines, autoscalers, changes } = read.value;
  const pools: ObservedPool[] = [];
  const passedOver: { name: string; place: string; reason: string }[] = [];
  const doubts: string[] = [];
  const seen: SeenPool[] = [];
  const maintenance: Interruption[] = [];
  for (const candidate of named(candidates)) {
    const { name, group, template, nodePool } = candidate;
    const autoscaler = group.autoscaler === undefined ? undefined : autoscalers.get(group.autoscaler);
    const reason = notSteered(candidate, account, autoscaler);
    const type = nodePool?.type ?? template?.type;
    const zone = group.zone;
    if (reason !== undefined || type === undefined || zone === undefined) {
      const place = `gcp/${zone ?? group.region ?? account.project}`;
      passedOver.push({ name, place, reason: reason ?? 'its template cannot be read' });
      continue;
    }
    const own = machines.get(groupKey(zone, group.name)) ?? [];
    const purchase = nodePool?.purchase ?? template?.purchase ?? 'on-demand';
    const pool = { name, zone, type, purchase, target: group.target };
    pools.push(
      observed(pool, candidate, own, fleet, { autoscaler, changedBy: changes.get(groupKey(zone, group.name)) }),
    );
    seen.push({ ...pool, base: group.base });
    maintenance.push(...own.flatMap((m) => maintenanceOf(m, account.project, parts.clock.now()) ?? []));
    const doubt = doubtOf(name, zone, group, own);
    if (doubt !== undefined) doubts.push(doubt);
  }
  const gone = await regionsGone(fleet, account, parts, [...pools.map((p) => p.zone), ...passedOver.map(placeName)]);
  if (gone.length === 0) await rememberPools(parts.shelf, account.project, fleet, seen);
  doubts.push(...gone);
  return answered({ pools, passedOver, doubts, maintenance });
}

/** `gcp/europe-west4-a` → `europe-west4-a` */
const placeName = ({ place }: PoolList['passedOver'][number]): string => place.slice(place.indexOf('/') + 1);

/**
 * Regions that list no pool where some had nodes, however long ago: more often an outage than the truth. They are
 * believed when pools show again, or a person says that they are gone ({@link isForgotten}).
 */
async function regionsGone(
  fleet: Fleet,
  { project, regions }: Account,
  { shelf, clock }: ProviderParts,
  places: readonly string[],
): Promise<readonly string[]> {
  const before = await lastSeen(shelf, clock, project, fleet);
  const gone: string[] = [];
  for (const { name } of regions) {
    const known = (before?.pools ?? []).filter((pool) => pool.target > 0 && regionOf(pool.zone) === name).length;
    if (!before || known === 0 || places.some((place) => place === name || regionOf(place) === name)) continue;
    if (await isForgotten(shelf, 'gcp', name, before.at)) continue;
    gone.push(`gcp lists no pool in ${name} of ${project}, where the last listing had ${count(known)}`);
  }
  return gone;
}

/** A group that the fleet may own, with the node pool that it belongs to. */
export interface Candidate {
  readonly group: Group;
  readonly template?: Template;
  readonly nodePool?: NodePool;
}

interface Read {
  readonly candidates: readonly Candidate[];
  readonly machines: ReadonlyMap<string, readonly Machine[]>;
  readonly autoscalers: ReadonlyMap<string, Autoscaler>;
  readonly changes: ReadonlyMap<string, ChangedBy>;
}

async function readAll(fleet: Fleet, account: Account, calls: Calls, parts: ProviderParts): Promise<Answer<Read>> {
  const found = await candidatesIn(fleet, account, calls, parts);
  if (!found.ok) return found;
  const candidates = found.value;
  const bound = candidates.some(({ group }) => group.autoscaler !== undefined);
  const [machines, autoscalers, changes] = await Promise.all([
    candidates.some(({ group }) => group.target > 0 || group.steady > 0 || group.leaving > 0)
      ? machinesOf(candidates, fleet, account, calls)
      : answered(new Map<string, readonly Machine[]>()),
    bound ? listAutoscalers(calls, account) : answered(new Map<string, Autoscaler>()),
    candidates.length > 0 ? changesIn(account, calls, parts) : new Map<string, ChangedBy>(),
  ]);
  if (!machines.ok) return machines;
  if (!autoscalers.ok && !refused(autoscalers)) return autoscalers;
  return answered({
    candidates,
    machines: machines.value,
    autoscalers: autoscalers.ok ? autoscalers.value : new Map(),
    changes,
  });
}

/** The groups of the fleet, those among them that cannot be steered too. */
export async function candidatesIn(
  fleet: Fleet,
  account: Account,
  calls: Calls,
  parts: ProviderParts,
): Promise<Answer<readonly Candidate[]>> {
  const groups = await listGroups(calls, account);
  if (!groups.ok) return groups;
  const here = groups.value.filter(({ zone, region }) =>
    zone === undefined ? account.regions.some(({ name }) => name === region) : account.zones.has(zone),
  );
  const paths = new Set(here.flatMap(({ template }) => template ?? []));
  const templates = await templatesAt(paths, calls, account, parts);
  if (!templates.ok) return templates;
  const templateOf = (group: Group): Template | undefined =>
    group.template === undefined ? undefined : templates.value.get(group.template);
  // GKE labels every machine it makes
  const gke = here.some((group) => textOf(templateOf(group)?.labels['goog-k8s-cluster-name']) !== undefined);
  const nodePools = gke ? await listNodePools(calls, account) : answered<readonly NodePool[]>([]);
  if (!nodePools.ok && !refused(nodePools)) return nodePools;
  const owners = new Map(
    (nodePools.ok ? nodePools.value : []).flatMap((pool) => pool.groups.map((group) => [group, pool] as const)),
  );
  const candidates = here.map((group): Candidate => {
    const template = templateOf(group);
    const nodePool = group.zone === undefined ? undefined : owners.get(groupKey(group.zone, group.name));
    return { group, ...(template && { template }), ...(nodePool && { nodePool }) };
  });
  return answered(candidates.filter((candidate) => ofFleet(fleet, candidate)));
}

/** For good, not for now: what such a list would tell is then passed over with its reason. */
const refused = (answer: Answer<unknown>): boolean => !answer.ok && answer.failure.kind.is === 'unauthorized';

function ofFleet(fleet: Fleet, { group, template, nodePool }: Candidate): boolean {
  const name = nodePool?.name ?? group.name;
  if (fleet.pools.some((p) => p.provider === 'gcp' && p.name === name && p.zone === group.zone)) return true;
  const tag = fleet.findPoolsByTag;
  if (!tag) return false;
  const [key, value] = [labelOf(tag.key), labelOf(tag.value)];
  const labelled = [template?.labels, group.labels, nodePool?.labels].some((labels) => labels?.[key] === value);
  return labelled || nodePool?.nodeLabels[tag.key] === tag.value;
}

/** The machines of these groups; all of the project's where the label leaves out some that the groups count. */
async function machinesOf(
  candidates: readonly Candidate[],
  fleet: Fleet,
  account: Account,
  calls: Calls,
): Promise<Answer<ReadonlyMap<string, readonly Machine[]>>> {
  const filter = filterFor(fleet, candidates);
  const found = await listMachines(calls, account, filter);
  if (filter === undefined) return found;
  if (!found.ok) return found.failure.kind.is === 'invalid' ? listMachines(calls, account) : found;
  const short = candidates.some(({ group: { zone, name, steady } }) => {
    return zone !== undefined && (found.value.get(groupKey(zone, name))?.length ?? 0) < steady;
  });
  return short ? listMachines(calls, account) : found;
}

/** Machines by label, where the template of every group gives it to them. */
function filterFor(fleet: Fleet, candidates: readonly Candidate[]): string | undefined {
  const tag = fleet.findPoolsByTag;
  if (!tag) return undefined;
  const [key, value] = [labelOf(tag.key), labelOf(tag.value)];
  const all = candidates.every(({ template, nodePool }) => (nodePool?.labels ?? template?.labels)?.[key] === value);
  return all ? `labels.${key} = "${value}"` : undefined;
}

/** A node pool goes by its own name, and by its cluster's too where several have it. */
function named(candidates: readonly Candidate[]): readonly (Candidate & { readonly name: string })[] {
  const plain = ({ group, nodePool }: Candidate): string => nodePool?.name ?? group.name;
  const clusters = new Map<string, Set<string>>();
  for (const candidate of candidates) {
    const known = clusters.get(plain(candidate)) ?? new Set();
    clusters.set(plain(candidate), known.add(candidate.nodePool?.cluster ?? ''));
  }
  return candidates.map((candidate) => {
    const name = plain(candidate);
    const shared = (clusters.get(name)?.size ?? 0) > 1 && candidate.nodePool !== undefined;
    return { ...candidate, name: shared ? `${candidate.nodePool?.cluster}/${name}` : name };
  });
}

function notSteered(
  { group, template, nodePool }: Candidate,
  { project }: Account,
  autoscaler: Autoscaler | undefined,
): string | undefined {
  if (group.zone === undefined)
    return 'it is regional: Google spreads it over zones, so that none can be steered alone';
  if (group.template === undefined && !nodePool)
    return 'it has several instance templates at once, as in a canary update';
  if (group.mixed) return 'it picks among several machine types by itself';
  if (nodePool && nodePool.zones.length > 1) {
    return `its node pool runs in ${count(nodePool.zones.length)} zones, and GKE sets one size for each of them`;
  }
  if (nodePool?.autoscaled === true) return "GKE's autoscaler steers it: switch that off for this node pool";
  if (group.autoscaler !== undefined && autoscaler?.off !== true) {
    return 'an autoscaler of Compute Engine steers it: remove that, or set its mode to OFF';
  }
  const cluster = textOf(template?.labels['goog-k8s-cluster-name']);
  if (cluster !== undefined && !nodePool) {
    return `it belongs to GKE cluster ${cluster}, of which no node pool is listed in ${project}`;
  }
  return undefined;
}

function observed(
  pool: Omit<SeenPool, 'base'>,
  { group, nodePool }: Candidate,
  machines: readonly Machine[],
  fleet: Fleet,
  { autoscaler, changedBy }: { readonly autoscaler: Autoscaler | undefined; readonly changedBy: ChangedBy | undefined },
): ObservedPool {
  const declared = fleet.pools.find((p) => p.provider === 'gcp' && p.name === pool.name && p.zone === pool.zone);
  const instances = machines.map(({ instance }): PoolInstance =>
    nodePool ? { ...instance, node: instance.id } : instance,
  );
  return {
    ...pool,
    provider: 'gcp',
    region: regionOf(pool.zone),
    ready: instances.filter(({ state }) => state === 'running').length,
    min: declared?.min ?? autoscaler?.min ?? 0,
    max: declared?.max ?? autoscaler?.max ?? MOST_IN_A_ZONE,
    source: 'live',
    live: {
      id: nodePool?.id ?? group.id,
      version: versionOf(group, nodePool),
      instances,
      ...(changedBy && { changedBy }),
    },
  };
}

/** Machines in a zonal group, nodes in a zonal node pool: cloud.google.com/compute/docs/instance-groups (limits). */
export const MOST_IN_A_ZONE = 1000;

/** For a node pool its own etag too: GKE changes it with the settings, and leaves it with the size. */
export const versionOf = (group: Group, nodePool: NodePool | undefined): string =>
  nodePool?.etag === undefined ? group.version : `${nodePool.etag}/${group.version}`;

/** The group counts its machines itself; a list of machines that has none of them has a hole. */
function doubtOf(name: string, zone: string, { steady }: Group, machines: readonly Machine[]): string | undefined {
  if (steady === 0 || machines.length > 0) return undefined;
  return `gcp counts ${counted(steady, 'running machine')} in ${name} (${zone}) and lists none of them`;
}

/** Labels of a fleet's own, as a template that is opened anew must have them. */
export function tagLabels(fleet: Fleet): Fields {
  const tag = fleet.findPoolsByTag;
  return tag ? { [labelOf(tag.key)]: labelOf(tag.value) } : {};
}
