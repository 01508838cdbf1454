import { deleteMachines, getAgentPool, listClusters, listPoolMachines, putAgentPool } from './azure-aks.ts';
import { ok, page, type Route } from './azure-ground.ts';
import { getOperation, listPrices, listSkus, listUsages, queryResources } from './azure-lists.ts';
import { deleteFromSet, getInstanceView, getSet, listMachines, listSets, putSet, updateSet } from './azure-sets.ts';

const SUB = '/subscriptions/[^/]+';
const GROUP = `${SUB}/resourceGroups/([^/]+)`;
const SETS = '/providers/Microsoft\\.Compute/virtualMachineScaleSets';
const CLUSTERS = '/providers/Microsoft\\.ContainerService/managedClusters';
const at = (pattern: string): RegExp => new RegExp(`^${pattern}$`, 'i');

const C = 'Microsoft.Compute/virtualMachineScaleSets';
const K = 'Microsoft.ContainerService/managedClusters';

export const ROUTES: readonly Route[] = [
  {
    api: 'virtualMachineScaleSets.listAll',
    method: 'GET',
    path: at(`${SUB}${SETS}`),
    action: `${C}/read`,
    run: listSets,
  },
  {
    api: 'virtualMachineScaleSets.get',
    method: 'GET',
    path: at(`${GROUP}${SETS}/([^/]+)`),
    action: `${C}/read`,
    run: getSet,
  },
  {
    api: 'virtualMachineScaleSets.update',
    method: 'PATCH',
    path: at(`${GROUP}${SETS}/([^/]+)`),
    action: `${C}/write`,
    run: updateSet,
  },
  {
    api: 'virtualMachineScaleSets.createOrUpdate',
    method: 'PUT',
    path: at(`${GROUP}${SETS}/([^/]+)`),
    action: `${C}/write`,
    run: putSet,
  },
  {
    api: 'virtualMachineScaleSets.deleteInstances',
    method: 'POST',
    path: at(`${GROUP}${SETS}/([^/]+)/delete`),
    action: `${C}/delete/action`,
    run: deleteFromSet,
  },
  {
    api: 'virtualMachineScaleSets.getInstanceView',
    method: 'GET',
    path: at(`${GROUP}${SETS}/([^/]+)/instanceView`),
    action: `${C}/instanceView/read`,
    run: getInstanceView,
  },
  {
    api: 'virtualMachineScaleSetVMs.list',
    method: 'GET',
    path: at(`${GROUP}${SETS}/([^/]+)/virtualMachines`),
    action: `${C}/virtualMachines/read`,
    run: listMachines,
  },
  { api: 'managedClusters.list', method: 'GET', path: at(`${SUB}${CLUSTERS}`), action: `${K}/read`, run: listClusters },
  {
    api: 'agentPools.get',
    method: 'GET',
    path: at(`${GROUP}${CLUSTERS}/([^/]+)/agentPools/([^/]+)`),
    action: `${K}/agentPools/read`,
    run: getAgentPool,
  },
  {
    api: 'agentPools.createOrUpdate',
    method: 'PUT',
    path: at(`${GROUP}${CLUSTERS}/([^/]+)/agentPools/([^/]+)`),
    action: `${K}/agentPools/write`,
    run: putAgentPool,
  },
  {
    api: 'agentPools.deleteMachines',
    method: 'POST',
    path: at(`${GROUP}${CLUSTERS}/([^/]+)/agentPools/([^/]+)/deleteMachines`),
    action: `${K}/agentPools/deleteMachines/action`,
    run: deleteMachines,
  },
  {
    api: 'agentPools.machines.list',
    method: 'GET',
    path: at(`${GROUP}${CLUSTERS}/([^/]+)/agentPools/([^/]+)/machines`),
    action: `${K}/agentPools/machines/read`,
    run: listPoolMachines,
  },
  {
    api: 'resourceSkus.list',
    method: 'GET',
    path: at(`${SUB}/providers/Microsoft\\.Compute/skus`),
    action: 'Microsoft.Compute/skus/read',
    run: listSkus,
  },
  {
    api: 'usage.list',
    method: 'GET',
    path: at(`${SUB}/providers/Microsoft\\.Compute/locations/([^/]+)/usages`),
    action: 'Microsoft.Compute/locations/usages/read',
    run: listUsages,
  },
  {
    api: 'operations.get',
    method: 'GET',
    path: at(`${SUB}/providers/Microsoft\\.(?:Compute|ContainerService)/locations/([^/]+)/operations/([^/]+)`),
    action: 'Microsoft.Compute/locations/operations/read',
    run: getOperation,
  },
  {
    api: 'resources.query',
    method: 'POST',
    path: at('/providers/Microsoft\\.ResourceGraph/resources'),
    action: 'Microsoft.ResourceGraph/resources/read',
    run: queryResources,
  },
  {
    api: 'permissions.list',
    method: 'GET',
    path: at(`${SUB}/providers/Microsoft\\.Authorization/permissions`),
    action: 'Microsoft.Authorization/permissions/read',
    run: ({ actions }) => ok({ value: [{ actions, notActions: [] }] }),
  },
  {
    api: 'reservations.list',
    method: 'GET',
    path: at('/providers/Microsoft\\.Capacity/reservations'),
    action: 'Microsoft.Capacity/reservations/read',
    run: (g, r) => page(g, r, g.reservations),
  },
  {
    api: 'savingsPlans.list',
    method: 'GET',
    path: at('/providers/Microsoft\\.BillingBenefits/savingsPlans'),
    action: 'Microsoft.BillingBenefits/savingsPlans/read',
    run: (g, r) => page(g, r, g.savingsPlans),
  },
  { api: 'retailPrices.list', method: 'GET', path: at('/api/retail/prices'), action: '', run: listPrices },
];
