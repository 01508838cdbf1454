import type { ProviderName } from '../catalog/offering.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { LiveProvider, Provider, ProviderParts } from '../ports.ts';
import { within } from '../world/live/within.ts';
import { isLive, packaged, providerParts } from './parts.ts';

/** A cloud that the fleet names access to is asked itself; of the others, and offline, Godwit knows what it carries. */
export async function providersOf(fleet: Fleet, offline: boolean): Promise<Provider[]> {
  const { embeddedProvider } = await import('../../providers/embedded/index.ts');
  const known = fleet.clouds
    .filter((cloud) => offline || !(isLive(cloud) && cloud.provider !== 'kubernetes'))
    .map((cloud) => embeddedProvider(cloud.provider, packaged))
    .map((provider) => (offline || provider.name !== 'kubernetes' ? provider : within(provider, (r) => !r.contexts)));
  if (offline || !fleet.clouds.some(isLive)) return known;
  const [parts, { remembered }] = await Promise.all([providerParts(), import('../world/live/remembered.ts')]);
  const live = await liveProviders(fleet, parts);
  return [...known, ...live.map((provider) => remembered(provider, parts))];
}

/** Adapters for the clouds that the fleet names access to. */
export const liveProviders = (fleet: Fleet, parts: ProviderParts): Promise<LiveProvider[]> =>
  Promise.all(fleet.clouds.filter(isLive).map(async ({ provider }) => (await adapterOf(provider)).open(parts)));

/** What each adapter's folder offers; its vendor's SDK is loaded here and nowhere else. */
interface Adapter {
  open(parts: ProviderParts): LiveProvider;
  /** the vendor's policy document for these permissions and no others */
  grant(permissions: readonly string[], fleet: Fleet): string;
}

export async function adapterOf(provider: ProviderName): Promise<Adapter> {
  switch (provider) {
    case 'aws': {
      // the SDK tells every user at every start which Node it will want next year: that is its owners' news, not theirs
      process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
      const { awsProvider: open, grant } = await import('../../providers/aws/index.ts');
      return { open, grant };
    }
    case 'azure': {
      const { azureProvider: open, grant } = await import('../../providers/azure/index.ts');
      return { open, grant };
    }
    case 'gcp': {
      const { gcpProvider: open, grant } = await import('../../providers/gcp/index.ts');
      return { open, grant };
    }
    case 'kubernetes': {
      const { kubernetesProvider: open, grant } = await import('../../providers/kubernetes/index.ts');
      return { open, grant };
    }
    default:
      return provider satisfies never;
  }
}
