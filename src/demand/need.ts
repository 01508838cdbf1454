import type { Forecast } from '../forecast/forecast.ts';
import { instant, type Instant, type Seconds } from '../units.ts';
import { pathAt } from './quantile-path.ts';
import { replicasFor } from './replicas.ts';

/** The largest load of a time, and the replicas that it takes, before minimum and maximum. */
export interface Need {
  readonly at: Instant;
  /** in the signal's unit, at the service's quantile */
  readonly load: number;
  readonly replicas: number;
}

export interface Needs {
  /** within the window of the decision */
  readonly now: Need;
  /** within the whole horizon */
  readonly peak: Need;
  /** at − last seen, in seconds */
  readonly age: number;
}

/** What replicas must hold. */
export interface Asking {
  readonly quantile: number;
  /** load in the signal's unit */
  readonly capacityPerReplica: number;
  /** on top of the load, as a share of it */
  readonly headroom: number;
}

/**
 * What a forecast asks of a service; undefined when there is no forecast.
 *
 * The newest value that was seen counts with the paths: what is carried now is not let go on the word of a forecast.
 * The step in which the window ends counts in full.
 */
export function needsOf(
  forecast: Forecast,
  { quantile, capacityPerReplica, headroom }: Asking,
  at: Instant,
  window: Seconds,
): Needs | undefined {
  const { last, origin, step } = forecast;
  const path = pathAt(forecast, quantile);
  if (last === undefined || path.length === 0) return undefined;
  const stepMs = step * 1000;
  const needAt = (time: number, load: number): Need => ({
    at: instant(time),
    load,
    replicas: replicasFor(load, capacityPerReplica, headroom),
  });
  const first = Math.max(0, Math.ceil((at - origin) / stepMs) - 1);
  const windowEnd = Math.ceil((at - origin + window * 1000) / stepMs);
  const largest = (end: number): Need => {
    let top = first;
    for (let h = first; h < Math.min(end, path.length); h++) if ((path[h] ?? 0) > (path[top] ?? 0)) top = h;
    const ahead = path[top] ?? 0;
    return last.value > ahead ? needAt(last.at, last.value) : needAt(origin + (top + 1) * stepMs, ahead);
  };
  return { now: largest(windowEnd), peak: largest(path.length), age: (at - last.at) / 1000 };
}
