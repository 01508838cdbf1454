import { absurd } from '../../src/catalog/sane.ts';
import type { Arch } from '../../src/catalog/offering.ts';
import { bad, good, type Checked } from '../../src/trouble.ts';
import { mib, type MiB } from '../../src/units.ts';

/** What Alibaba Cloud asks for its ECS machines on demand, by region and type. */
export interface PriceList {
  readonly regions: ReadonlyMap<string, readonly ListedType[]>;
  /** entries that are no offer, by the reason */
  readonly passedOver: readonly { readonly region: string; readonly type: string; readonly reason: string }[];
}

export interface ListedType {
  /** `ecs.g7.large` */
  readonly name: string;
  readonly arch: Arch;
  readonly vcpu: number;
  /** nominal */
  readonly memory: MiB;
  readonly gpus: number;
  readonly zones: readonly string[];
  readonly cnyPerHour: number;
}

/**
 * A price list as JSON, in the form in which collections of Alibaba's public prices write it: region →
 * `instanceTypePrices` → type → arch, vcpu, memory (GiB), gpu, zones, onDemandPricePerHour (CNY).
 *
 * Each entry is checked by itself: one that cannot be what it says is passed over with its reason, and the others
 * hold. A list without a single sound entry is trouble.
 *
 * @param cnyPerUsd to judge whether a price can be one at all
 */
export function readPriceList(text: string, file: string, cnyPerUsd: number): Checked<PriceList> {
  const document = parsed(text);
  if (!isRecord(document)) {
    return bad({ file, problem: 'it is no JSON object of regions', remedy: 'name a price list of Alibaba Cloud' });
  }
  const passedOver: PriceList['passedOver'][number][] = [];
  const regions = new Map<string, readonly ListedType[]>();
  for (const [region, entry] of Object.entries(document)) {
    const prices = isRecord(entry) ? entry['instanceTypePrices'] : undefined;
    if (!isRecord(prices)) {
      passedOver.push({ region, type: '*', reason: 'it has no instanceTypePrices' });
      continue;
    }
    const types = Object.entries(prices).flatMap(([type, fields]) => {
      const read = listedType(type, fields, cnyPerUsd);
      if (typeof read !== 'string') return read;
      passedOver.push({ region, type, reason: read });
      return [];
    });
    if (types.length > 0) regions.set(region, types);
  }
  if (regions.size === 0) {
    const [first] = passedOver;
    const problem = `it offers nothing${first ? `: ${first.region} ${first.type} ${first.reason}` : ''}`;
    return bad({ file, problem, remedy: 'name a price list of Alibaba Cloud' });
  }
  return good({ regions, passedOver });
}

/** The type, or why it is none in words that follow its name. */
function listedType(name: string, entry: unknown, cnyPerUsd: number): ListedType | string {
  if (!isRecord(entry)) return 'is no object';
  const { vcpu, memory: gib, gpu, zones, onDemandPricePerHour: cnyPerHour } = entry;
  if (!isPositive(vcpu) || !isPositive(gib)) return 'has no vCPUs or no memory';
  if (!Array.isArray(zones) || zones.length === 0 || !zones.every(isText)) return 'names no zones';
  if (typeof cnyPerHour !== 'number') return 'has no price';
  const memory = mib(gib * 1024);
  const wrong = absurd(cnyPerHour / cnyPerUsd, { vcpu, memory });
  // a GPU may cost far more than the yardstick of vCPUs and memory, and its maker is not in the list
  if (wrong !== undefined && !(isPositive(gpu) && wrong.startsWith('is over')))
    return `costs ${cnyPerHour} CNY/h, which ${wrong}`;
  return {
    name,
    arch: archOf(name),
    vcpu,
    memory,
    gpus: isPositive(gpu) ? gpu : 0,
    zones: zones.toSorted(),
    cnyPerHour,
  };
}

/**
 * By the family's name, because the list calls everything amd64: families of generation 6 that end in r run on Ampere
 * Altra, those of generation 8 that end in y on Yitian 710
 * (alibabacloud.com/help/en/ecs/user-guide/overview-of-instance-families).
 */
function archOf(type: string): Arch {
  const family = type.split('.')[1] ?? '';
  return /^(?:ebm)?[cgr](?:6r|8y)$/.test(family) ? 'arm64' : 'amd64';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
