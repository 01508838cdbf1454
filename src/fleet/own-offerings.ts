import { bootTimeOf } from '../catalog/lead-time.ts';
import { deviceOf } from '../catalog/device.ts';
import { offeringId, type Offering } from '../catalog/offering.ts';
import type { Fleet, OwnNodeType, Region } from './fleet.ts';

/** The machines of the fleet's own clusters as offerings: everything about them is stated in the fleet file. */
export function ownOfferings(fleet: Pick<Fleet, 'clouds'>): readonly Offering[] {
  return fleet.clouds
    .filter((cloud) => cloud.provider === 'kubernetes')
    .flatMap((cloud) => cloud.regions)
    .flatMap((region) =>
      (region.own?.nodeTypes ?? []).flatMap((type) => region.zones.map((zone) => ownOffering(region, zone, type))),
    );
}

function ownOffering(region: Region, zone: string, type: OwnNodeType): Offering {
  const name = {
    provider: 'kubernetes',
    region: region.name,
    zone,
    type: type.name,
    purchase: 'on-demand',
  } as const;
  const gpus = type.gpuName === undefined ? 0 : (type.allocatable.devices?.[deviceOf(type.gpuName)] ?? 0);
  return {
    id: offeringId(name),
    ...name,
    family: type.name,
    arch: type.arch,
    // only what is left for pods is stated; the machine itself is larger by what its system keeps
    vcpu: type.allocatable.cpu / 1000,
    memory: type.allocatable.memory,
    ...(type.gpuName !== undefined && gpus > 0 && { gpu: { name: type.gpuName, count: gpus } }),
    allocatable: type.allocatable,
    allocatableBasis: 'stated',
    price: { usdPerHour: type.usdPerHour, source: type.source, asOf: type.asOf, basis: 'stated' },
    available: true,
    atMost: type.atMostPerZone,
    bootTime: bootTimeOf('kubernetes'),
  };
}
