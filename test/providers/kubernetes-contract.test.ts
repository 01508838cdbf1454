import { expect } from 'vitest';
import { providerContract, type Subject } from '../contract/provider-contract.ts';
import { kubernetesSubject } from './kubernetes-subject.ts';

const POOLS = 'machinedeployments.cluster.x-k8s.io';

const without = [
  'bounds what it offers by the quota: the fleet file states how many machines there are, and nobody has a quota of them',
  'never answers that a cloud sells nothing when it may not ask: own machines are stated in the fleet file, so nobody is asked',
  'tells of nodes that will be taken back until they are settled: nobody takes own machines back; failed ones have a test of their own',
  'takes capacity for an answer: told by its kind, nothing changed, not sent again: an API server takes any size; its machines fail one by one, and that is a case of its own',
];

for (const clusterApi of ['v1beta1', 'v1beta2'] as const) {
  providerContract(
    `Kubernetes with Cluster API ${clusterApi}`,
    async (): Promise<Subject> => {
      const clusters = ['own-fra', 'own-ber'].map(
        (region) => ({ context: region, region, provider: 'kubernetes', clusterApi }) as const,
      );
      const { world, fleet, fake, open, close } = await kubernetesSubject({ clusters, pageSize: 50 });
      return {
        world,
        fleet,
        open,
        api: {
          listPools: `list ${POOLS}`,
          setSize: `update ${POOLS}/scale`,
          deleteInstances: `update ${POOLS}/scale`,
          openPool: `create ${POOLS}`,
          readOperation: `get ${POOLS}`,
          listOfferings: '-',
        },
        close: async () => {
          await close();
          expect(fake.complaints).toEqual([]);
        },
      };
    },
    { without },
  );
}
