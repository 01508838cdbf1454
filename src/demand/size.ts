import type { Service } from '../fleet/fleet.ts';
import type { Seconds } from '../units.ts';
import type { GroupDemand } from './demand.ts';
import type { Needs } from './need.ts';

export type Sized = Pick<GroupDemand, 'replicas' | 'peakReplicas' | 'setBy'>;

/**
 * Between minimum and maximum; when load is unknown or old, also never under what runs now. A forecast from old load
 * still counts: what it asks for may be more.
 */
export function sizeOf(service: Service, needs: Needs | undefined, ageAtMost: Seconds, running = 0): Sized {
  const { minReplicas, maxReplicas } = service;
  const within = (n: number): number => Math.min(maxReplicas, Math.max(minReplicas, n));
  const replicas = within(needs?.now.replicas ?? 0);
  const peakReplicas = within(needs?.peak.replicas ?? 0);
  if (!needs || needs.age > ageAtMost) {
    return { replicas: Math.max(running, replicas), peakReplicas: Math.max(running, peakReplicas), setBy: 'hold' };
  }
  const { now } = needs;
  const setBy = now.replicas > maxReplicas ? 'maximum' : now.replicas < minReplicas ? 'minimum' : 'load';
  return { replicas, peakReplicas, setBy };
}
