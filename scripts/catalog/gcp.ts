import { toMicro } from '../../src/catalog/cells.ts';
import { isArch, type InstanceType, type Source } from '../../src/catalog/snapshot.ts';
import { instant, mib } from '../../src/units.ts';
import { cell, figure, readCsv } from './csv.ts';
import { LeftOut, type Facts, type Found } from './facts.ts';
import { gpuOf } from './gpu.ts';

/** Shared-core types of the first generation. */
const OBSOLETE = new Set(['f1', 'g1']);

const SOURCES: readonly Source[] = [
  {
    name: "Cyclenerd's gcp calculator, through karpenter-provider-gcp",
    asOf: instant(Date.parse('2026-08-03T00:00:00Z')),
    basis: 'listed',
    licence: 'Apache-2.0',
  },
];

export function readGcp(folder: string): Facts {
  const leftOut = new LeftOut();
  const types = readTypes(folder);
  const prices: Found[] = [];
  for (const row of readCsv(folder, 'full/gcp_all_regions_2026-08-03.csv.gz')) {
    const type = cell(row, 'machine_type');
    const region = cell(row, 'region');
    const family = familyOf(type);
    if (OBSOLETE.has(family)) leftOut.add('obsolete family', family);
    else if (!types.has(type)) leftOut.add('no specification known', type);
    else {
      const zones = cell(row, 'zones');
      prices.push({
        region,
        type,
        onDemand: toMicro(figure(row, 'ondemand_usd_h')),
        source: 0,
        spot: { usdPerHour: toMicro(figure(row, 'spot_usd_h')), source: 0 },
        ...(zones !== '' && { zones: zones.split('|').map((letter) => `${region}-${letter}`) }),
      });
    }
  }
  return { provider: 'gcp', sources: SOURCES, types, prices, leftOut };
}

/** Architecture and GPU stand in catalog.csv alone; types are the same in every region. */
function readTypes(folder: string): ReadonlyMap<string, InstanceType> {
  const types = new Map<string, InstanceType>();
  for (const row of readCsv(folder, 'catalog.csv')) {
    const name = cell(row, 'instance_type');
    if (cell(row, 'provider') !== 'gcp' || types.has(name)) continue;
    const arch = cell(row, 'arch');
    if (!isArch(arch)) throw new Error(`catalog.csv: ${name} has arch ${arch}`);
    const gpu = gpuOf('gcp', name, figure(row, 'gpu_count'), cell(row, 'gpu_name'));
    types.set(name, {
      name,
      family: familyOf(name),
      arch,
      vcpu: figure(row, 'vcpu'),
      memory: mib(figure(row, 'memory_gib') * 1024),
      ...(gpu && { gpu }),
      spot: true,
    });
  }
  return types;
}

const familyOf = (type: string): string => type.split('-')[0] ?? type;
