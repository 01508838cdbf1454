import type { CallAbout } from '../../src/ports.ts';

/** A call of Google's, where its package describes it and which rate it shares. */
export interface Method {
  readonly pack: 'compute' | 'container' | 'billing';
  readonly service: string;
  /** as described: `AggregatedList` */
  readonly method: string;
  readonly class: CallAbout['class'];
}

const compute = (service: string, method: string, kind: CallAbout['class'] = 'read'): Method => ({
  pack: 'compute',
  service,
  method,
  class: kind,
});
const container = (method: string, kind: CallAbout['class'] = 'read'): Method => ({
  pack: 'container',
  service: 'ClusterManager',
  method,
  class: kind,
});

/** Every call that is ever made, by the name that failures, limits and permissions know it by. */
export const METHODS = {
  'compute.instanceGroupManagers.aggregatedList': compute('InstanceGroupManagers', 'AggregatedList'),
  'compute.instanceGroupManagers.get': compute('InstanceGroupManagers', 'Get'),
  'compute.instanceGroupManagers.listManagedInstances': compute('InstanceGroupManagers', 'ListManagedInstances'),
  'compute.instanceGroupManagers.resize': compute('InstanceGroupManagers', 'Resize', 'write'),
  'compute.instanceGroupManagers.deleteInstances': compute('InstanceGroupManagers', 'DeleteInstances', 'write'),
  'compute.instanceGroupManagers.insert': compute('InstanceGroupManagers', 'Insert', 'write'),
  'compute.instanceTemplates.aggregatedList': compute('InstanceTemplates', 'AggregatedList'),
  'compute.instanceTemplates.get': compute('InstanceTemplates', 'Get'),
  'compute.instanceTemplates.insert': compute('InstanceTemplates', 'Insert', 'write'),
  'compute.regionInstanceTemplates.get': compute('RegionInstanceTemplates', 'Get'),
  'compute.instances.aggregatedList': compute('Instances', 'AggregatedList'),
  'compute.autoscalers.aggregatedList': compute('Autoscalers', 'AggregatedList'),
  'compute.machineTypes.aggregatedList': compute('MachineTypes', 'AggregatedList'),
  'compute.machineTypes.list': compute('MachineTypes', 'List'),
  'compute.regions.list': compute('Regions', 'List'),
  'compute.regionCommitments.aggregatedList': compute('RegionCommitments', 'AggregatedList'),
  'compute.zoneOperations.get': compute('ZoneOperations', 'Get'),
  'compute.globalOperations.get': compute('GlobalOperations', 'Get'),
  'compute.globalOperations.aggregatedList': compute('GlobalOperations', 'AggregatedList'),
  'container.clusters.list': container('ListClusters'),
  'container.nodePools.get': container('GetNodePool'),
  'container.nodePools.setSize': container('SetNodePoolSize', 'write'),
  'container.nodePools.create': container('CreateNodePool', 'write'),
  'container.operations.get': container('GetOperation'),
  'billing.skus.list': { pack: 'billing', service: 'CloudCatalog', method: 'ListSkus', class: 'price' },
} as const satisfies Readonly<Record<string, Method>>;

export type Api = keyof typeof METHODS;
