import { answered } from '../failure.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { LookedAt } from '../world/live/clusters.ts';
import { providerParts } from './parts.ts';

/** Every cluster that the fleet names a context for, once: what it runs is read, and it is left again. */
export async function lookAtClusters(fleet: Fleet): Promise<readonly LookedAt[]> {
  const named = fleet.clouds.flatMap(({ regions }) =>
    regions.flatMap((region) => (region.contexts ?? []).map((context) => ({ region, context }))),
  );
  if (named.length === 0) return [];
  const [{ openCluster }, { realWaiting }, parts] = await Promise.all([
    import('../../providers/kubernetes/index.ts'),
    import('../calls/waiting.ts'),
    providerParts(),
  ]);
  return Promise.all(
    named.map(async ({ region, context }) => {
      const cluster = await openCluster({ ...parts, ...realWaiting }, context);
      if (!cluster.ok) return { region, context, seen: cluster };
      try {
        return { region, context, seen: answered(cluster.value.snapshot()) };
      } finally {
        await cluster.value.close();
      }
    }),
  );
}
