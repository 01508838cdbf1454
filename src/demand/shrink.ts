import type { Service } from '../fleet/fleet.ts';
import type { Seconds } from '../units.ts';

/**
 * Whole replicas of one market that may be let go within a time; undefined where the service states no pace or its
 * replicas hold nothing that would have to move.
 *
 * @param loadEach load that one replica holds now, in the signal's unit; NaN where it is not known, then each is full
 */
export function letGoWithin(
  { shrink, capacityPerReplica }: Pick<Service, 'shrink' | 'capacityPerReplica'>,
  loadEach: number,
  time: Seconds,
): number | undefined {
  const perMinute = paceOf(shrink, Number.isNaN(loadEach) ? capacityPerReplica : loadEach);
  // a float's own error must not cost a replica
  return perMinute === undefined ? undefined : Math.floor((perMinute * time) / 60 + 1e-9);
}

function paceOf(shrink: Service['shrink'], loadEach: number): number | undefined {
  if (shrink?.loadPerMinute === undefined) return shrink?.replicasPerMinute;
  return loadEach > 0 ? shrink.loadPerMinute / loadEach : undefined;
}

/**
 * The replicas that run from step to step when no more than `most` of them are let go in each: never fewer than are
 * needed, and as few as the pace allows.
 *
 * @param running before the first step
 * @param most undefined = no limit
 */
export function pacedPath(needed: ArrayLike<number>, running: number, most: number | undefined): Float64Array {
  const path = Float64Array.from(needed);
  if (most === undefined) return path;
  let before = running;
  for (let h = 0; h < path.length; h++) path[h] = before = Math.max(path[h] ?? 0, before - most);
  return path;
}
