import type { Api } from './methods.ts';
import type { Permission } from '../../src/ports.ts';

const row = (needed: Permission['needed'], permission: string, why: string, ...calls: readonly Api[]): Permission => ({
  permission,
  needed,
  why,
  calls,
});

/** Source: cloud.google.com/compute/docs/access/iam, cloud.google.com/kubernetes-engine/docs/reference/api-permissions */
export const PERMISSIONS: readonly Permission[] = [
  row(
    'read',
    'compute.instanceGroupManagers.list',
    'pools and their sizes',
    'compute.instanceGroupManagers.aggregatedList',
  ),
  row(
    'read',
    'compute.instanceGroupManagers.get',
    "one pool's size, and what its machines are doing",
    'compute.instanceGroupManagers.get',
    'compute.instanceGroupManagers.listManagedInstances',
  ),
  row(
    'read',
    'compute.instanceTemplates.list',
    'machine types and labels of pools',
    'compute.instanceTemplates.aggregatedList',
  ),
  row(
    'read',
    'compute.instanceTemplates.get',
    'machine type and labels of a pool',
    'compute.instanceTemplates.get',
    'compute.regionInstanceTemplates.get',
  ),
  row('read', 'compute.instances.list', 'the machines of pools', 'compute.instances.aggregatedList'),
  row('read', 'compute.autoscalers.list', 'whether something else steers a pool', 'compute.autoscalers.aggregatedList'),
  row(
    'read',
    'compute.machineTypes.list',
    'what each zone sells',
    'compute.machineTypes.aggregatedList',
    'compute.machineTypes.list',
  ),
  row('read', 'compute.regions.list', 'the quotas of each region', 'compute.regions.list'),
  row('read', 'compute.zoneOperations.get', 'how far an order is', 'compute.zoneOperations.get'),
  row(
    'read',
    'compute.globalOperations.list',
    'machines that were taken back, and who changed a pool',
    'compute.globalOperations.aggregatedList',
  ),
  row(
    'read',
    'compute.zoneOperations.list',
    'machines that were taken back, and who changed a pool',
    'compute.globalOperations.aggregatedList',
  ),
  row('read', 'container.clusters.list', 'node pools of GKE', 'container.clusters.list'),
  row('read', 'container.clusters.get', 'one node pool of GKE', 'container.nodePools.get'),
  row('read', 'container.operations.get', 'how far an order at GKE is', 'container.operations.get'),
  row(
    'optional',
    'compute.commitments.list',
    'commitments owned; without it those of the fleet file are used',
    'compute.regionCommitments.aggregatedList',
  ),
  row(
    'scale',
    'compute.instanceGroupManagers.update',
    'sizes, and ending the machines named',
    'compute.instanceGroupManagers.resize',
    'compute.instanceGroupManagers.deleteInstances',
  ),
  row('scale', 'container.clusters.update', 'sizes of node pools of GKE', 'container.nodePools.setSize'),
  row('open', 'container.clusters.update', 'new node pools of GKE', 'container.nodePools.create'),
  row('open', 'compute.instanceGroupManagers.create', 'new pools', 'compute.instanceGroupManagers.insert'),
  row('open', 'compute.instanceTemplates.create', 'what a new pool is made from', 'compute.instanceTemplates.insert'),
  row(
    'open',
    'compute.instanceTemplates.useReadOnly',
    'a new pool made from it',
    'compute.instanceGroupManagers.insert',
  ),
  row('open', 'compute.globalOperations.get', 'whether the template is ready', 'compute.globalOperations.get'),
  ...(
    [
      ['compute.instances.create', 'machines of a new pool'],
      ['compute.instances.setLabels', 'their labels'],
      ['compute.instances.setMetadata', 'their metadata'],
      ['compute.instances.setTags', 'their network tags'],
      ['compute.disks.create', 'their disks'],
      ['compute.images.useReadOnly', 'their image'],
      ['compute.networks.get', 'the network they are in'],
      ['compute.subnetworks.use', 'the subnetwork they are in'],
      ['compute.subnetworks.useExternalIp', 'an address of their own, where the template gives one'],
      [
        'iam.serviceAccounts.actAs',
        "the service account that the template gives them; only on that account's own role",
      ],
    ] as const
  ).map(([permission, why]) => row('open', permission, why, 'compute.instanceGroupManagers.insert')),
];
// Cloud Billing's list of SKUs is public: any credentials may read it.

/**
 * A custom role for the project, as `gcloud iam roles create godwit --file` takes it. Google's conditions know no
 * labels of groups: a project, or a condition on their names, is the narrowest place for the role.
 */
export function policyDocument(needs: readonly Permission['needed'][]): string {
  const wanted = PERMISSIONS.filter(({ needed }) => needs.includes(needed)).map(({ permission }) => permission);
  return roleOf(wanted, `Node pools of a fleet (${needs.join(', ')})`);
}

/** A role of these permissions and no others. */
export const grant = (permissions: readonly string[]): string => roleOf(permissions, 'What a fleet was missing');

function roleOf(permissions: readonly string[], description: string): string {
  // an API to be enabled is no permission; it is left to the remedy
  const names = [...new Set(permissions)].filter((name) => /^[a-z]+(?:\.[a-zA-Z]+)+$/.test(name));
  const lines = names.toSorted().map((name) => `  - ${name}`);
  return ['title: Godwit', `description: ${description}`, 'stage: GA', 'includedPermissions:', ...lines, ''].join('\n');
}
