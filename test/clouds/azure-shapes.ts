import type { SimInstance, SimOperation, SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { isoOf } from '../../src/units.ts';

/** Where the world's pools stand at Azure. */
export interface Place {
  readonly subscription: string;
  readonly group: string;
  /** clusters by pool; a pool without one is a scale set by itself */
  readonly clusterOf: (pool: SimPool) => string | undefined;
  /** settings of scale sets that were PUT, by pool id */
  readonly models: Map<string, Json>;
  /** taken back by Azure and left deallocated */
  readonly deallocated: ReadonlySet<string>;
  /** the number of an instance in its set */
  readonly numberOf: (pool: SimPool, instance: SimInstance) => number;
}

export type Json = Record<string, unknown>;

export const etagOf = (pool: SimPool): string => `"${pool.version}"`;
/** Azure's tags have no `/`. */
export const outerTags = (tags: SimPool['tags']): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.replaceAll('/', '_'), value]));
export const innerTags = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.replace(/^godwit\.io_/, 'godwit.io/'), value]));

const SETS = 'providers/Microsoft.Compute/virtualMachineScaleSets';

export const nodeGroupOf = (group: string, cluster: string, region: string): string =>
  `MC_${group}_${cluster}_${region}`;

export function setIdOf({ subscription, group, clusterOf }: Place, pool: SimPool): string {
  const cluster = clusterOf(pool);
  const inner = cluster === undefined ? group : nodeGroupOf(group, cluster, pool.region);
  return `/subscriptions/${subscription}/resourceGroups/${inner}/${SETS}/${setNameOf(pool, cluster)}`;
}

export const setNameOf = (pool: SimPool, cluster: string | undefined): string =>
  cluster === undefined ? pool.name : `aks-${pool.name}-31415926-vmss`;

