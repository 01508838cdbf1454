import { troubleOf } from '../../src/calls/trouble-of.ts';
import { isForgotten } from '../../src/calls/believed.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { Fleet, Region } from '../../src/fleet/fleet.ts';
import { listAt } from '../../src/manifest/json.ts';
import type { LivePool, ObservedPool, PoolInstance, PoolList, ProviderParts } from '../../src/ports.ts';
import { bad, good, type Checked } from '../../src/trouble.ts';
import { FIELD_MANAGER, NODES } from './api.ts';
import { withoutClusterApi } from './declared-pools.ts';
import {
  DEPLOYMENT_LABEL,
  deploymentsOf,
  machinesOf,
  readDeployment,
  readMachine,
  type Machine,
  type MachineDeployment,
} from './machine-deployments.ts';
import { readNode, type BareNode } from './objects.ts';
import { selects } from './selector.ts';
import { ownRegions, poolId, type Site, type Sites } from './sites.ts';

/**
 * Pools of the own clusters: MachineDeployments that carry the fleet's tag as a label. Where a cluster serves no
 * Cluster API, its pools are those that the fleet file declares, with the nodes that are there now.
 */
export async function listPools(all: Sites, parts: ProviderParts, fleet: Fleet): Promise<Checked<PoolList>> {
  const label = labelOf(fleet);
  if (!label.ok) return label;
  const read = await Promise.all(ownRegions(fleet).map((region) => poolsIn(all, parts, fleet, region, label.value)));
  const troubles = read.flatMap((list) => (list.ok ? [] : list.troubles));
  if (troubles.length > 0) return bad(...troubles);
  const lists = read.flatMap((list) => (list.ok ? [list.value] : []));
  return good({
    pools: lists.flatMap((list) => list.pools),
    passedOver: lists.flatMap((list) => list.passedOver),
    doubts: lists.flatMap((list) => list.doubts),
  });
}

/** `key=value`, as a label selector; undefined = the fleet looks for none. */
export function labelOf(fleet: Fleet): Checked<string | undefined> {
  const tag = fleet.findPoolsByTag;
  if (!tag || (LABEL_KEY.test(tag.key) && LABEL_VALUE.test(tag.value))) {
    return good(tag && `${tag.key}=${tag.value}`);
  }
  return bad({
    file: fleet.file,
    at: 'pools.findByTag',
    value: `${tag.key}: ${tag.value}`,
    problem: 'Kubernetes finds objects by labels, and this cannot be one',
    remedy: 'write a key and a value of at most 63 letters, digits, - _ . each: godwit.io/fleet: im-fleet',
  });
}

// kubernetes.io/docs/concepts/overview/working-with-objects/labels: syntax and character set
const LABEL_KEY = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/;

async function poolsIn(
  all: Sites,
  parts: ProviderParts,
  fleet: Fleet,
  region: Region,
  label: string | undefined,
): Promise<Checked<PoolList>> {
  const declared = fleet.pools.filter((p) => p.provider === 'kubernetes' && p.region === region.name);
  const contexts = region.contexts ?? [];
  const lists: PoolList[] = [];
  const nodes: BareNode[] = [];
  let steered = false;
  for (const context of contexts) {
    const read = await readSite(all, region, context, label);
    if (!read.ok) return bad(troubleOf(read.failure, `kubernetes ${region.name} (context ${context})`));
    const { site, found } = read.value;
    if (found.kind === 'nodes') nodes.push(...found.nodes);
    else {
      steered = true;
      lists.push(await observed(parts, fleet, site, found));
    }
  }
  if (!steered) {
    const why = label === undefined ? 'the fleet looks for no pools by tag' : 'its cluster serves no Cluster API';
    lists.push(withoutClusterApi(declared, nodes, why));
  }
  return good({
    pools: lists.flatMap((list) => list.pools),
    passedOver: lists.flatMap((list) => list.passedOver),
    doubts: lists.flatMap((list) => list.doubts),
  });
}

type Found =
  | { readonly kind: 'nodes'; readonly nodes: readonly BareNode[] }
  | {
      readonly kind: 'machines';
      readonly deployments: readonly MachineDeployment[];
      readonly machines: readonly Machine[];
      /** read only where a pool does not name its type or zone itself */
      readonly nodes: readonly BareNode[];
    };

