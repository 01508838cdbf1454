import { createHash } from 'node:crypto';
import type { AgentPool } from '@azure/arm-containerservice';
import type { VirtualMachineScaleSet } from '@azure/arm-compute';
import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import { globMatch, matchesAny } from '../../src/fleet/glob.ts';
import type { Fleet, PoolTemplate } from '../../src/fleet/fleet.ts';
import type { ObservedPool, OpenOrder, Receipt } from '../../src/ports.ts';
import { begin, type Begun } from './begin.ts';
import type { Azure } from './connection.ts';
import { poolIdOf, resourceIdOf, type AgentPoolId, type ScaleSetId } from './ids.ts';
import { accepted } from './receipts.ts';
import { readPool } from './set-size.ts';
import { azureTagName, MAX_TAGS, MIN_TAGS, NAME_TAG, OP_TAG, SIZE_TAG, tagged, tagOf, type Tags } from './tags.ts';
import { offeringOf, type Token } from './token.ts';

/**
 * Opens a pool like another: all its settings but name, zone, size of machine and purchase. It is only made where
 * there is none of that name (`If-None-Match: *`); one that this order has made before is adopted.
 *
 * What Azure does not give back can't be taken over: a password, custom data, protected settings of an extension.
 * Machines of such a pool must join their cluster by user data, an image, or AKS.
 */
export async function openPool(
  azure: Azure,
  fleet: Fleet,
  pools: readonly ObservedPool[],
  order: OpenOrder,
): Promise<Answer<Receipt>> {
  const template = fleet.templates.find(({ name, provider }) => name === order.template && provider === 'azure');
  if (!template) return refused('NoTemplate', `the fleet has no Azure template ${order.template}`);
  const against = forbids(template, order);
  if (against !== undefined) return refused('NotOfTemplate', `template ${order.template} ${against}`);
  const like = modelOf(template, pools, order);
  const model = like?.live && poolIdOf(like.live.id);
  if (!model) {
    const what =
      template.like === undefined ? 'it names none' : `no pool in ${order.region} is called ${template.like}`;
    return refused('NoModel', `template ${order.template} needs a live pool to make new ones like: ${what}`);
  }
  const pool: ScaleSetId | AgentPoolId = { ...model, name: vendorName(model.kind, order.name) };
  const tags = tagsOf(fleet, template, order, pool.name);
  const begun =
    model.kind === 'scale-set'
      ? await openScaleSet(azure, model, pool.name, order, tags)
      : await openAgentPool(azure, model, pool.name, order, tags);
  if (begun.ok) return answered(accepted(tokenFor(order, pool, begun.value.operation)));
  return begun.failure.kind.is === 'conflict' ? adopt(azure, pool, order, begun.failure) : begun;
}

/** Words that follow the template's name; undefined: it allows the order. */
function forbids({ types, purchase, regions, max }: PoolTemplate, order: OpenOrder): string | undefined {
  if (!matchesAny(types, order.type)) return `allows no ${order.type}`;
  if (!purchase.includes(order.purchase)) return `allows no ${order.purchase} nodes`;
  if (regions && !regions.includes(order.region)) return `is not for ${order.region}`;
  return order.size > max ? `allows ${max} nodes at most, not ${order.size}` : undefined;
}

/** The nearest to what is to be opened: its zone before others, its size before others, then by name. */
function modelOf({ like }: PoolTemplate, pools: readonly ObservedPool[], order: OpenOrder): ObservedPool | undefined {
  if (like === undefined) return undefined;
  const distance = (p: ObservedPool): number =>
    (p.purchase === order.purchase ? 0 : 4) + (p.type === order.type ? 0 : 2) + (p.zone === order.zone ? 0 : 1);
  return pools
    .filter((p) => p.region === order.region && p.live !== undefined && globMatch(like, p.name))
    .toSorted((a, b) => distance(a) - distance(b) || (a.name < b.name ? -1 : 1))[0];
}

