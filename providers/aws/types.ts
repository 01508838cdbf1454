import {
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  type _InstanceType,
  type InstanceTypeInfo,
  type InstanceTypeOffering,
} from '@aws-sdk/client-ec2';
import { allPages } from '../../src/calls/pages.ts';
import type { InstanceType } from '../../src/catalog/snapshot.ts';
import { answered, type Answer } from '../../src/failure.ts';
import { mib, seconds } from '../../src/units.ts';
import { digestOf, isRecord, refreshed } from './kept.ts';
import type { Session } from './session.ts';

const DAY = seconds(86_400);

/**
 * Which types each zone sells, of those that match; undefined: not told. Zones by the names that this account knows
 * them under: another account's `us-east-1a` may be another building.
 *
 * @param patterns types, `*` allowed; AWS takes up to 200
 */
export async function soldIn(
  session: Session,
  region: string,
  zones: readonly string[],
  patterns: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>> | undefined> {
  const filters = [
    { Name: 'location', Values: [...zones] },
    ...(patterns.length <= 200 ? [{ Name: 'instance-type', Values: [...patterns] }] : []),
  ];
  const fact = { region, what: `sold/${digestOf(zones, patterns)}`, within: DAY, check: isLists };
  const kept = await refreshed(session, fact, async () => {
    const read = await allPages<InstanceTypeOffering, string>(async (token) => {
      const page = await session.ask(
        { region, class: 'read', api: 'ec2:DescribeInstanceTypeOfferings', attempts: 2 },
        () =>
          session.ec2(region).send(
            new DescribeInstanceTypeOfferingsCommand({
              LocationType: 'availability-zone',
              Filters: filters,
              MaxResults: 1000,
              ...(token !== undefined && { NextToken: token }),
            }),
          ),
      );
      if (!page.ok) return page;
      const items = page.value.InstanceTypeOfferings ?? [];
      return answered({ items, ...(page.value.NextToken && { next: page.value.NextToken }) });
    });
    if (!read.ok) return read;
    const sold: Record<string, string[]> = {};
    for (const { Location: zone, InstanceType: type } of read.value) if (zone && type) (sold[zone] ??= []).push(type);
    return answered(sold);
  });
  // a cloud that sells nothing at all has not understood the question
  if (!kept || Object.keys(kept.value).length === 0) return undefined;
  return new Map(Object.entries(kept.value).map(([zone, types]) => [zone, new Set(types)]));
}

/** Specs of types that the package does not know; none where they are not told. */
export async function specsOf(
  session: Session,
  region: string,
  names: readonly string[],
): Promise<readonly InstanceType[]> {
  if (names.length === 0) return [];
  const specs: InstanceType[] = [];
  for (let from = 0; from < names.length; from += 100) {
    const some = names.slice(from, from + 100);
    const fact = { region, what: `specs/${digestOf(some)}`, within: DAY, check: isTypes };
    const kept = await refreshed(session, fact, () => describe(session, region, some));
    specs.push(...(kept?.value ?? []));
  }
  return specs;
}

async function describe(
  session: Session,
  region: string,
  names: readonly string[],
): Promise<Answer<readonly InstanceType[]>> {
  const read = await session.ask({ region, class: 'read', api: 'ec2:DescribeInstanceTypes', attempts: 2 }, () =>
    session.ec2(region).send(new DescribeInstanceTypesCommand({ InstanceTypes: names as _InstanceType[] })),
  );
  return read.ok ? answered((read.value.InstanceTypes ?? []).flatMap((info) => typeOf(info) ?? [])) : read;
}

/** undefined: a machine that no pool of Linux nodes is made of, or one that lacks its size */
function typeOf(info: InstanceTypeInfo): InstanceType | undefined {
  const name = info.InstanceType;
  const [family] = (name ?? '').split('.');
  const vcpu = info.VCpuInfo?.DefaultVCpus;
  const memory = info.MemoryInfo?.SizeInMiB;
  const made = info.ProcessorInfo?.SupportedArchitectures ?? [];
  const arch = made.includes('x86_64') ? 'amd64' : made.includes('arm64') ? 'arm64' : undefined;
  if (!name || !family || !vcpu || !memory || !arch || family.startsWith('mac')) return undefined;
  const [gpu] = info.GpuInfo?.Gpus ?? [];
  const { MaximumNetworkInterfaces: cards, Ipv4AddressesPerInterface: addresses } = info.NetworkInfo ?? {};
  return {
    name,
    family,
    arch,
    vcpu,
    memory: mib(memory),
    ...(gpu?.Name && gpu.Count && { gpu: { name: gpu.Name.toLowerCase().replaceAll(/\s+/g, '-'), count: gpu.Count } }),
    // each pod has an address of its own, the first of each card is the card's; two pods use the host's
    ...(cards && addresses && { maxPods: cards * (addresses - 1) + 2 }),
    spot: (info.SupportedUsageClasses ?? []).includes('spot'),
  };
}

const isLists = (value: unknown): value is Readonly<Record<string, readonly string[]>> =>
  isRecord(value) && Object.values(value).every((v) => Array.isArray(v) && v.every((t) => typeof t === 'string'));

const isTypes = (value: unknown): value is readonly InstanceType[] =>
  Array.isArray(value) &&
  value.every(
    (v) =>
      isRecord(v) &&
      typeof v['name'] === 'string' &&
      typeof v['vcpu'] === 'number' &&
      typeof v['memory'] === 'number' &&
      typeof v['arch'] === 'string',
  );