async function readSite(
  all: Sites,
  region: Region,
  context: string,
  label: string | undefined,
): Promise<Answer<{ readonly site: Site; readonly found: Found }>> {
  const opened = all.open(region, context);
  if (!opened.ok) return opened;
  const site = opened.value;
  const version = await site.machines();
  if (!version.ok) return version;
  if (version.value === undefined || label === undefined) {
    const nodes = await nodesOf(site);
    return nodes.ok ? answered({ site, found: { kind: 'nodes', nodes: nodes.value } }) : nodes;
  }
  const pools = await deploymentsAt(site, version.value, label);
  if (!pools.ok) return pools;
  const machines = await machinesAt(site, version.value, pools.value);
  if (!machines.ok) return machines;
  const unnamed = pools.value.some((pool) => pool.type === undefined || pool.zone === undefined);
  const nodes = unnamed ? await nodesOf(site) : answered([]);
  if (!nodes.ok) return nodes;
  const found = { kind: 'machines', deployments: pools.value, machines: machines.value, nodes: nodes.value } as const;
  return answered({ site, found });
}

async function nodesOf({ api }: Site): Promise<Answer<readonly BareNode[]>> {
  const listed = await api.list(NODES);
  return listed.ok ? answered(listed.value.items.map(readNode).filter((node) => node !== undefined)) : listed;
}

export async function deploymentsAt(
  { api }: Site,
  version: string,
  label: string,
): Promise<Answer<readonly MachineDeployment[]>> {
  const listed = await api.list(deploymentsOf(version), label);
  return listed.ok ? answered(listed.value.items.map(readDeployment).filter((d) => d !== undefined)) : listed;
}

/** A selector that names more would make an address longer than proxies take. */
const NAMED_AT_MOST = 25;

/** The machines of these pools, and of no other where they can be named. */
export async function machinesAt(
  { api }: Site,
  version: string,
  pools: readonly Pick<MachineDeployment, 'name' | 'namespace' | 'selector'>[],
): Promise<Answer<readonly Machine[]>> {
  if (pools.length === 0) return answered([]);
  const names = [...new Set(pools.map((pool) => pool.name))].toSorted();
  const named = names.length <= NAMED_AT_MOST && names.every((name) => LABEL_VALUE.test(name));
  const selector = named ? `${DEPLOYMENT_LABEL} in (${names.join(',')})` : DEPLOYMENT_LABEL;
  const listed = await api.list(machinesOf(version), selector);
  return listed.ok ? answered(listed.value.items.map(readMachine).filter((m) => m !== undefined)) : listed;
}

/** The same pools, each with its type where its label or its nodes tell it. */
export async function withTypes(
  site: Site,
  version: string,
  pools: readonly MachineDeployment[],
): Promise<Answer<readonly MachineDeployment[]>> {
  if (pools.every((pool) => pool.type !== undefined)) return answered(pools);
  const [machines, nodes] = await Promise.all([machinesAt(site, version, pools), nodesOf(site)]);
  if (!machines.ok) return machines;
  if (!nodes.ok) return nodes;
  const typeOf = new Map(nodes.value.map((node) => [node.name, node.type]));
  return answered(
    pools.map((pool) => {
      const own = machines.value.filter((machine) => isOf(pool, machine));
      const type = pool.type ?? onlyOne(own.map((machine) => typeOf.get(machine.node ?? '')));
      return type === undefined ? pool : { ...pool, type };
    }),
  );
}

/** By the pool's own selector, as its controller does. */
export const isOf = (pool: Pick<MachineDeployment, 'namespace' | 'name' | 'selector'>, machine: Machine): boolean =>
  machine.namespace === pool.namespace &&
  machine.labels.get(DEPLOYMENT_LABEL) === pool.name &&
  (pool.selector === undefined || selects(pool.selector, machine.labels));

async function observed(
  parts: ProviderParts,
  fleet: Fleet,
  site: Site,
  { deployments, machines, nodes }: Extract<Found, { kind: 'machines' }>,
): Promise<PoolList> {
  const pools: ObservedPool[] = [];
  const passedOver: { name: string; place: string; reason: string }[] = [];
  const doubts: string[] = [];
  const nodeNamed = new Map(nodes.map((node) => [node.name, node]));
  for (const deployment of deployments) {
    const own = machines.filter((machine) => isOf(deployment, machine));
    if (own.length === 0 && deployment.existing > 0) {
      doubts.push(`${deployment.name} says it has ${deployment.existing} machines, and none is listed`);
    }
    const ownNodes = own.flatMap((m) => nodeNamed.get(m.node ?? '') ?? []);
    const pool = observedPool(site, deployment, own, ownNodes);
    if (typeof pool === 'string') {
      passedOver.push({ name: deployment.name, place: `kubernetes/${site.region.name}`, reason: pool });
    } else pools.push(pool);
  }
  const gone = await allGone(parts, fleet, site, deployments);
  return { pools, passedOver, doubts: gone === undefined ? doubts : [...doubts, gone] };
}

