import type { Service } from '../fleet/fleet.ts';
import { seconds, type Seconds } from '../units.ts';

/**
 * The time that one decision must cover.
 *
 * What is ordered now serves after the lead time and the service's start-up, and what the next cycle orders serves one
 * cycle later: until then this decision must do. On top comes the break-even time: a node that is let go and needed
 * again within its boot and drain time would have cost less idling.
 */
export function windowOf(service: Pick<Service, 'startUp' | 'drain'>, cycle: Seconds, leadTime: Seconds): Seconds {
  const untilNextOrderServes = leadTime + service.startUp + cycle;
  const breakEven = leadTime + service.drain;
  return seconds(untilNextOrderServes + breakEven);
}
