import type { Forecast } from '../forecast/forecast.ts';
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
 */
export function moreOnAverage(forecast: Forecast, from: number, to: number, sizing: Sizing): number {
  const [low, high] = [from, to].map((quantile) => replicaPath(forecast, quantile, sizing));
  if (!low || !high || low.length === 0) return 0;
  return (total(high) - total(low)) / low.length;
}

function replicaPath(forecast: Forecast, quantile: number, sizing: Sizing): Float64Array {
  const { capacityPerReplica, headroom, minReplicas, maxReplicas, letGoPerStep } = sizing;
  const needed = pathAt(forecast, quantile).map((load) =>
    Math.min(maxReplicas, Math.max(minReplicas, replicasFor(load, capacityPerReplica, headroom))),
  );
  return pacedPath(needed, needed[0] ?? 0, letGoPerStep);
}

const total = (path: Float64Array): number => path.reduce((sum, n) => sum + n, 0);
