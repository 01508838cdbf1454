import { readFileSync } from 'node:fs';
import type { Group, Problem } from '../../src/placement/problem.ts';
import type { Resources } from '../../src/quantity.ts';
import { mib, milliCores } from '../../src/units.ts';
import { type Instance, problemOf } from './instance.ts';
import { sharedData, withData } from './shared-data.ts';
import { untarred } from './tar.ts';

interface Collection {
  readonly archive: string;
  readonly summary: string;
  readonly families: readonly string[];
}

const SIZES = [20, 40, 60, 120, 250, 500];
const DIMENSIONS = [3, 5, 10];
const COLLECTIONS: readonly Collection[] = [
  {
    archive: 'placement/vbp/New_instances.tar.gz',
    summary: 'placement/vbp/New_summary_known.csv',
    families: [1, 2, 3, 4, 5, 6].flatMap((k) => SIZES.flatMap((n) => DIMENSIONS.map((d) => `class${k}_${n}_${d}`))),
  },
  {
    archive: 'placement/vbp/Triplet_instances.tar.gz',
    summary: 'placement/vbp/Triplet_summary_known.csv',
    // all draws of 501 items in 5 and 10 dimensions have sizes under 0: see drawOf
    families: [...[60, 120, 249].flatMap((n) => DIMENSIONS.map((d) => `classC_${n}_${d}`)), 'classC_501_3'],
  },
];
const DRAWS = 10;

/**
 * Vector bin packing with published optima: bins cost 1, so the cost is the number of bins. Six classes of random items,
 * and triplets made to fill n/3 bins to the brim. The seed picks one of a family's draws.
 */
export const VBP: readonly Instance[] = COLLECTIONS.flatMap((collection) =>
  collection.families.map((family) => ({
    name: `vbp-${family.replaceAll('_', '-')}`,
    target: { binsOver: 1, seconds: 10 },
    make: (seed: number) =>
      withData(collection.archive, () => {
        const draw = drawOf(collection, family, seed);
        return draw ? readVbp(draw.text) : { leftOut: 'every draw of it has sizes under 0' };
      }),
    optimum: (seed: number) => drawOf(collection, family, seed)?.optimum,
  })),
);

interface Draw {
  readonly text: string;
  readonly optimum: number | undefined;
}

/**
 * The seed's draw among those with a published optimum, or among all of the family where none has one. In class C the
 * third of a triplet is what two random ones leave of the bin, under 0 at times: no replica asks for that.
 */
function drawOf(collection: Collection, family: string, seed: number): Draw | undefined {
  const files = contents(collection.archive);
  const known = optima(collection.summary);
  const draws = Array.from({ length: DRAWS }, (_, i) => `${family}_${i}`).flatMap((name): Draw[] => {
    const text = files.get(`${name}.vbp`);
    return text === undefined || /(?:^|\s)-\d/.test(text) ? [] : [{ text, optimum: known.get(name) }];
  });
  const solved = draws.filter((d) => d.optimum !== undefined);
  const from = solved.length > 0 ? solved : draws;
  return from[Math.abs(seed - 1) % from.length];
}

/** First the number of dimensions, then the bin, then the number of lines, then on each the item's sizes and its count. */
export function readVbp(text: string): Problem {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const dimensions = lines[0]?.[0] ?? 0;
  const bin = lines[1] ?? [];
  const items = lines.slice(3, 3 + (lines[2]?.[0] ?? 0));
  if (bin.length !== dimensions || items.some((item) => item.length !== dimensions + 1)) {
    throw new Error(`not a bin packing problem of ${dimensions} dimensions`);
  }
  const groups = items.map((item, i): Group => ({
    name: `item-${i + 1}`,
    replicas: item[dimensions] ?? 0,
    requests: resourcesOf(item.slice(0, dimensions)),
    allow: {},
  }));
  const resources = resourcesOf(bin);
  return problemOf(groups, [
    {
      id: 'kubernetes/vbp/vbp/bin/on-demand',
      provider: 'kubernetes',
      region: 'vbp',
      zone: 'vbp',
      type: 'bin',
      family: 'bin',
      arch: 'amd64',
      purchase: 'on-demand',
      vcpu: (bin[0] ?? 0) / 1000,
      memory: resources.memory,
      usdPerHour: 1,
      allocatable: resources,
    },
  ]);
}

/** The first two dimensions as CPU and memory, the others as devices. */
function resourcesOf([cpu = 0, memory = 0, ...others]: readonly number[]): Resources {
  return {
    cpu: milliCores(cpu),
    memory: mib(memory),
    ...(others.length > 0 && { devices: Object.fromEntries(others.map((x, i) => [`vbp/dimension-${i + 3}`, x])) }),
  };
}

const summaries = new Map<string, Map<string, number>>();

/** name → bins; where the summary says -1 nobody has proven an optimum */
function optima(summary: string): Map<string, number> {
  let known = summaries.get(summary);
  if (known) return known;
  known = new Map();
  for (const line of readFileSync(sharedData(summary), 'utf8').split('\n').slice(1)) {
    const [name = '', , optimum] = line.split('\t');
    if (Number(optimum) > 0) known.set(name, Number(optimum));
  }
  summaries.set(summary, known);
  return known;
}

const archives = new Map<string, Map<string, string>>();

/** file name without its folder → content; an archive is read once a process */
function contents(archive: string): Map<string, string> {
  const known = archives.get(archive);
  if (known) return known;
  const files = new Map(
    [...untarred(readFileSync(sharedData(archive)))].map(([name, text]) => [name.split('/').at(-1) ?? name, text]),
  );
  archives.set(archive, files);
  return files;
}
