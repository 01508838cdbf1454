import type { Machine } from './machines.ts';

/** All three clouds bill by the second, and no machine for less than a minute. */
const LEAST_MS = 60_000;
const HOUR_MS = 3_600_000;

/** USD for a machine so far: its price over the time from launch to end. */
export function chargeOf({ market, purchase, launchedAt, endedAt, takenBack }: Machine, now: number): number {
  const until = Math.min(now, endedAt);
  const free = market.provider === 'aws' && takenBack && endedAt <= now && endedAt - launchedAt < HOUR_MS;
  if (free || until <= launchedAt) return 0;
  const rest = market.provider === 'kubernetes' ? 0 : Math.max(0, launchedAt + LEAST_MS - until);
  if (purchase === 'on-demand') return ((market.onDemand ?? 0) * (until - launchedAt + rest)) / HOUR_MS;
  // the rest of the first minute costs what the price is now: what it will be is not known yet
  return market.spot ? market.spot.cost(launchedAt, until) + (market.spot.at(until) * rest) / HOUR_MS : 0;
}
