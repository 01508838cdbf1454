import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toMicro } from '../../src/catalog/cells.ts';
import { isArch, type InstanceType, type Source } from '../../src/catalog/snapshot.ts';
import { instant, mib } from '../../src/units.ts';
import { cell, figure, readCsv, type Row } from './csv.ts';
import { LeftOut, type Facts, type Found } from './facts.ts';
import { gpuOf } from './gpu.ts';

/** Superseded twice over, without Nitro, and refused by today's EKS node images. */
const OBSOLETE = new Set(['a1', 'c1', 'c3', 'cc2', 'cr1', 'g2', 'hs1', 'i2', 'm1', 'm2', 'm3', 'r3', 't1', 't2']);

const SOURCES: readonly Source[] = [
  read('2026-07-20', 'listed', 'Apache-2.0', 'karpenter-provider-aws'),
  read('2025-04-04', 'listed', 'MIT', 'ec2.shop'),
  read('2026-07-20', 'derived', 'Apache-2.0', 'karpenter-provider-aws, us-east-1 price in a region of equal prices'),
  read('2026-07-20', 'derived', 'MIT', 'ec2.shop, moved by the change in us-east-1 since'),
  read('2025-06-28', 'derived', 'public data', 'AWS Spot Advisor, saving on on-demand'),
];
const [LISTED_2026, LISTED_2025, PARITY, MOVED, ADVISOR] = [0, 1, 2, 3, 4];

export function readAws(folder: string): Facts {
  const leftOut = new LeftOut();
  const types = readTypes(folder);
  const advisor = readAdvisor(folder);
  const prices: Found[] = [];
  for (const { region, type, usdPerHour, source } of readPrices(folder)) {
    const family = familyOf(type);
    if (OBSOLETE.has(family)) leftOut.add('obsolete family', family);
    else if (!types.has(type)) leftOut.add('no specification known', type);
    else prices.push({ region, type, onDemand: usdPerHour, source, ...spotOf(advisor, region, type, usdPerHour) });
  }
  return { provider: 'aws', sources: SOURCES, types, prices, leftOut };
}

interface Listed {
  readonly region: string;
  readonly type: string;
  readonly usdPerHour: number;
  readonly source: number;
}

/**
 * The seven regions of catalog.csv with the basis stated there; the other regions from the list of April 2025, moved
 * by as much as the type's price in us-east-1 has moved since, the way catalog.csv does it (`adj`).
 */
function readPrices(folder: string): readonly Listed[] {
  const weighed: Listed[] = readCsv(folder, 'catalog.csv')
    .filter((row) => cell(row, 'provider') === 'aws')
    .map((row) => ({
      region: cell(row, 'region'),
      type: cell(row, 'instance_type'),
      usdPerHour: toMicro(figure(row, 'ondemand_usd_h')),
      source: sourceOf(row),
    }));
  const known = new Set(weighed.map((p) => p.region));
  const then = readCsv(folder, 'full/aws_ondemand_linux_2025-04.csv.gz');
  const now = priceMap(readCsv(folder, 'full/aws_ondemand_us-east-1_2026-07-20.csv.gz'));
  const before = priceMap(then.filter((row) => cell(row, 'region') === 'us-east-1'));
  for (const row of then) {
    const [region, type] = [cell(row, 'region'), cell(row, 'instance_type')];
    if (known.has(region)) continue;
    const moved = (now.get(type) ?? Number.NaN) / (before.get(type) ?? Number.NaN);
    const still = Number.isNaN(moved) || moved === 1;
    const usdPerHour = toMicro(figure(row, 'usd_h') * (still ? 1 : moved));
    weighed.push({ region, type, usdPerHour, source: still ? LISTED_2025 : MOVED });
  }
  return weighed;
}

function sourceOf(row: Row): number {
  const key = `${cell(row, 'od_basis')} ${cell(row, 'od_date')}`;
  const index = { 'listed 2026-07-20': LISTED_2026, 'listed 2025-04-04': LISTED_2025, 'parity 2026-07-20': PARITY }[
    key
  ];
  if (index !== undefined) return index;
  if (key === 'adj 2026-07-20') return MOVED;
  throw new Error(`catalog.csv: unknown basis ${key}`);
}

const priceMap = (rows: readonly Row[]): ReadonlyMap<string, number> =>
  new Map(rows.map((row) => [cell(row, 'instance_type'), figure(row, 'usd_h')]));

function readTypes(folder: string): ReadonlyMap<string, InstanceType> {
  const types = new Map<string, InstanceType>();
  for (const row of readCsv(folder, 'full/aws_specs.csv.gz')) {
    const name = cell(row, 'instance_type');
    const arch = cell(row, 'arch');
    if (!isArch(arch)) throw new Error(`aws_specs: ${name} has arch ${arch}`);
    const gpu = gpuOf('aws', name, figure(row, 'gpu_count'), cell(row, 'gpu_name'));
    types.set(name, {
      name,
      family: familyOf(name),
      arch,
      vcpu: figure(row, 'vcpu'),
      memory: mib(figure(row, 'memory_gib') * 1024),
      ...(gpu && { gpu }),
      maxPods: figure(row, 'max_pods'),
      spot: true,
    });
  }
  return types;
}

const familyOf = (type: string): string => type.split('.')[0] ?? type;

interface Advice {
  /** percent saved on on-demand */
  readonly s: number;
  /** band of interruption */
  readonly r: number;
}
type Advisor = Readonly<Record<string, { readonly Linux?: Readonly<Record<string, Advice>> }>>;

function readAdvisor(folder: string): Advisor {
  const file = join(folder, '../spot/aws/spot-advisor-data_2025-06-28.json');
  const parsed: { spot_advisor: Advisor } = JSON.parse(readFileSync(file, 'utf8'));
  return parsed.spot_advisor;
}

function spotOf(advisor: Advisor, region: string, type: string, onDemand: number): Pick<Found, 'spot'> {
  const advice = advisor[region]?.Linux?.[type];
  if (!advice) return {};
  const usdPerHour = toMicro((onDemand * (100 - advice.s)) / 100);
  return { spot: { usdPerHour, source: ADVISOR, band: advice.r } };
}

function read(day: string, basis: Source['basis'], licence: string, name: string): Source {
  return { name, asOf: instant(Date.parse(`${day}T00:00:00Z`)), basis, licence };
}
