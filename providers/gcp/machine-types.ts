import { isArch, type InstanceType } from '../../src/catalog/snapshot.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { ProviderParts } from '../../src/ports.ts';
import { mib, seconds } from '../../src/units.ts';
import type { Account } from './accounts.ts';
import { listed, type Calls } from './calls.ts';
import { listEverywhere } from './everywhere.ts';
import { fieldsOf, lastOf, listOf, numberOf, partOf, textOf, textsOf, type Fields } from './fields.ts';
import { regionOf } from './names.ts';
import { fresh, keep, kept } from './shelved.ts';
import { gpuNameOf } from './sku-families.ts';

/** A machine type, with what its price is made of beside vCPUs and memory. */
export interface MachineType extends InstanceType {
  /** GiB of disks in the machine */
  readonly ssdGib: number;
}

/** What each zone of a project sells. */
export interface Sold {
  readonly types: ReadonlyMap<string, MachineType>;
  /** zone → names */
  readonly zones: ReadonlyMap<string, ReadonlySet<string>>;
}

const FRESH = seconds(24 * 3600);

/**
 * The machine types of the fleet's zones, all of them, in pages of 500 over all zones together; remembered for a day.
 * Where the call fails, what is remembered is used whatever its age; undefined where nothing is.
 */
export async function machineTypesOf(
  account: Account,
  calls: Calls,
  { shelf, clock }: Pick<ProviderParts, 'shelf' | 'clock'>,
): Promise<Sold | undefined> {
  const key = `gcp/${account.project}/-/machine-types`;
  const zones = [...account.zones].toSorted();
  const found = await kept(shelf, clock, key);
  const old = found && soldOf(found.fields, zones);
  if (old && fresh(found, FRESH)) return old;
  const read = await readTypes(account, zones, calls);
  if (!read.ok) return old;
  const fields = compact(read.value, zones);
  await keep(shelf, key, fields);
  return soldOf(fields, zones);
}

async function readTypes(account: Account, zones: readonly string[], calls: Calls): Promise<Answer<readonly Fields[]>> {
  const filter = zones.map((zone) => `(zone = "${zone}")`).join(' OR ');
  const all = await listEverywhere(calls, account, 'compute.machineTypes.aggregatedList', 'machineTypes', filter);
  if (all.ok || all.failure.kind.is !== 'invalid') return all;
  // a filter that is not taken: without it, all of Google's zones would come, and these are few
  const { project } = account;
  const found: Fields[] = [];
  for (const zone of zones) {
    const scope = { project, region: regionOf(zone) };
    const read = await calls.pages(
      'compute.machineTypes.list',
      scope,
      { project, zone, maxResults: 500 },
      listed('items'),
    );
    if (!read.ok) return read;
    found.push(...read.value);
  }
  return answered(found);
}

/** As it is remembered: each type once, with the numbers of its zones. */
function compact(items: readonly Fields[], zones: readonly string[]): Fields {
  const types: Record<string, { spec: unknown; in: number[] }> = {};
  for (const item of items) {
    const name = textOf(item['name']);
    const zone = zones.indexOf(lastOf(item['zone']) ?? partOf(item['selfLink'], 'zones') ?? '');
    const state = textOf(fieldsOf(item['deprecated'])['state']);
    if (name === undefined || zone < 0 || state === 'OBSOLETE' || state === 'DELETED') continue;
    const spec = specOf(name, item);
    if (spec === undefined) continue;
    (types[name] ??= { spec, in: [] }).in.push(zone);
  }
  return { zones, types };
}

/** vCPUs, MiB, architecture, GPU and how many, GiB of disks */
function specOf(name: string, item: Fields): readonly unknown[] | undefined {
  const [vcpu, memoryMib] = [numberOf(item['guestCpus']), numberOf(item['memoryMb'])];
  if (vcpu === undefined || memoryMib === undefined || vcpu <= 0 || memoryMib <= 0) return undefined;
  const arch = textOf(item['architecture']) === 'ARM64' || /^(?:t2a|c4a|n4a)-/.test(name) ? 'arm64' : 'amd64';
  const gpu = listOf(item['accelerators'])[0];
  const gpuName = textOf(gpu?.['guestAcceleratorType']);
  const disks = numberOf(fieldsOf(item['bundledLocalSsds'])['partitionCount']) ?? 0;
  return [
    vcpu,
    memoryMib,
    arch,
    gpuName === undefined ? '' : gpuNameOf(gpuName),
    numberOf(gpu?.['guestAcceleratorCount']) ?? 0,
    disks * (name.startsWith('z3-') ? Z3_DISK_GIB : DISK_GIB),
  ];
}

/** cloud.google.com/compute/docs/disks/local-ssd: disks are 375 GiB, those of Z3 3,000 */
const DISK_GIB = 375;
const Z3_DISK_GIB = 3000;

/** undefined where it was remembered for other zones */
function soldOf(fields: Fields, zones: readonly string[]): Sold | undefined {
  const known = textsOf(fields['zones']);
  if (!zones.every((zone) => known.includes(zone))) return undefined;
  const types = new Map<string, MachineType>();
  const sold = new Map<string, Set<string>>(zones.map((zone) => [zone, new Set()]));
  for (const [name, value] of Object.entries(fieldsOf(fields['types']))) {
    const { spec, in: places } = fieldsOf(value);
    const type = typeOf(name, Array.isArray(spec) ? spec : []);
    if (!type) continue;
    types.set(name, type);
    for (const place of Array.isArray(places) ? places : []) sold.get(known[Number(place)] ?? '')?.add(name);
  }
  return { types, zones: sold };
}

function typeOf(name: string, [vcpu, memoryMib, arch, gpu, gpus, ssdGib]: readonly unknown[]): MachineType | undefined {
  const [cores, memory] = [numberOf(vcpu), numberOf(memoryMib)];
  if (cores === undefined || memory === undefined || typeof arch !== 'string' || !isArch(arch)) return undefined;
  const [gpuName, count] = [textOf(gpu), numberOf(gpus) ?? 0];
  return {
    name,
    family: name.split('-')[0] ?? name,
    arch,
    vcpu: cores,
    memory: mib(memory),
    ...(gpuName !== undefined && count > 0 && { gpu: { name: gpuName, count } }),
    spot: true,
    ssdGib: numberOf(ssdGib) ?? 0,
  };
}
