import type { Finding, Path } from '../finding.ts';
import type { Fleet, OwnNodeType, Region } from '../fleet.ts';
import type { Check } from './check.ts';

export const checkClouds: Check = (_document, fleet) => {
  if (fleet.clouds.length === 0) {
    const remedy = 'name at least one of aws, azure, gcp and kubernetes with its regions';
    return [{ path: ['clouds'], problem: 'empty', remedy }];
  }
  return fleet.clouds.flatMap((cloud) =>
    cloud.regions.flatMap((region) => [...zoneForms(region), ...ownMachines(region, fleet)]),
  );
};

const regionPath = ({ provider, name }: Region): Path =>
  provider === 'kubernetes' ? ['clouds', provider, 'clusters', name] : ['clouds', provider, 'regions', name];

/**
 * A zone that cannot belong to its region, by the way each vendor forms the names: us-east-1a and us-east-1-bos-1a on
 * AWS, europe-west4-a on Google Cloud, 1 to 3 on Azure, where every account sees its own numbering.
 */
function zoneForms(region: Region): readonly Finding[] {
  return region.zones.flatMap((zone, i) => {
    const problem = `not a zone of ${region.provider}/${region.name}`;
    const remedy = wrongForm(region, zone);
    return remedy === undefined ? [] : [{ path: [...regionPath(region), 'zones', i], problem, remedy }];
  });
}

function wrongForm({ provider, name }: Region, zone: string): string | undefined {
  switch (provider) {
    case 'aws':
      return zone.startsWith(name) && zone.length > name.length ? undefined : `write its full name, like ${name}a`;
    case 'gcp':
      return new RegExp(`^${name.replaceAll('.', '\\.')}-[a-z]$`).test(zone)
        ? undefined
        : `write its full name, like ${name}-a`;
    case 'azure':
      return /^[1-9]$/.test(zone) ? undefined : "write '1', '2' or '3', in quotes";
    case 'kubernetes':
      return undefined;
    default:
      return provider satisfies never;
  }
}

function ownMachines(region: Region, fleet: Fleet): readonly Finding[] {
  return (region.own?.nodeTypes ?? []).flatMap((type) => {
    const path = [...regionPath(region), 'nodeTypes', type.name];
    return [...gpuNamed(type, path), ...roomLeft(type, path, fleet)];
  });
}

function gpuNamed({ gpuName, allocatable }: OwnNodeType, path: Path): readonly Finding[] {
  const hasGpu = Object.keys(allocatable.devices ?? {}).some((device) => device.endsWith('/gpu'));
  if (hasGpu && gpuName === undefined) {
    return [{ path: [...path, 'gpuName'], problem: 'missing', remedy: 'name the GPU, like l4: services choose by it' }];
  }
  if (!hasGpu && gpuName !== undefined) {
    const remedy = 'state how many under allocatable, like nvidia.com/gpu: 2';
    return [{ path: [...path, 'gpuName'], problem: 'it has no GPU to allocate', remedy }];
  }
  return [];
}

function roomLeft({ allocatable }: OwnNodeType, path: Path, { daemonsets }: Fleet): readonly Finding[] {
  const full =
    daemonsets.cpu >= allocatable.cpu ||
    daemonsets.memory >= allocatable.memory ||
    (daemonsets.pods ?? 0) >= (allocatable.pods ?? Infinity);
  if (!full) return [];
  const problem = 'the daemonsets leave no room on it';
  return [
    {
      path: [...path, 'allocatable'],
      onKey: true,
      problem,
      remedy: 'compare with daemonsets: one of the two is wrong',
    },
  ];
}
