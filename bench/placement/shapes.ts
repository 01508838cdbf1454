import type { Group } from '../../src/placement/problem.ts';
import { mib, milliCores } from '../../src/units.ts';
import type { Dice } from './random.ts';

export interface ShapeMix {
  readonly shapes: number;
  /** over all shapes; each has one at least */
  readonly replicas: number;
  /** round figures as people write them (250m, 512Mi) instead of what a sizing tool would set */
  readonly nice?: boolean;
  /** largest request: cores and GiB; default 16 and 64 */
  readonly most?: { readonly cores: number; readonly gib: number };
}

/**
 * Groups with lognormal CPU (median half a core) and lognormal memory per core (median 2.5 GiB), and lognormal
 * replicas: many small ones and a few that make up most of the fleet.
 */
export function shapesOf(dice: Dice, mix: ShapeMix): Group[] {
  const { cores = 16, gib = 64 } = mix.most ?? {};
  const sizes = Array.from({ length: mix.shapes }, () => {
    const cpu = dice.lognormal(500, 1);
    const memory = (cpu / 1000) * dice.lognormal(2.5 * 1024, 0.8);
    return mix.nice === true
      ? { cpu: nearest(NICE_CPU, Math.min(cpu, cores * 1000)), memory: niceMemory(Math.min(memory, gib * 1024)) }
      : { cpu: stepCpu(Math.min(cpu, cores * 1000)), memory: stepMemory(Math.min(memory, gib * 1024)) };
  });
  const replicas = shared(
    sizes.map(() => dice.lognormal(1, 1.2)),
    mix.replicas,
  );
  return sizes.map(({ cpu, memory }, i) => ({
    name: `shape-${i + 1}`,
    replicas: replicas[i] ?? 1,
    requests: { cpu: milliCores(cpu), memory: mib(memory) },
    allow: {},
  }));
}

const NICE_CPU = [100, 250, 500, 750, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 12_000, 16_000];

function nearest(choices: readonly number[], x: number): number {
  return choices.reduce((best, c) => (Math.abs(Math.log(c / x)) < Math.abs(Math.log(best / x)) ? c : best));
}

/** multiples of 128 MiB below 1 GiB, of 256 MiB below 4 GiB, then whole GiB */
function niceMemory(x: number): number {
  const step = x < 1024 ? 128 : x < 4096 ? 256 : 1024;
  return Math.max(128, Math.round(x / step) * step);
}

/** 10m steps up to a core, 50m steps above */
function stepCpu(x: number): number {
  const step = x < 1000 ? 10 : 50;
  return Math.max(10, Math.round(x / step) * step);
}

/** 8 MiB steps up to 512 MiB, 32 MiB up to 4 GiB, 128 MiB above */
function stepMemory(x: number): number {
  const step = x < 512 ? 8 : x < 4096 ? 32 : 128;
  return Math.max(32, Math.round(x / step) * step);
}

/** A whole total in the proportion of the weights, one each at least; the largest remainders get what is left over. */
export function shared(weights: readonly number[], total: number): number[] {
  const spare = total - weights.length;
  if (spare < 0) throw new RangeError(`${total} replicas are too few for ${weights.length} shapes`);
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((w) => (spare * w) / sum);
  const out = exact.map((x) => 1 + Math.floor(x));
  const left = total - out.reduce((a, b) => a + b, 0);
  const byRemainder = exact.map((x, i) => ({ i, rest: x - Math.floor(x) })).toSorted((a, b) => b.rest - a.rest);
  for (const { i } of byRemainder.slice(0, left)) out[i] = (out[i] ?? 0) + 1;
  return out;
}
