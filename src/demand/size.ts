import type { Service } from '../fleet/fleet.ts';
import type { Seconds } from '../units.ts';
import type { GroupDemand } from './demand.ts';
import type { Needs } from './need.ts';

export type Sized = Pick<GroupDemand, 'replicas' | 'peakReplicas' | 'setBy'>;

/** What runs now, and how many of it may be let go in this cycle; undefined = not known, any number. */
export interface Running {
  readonly replicas: number | undefined;
  /** that wait for a node on top of those that run; undefined = not known, none */
  readonly pending?: number | undefined;
  readonly letGoAtMost: number | undefined;
}

/**
 * Between minimum and maximum; when load is unknown or old, also never under what runs now, and never under what runs
 * now less what may be let go. A forecast from old load still counts: what it asks for may be more. Replicas that wait
 * for a node are wanted by somebody who may know more than the forecast, so they count with those that run.
 */
export function sizeOf(
  { minReplicas, maxReplicas }: Pick<Service, 'minReplicas' | 'maxReplicas'>,
  needs: Needs | undefined,
  ageAtMost: Seconds,
  { replicas: running = 0, pending = 0, letGoAtMost = Infinity }: Running,
): Sized {
  const within = (n: number): number => Math.min(maxReplicas, Math.max(minReplicas, n));
  const replicas = within(needs?.now.replicas ?? 0);
  const peakReplicas = within(needs?.peak.replicas ?? 0);
  if (!needs || needs.age > ageAtMost) {
    return { replicas: Math.max(running, replicas), peakReplicas: Math.max(running, peakReplicas), setBy: 'hold' };
  }
  const { now } = needs;
  const wanted = pending > 0 ? Math.min(maxReplicas, running + pending) : 0;
  const kept = running - letGoAtMost;
  if (wanted > replicas && wanted >= kept) {
    return { replicas: wanted, peakReplicas: Math.max(wanted, peakReplicas), setBy: 'pending' };
  }
  if (kept > replicas) return { replicas: kept, peakReplicas: Math.max(kept, peakReplicas), setBy: 'pace' };
  const setBy = now.replicas > maxReplicas ? 'maximum' : now.replicas < minReplicas ? 'minimum' : 'load';
  return { replicas, peakReplicas, setBy };
}
