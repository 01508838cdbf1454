import type { Machine } from './machines.ts';

/** All three clouds bill by the second, and no machine for less than a minute. */
const LEAST_MS = 60_000;
const HOUR_MS = 3_600_000;

/** USD for a machine so far: its price over the time from launch to end. */
export function chargeOf({ market, purchase, launchedAt, endedAt, takenBack }: Machine, now: number): number {
  const until = Math.min(now, endedAt);
  const free = market.provider === 'aws' && takenBack && endedAt <= now && endedAt - launchedAt < HOUR_MS;
  if (free || until <= launchedAt) return 0;
  const paidTo = market.provider === 'kubernetes' ? until : Math.max(until, launchedAt + LEAST_MS);
  if (purchase === 'spot') return market.spot?.cost(launchedAt, paidTo) ?? 0;
  return ((market.onDemand ?? 0) * (paidTo - launchedAt)) / HOUR_MS;
}
