import { expect } from 'vitest';
import type { SimPool } from '../../providers/simulated/world-types.ts';
import type { FakeAzureOptions } from '../clouds/azure.ts';
import { providerContract, type Subject } from '../contract/provider-contract.ts';
import { azureSubject } from './azure-subject.ts';

const NOTICE =
  'tells of nodes that will be taken back until they are settled: Azure tells of it inside the machine alone, and the Kubernetes adapter reads it off the node';

const subject = (api: Subject['api'], options: FakeAzureOptions) => async (): Promise<Subject> => {
  const { world, fleet, fake, open, close } = await azureSubject(options);
  return {
    world,
    fleet,
    api,
    open,
    close: async () => {
      await close();
      expect(fake.complaints).toEqual([]);
    },
  };
};

providerContract(
  'Azure with scale sets',
  subject(
    {
      listPools: 'virtualMachineScaleSets.listAll',
      setSize: 'virtualMachineScaleSets.update',
      deleteInstances: 'virtualMachineScaleSets.deleteInstances',
      openPool: 'virtualMachineScaleSets.createOrUpdate',
      readOperation: 'operations.get',
      listOfferings: 'resourceSkus.list',
    },
    { pageSize: 7 },
  ),
  { without: [NOTICE] },
);

const inCluster = ({ region, tags }: SimPool): string | undefined =>
  tags.team === 'search' ? undefined : `im-${region}`;

providerContract(
  'Azure with agent pools',
  subject(
    {
      listPools: 'managedClusters.list',
      setSize: 'agentPools.createOrUpdate',
      deleteInstances: 'agentPools.deleteMachines',
      openPool: 'agentPools.createOrUpdate',
      readOperation: 'operations.get',
      listOfferings: 'usage.list',
    },
    { pageSize: 50, clusterOf: inCluster },
  ),
  { without: [NOTICE] },
);
