import { milliCores, mib, seconds, type MilliCores, type MiB, type Seconds } from './units.ts';

/**
 * Resources of a node or a replica, in one canonical unit each.
 *
 * `devices` holds the extended resources by their Kubernetes name (`nvidia.com/gpu`), in whole devices; fractions
 * are allowed for requests on shared devices. A device that is absent is zero; storage or pods that are absent on a
 * node do not limit it.
 */
export interface Resources {
  readonly cpu: MilliCores;
  readonly memory: MiB;
  /** `ephemeral-storage` */
  readonly storage?: MiB;
  /** how many pods a node may run; a request counts as one pod when absent */
  readonly pods?: number;
  readonly devices?: Readonly<Record<string, number>>;
}

const SUFFIX: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;

/** No quantity that anyone means is longer; the pattern takes quadratic time on what merely looks like one. */
const LONGEST = 64;

/**
 * A Kubernetes quantity (`500m`, `1Gi`, `2e3`) or a plain number, in base units (cores, bytes, count).
 * Returns undefined when it is not one, is negative or is not finite.
 * Source: kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity
 */
export function parseQuantity(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : undefined;
  const match = text.length > LONGEST ? null : QUANTITY.exec(text.trim());
  if (!match) return undefined;
  const value = Number(match[1]) * (SUFFIX[match[2] ?? ''] ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Cores as a quantity → millicores, rounded up as the kubelet does. */
export function parseCpu(text: string | number): MilliCores | undefined {
  const cores = parseQuantity(text);
  return cores === undefined ? undefined : milliCores(roundUp(cores * 1000));
}

/** Bytes as a quantity → MiB, fractions kept. */
export function parseMemory(text: string | number): MiB | undefined {
  const bytes = parseQuantity(text);
  return bytes === undefined ? undefined : mib(bytes / 2 ** 20);
}

const DURATION_UNIT: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;

/** `90s`, `5m`, `1h30m`, `2d` → seconds; undefined when it is not a duration. */
export function parseDuration(text: string): Seconds | undefined {
  const trimmed = text.trim();
  if (!DURATION.test(trimmed)) return undefined;
  let total = 0;
  for (const [, n, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    total += Number(n) * (DURATION_UNIT[unit ?? ''] ?? Number.NaN);
  }
  return seconds(total);
}

/** A share written as `40%` or as a number from 0 to 1; undefined when it is neither. Over 100% is the caller's to refuse. */
export function parsePercent(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) ? text : undefined;
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  return match ? Number(match[1]) / 100 : undefined;
}

// 0.1 cores is 100.00000000000001 millicores in binary: shave the float's own error before rounding up
function roundUp(n: number): number {
  return Math.ceil(Number(n.toPrecision(12)));
}

export const NO_RESOURCES: Resources = { cpu: milliCores(0), memory: mib(0) };

/**
 * Two of them made one, resource by resource. Storage or pods that one does not speak of are as the other has them; a
 * device that one lacks is 0 there.
 */
export function pairwise(a: Resources, b: Resources, of: (x: number, y: number) => number): Resources {
  const storage = either(a.storage, b.storage, of);
  const pods = either(a.pods, b.pods, of);
  const names = [...new Set([...Object.keys(a.devices ?? {}), ...Object.keys(b.devices ?? {})])];
  return {
    cpu: milliCores(of(a.cpu, b.cpu)),
    memory: mib(of(a.memory, b.memory)),
    ...(storage !== undefined && { storage: mib(storage) }),
    ...(pods !== undefined && { pods }),
    ...(names.length > 0 && {
      devices: Object.fromEntries(names.map((name) => [name, of(a.devices?.[name] ?? 0, b.devices?.[name] ?? 0)])),
    }),
  };
}

function either(
  a: number | undefined,
  b: number | undefined,
  of: (x: number, y: number) => number,
): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : of(a, b);
}
