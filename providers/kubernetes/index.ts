import { answered } from '../../src/failure.ts';
import { ownOfferings } from '../../src/fleet/own-offerings.ts';
import type { LiveProvider, ProviderParts } from '../../src/ports.ts';
import { good } from '../../src/trouble.ts';
import { examine } from './examine.ts';
import { listInterruptions, settle } from './interruptions.ts';
import { openPool } from './open-pool.ts';
import { deleteInstances, setSize } from './orders.ts';
import { listPools } from './pools.ts';
import { readOperation } from './receipts.ts';
import { ownRegions, sites } from './sites.ts';

export { openCluster } from './cluster.ts';
export { examineContext } from './examine.ts';
export { grant } from './permissions.ts';

/**
 * The fleet's own clusters, those that it names a context for: machines and prices as the fleet file states them,
 * pools as Cluster API keeps them.
 */
export function kubernetesProvider(parts: ProviderParts): LiveProvider {
  const all = sites(parts);
  return {
    name: 'kubernetes',
    listOfferings: async (fleet) =>
      good(ownOfferings({ clouds: [{ provider: 'kubernetes', regions: ownRegions(fleet) }] })),
    listPools: (fleet) => listPools(all, parts, fleet),
    // no cluster knows what was paid ahead for its machines; the fleet file does
    listCommitments: async () => good([]),
    setSize: (fleet, order) => setSize(all, fleet, order),
    deleteInstances: (fleet, order) => deleteInstances(all, fleet, order),
    openPool: (fleet, order) => openPool(all, fleet, order),
    readOperation: (fleet, token) => readOperation(all, fleet, token),
    listInterruptions: (fleet) => listInterruptions(all, parts, fleet),
    async settleInterruptions(_fleet, receipts) {
      if (receipts.length > 0) await settle(parts.shelf, receipts);
      return answered(undefined);
    },
    examine: (fleet) => examine(all, parts.clock, fleet),
  };
}