function observedPool(
  { region, context }: Site,
  deployment: MachineDeployment,
  machines: readonly Machine[],
  nodes: readonly BareNode[],
): ObservedPool | string {
  const { name, namespace, replicas, locked } = deployment;
  if (locked !== undefined) return locked;
  if (replicas === undefined) return 'its size is not stated, so another controller keeps it';
  const zone = deployment.zone ?? onlyOne(nodes.map((n) => n.zone)) ?? onlyOne(region.zones);
  if (zone === undefined)
    return 'it has no failureDomain, so its zone is not known and it cannot be steered zone by zone';
  if (!region.zones.includes(zone)) return `its zone ${zone} is none of the fleet's: ${region.zones.join(', ')}`;
  const type = deployment.type ?? onlyOne(nodes.map((n) => n.type));
  if (type === undefined) {
    return 'no label godwit.io/node-type names its type, and its nodes have no instance type in common';
  }
  const known = (region.own?.nodeTypes ?? []).find((t) => t.name === type);
  if (!known) return `the fleet file states no node type ${type} for this cluster, so it has no price`;
  const changedBy = lastChange(deployment);
  const live: LivePool = {
    id: poolId({ region, context }, namespace, name),
    version: String(deployment.generation),
    instances: machines.map(instanceOf),
    ...(changedBy && { changedBy }),
  };
  return {
    name,
    provider: 'kubernetes',
    region: region.name,
    zone,
    type,
    purchase: 'on-demand',
    target: replicas,
    ready: Math.min(deployment.ready, Math.max(replicas, machines.length)),
    min: deployment.min ?? 0,
    max: Math.max(replicas, deployment.max ?? known.atMostPerZone),
    source: 'live',
    live,
  };
}

function onlyOne(values: readonly (string | undefined)[]): string | undefined {
  const [value, ...others] = new Set(values.filter((v) => v !== undefined));
  return others.length === 0 ? value : undefined;
}

/** Machines go by their own names from the first moment on; the node's name, and with it its provider id, comes later. */
function instanceOf({ name, state, createdAt, node }: Machine): PoolInstance {
  return {
    id: name,
    state,
    ...(createdAt !== undefined && { startedAt: createdAt }),
    ...(node !== undefined && { node }),
  };
}

/** The server tracks who set the size; our record tells which of our orders it was. */
function lastChange({ record, sizedBy, replicas }: MachineDeployment): LivePool['changedBy'] | undefined {
  const ours = record !== undefined && record.size === replicas;
  if (ours && (sizedBy === undefined || sizedBy === FIELD_MANAGER)) return { who: 'godwit', opId: record.opId };
  return sizedBy === undefined || sizedBy === FIELD_MANAGER ? undefined : { who: 'other', name: sizedBy };
}

/**
 * Every pool gone at once is an answer that went wrong more often than it is a fleet that was taken down: it is
 * believed when a person says so ({@link isForgotten}), and not before.
 */
async function allGone(
  { shelf }: ProviderParts,
  fleet: Pick<Fleet, 'name'>,
  { region, context }: Site,
  deployments: readonly MachineDeployment[],
): Promise<string | undefined> {
  const key = `kubernetes/${context}/${region.name}/pools/${fleet.name}`;
  const names = JSON.stringify({
    schemaVersion: 1,
    pools: deployments.map((d) => `${d.namespace}/${d.name}`).toSorted(),
  });
  const before = await shelf.get(key);
  const counts = before !== undefined && !(await isForgotten(shelf, 'kubernetes', region.name, before.at));
  const count = counts && deployments.length === 0 ? shelvedPools(before.text) : 0;
  if (count > 0) return `${count} pools were there before, and none is listed now`;
  if (!counts || before.text !== names) await shelf.put(key, names);
  return undefined;
}

/** What cannot be read is as good as nothing. */
function shelvedPools(text: string): number {
  try {
    return listAt(JSON.parse(text), 'pools').length;
  } catch {
    return 0;
  }
}

/** The name by which a machine may be meant: its own, its node's, or the end of its provider id. */
export const isNamed = (machine: Machine, names: ReadonlySet<string>): boolean =>
  names.has(machine.name) ||
  (machine.node !== undefined && names.has(machine.node)) ||
  (machine.providerId !== undefined && names.has(machine.providerId.split('/').at(-1) ?? ''));