/** It exists already: by this order, whose answer was lost, or by another's hand. */
async function adopt(
  azure: Azure,
  pool: ScaleSetId | AgentPoolId,
  order: OpenOrder,
  failure: Failure,
): Promise<Answer<Receipt>> {
  const there = await readPool(azure, pool, order.region);
  if (!there.ok) return there;
  return tagOf(there.value.tags, OP_TAG) === order.opId ? answered(accepted(tokenFor(order, pool))) : failed(failure);
}

async function openScaleSet(
  azure: Azure,
  { group, name: likeName }: ScaleSetId,
  name: string,
  order: OpenOrder,
  tags: Tags,
): Promise<Answer<Begun>> {
  const { virtualMachineScaleSets: sets } = azure.compute;
  const { region } = order;
  const like = await azure.ask({ api: 'virtualMachineScaleSets.get', region }, () =>
    sets.get(group, likeName, { expand: 'userData' }),
  );
  if (!like.ok) return like;
  const password = like.value.virtualMachineProfile?.osProfile?.linuxConfiguration?.disablePasswordAuthentication;
  if (like.value.virtualMachineProfile?.osProfile && password !== true) {
    return refused('PasswordNotKnown', `${likeName} logs in by password, which Azure does not give back`);
  }
  return begin(azure, { api: 'virtualMachineScaleSets.createOrUpdate', region }, (options) =>
    sets.createOrUpdate(group, name, scaleSetLike(like.value, name, order, tags), { ...options, ifNoneMatch: '*' }),
  );
}

function scaleSetLike(
  like: VirtualMachineScaleSet,
  name: string,
  order: OpenOrder,
  tags: Tags,
): VirtualMachineScaleSet {
  const { identity, proximityPlacementGroup, virtualMachineProfile: profile, spotRestorePolicy } = like;
  const spot = order.purchase === 'spot';
  const sameZone = like.zones?.[0] === order.zone;
  return {
    location: like.location,
    sku: { ...like.sku, name: order.type, capacity: order.size },
    zones: [order.zone],
    tags: tagged(withoutBounds(like.tags), tags),
    ...(like.plan && { plan: like.plan }),
    ...(identity && {
      identity: {
        ...(identity.type !== undefined && { type: identity.type }),
        ...(identity.userAssignedIdentities && {
          userAssignedIdentities: Object.fromEntries(
            Object.keys(identity.userAssignedIdentities).map((id) => [id, {}]),
          ),
        }),
      },
    }),
    ...picked(like, [
      'upgradePolicy',
      'automaticRepairsPolicy',
      'overprovision',
      'doNotRunExtensionsOnOverprovisionedVMs',
      'singlePlacementGroup',
      'platformFaultDomainCount',
      'additionalCapabilities',
      'scaleInPolicy',
      'orchestrationMode',
      'scheduledEventsPolicy',
      'resiliencyPolicy',
    ]),
    ...(spot && spotRestorePolicy && { spotRestorePolicy }),
    // a proximity placement group holds a zone
    ...(sameZone && proximityPlacementGroup && { proximityPlacementGroup }),
    virtualMachineProfile: {
      ...picked(profile ?? {}, [
        'storageProfile',
        'networkProfile',
        'securityProfile',
        'diagnosticsProfile',
        'extensionProfile',
        'licenseType',
        'scheduledEventsProfile',
        'userData',
        'applicationProfile',
        'serviceArtifactReference',
      ]),
      // two sets with one prefix would have nodes of the same name
      ...(profile?.osProfile && { osProfile: { ...profile.osProfile, computerNamePrefix: prefixOf(name) } }),
      priority: spot ? 'Spot' : 'Regular',
      ...(spot && { evictionPolicy: profile?.evictionPolicy ?? 'Delete', billingProfile: { maxPrice: UP_TO_LIST } }),
    },
  };
}

/** Spot is paid up to the on-demand price and never taken back for its price. */
const UP_TO_LIST = -1;

async function openAgentPool(
  azure: Azure,
  { group, cluster, name: likeName }: AgentPoolId,
  name: string,
  order: OpenOrder,
  tags: Tags,
): Promise<Answer<Begun>> {
  const { agentPools } = azure.aks;
  const { region } = order;
  const like = await azure.ask({ api: 'agentPools.get', region }, () => agentPools.get(group, cluster, likeName));
  if (!like.ok) return like;
  return begin(azure, { api: 'agentPools.createOrUpdate', region }, (options) =>
    agentPools.createOrUpdate(group, cluster, name, agentPoolLike(like.value, order, tags), {
      ...options,
      ifNoneMatch: '*',
    }),
  );
}