export const clusterIdOf = ({ subscription, group }: Place, cluster: string): string =>
  `/subscriptions/${subscription}/resourcegroups/${group}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;

export function scaleSet(place: Place, pool: SimPool): Json {
  const cluster = place.clusterOf(pool);
  const model = place.models.get(pool.id) ?? usualModel(pool);
  const bounds = { 'godwit.io_min': String(pool.min), 'godwit.io_max': String(pool.max) };
  return {
    id: setIdOf(place, pool),
    name: setNameOf(pool, cluster),
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    location: pool.region,
    etag: etagOf(pool),
    zones: [pool.zone],
    sku: { name: pool.type, tier: 'Standard', capacity: pool.target },
    tags: cluster === undefined ? { ...bounds, ...outerTags(pool.tags) } : aksTags(place, pool, cluster),
    properties: {
      ...model,
      provisioningState: stateOf(pool, 'Updating'),
      uniqueId: '00000000-0000-4000-8000-000000000000',
    },
  };
}

const fellShort = ({ operation }: SimPool): boolean =>
  operation !== undefined && operation.state !== 'running' && operation.shortages.length > 0;

const stateOf = (pool: SimPool, underWay: string): string =>
  pool.operation?.state === 'running' ? underWay : fellShort(pool) ? 'Failed' : 'Succeeded';

/** The set as a whole, after its last change. */
export const instanceView = (pool: SimPool): Json => ({
  virtualMachine: { statusesSummary: [{ code: 'ProvisioningState/succeeded', count: pool.instances.length }] },
  statuses: [
    fellShort(pool)
      ? {
          code: `ProvisioningState/failed/${CAPACITY_ERROR.code}`,
          level: 'Error',
          displayStatus: 'Provisioning failed',
          message: CAPACITY_ERROR.message,
        }
      : { code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded' },
  ],
});

const aksTags = (place: Place, pool: SimPool, cluster: string): Json => ({
  'aks-managed-poolName': pool.name,
  'aks-managed-cluster-name': cluster,
  'aks-managed-cluster-rg': place.group,
  ...outerTags(pool.tags),
});

/** As Azure answers of a set made by its portal, without what it keeps to itself. */
function usualModel(pool: SimPool): Json {
  const spot = pool.purchase === 'spot';
  return {
    singlePlacementGroup: false,
    orchestrationMode: 'Uniform',
    overprovision: false,
    upgradePolicy: { mode: 'Manual' },
    platformFaultDomainCount: 1,
    virtualMachineProfile: {
      osProfile: {
        computerNamePrefix: pool.name,
        adminUsername: 'azureuser',
        linuxConfiguration: {
          disablePasswordAuthentication: true,
          ssh: { publicKeys: [{ path: '/home/azureuser/.ssh/authorized_keys', keyData: 'ssh-ed25519 AAAA test' }] },
        },
        secrets: [],
        allowExtensionOperations: true,
      },
      storageProfile: {
        osDisk: { createOption: 'FromImage', caching: 'ReadWrite', managedDisk: { storageAccountType: 'Premium_LRS' } },
        imageReference: {
          publisher: 'Canonical',
          offer: '0001-com-ubuntu-server-jammy',
          sku: '22_04-lts-gen2',
          version: 'latest',
        },
      },
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: 'nic',
            properties: {
              primary: true,
              ipConfigurations: [
                {
                  name: 'ip',
                  properties: {
                    subnet: {
                      id: '/subscriptions/6f9e1c1a-52d3-4d0e-9a55-0c1f4f3b7a10/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/s',
                    },
                  },
                },
              ],
            },
          },
        ],
      },
      ...(spot
        ? { priority: 'Spot', evictionPolicy: 'Delete', billingProfile: { maxPrice: -1 } }
        : { priority: 'Regular' }),
    },
  };
}

export function setMachine(place: Place, pool: SimPool, instance: SimInstance): Json {
  const number = place.numberOf(pool, instance);
  const { state } = instance;
  const lost = place.deallocated.has(instance.id);
  const power = lost ? 'deallocated' : state === 'running' ? 'running' : state === 'ending' ? 'stopping' : 'starting';
  const name = setNameOf(pool, place.clusterOf(pool));
  return {
    id: `${setIdOf(place, pool)}/virtualMachines/${number}`,
    name: `${name}_${number}`,
    instanceId: String(number),
    type: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
    location: pool.region,
    zones: [pool.zone],
    sku: { name: pool.type, tier: 'Standard' },
    tags: {},
    properties: {
      latestModelApplied: true,
      vmId: '00000000-0000-4000-8000-000000000001',
      provisioningState: state === 'running' ? 'Succeeded' : state === 'ending' ? 'Deleting' : 'Creating',
      timeCreated: isoOf(instance.launchedAt),
      osProfile: { computerName: nodeNameOf(place, pool, number), adminUsername: 'azureuser' },
      instanceView: {
        statuses: [
          { code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded' },
          { code: `PowerState/${power}`, level: 'Info', displayStatus: `VM ${power}` },
        ],
      },
    },
  };
}

/** As Azure names computers: the prefix and six digits of base 36. */
export const nodeNameOf = (place: Place, pool: SimPool, number: number): string =>
  `${setNameOf(pool, place.clusterOf(pool))}${number.toString(36).toUpperCase().padStart(6, '0')}`;

export function agentPoolSettings(pool: SimPool): Json {
  const spot = pool.purchase === 'spot';
  return {
    eTag: `v${pool.version}`,
    count: pool.target,
    vmSize: pool.type,
    osDiskSizeGB: 128,
    osDiskType: 'Managed',
    kubeletDiskType: 'OS',
    maxPods: 110,
    type: 'VirtualMachineScaleSets',
    availabilityZones: [pool.zone],
    enableAutoScaling: false,
    provisioningState: stateOf(pool, 'Scaling'),
    powerState: { code: 'Running' },
    orchestratorVersion: '1.33.2',
    currentOrchestratorVersion: '1.33.2',
    mode: 'User',
    osType: 'Linux',
    osSKU: 'Ubuntu',
    enableFIPS: false,
    tags: { ...outerTags(pool.tags), 'godwit.io_min': String(pool.min), 'godwit.io_max': String(pool.max) },
    ...(spot && {
      scaleSetPriority: 'Spot',
      scaleSetEvictionPolicy: 'Delete',
      spotMaxPrice: -1,
      nodeLabels: { 'kubernetes.azure.com/scalesetpriority': 'spot' },
      nodeTaints: ['kubernetes.azure.com/scalesetpriority=spot:NoSchedule'],
    }),
  };
}

export function agentPool(place: Place, pool: SimPool, cluster: string): Json {
  const id = `${clusterIdOf(place, cluster)}/agentPools/${pool.name}`;
  return {
    id,
    name: pool.name,
    type: 'Microsoft.ContainerService/managedClusters/agentPools',
    properties: agentPoolSettings(pool),
  };
}

export function managedCluster(place: Place, cluster: string, region: string, pools: readonly SimPool[]): Json {
  return {
    id: clusterIdOf(place, cluster),
    name: cluster,
    type: 'Microsoft.ContainerService/ManagedClusters',
    location: region,
    properties: {
      provisioningState: 'Succeeded',
      powerState: { code: 'Running' },
      kubernetesVersion: '1.33.2',
      dnsPrefix: cluster,
      nodeResourceGroup: nodeGroupOf(place.group, cluster, region),
      agentPoolProfiles: pools.map((pool) => ({ name: pool.name, ...agentPoolSettings(pool) })),
    },
  };
}

export function machine(place: Place, pool: SimPool, cluster: string, instance: SimInstance): Json {
  const number = place.numberOf(pool, instance);
  const name = nodeNameOf(place, pool, number).toLowerCase();
  return {
    id: `${clusterIdOf(place, cluster)}/agentPools/${pool.name}/machines/${name}`,
    name,
    type: 'Microsoft.ContainerService/managedClusters/agentPools/machines',
    properties: { resourceId: `${setIdOf(place, pool)}/virtualMachines/${number}`, network: { ipAddresses: [] } },
    zones: [pool.zone],
  };
}

/** What could not be had, in Azure's words. */
export function operationBody(world: SimulatedWorld, operation: SimOperation, region: string): Json {
  const { id, startedAt, endedAt, shortages } = operation;
  const short = shortages[0];
  const failed = operation.state !== 'running' && short !== undefined;
  const status =
    operation.state === 'running'
      ? 'InProgress'
      : failed
        ? 'Failed'
        : operation.state === 'failed'
          ? 'Canceled'
          : 'Succeeded';
  return {
    startTime: isoOf(startedAt),
    ...(endedAt !== undefined && { endTime: isoOf(endedAt) }),
    status,
    name: id,
    ...(failed && {
      error: short.why === 'quota' ? quotaError(world, region, short.quota ?? '', short.count) : CAPACITY_ERROR,
    }),
    ...(status === 'Canceled' && {
      error: { code: 'OperationPreempted', message: 'The operation has been preempted by a more recent operation.' },
    }),
  };
}

export const CAPACITY_ERROR = {
  code: 'ZonalAllocationFailed',
  message:
    'Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance',
};

/** quota of the world → its name at Azure */
export const usageNameOf = (name: string): string =>
  name === 'on-demand'
    ? 'cores'
    : name === 'spot'
      ? 'lowPriorityCores'
      : `standard${name.replace(/^([A-Z]+)([a-z]*)/, (_, a: string, b: string) => a + b.toUpperCase())}Family`;

export function quotaError(world: SimulatedWorld, region: string, name: string, required: number): Json {
  const { limit, used } = world.quota('azure', region).find((q) => q.name === name) ?? { limit: 0, used: 0 };
  const named =
    name === 'on-demand' ? 'Total Regional Cores' : name === 'spot' ? 'LowPriorityCores' : `${usageNameOf(name)} Cores`;
  return {
    code: 'OperationNotAllowed',
    message:
      `Operation could not be completed as it results in exceeding approved ${named} quota. Additional details - ` +
      `Deployment Model: Resource Manager, Location: ${region}, Current Limit: ${limit}, Current Usage: ${used}, ` +
      `Additional Required: ${required}, (Minimum) New Limit Required: ${used + required}.`,
  };
}
