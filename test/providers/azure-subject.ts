import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azureProvider } from '../../providers/azure/index.ts';
import type { SimulatedWorld } from '../../providers/simulated/world-types.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { LiveProvider, ProviderParts, Shelf } from '../../src/ports.ts';
import { fakeAzure, type FakeAzure, type FakeAzureOptions } from '../clouds/azure.ts';
import { memoryShelf, partsOver } from '../contract/parts.ts';
import { smallWorld } from '../contract/small-world.ts';

/** Azure's adapter on a fake of Azure: what it is given differs from a real cloud's in addresses and credentials only. */
export interface AzureSubject {
  readonly world: SimulatedWorld;
  readonly fleet: Fleet;
  readonly fake: FakeAzure;
  readonly shelf: Shelf;
  readonly parts: ProviderParts;
  readonly open: () => Promise<LiveProvider>;
  readonly close: () => Promise<void>;
}

export async function azureSubject(
  options: FakeAzureOptions & { readonly pools?: number } = {},
  env: Readonly<Record<string, string>> = {},
): Promise<AzureSubject> {
  const { world, fleet } = smallWorld('azure', { pools: options.pools ?? 0 });
  const fake = await fakeAzure(world, options);
  const folder = await mkdtemp(join(tmpdir(), 'godwit-azure-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, fake.ca);
  const shelf = memoryShelf(() => world.now());
  const parts: ProviderParts = {
    ...partsOver(world, shelf),
    env: {
      GODWIT_AZURE_ENDPOINT: fake.url,
      GODWIT_AZURE_PRICES_ENDPOINT: fake.url,
      GODWIT_CA_FILE: file,
      AZURE_AUTHORITY_HOST: fake.url,
      AZURE_TENANT_ID: '2f1e3b0c-8d3f-4a52-9c11-6b7d1f0a9e33',
      AZURE_CLIENT_ID: '7a9b2c4d-1e5f-4b6a-8c7d-9e0f1a2b3c4d',
      AZURE_CLIENT_SECRET: 'test-secret',
      ...env,
    },
  };
  return {
    world,
    fleet,
    fake,
    shelf,
    parts,
    open: async () => azureProvider({ ...partsOver(world, shelf), env: parts.env }),
    close: async () => {
      await fake.close();
      await rm(folder, { recursive: true });
    },
  };
}
