import type { ResourceSku } from '@azure/arm-compute';
import { z } from 'zod';
import type { ClosedOffering } from '../../src/catalog/live.ts';
import type { InstanceType } from '../../src/catalog/snapshot.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import { mib } from '../../src/units.ts';
import type { Azure } from './connection.ts';
import { seriesOf } from './series.ts';
import { shelved, type Dated } from './shelved.ts';

/** Sizes of machine in a region, as they are kept on the shelf: what is used of the list's megabytes. */
const schema = z.object({
  schemaVersion: z.literal(1),
  sizes: z.array(
    z.object({
      name: z.string(),
      /** name of its quota: `standardDSv5Family` */
      quota: z.string(),
      vcpu: z.number(),
      memoryGb: z.number(),
      arch: z.enum(['amd64', 'arm64']),
      gpus: z.number(),
      spot: z.boolean(),
      zones: z.array(z.string()),
      /** zones that this subscription may not use, with the reason; an empty list of zones: none of them */
      closed: z.array(z.object({ zones: z.array(z.string()), why: z.string() })),
    }),
  ),
});

export type Size = z.infer<typeof schema>['sizes'][number];

const DAY_S = 24 * 3600;

/** All sizes of a region: one listing a day, because it is large and changes rarely. */
export async function sizesIn(azure: Azure, region: string): Promise<Answer<Dated<readonly Size[]>>> {
  const key = `azure/${azure.subscription}/${region}/skus`;
  const read = await shelved(azure.parts, key, DAY_S, schema, async () => {
    const listed = await azure.askAll({ api: 'resourceSkus.list', region }, () =>
      azure.compute.resourceSkus.list({ filter: `location eq '${region.replaceAll("'", '')}'` }),
    );
    if (!listed.ok) return listed;
    const sizes = listed.value.flatMap((sku) => sizeOf(sku, region) ?? []);
    return sizes.length === 0 ? nothingSold(region) : answered({ schemaVersion: 1 as const, sizes });
  });
  return read.ok ? answered({ ...read.value, value: read.value.value.sizes }) : read;
}

/** A region without a machine is a listing gone wrong; believed, it would shut every offering there for a day. */
const nothingSold = (region: string): Answer<never> =>
  failed({
    kind: { is: 'unknown' },
    api: 'resourceSkus.list',
    code: 'EmptyListing',
    message: `Azure lists no size of machine in ${region}`,
  });

function sizeOf(sku: ResourceSku, region: string): Size | undefined {
  if (sku.resourceType !== 'virtualMachines' || sku.name === undefined) return undefined;
  const capability = (name: string): string | undefined =>
    sku.capabilities?.find((c) => c.name?.toLowerCase() === name.toLowerCase())?.value;
  const vcpu = Number(capability('vCPUs'));
  const memoryGb = Number(capability('MemoryGB'));
  if (!(vcpu > 0) || !(memoryGb > 0)) return undefined;
  const here = sku.locationInfo?.find((info) => info.location?.toLowerCase() === region);
  return {
    name: sku.name,
    quota: sku.family ?? '',
    vcpu,
    memoryGb,
    arch: capability('CpuArchitectureType')?.toLowerCase() === 'arm64' ? 'arm64' : 'amd64',
    gpus: Number(capability('GPUs') ?? 0) || 0,
    spot: capability('LowPriorityCapable') === 'True',
    zones: [...(here?.zones ?? [])].toSorted(),
    closed: (sku.restrictions ?? []).flatMap((restriction) => {
      const { type, restrictionInfo, reasonCode, values = [] } = restriction;
      const locations = restrictionInfo?.locations ?? values;
      if (!locations.some((location) => location.toLowerCase() === region)) return [];
      const zones = type === 'Zone' ? [...(restrictionInfo?.zones ?? [])] : [];
      return type === 'Zone' && zones.length === 0 ? [] : [{ zones, why: reasonOf(reasonCode) }];
    }),
  };
}

const reasonOf = (code: string | undefined): string =>
  code === 'QuotaId'
    ? 'Azure does not sell it to subscriptions of this kind (QuotaId)'
    : `Azure does not sell it to this subscription (${code ?? 'restricted'})`;

/** For sizes that the package does not know. A GPU's make is not told, so a machine with one is not described here. */
export function instanceTypeOf({ name, arch, vcpu, memoryGb, gpus, spot }: Size): InstanceType | undefined {
  const family = seriesOf(name);
  if (family === undefined || gpus > 0) return undefined;
  return { name, family, arch, vcpu, memory: mib(Math.round(memoryGb * 1024)), spot: spot && !family.startsWith('B') };
}

/** zone → sizes sold there */
export function soldIn(sizes: readonly Size[]): ReadonlyMap<string, ReadonlySet<string>> {
  const sold = new Map<string, Set<string>>();
  for (const { name, zones } of sizes) {
    for (const zone of zones) sold.set(zone, (sold.get(zone) ?? new Set()).add(name));
  }
  return sold;
}

export const closedIn = (sizes: readonly Size[]): ClosedOffering[] =>
  sizes.flatMap(({ name: type, closed, spot }) => [
    ...closed.flatMap(({ zones, why: reason }): ClosedOffering[] =>
      zones.length === 0 ? [{ type, reason }] : zones.map((zone) => ({ type, zone, reason })),
    ),
    ...(spot ? [] : [{ type, purchase: 'spot' as const, reason: 'Azure sells no spot of it' }]),
  ]);
