import { HOURS_PER_MONTH } from '../units.ts';
import type { ProviderName } from './offering.ts';
import { NO_BAND } from './snapshot.ts';

/** AWS Spot Advisor's bands: the share of instances interrupted within a month, from and to. */
export const BANDS: readonly (readonly [number, number])[] = [
  [0, 0.05],
  [0.05, 0.1],
  [0.1, 0.15],
  [0.15, 0.2],
  [0.2, 1],
];

/**
 * Chance that a spot node is interrupted within an hour.
 *
 * AWS publishes a band per month; with its middle f, and interruptions spread evenly over the month, the hourly hazard
 * is −ln(1 − f) / 730. Where nothing is published, the vendor's assumption below.
 */
export function interruptionPerHour(provider: ProviderName, band: number): number {
  const range = band === NO_BAND ? undefined : BANDS[band];
  if (range) return -Math.log(1 - (range[0] + range[1]) / 2) / HOURS_PER_MONTH;
  return ASSUMED[provider];
}

const ASSUMED: Readonly<Record<ProviderName, number>> = {
  /** the Spot Advisor's worst band, for types it does not list */
  aws: -Math.log(1 - 0.6) / HOURS_PER_MONTH,
  /** the middle of the lowest band (0-5%) of the eviction rate that Azure shows per HOUR in its portal */
  azure: -Math.log(1 - 0.025),
  /** Google publishes none; its documentation used to speak of 5% to 15% a day: the middle of that */
  gcp: -Math.log(1 - 0.1) / 24,
  /** own machines are not taken back */
  kubernetes: 0,
};
