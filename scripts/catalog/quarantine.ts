import { absurd, unitSwap } from '../../src/catalog/sane.ts';
import type { InstanceType } from '../../src/catalog/snapshot.ts';
import type { Facts, Found } from './facts.ts';

/** A price that was found and not carried. */
export interface Quarantined {
  readonly region: string;
  readonly type: string;
  readonly kind: 'on-demand' | 'spot';
  readonly usdPerHour: number;
  readonly reason: string;
}

export interface Weighed {
  readonly kept: readonly Found[];
  readonly quarantined: readonly Quarantined[];
}

/** Takes out every price that cannot be what it says. A type in a region without an on-demand price has no spot either. */
export function weigh(facts: Facts): Weighed {
  const usual = usualPrices(facts);
  const kept: Found[] = [];
  const quarantined: Quarantined[] = [];
  for (const found of facts.prices) {
    const type = facts.types.get(found.type);
    if (!type) throw new Error(`no such type: ${found.type}`);
    const reason = absurd(found.onDemand, type) ?? unusual(found, type, usual);
    if (reason !== undefined) {
      quarantined.push({ ...found, kind: 'on-demand', usdPerHour: found.onDemand, reason });
      continue;
    }
    const spotReason = found.spot && absurdSpot(found.spot.usdPerHour, found.onDemand);
    if (spotReason === undefined) {
      kept.push(found);
      continue;
    }
    quarantined.push({ ...found, kind: 'spot', usdPerHour: found.spot?.usdPerHour ?? Number.NaN, reason: spotReason });
    const { spot: _, ...onDemandOnly } = found;
    kept.push(onDemandOnly);
  }
  return { kept, quarantined };
}

interface Usual {
  /** type → median of its prices over regions, where three or more list it */
  readonly ofType: ReadonlyMap<string, number>;
  /** family → median of USD per vCPU and hour */
  readonly ofFamily: ReadonlyMap<string, number>;
  /** region → how dear it is against the median: 1.3 = 30% dearer */
  readonly ofRegion: ReadonlyMap<string, number>;
}

function usualPrices({ prices, types }: Facts): Usual {
  const sound = prices.filter((p) => p.onDemand > 0);
  const byType = grouped(
    sound,
    (p) => p.type,
    (p) => p.onDemand,
  );
  const byFamily = grouped(
    sound,
    (p) => types.get(p.type)?.family ?? '',
    (p) => p.onDemand / (types.get(p.type)?.vcpu ?? 1),
  );
  const ofType = new Map([...byType].filter(([, all]) => all.length >= 3).map(([t, all]) => [t, median(all)]));
  const compared = sound.filter((p) => ofType.has(p.type));
  const byRegion = grouped(
    compared,
    (p) => p.region,
    (p) => p.onDemand / (ofType.get(p.type) ?? Number.NaN),
  );
  return { ofType, ofFamily: mapped(byFamily, median), ofRegion: mapped(byRegion, median) };
}

function unusual(found: Found, type: InstanceType, usual: Usual): string | undefined {
  const region = usual.ofRegion.get(found.region) ?? 1;
  const expected =
    (usual.ofType.get(found.type) ?? (usual.ofFamily.get(type.family) ?? Number.NaN) * type.vcpu) * region;
  if (Number.isNaN(expected)) return undefined;
  const swap = unitSwap(found.onDemand, expected);
  if (swap !== undefined) return swap;
  if (found.onDemand > expected * 3 || found.onDemand < expected / 3) {
    return `more than 3 times off the ${expected.toFixed(4)} USD/h usual for it in ${found.region}`;
  }
  return windows(found.onDemand - expected, type.vcpu, expected);
}

/** A Windows licence costs 0.046 USD per vCPU-hour on Azure and AWS; on large GPU and memory types that is lost in the noise. */
function windows(excess: number, vcpu: number, expected: number): string | undefined {
  if (Math.abs(excess / vcpu - 0.046) > 0.002 || excess < 0.4 * expected) return undefined;
  return `is 0.046 USD/h a vCPU over the usual ${expected.toFixed(4)}: a Windows price`;
}

/** Nobody bids above on-demand for a node that can be taken away: a figure well above it is out of date or of another type. */
function absurdSpot(spot: number, onDemand: number): string | undefined {
  if (!Number.isFinite(spot)) return 'is not a number';
  if (spot <= 0) return 'is not above 0';
  if (spot >= 1.05 * onDemand) return `is ${(spot / onDemand).toFixed(2)} times on-demand`;
  if (spot < 0.01 * onDemand) return `is under 1% of on-demand`;
  return undefined;
}

function grouped<T>(all: readonly T[], key: (t: T) => string, value: (t: T) => number): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const item of all) {
    const group = groups.get(key(item));
    if (group) group.push(value(item));
    else groups.set(key(item), [value(item)]);
  }
  return groups;
}

const mapped = (
  groups: ReadonlyMap<string, readonly number[]>,
  f: (all: readonly number[]) => number,
): Map<string, number> => new Map([...groups].map(([key, all]) => [key, f(all)]));

export function median(all: readonly number[]): number {
  const sorted = all.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
