import { afterAll, describe, expect, it } from 'vitest';
import { gcpProvider } from '../../providers/gcp/index.ts';
import { fakeGcp } from '../clouds/gcp.ts';
import { memoryShelf, partsOver } from '../contract/parts.ts';
import { providerContract } from '../contract/provider-contract.ts';
import { smallWorld } from '../contract/small-world.ts';

const complaints: string[] = [];

providerContract('gcp', async () => {
  const { world, fleet } = smallWorld('gcp');
  const fake = await fakeGcp(world, { pageSize: 50 });
  const shelf = memoryShelf(() => world.now());
  return {
    fleet,
    world,
    open: async () => gcpProvider({ ...partsOver(world, shelf), env: fake.env }),
    api: {
      listPools: 'compute.instanceGroupManagers.aggregatedList',
      setSize: 'compute.instanceGroupManagers.resize',
      deleteInstances: 'compute.instanceGroupManagers.deleteInstances',
      openPool: 'compute.instanceGroupManagers.insert',
      readOperation: 'compute.zoneOperations.get',
      listOfferings: 'compute.machineTypes.aggregatedList',
    },
    async close() {
      complaints.push(...fake.complaints);
      await fake.close();
    },
  };
});

describe("what was sent and answered in the contract's cases", () => {
  afterAll(() => complaints.splice(0));
  it("is as Google's descriptions have it", () => {
    expect([...new Set(complaints)]).toEqual([]);
  });
});
