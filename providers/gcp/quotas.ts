import type { LiveRegion } from '../../src/catalog/live.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { Account } from './accounts.ts';
import { listed, type Calls } from './calls.ts';
import { listOf, numberOf, textOf } from './fields.ts';
import type { MachineType } from './machine-types.ts';
import type { SeenPool } from './seen.ts';

export interface Quota {
  readonly limit: number;
  readonly used: number;
}

/** region → metric → quota, all regions in one call. */
export type Quotas = ReadonlyMap<string, ReadonlyMap<string, Quota>>;

export async function quotasOf({ project }: Account, calls: Calls): Promise<Answer<Quotas>> {
  const regions = await calls.pages(
    'compute.regions.list',
    { project, region: '' },
    { project, maxResults: 500 },
    listed('items'),
  );
  if (!regions.ok) return regions;
  return answered(
    new Map(
      regions.value.map((region) => [
        textOf(region['name']) ?? '',
        new Map(
          listOf(region['quotas']).flatMap((quota) => {
            const [limit, used] = [numberOf(quota['limit']), numberOf(quota['usage'])];
            const metric = textOf(quota['metric']);
            return metric === undefined || limit === undefined ? [] : [[metric, { limit, used: used ?? 0 }] as const];
          }),
        ),
      ]),
    ),
  );
}

/**
 * Most nodes of an offering that the region's quotas leave room for: those that run already and what fits beside
 * everything that is used. Families since 2023 (C4, N4 …) have theirs in another service and are not limited here.
 *
 * Source: cloud.google.com/compute/resource-usage
 */
export function mostBy(
  quotas: ReadonlyMap<string, Quota>,
  pools: readonly SeenPool[],
  types: ReadonlyMap<string, MachineType>,
): NonNullable<LiveRegion['atMost']> {
  return ({ type, vcpu, family, zone, purchase }) => {
    const running = pools
      .filter((pool) => pool.type === type && pool.zone === zone && pool.purchase === purchase)
      .reduce((sum, pool) => sum + pool.target, 0);
    const gpu = types.get(type)?.gpu;
    const metrics: readonly (readonly [Quota | undefined, number])[] = [
      [cpuQuota(quotas, family, purchase === 'spot'), vcpu],
      [quotas.get('INSTANCES'), 1],
      ...(gpu ? [[gpuQuota(quotas, gpu.name, purchase === 'spot'), gpu.count] as const] : []),
    ];
    const room = metrics.flatMap(([quota, each]) =>
      quota ? [Math.floor(Math.max(0, quota.limit - quota.used) / each)] : [],
    );
    return room.length === 0 ? undefined : running + Math.min(...room);
  };
}

/** Spot draws on its own quota where the project has been granted one, else on that of its family. */
function cpuQuota(quotas: ReadonlyMap<string, Quota>, family: string, spot: boolean): Quota | undefined {
  const preemptible = quotas.get('PREEMPTIBLE_CPUS');
  if (spot && preemptible && preemptible.limit > 0) return preemptible;
  return SHARES_CPUS.has(family) ? quotas.get('CPUS') : quotas.get(`${family.toUpperCase()}_CPUS`);
}

/** The first families, which have one quota together. */
const SHARES_CPUS: ReadonlySet<string> = new Set(['n1', 'e2', 'f1', 'g1']);

function gpuQuota(quotas: ReadonlyMap<string, Quota>, gpu: string, spot: boolean): Quota | undefined {
  const metric = `NVIDIA_${gpu.toUpperCase().replaceAll('-', '_')}_GPUS`;
  const preemptible = quotas.get(`PREEMPTIBLE_${metric}`);
  return spot && preemptible && preemptible.limit > 0 ? preemptible : quotas.get(metric);
}
