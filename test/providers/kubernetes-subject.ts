import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetesProvider } from '../../providers/kubernetes/index.ts';
import type { SimulatedWorld } from '../../providers/simulated/world-types.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { LiveProvider, ProviderParts } from '../../src/ports.ts';
import { fakeKubernetes, type FakeKubernetes, type FakeKubernetesOptions } from '../clouds/kubernetes.ts';
import { memoryShelf, partsOver } from '../contract/parts.ts';
import { POOLS, smallWorld } from '../contract/small-world.ts';

/** The adapter on API servers over the small world: what it is given differs from a real cluster's in its kubeconfig only. */
export interface KubernetesSubject {
  readonly world: SimulatedWorld;
  readonly fleet: Fleet;
  readonly fake: FakeKubernetes;
  readonly parts: ProviderParts;
  readonly open: () => Promise<LiveProvider>;
  readonly close: () => Promise<void>;
}

export async function kubernetesSubject(options: FakeKubernetesOptions = {}): Promise<KubernetesSubject> {
  const { world, fleet } = smallWorld('kubernetes');
  const fake = await fakeKubernetes(world, options);
  // a pool without a node can only say itself what its machines are; those of the others' nodes tell
  for (const { region, name, type } of world.pools.list('kubernetes')) {
    if (name !== POOLS.idle && name !== POOLS.gatewayA) continue;
    if (fake.contexts.includes(region)) fake.cluster(region).written('pool', name).labels['godwit.io/node-type'] = type;
  }
  fake.refresh();
  const folder = await mkdtemp(join(tmpdir(), 'godwit-kubernetes-'));
  const file = join(folder, 'kubeconfig.yaml');
  await writeFile(file, fake.kubeconfig);
  const shelf = memoryShelf(() => world.now());
  const parts: ProviderParts = { ...partsOver(world, shelf), env: { KUBECONFIG: file } };
  return {
    world,
    fleet,
    fake,
    parts,
    open: async () => kubernetesProvider({ ...partsOver(world, shelf), env: parts.env }),
    close: async () => {
      await fake.close();
      await rm(folder, { recursive: true });
    },
  };
}
