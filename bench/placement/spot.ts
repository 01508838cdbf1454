import { readFileSync } from 'node:fs';
import { allocatableOf } from '../../src/catalog/reserve.ts';
import type { Candidate } from '../../src/placement/problem.ts';
import { mib } from '../../src/units.ts';
import { type Instance, problemOf } from './instance.ts';
import { diceOf } from './random.ts';
import { sharedData, withData } from './shared-data.ts';
import { shapesOf } from './shapes.ts';

const FILE = 'catalog/catalog.csv';
const REGIONS = [
  'us-east-1',
  'eu-west-1',
  'ap-northeast-1',
  'us-west-2',
  'eu-central-1',
  'ap-southeast-1',
  'us-east-2',
];

/**
 * Spot prices of a real day, one AWS region by seed. Spot is priced by who wants it, not by size: one odd type is so
 * cheap that it takes nearly all, and what it can't fill well is dear.
 */
export const SPOT: readonly Instance[] = [
  { ...size('spot-10k', 10_000, 100, () => true), target: { gap: 0.011, seconds: 2 } },
  size('spot-1k', 1000, 30, () => true),
  size('spot-64-10k', 10_000, 100, (o) => o.vcpu <= 64),
];

function size(name: string, replicas: number, shapes: number, wants: (o: Candidate) => boolean): Instance {
  return {
    name,
    make: (seed) =>
      withData(FILE, () => {
        const region = REGIONS[Math.abs(seed - 1) % REGIONS.length] ?? 'us-east-1';
        return problemOf(shapesOf(diceOf(seed, name), { replicas, shapes }), spotOf(region).filter(wants));
      }),
  };
}

function spotOf(region: string): Candidate[] {
  const [header = '', ...lines] = readFileSync(sharedData(FILE), 'utf8').trimEnd().split('\n');
  const names = header.trimEnd().split(',');
  const column = (name: string): number => {
    const at = names.indexOf(name);
    if (at < 0) throw new Error(`${FILE} has no column ${name}`);
    return at;
  };
  const [provider, where, type, family, vcpus, memories, archs, gpus, spot] = [
    column('provider'),
    column('region'),
    column('instance_type'),
    column('family'),
    column('vcpu'),
    column('memory_gib'),
    column('arch'),
    column('gpu_count'),
    column('spot_usd_h'),
  ];
  return lines.flatMap((line): Candidate[] => {
    const cells = line.split(',');
    const cell = (at: number | undefined): string => cells[at ?? -1] ?? '';
    if (cell(provider) !== 'aws' || cell(where) !== region || Number(cell(gpus)) > 0) return [];
    const usdPerHour = Number(cell(spot));
    const vcpu = Number(cell(vcpus));
    const memory = mib(Number(cell(memories)) * 1024);
    if (!(usdPerHour > 0) || memory < 2048) return [];
    const arch = cell(archs) === 'arm64' ? 'arm64' : 'amd64';
    const zone = `${region}a`;
    return [
      {
        id: `aws/${region}/${zone}/${cell(type)}/spot`,
        provider: 'aws',
        purchase: 'spot',
        ...{ region, zone, type: cell(type), family: cell(family), arch, vcpu, memory, usdPerHour },
        allocatable: allocatableOf('aws', { vcpu, memory, arch }),
      },
    ];
  });
}
