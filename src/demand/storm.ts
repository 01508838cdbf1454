import type { Service } from '../fleet/fleet.ts';

/**
 * Replicas' worth of lost clients that one survivor takes in within the storm's time; undefined where the service
 * knows no storm or holds no clients.
 *
 * @param load clients on all replicas; NaN when it is not known, then each replica is taken to be full
 */
export function absorbOf(
  { reconnect, capacityPerReplica }: Pick<Service, 'reconnect' | 'capacityPerReplica'>,
  load: number,
  replicas: number,
): number | undefined {
  if (!reconnect) return undefined;
  const clientsEach = Number.isNaN(load) || replicas === 0 ? capacityPerReplica : load / replicas;
  return clientsEach > 0 ? (reconnect.handshakesPerSecond * reconnect.within) / clientsEach : undefined;
}