const SPOT_MARK = 'kubernetes.azure.com/scalesetpriority';

function agentPoolLike(like: AgentPool, order: OpenOrder, tags: Tags): AgentPool {
  const spot = order.purchase === 'spot';
  const labels = Object.entries(like.nodeLabels ?? {}).filter(([key]) => key !== SPOT_MARK);
  return {
    ...picked(like, [
      'osDiskSizeGB',
      'osDiskType',
      'kubeletDiskType',
      'workloadRuntime',
      'messageOfTheDay',
      'vnetSubnetID',
      'podSubnetID',
      'podIPAllocationMode',
      'maxPods',
      'osType',
      'osSKU',
      'scaleDownMode',
      'typePropertiesType',
      'orchestratorVersion',
      'enableNodePublicIP',
      'nodePublicIPPrefixID',
      'kubeletConfig',
      'linuxOSConfig',
      'enableEncryptionAtHost',
      'enableUltraSSD',
      'enableFips',
      'networkProfile',
      'securityProfile',
      'artifactStreamingProfile',
      'localDNSProfile',
    ]),
    count: order.size,
    vmSize: order.type,
    mode: 'User',
    enableAutoScaling: false,
    availabilityZones: [order.zone],
    tags: tagged(withoutBounds(like.tags), tags),
    // AKS marks spot nodes itself
    ...(labels.length > 0 && { nodeLabels: Object.fromEntries(labels) }),
    ...(like.nodeTaints && { nodeTaints: like.nodeTaints.filter((taint) => !taint.startsWith(SPOT_MARK)) }),
    ...(spot
      ? { scaleSetPriority: 'Spot', scaleSetEvictionPolicy: 'Delete', spotMaxPrice: UP_TO_LIST }
      : { scaleSetPriority: 'Regular', ...(like.upgradeSettings && { upgradeSettings: like.upgradeSettings }) }),
  };
}

function picked<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const kept: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) kept[key] = from[key];
  return kept;
}

/** Linux allows 58 letters; the rest is the machine's number. */
const prefixOf = (name: string): string =>
  `${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 50)}-`;

function withoutBounds(tags: Tags | undefined): Tags {
  const bounds = new Set([...MIN_TAGS, ...MAX_TAGS, NAME_TAG].map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(tags ?? {}).filter(([name]) => !bounds.has(name.toLowerCase())));
}

function tagsOf(fleet: Fleet, template: PoolTemplate, order: OpenOrder, vendor: string): Tags {
  const by = fleet.findPoolsByTag;
  return {
    ...(by && { [azureTagName(by.key)]: by.value }),
    [OP_TAG]: order.opId,
    [SIZE_TAG]: String(order.size),
    [MAX_TAGS[0] ?? '']: String(template.max),
    ...(vendor !== order.name && { [NAME_TAG]: order.name }),
  };
}

/** AKS takes up to twelve lower-case letters and digits, a scale set 64 of more kinds. What does not fit is hashed. */
function vendorName(kind: 'scale-set' | 'agent-pool', name: string): string {
  const fits = kind === 'agent-pool' ? /^[a-z][a-z0-9]{0,11}$/ : /^[A-Za-z0-9]([\w.-]{0,62}[A-Za-z0-9])?$/;
  if (fits.test(name)) return name;
  return `g${createHash('sha256').update(name).digest('hex').slice(0, 11)}`;
}

function tokenFor(order: OpenOrder, pool: ScaleSetId | AgentPoolId, operation?: string): Token {
  return {
    v: 1,
    cloud: 'azure',
    kind: 'open',
    pool: resourceIdOf(pool),
    region: order.region,
    opId: order.opId,
    offering: offeringOf(order),
    asked: order.size,
    ...(operation !== undefined && { operation }),
  };
}

const refused = (code: string, message: string): Answer<never> =>
  failed({ kind: { is: 'invalid' }, api: '', code, message });
