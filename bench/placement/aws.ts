import { existsSync, readFileSync } from 'node:fs';
import type { Candidate } from '../../src/placement/problem.ts';
import { mib, milliCores } from '../../src/units.ts';
import { isBurstable } from './clouds.ts';
import { type Instance, type Target, problemOf } from './instance.ts';
import { diceOf } from './random.ts';
import { sharedData, withData } from './shared-data.ts';
import { shapesOf } from './shapes.ts';

const FILE = 'placement/aws_us_east_1.json';

const LARGE: Target = { gap: 0.005, seconds: 1 };
const MEDIUM: Target = { gap: 0.01, seconds: 1 };

/** Real EC2 types with measured allocatable resources, us-east-1, on-demand. */
export const AWS: readonly Instance[] = [
  size('aws-64-100k', 100_000, LARGE, false),
  size('aws-64-100k-nice', 100_000, LARGE, true),
  size('aws-64-100k-steady', 100_000, LARGE, false, (o) => !isBurstable(o.type)),
  size('aws-64-10k', 10_000, MEDIUM, false),
  size('aws-64-10k-nice', 10_000, MEDIUM, true),
  size('aws-64-10k-steady', 10_000, MEDIUM, false, (o) => !isBurstable(o.type)),
  size('aws-karpenter-100k', 100_000, LARGE, false, isKarpenters),
  size('aws-karpenter-100k-nice', 100_000, LARGE, true, isKarpenters),
  size('aws-karpenter-10k', 10_000, MEDIUM, false, isKarpenters),
  size('aws-karpenter-10k-nice', 10_000, MEDIUM, true, isKarpenters),
];

/**
 * What the NodePool of Karpenter's own guide asks for: categories c, m and r of a generation over 2. Its packing ignores
 * prices, so that what is large for a reason, or cheap for one, leads it astray: owners keep such types out, and a
 * comparison with it is fair on these.
 *
 * Source: karpenter.sh, Getting Started (v1): instance-category In [c, m, r], instance-generation Gt 2. The category is
 * the letters before the generation in a type's name.
 */
export function isKarpenters({ type }: Candidate): boolean {
  const [, category = '', generation = ''] = /^([a-z]+)(\d+)/.exec(type) ?? [];
  return ['c', 'm', 'r'].includes(category) && Number(generation) > 2;
}

function size(
  name: string,
  replicas: number,
  target: Target,
  nice: boolean,
  wants: (o: Candidate) => boolean = () => true,
): Instance {
  return {
    name,
    target,
    make: (seed) =>
      withData(FILE, () =>
        problemOf(
          shapesOf(diceOf(seed, name), { replicas, shapes: 100, nice }),
          ec2Types().filter((o) => o.vcpu <= 64 && !o.allocatable.devices && wants(o)),
        ),
      ),
  };
}

interface Row {
  readonly name: string;
  readonly arch: 'amd64' | 'arm64';
  readonly fam: string;
  readonly cpu: number;
  readonly mem: number;
  readonly eph: number;
  readonly pods: number;
  readonly gpu: number;
  readonly gpuName: string | null;
  readonly neuron: number;
  readonly price: number;
}

/** Every type of the file as an on-demand offering of one zone; `[]` when the file is absent. */
export function ec2Types(): Candidate[] {
  const path = sharedData(FILE);
  if (!existsSync(path)) return [];
  const rows = JSON.parse(readFileSync(path, 'utf8')) as Row[];
  return rows.map((row) => ({
    id: `aws/us-east-1/us-east-1a/${row.name}/on-demand`,
    provider: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1a',
    type: row.name,
    family: row.fam,
    arch: row.arch,
    purchase: 'on-demand',
    // the reserve takes less than a core of every type in the file
    vcpu: Math.ceil(row.cpu / 1000),
    memory: mib(row.mem),
    usdPerHour: row.price,
    allocatable: {
      cpu: milliCores(row.cpu),
      memory: mib(row.mem),
      storage: mib(row.eph),
      pods: row.pods,
      ...devicesOf(row),
    },
    ...(row.gpu > 0 && row.gpuName !== null && { gpu: { name: row.gpuName, count: row.gpu } }),
  }));
}

function devicesOf(row: Row): { devices?: Record<string, number> } {
  if (row.neuron > 0) return { devices: { 'aws.amazon.com/neuron': row.neuron } };
  if (row.gpu === 0) return {};
  return { devices: { [row.gpuName?.startsWith('radeon') ? 'amd.com/gpu' : 'nvidia.com/gpu']: row.gpu } };
}
