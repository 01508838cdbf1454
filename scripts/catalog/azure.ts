import { seriesOf as seriesIn } from '../../providers/azure/series.ts';
import { toMicro } from '../../src/catalog/cells.ts';
import { isArch, type InstanceType, type Source } from '../../src/catalog/snapshot.ts';
import { instant, mib } from '../../src/units.ts';
import { cell, figure, readCsv } from './csv.ts';
import { LeftOut, type Facts, type Found } from './facts.ts';
import { gpuOf } from './gpu.ts';

/** Retired, or announced to be: learn.microsoft.com/azure/virtual-machines/sizes/retirement. */
const OBSOLETE =
  /^(?:Basic_|Standard_A\d|Standard_(?:D|DS|G|GS|H|NC|NV|L)\d+(?:-\d+)?[a-z]*(?:_v1)?$|.*_Promo$|Standard_NV\d+s_v2$)/;
/** `E16-4as`: the price and memory of E16as with twelve vCPUs switched off, for software licensed by core. The list
 * states the vCPUs of the full size, so taking them over would sell vCPUs that are not there. */
const CONSTRAINED = /^Standard_[A-Z]+\d+-\d+/;
/** Machines for programmable chips, which no container here can use. */
const FPGA = /^Standard_(?:NP|PB)\d/;

const SOURCES: readonly Source[] = [
  {
    name: 'karpenter-provider-azure',
    asOf: instant(Date.parse('2026-06-18T00:00:00Z')),
    basis: 'listed',
    licence: 'Apache-2.0',
  },
  {
    name: 'on-demand of karpenter-provider-azure less 82%, the median of public Azure spot discounts in May 2026',
    asOf: instant(Date.parse('2026-06-18T00:00:00Z')),
    basis: 'modelled',
    licence: 'Apache-2.0',
  },
];

/**
 * Only rows that the list states as `listed`: the `fixed` and `suspect` ones come from a collection without a licence,
 * and so do all of its spot prices, of which not one is read here.
 */
export function readAzure(folder: string): Facts {
  const leftOut = new LeftOut();
  const types = readTypes(folder);
  const prices: Found[] = [];
  for (const row of readCsv(folder, 'full/azure_linux_all_regions.csv.gz')) {
    const type = cell(row, 'vm_size');
    const basis = cell(row, 'od_basis');
    const known = types.get(type);
    if (basis !== 'listed') leftOut.add(`no licence (basis ${basis})`, type);
    else if (OBSOLETE.test(type)) leftOut.add('retired or obsolete series', type);
    else if (CONSTRAINED.test(type)) leftOut.add('constrained vCPUs', type);
    else if (FPGA.test(type)) leftOut.add('FPGA machine', type);
    else if (!known) leftOut.add('no specification known', type);
    else if (!(known.memory > 0)) leftOut.add('memory stated as 0', type);
    else if (type.startsWith('Standard_N') && !known.gpu) leftOut.add('GPU machine whose GPU count is not known', type);
    else
      prices.push({ region: cell(row, 'region'), type, onDemand: toMicro(figure(row, 'ondemand_usd_h')), source: 0 });
  }
  return {
    provider: 'azure',
    sources: SOURCES,
    types,
    prices,
    spotModel: { shareOfOnDemand: 0.18, source: 1 },
    leftOut,
  };
}

/** Specifications stand in catalog.csv; the GPU names nowhere else. */
function readTypes(folder: string): ReadonlyMap<string, InstanceType> {
  const types = new Map<string, InstanceType>();
  for (const row of readCsv(folder, 'catalog.csv')) {
    const name = cell(row, 'instance_type');
    if (cell(row, 'provider') !== 'azure' || types.has(name)) continue;
    const arch = cell(row, 'arch');
    if (!isArch(arch)) throw new Error(`catalog.csv: ${name} has arch ${arch}`);
    const gpu = gpuOf('azure', name, figure(row, 'gpu_count'), cell(row, 'gpu_name'));
    const family = seriesOf(name);
    types.set(name, {
      name,
      family,
      arch,
      vcpu: figure(row, 'vcpu'),
      memory: mib(figure(row, 'memory_gib') * 1024),
      ...(gpu && { gpu }),
      // learn.microsoft.com/azure/virtual-machines/spot-vms: no spot of the B-series
      spot: !family.startsWith('B'),
    });
  }
  return types;
}

/** @throws where the name is of another make */
export function seriesOf(size: string): string {
  const series = seriesIn(size);
  if (series === undefined) throw new Error(`cannot tell the series of ${size}`);
  return series;
}
