import { simulatedProvider } from '../../providers/simulated/index.ts';
import type { ProviderName } from '../../src/catalog/offering.ts';
import { memoryShelf, partsOver } from '../contract/parts.ts';
import { providerContract, type Subject } from '../contract/provider-contract.ts';
import { smallWorld } from '../contract/small-world.ts';

/** It runs as each of the clouds, because each has its own prices, notices and names. */
for (const provider of ['aws', 'azure', 'gcp'] as const) {
  providerContract(`the simulated ${provider}`, () => subjectOf(provider));
}
providerContract('the simulated own cluster', () => subjectOf('kubernetes'), {
  without: [
    'bounds what it offers by the quota: own machines are bounded by how many there are',
    'tells of nodes that will be taken back until they are settled: own machines are not taken back',
  ],
});

async function subjectOf(provider: ProviderName): Promise<Subject> {
  const { world, fleet } = smallWorld(provider);
  // the shelf outlives a process, as a file does
  const shelf = memoryShelf(() => world.now());
  return {
    fleet,
    world,
    open: async () => simulatedProvider(world, provider, partsOver(world, shelf)),
    api: {
      listPools: 'listPools',
      setSize: 'setSize',
      deleteInstances: 'deleteInstances',
      openPool: 'openPool',
      readOperation: 'readOperation',
      listOfferings: 'listOfferings',
    },
    close: async () => undefined,
  };
}
