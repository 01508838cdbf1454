import type { Fleet } from '../../src/fleet/fleet.ts';
import type { Permission } from '../../src/ports.ts';

const of = (
  needed: Permission['needed'],
  permission: string,
  why: string,
  ...calls: readonly string[]
): Permission => ({ permission, needed, why, calls });

const SETS = 'Microsoft.Compute/virtualMachineScaleSets';
const CLUSTERS = 'Microsoft.ContainerService/managedClusters';

export const PERMISSIONS: readonly Permission[] = [
  of(
    'read',
    `${SETS}/read`,
    'find the pools and their sizes',
    'virtualMachineScaleSets.listAll',
    'virtualMachineScaleSets.get',
  ),
  of(
    'read',
    `${SETS}/virtualMachines/read`,
    'see each pool’s machines',
    'virtualMachineScaleSetVMs.list',
    'resources.query',
  ),
  of(
    'read',
    `${SETS}/virtualMachines/instanceView/read`,
    'tell running machines from booting ones',
    'virtualMachineScaleSetVMs.list',
  ),
  of('read', `${CLUSTERS}/read`, 'find the agent pools', 'managedClusters.list'),
  of('read', `${CLUSTERS}/agentPools/read`, 'read an agent pool before it is changed', 'agentPools.get'),
  of(
    'read',
    `${CLUSTERS}/agentPools/machines/read`,
    'tell which machines an agent pool has',
    'agentPools.machines.list',
  ),
  of('read', `${SETS}/instanceView/read`, 'tell why a change failed', 'virtualMachineScaleSets.getInstanceView'),
  of('read', 'Microsoft.Compute/skus/read', 'know sizes, zones and restrictions', 'resourceSkus.list'),
  of('read', 'Microsoft.Compute/locations/usages/read', 'stay within the quotas', 'usage.list'),
  of('read', 'Microsoft.Compute/locations/operations/read', 'follow what was ordered', 'operations.get'),
  of(
    'read',
    'Microsoft.ContainerService/locations/operations/read',
    'follow what was ordered of AKS',
    'operations.get',
  ),
  of('scale', `${SETS}/write`, 'set a scale set’s size', 'virtualMachineScaleSets.update'),
  of('scale', `${SETS}/delete/action`, 'end machines by name', 'virtualMachineScaleSets.deleteInstances'),
  of('scale', `${CLUSTERS}/agentPools/write`, 'set an agent pool’s size', 'agentPools.createOrUpdate'),
  of(
    'scale',
    `${CLUSTERS}/agentPools/deleteMachines/action`,
    'end an agent pool’s machines by name',
    'agentPools.deleteMachines',
  ),
  of('open', `${SETS}/write`, 'open a scale set from a template', 'virtualMachineScaleSets.createOrUpdate'),
  of('open', `${CLUSTERS}/agentPools/write`, 'open an agent pool from a template', 'agentPools.createOrUpdate'),
  of(
    'open',
    'Microsoft.Network/virtualNetworks/subnets/join/action',
    'put new machines into the subnet',
    'virtualMachineScaleSets.createOrUpdate',
    'agentPools.createOrUpdate',
  ),
  of(
    'open',
    'Microsoft.Network/networkSecurityGroups/join/action',
    'keep the model’s network rules',
    'virtualMachineScaleSets.createOrUpdate',
  ),
  of(
    'open',
    'Microsoft.Network/loadBalancers/backendAddressPools/join/action',
    'keep the model’s load balancers',
    'virtualMachineScaleSets.createOrUpdate',
  ),
  of('open', 'Microsoft.Compute/images/read', 'use the model’s image', 'virtualMachineScaleSets.createOrUpdate'),
  of(
    'open',
    'Microsoft.Compute/galleries/images/versions/read',
    'use the model’s image out of a gallery',
    'virtualMachineScaleSets.createOrUpdate',
  ),
  of(
    'open',
    'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
    'give new machines the model’s identity',
    'virtualMachineScaleSets.createOrUpdate',
  ),
  of('optional', 'Microsoft.ResourceGraph/resources/read', 'see all machines in one call', 'resources.query'),
  of('optional', 'Microsoft.Authorization/permissions/read', 'tell beforehand what is missing', 'permissions.list'),
  of(
    'optional',
    'Microsoft.Capacity/reservations/read',
    'know what is reserved (granted in the tenant)',
    'reservations.list',
  ),
  of(
    'optional',
    'Microsoft.BillingBenefits/savingsPlans/read',
    'know what is committed (granted in the tenant)',
    'savingsPlans.list',
  ),
];

/** The custom role for these permissions and no others, as JSON. */
export function grant(permissions: readonly string[], fleet: Pick<Fleet, 'clouds'>): string {
  const accounts = fleet.clouds.flatMap(({ provider, access }) =>
    provider === 'azure' && access?.account !== undefined ? [access.account] : [],
  );
  const scopes = accounts.map((account) => `/subscriptions/${account}`);
  return JSON.stringify(roleOf('Godwit (what is missing)', 'What Godwit lacks on Azure', permissions, scopes), null, 2);
}

/**
 * A custom role for `az role definition create`. Azure can't scope a role's actions by tag, so a role that may write
 * is to be assigned to the resource groups of the fleet and not to the subscription; sizes and quotas are read from
 * the subscription, by a second assignment of the role that only reads. AKS keeps its machines in groups of its own
 * (`MC_…`), which the subscription's assignment covers.
 */
export function policyDocument(needs: readonly Permission['needed'][]): object {
  const actions = PERMISSIONS.filter(({ needed }) => needs.includes(needed)).map(({ permission }) => permission);
  const kind = needs.includes('open') ? 'opens pools' : needs.includes('scale') ? 'sets sizes' : 'reads';
  return roleOf(`Godwit (${kind})`, `What Godwit needs on Azure: ${needs.join(', ')}`, actions, []);
}

/** Rights of the tenant can't stand in a role of a subscription: they are granted by Azure's own reader roles there. */
const OF_TENANT = /^Microsoft\.(Capacity|BillingBenefits)\//;

const roleOf = (name: string, description: string, actions: readonly string[], scopes: readonly string[]): object => ({
  Name: name,
  IsCustom: true,
  Description: description,
  Actions: [...new Set(actions.filter((action) => !OF_TENANT.test(action)))].toSorted(),
  NotActions: [],
  DataActions: [],
  NotDataActions: [],
  AssignableScopes: scopes.length > 0 ? scopes : ['/subscriptions/<subscription>'],
});
