import type { Interruption } from '../../src/ports.ts';
import type { Instant } from '../../src/units.ts';
import { timeOf } from './fields.ts';
import type { Machine } from './instances.ts';
import { regionOf } from './names.ts';

/** Machines with a maintenance ahead that will stop or end them: known from their listing. */
export function maintenanceOf(machine: Machine, project: string, now: Instant): Interruption | undefined {
  const { maintenance, zone, instance } = machine;
  const endsAt = timeOf(maintenance?.['windowStartTime']);
  if (!maintenance || endsAt === undefined || endsAt < now) return undefined;
  const receipt = `gcp/${project}/${zone}/maintenance/${instance.id}/${endsAt}`;
  return {
    provider: 'gcp',
    region: regionOf(zone),
    zone,
    instance: instance.id,
    kind: 'maintenance',
    at: now,
    endsAt,
    receipt,
  };
}
