import type { Forecast } from '../forecast/forecast.ts';
import type { Seconds } from '../units.ts';
import { pathAt } from './quantile-path.ts';
import { replicasFor } from './replicas.ts';
import { pacedPath } from './shrink.ts';

/** What a group would need at a tenth of the misses that it is sized for. */
export interface NextNine {
  readonly quantile: number;
  /** load in the signal's unit at that quantile, at the step that sets `replicas` */
  readonly load: number;
  /** replicas to cover with the next decision */
  readonly replicas: number;
  /** replicas more than now at the mean of the horizon: what a month of such days pays for */
  readonly moreOnAverage: number;
}

/** What turns a path of load into replicas. */
export interface Sizing {
  readonly capacityPerReplica: number;
  readonly headroom: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** replicas that may be let go from one step to the next; undefined = any number */
  readonly letGoPerStep: number | undefined;
}

/**
 * Replicas more at quantile `to` than at `from`, at the mean of a forecast's steps. The same service needs more of them
 * at the peak than at night, so neither the next decision alone nor the peak alone would say what a month costs.
 *
 * Each later hour is decided on when it is as near as the end of the window is now. So every step has the forecast's
 * median, and as much room above it as there is at that end: the paths themselves grow wider with the distance, and
 * would charge for not knowing tomorrow evening what will be known by then.
 *
 * @param window what one decision must cover
 */
export function moreOnAverage(forecast: Forecast, from: number, to: number, sizing: Sizing, window: Seconds): number {
  const [low, high] = [from, to].map((quantile) => replicaPath(nearPath(forecast, quantile, window), sizing));
  if (!low || !high || low.length === 0) return 0;
  return (total(high) - total(low)) / low.length;
}

/** A quantile as near as the end of the window is, at every step; the path itself where nothing is expected then. */
function nearPath(forecast: Forecast, quantile: number, window: Seconds): Float64Array {
  const path = pathAt(forecast, quantile);
  const median = pathAt(forecast, MEDIAN);
  const end = Math.min(path.length, Math.max(1, Math.ceil(window / forecast.step))) - 1;
  const [room, expected] = [path[end] ?? 0, median[end] ?? 0];
  return expected > 0 ? median.map((load) => (load * room) / expected) : path;
}

const MEDIAN = 0.5;

function replicaPath(loads: Float64Array, sizing: Sizing): Float64Array {
  const { capacityPerReplica, headroom, minReplicas, maxReplicas, letGoPerStep } = sizing;
  const needed = loads.map((load) =>
    Math.min(maxReplicas, Math.max(minReplicas, replicasFor(load, capacityPerReplica, headroom))),
  );
  return pacedPath(needed, needed[0] ?? 0, letGoPerStep);
}

const total = (path: Float64Array): number => path.reduce((sum, n) => sum + n, 0);
