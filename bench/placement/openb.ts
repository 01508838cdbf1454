import { readFileSync } from 'node:fs';
import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import { mib, milliCores } from '../../src/units.ts';
import { ec2Types } from './aws.ts';
import { type Instance, type LeftOut, problemOf } from './instance.ts';
import { diceOf } from './random.ts';
import { sharedData, withData } from './shared-data.ts';

const PODS = 'placement/openb/openb_pod_list_default.csv';
const NODES = 'placement/openb/openb_node_list_all_node.csv';

/**
 * Alibaba's GPU cluster of 2023: 8,152 pods of 151 sizes, seven in eight with a GPU or a part of one. Seed 1 is the
 * trace as it is; other seeds draw as many pods from it again, with replacement.
 */
export const OPENB: readonly Instance[] = [
  { name: 'openb-whole', target: { gap: 0.02, seconds: 3 }, make: (seed) => onEc2(seed, 'whole') },
  { name: 'openb-shared', target: { gap: 0.02, seconds: 3 }, make: (seed) => onEc2(seed, 'shared') },
  { name: 'openb-own-whole', make: (seed) => onOwn(seed, 'whole', false) },
  { name: 'openb-own-shared', make: (seed) => onOwn(seed, 'shared', false) },
  { name: 'openb-own-stock', make: (seed) => onOwn(seed, 'shared', true) },
];

/** `whole`: a part of a GPU takes all of it; `shared`: parts add up over the GPUs of a node */
type Cards = 'whole' | 'shared';

function onEc2(seed: number, cards: Cards): Problem | LeftOut {
  return withData(PODS, () => {
    const types = ec2Types().filter((o) => !o.type.includes('metal') && !otherDevices(o));
    return types.length === 0
      ? { leftOut: '../shared/data/placement/aws_us_east_1.json is not there' }
      : problemOf(
          podGroups(seed, cards, () => true),
          types,
        );
  });
}

const otherDevices = (o: Candidate): boolean =>
  Object.keys(o.allocatable.devices ?? {}).some((d) => d !== 'nvidia.com/gpu');

/** @param stock only as many nodes as the cluster has, and the pods that ran there to their end or still run */
function onOwn(seed: number, cards: Cards, stock: boolean): Problem | LeftOut {
  return withData(PODS, () =>
    problemOf(
      podGroups(seed, cards, (pod) => !stock || pod.phase === 'Running' || pod.phase === 'Succeeded'),
      ownTypes(stock),
    ),
  );
}

interface Pod {
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  readonly gpuMilli: number;
  readonly phase: string;
}

function podGroups(seed: number, cards: Cards, wants: (pod: Pod) => boolean): Group[] {
  const all = rowsOf(PODS)
    .map((row) => ({
      cpu: Number(row['cpu_milli']),
      memory: Number(row['memory_mib']),
      gpus: Number(row['num_gpu']),
      gpuMilli: Number(row['gpu_milli']),
      phase: row['pod_phase'] ?? '',
    }))
    .filter(wants);
  const dice = diceOf(seed, 'openb');
  const pods = seed === 1 ? all : all.map(() => dice.pick(all));
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    const cardsOf = cards === 'whole' ? pod.gpus : (pod.gpus * pod.gpuMilli) / 1000;
    const name = `${pod.cpu}m-${pod.memory}Mi-${cardsOf}`;
    groups.set(name, {
      name,
      replicas: (groups.get(name)?.replicas ?? 0) + 1,
      requests: {
        cpu: milliCores(pod.cpu),
        memory: mib(pod.memory),
        ...(cardsOf > 0 && { devices: { 'nvidia.com/gpu': cardsOf } }),
      },
      allow: {},
    });
  }
  return [...groups.values()];
}

/**
 * $/h that an hour of each card is taken to be worth. The trace states no prices; these are round figures of the order
 * of EC2's for the nearest card, enough to make the types differ as they would.
 */
const CARD_USD: Readonly<Record<string, number>> = {
  '': 0,
  P100: 0.7,
  T4: 0.35,
  V100M16: 2.2,
  V100M32: 2.8,
  A10: 0.8,
  G2: 0.8,
  G3: 2.5,
};

/** The cluster's own kinds of machine: priced as $0.03 a core, $0.004 a GiB and the card's figure above. */
function ownTypes(stock: boolean): Candidate[] {
  const kinds = new Map<string, { readonly row: Readonly<Record<string, string>>; count: number }>();
  for (const row of rowsOf(NODES)) {
    const key = ['cpu_milli', 'memory_mib', 'gpu', 'model'].map((name) => row[name]).join('-');
    kinds.set(key, { row, count: (kinds.get(key)?.count ?? 0) + 1 });
  }
  return [...kinds.values()].map(({ row, count }) => {
    const [cpu, memory, gpus] = [Number(row['cpu_milli']), Number(row['memory_mib']), Number(row['gpu'])];
    const model = row['model'] ?? '';
    const type = `${cpu / 1000}c-${memory / 1024}g-${gpus}${model}`;
    const card = CARD_USD[model];
    if (card === undefined) throw new Error(`${NODES}: no figure for a card called ${model}`);
    return {
      id: `kubernetes/openb/openb/${type}/on-demand`,
      provider: 'kubernetes',
      region: 'openb',
      zone: 'openb',
      purchase: 'on-demand',
      ...{ type, family: model || 'cpu', arch: 'amd64', vcpu: cpu / 1000, memory: mib(memory) },
      usdPerHour: (0.03 * cpu) / 1000 + (0.004 * memory) / 1024 + gpus * card,
      allocatable: {
        cpu: milliCores(cpu),
        memory: mib(memory),
        ...(gpus > 0 && { devices: { 'nvidia.com/gpu': gpus } }),
      },
      ...(gpus > 0 && { gpu: { name: model.toLowerCase(), count: gpus } }),
      ...(stock && { atMost: count }),
    };
  });
}

function rowsOf(file: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(sharedData(file), 'utf8').trimEnd().split('\n');
  const names = header.trimEnd().split(',');
  return lines.map((line) => {
    const cells = line.trimEnd().split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}
