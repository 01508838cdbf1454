import { createHash } from 'node:crypto';
import type { LivePool, ObservedPool, PoolInstance } from '../../src/ports.ts';
import { instant } from '../../src/units.ts';
import type { Group } from './groups.ts';
import type { Machine } from './instances.ts';
import type { Make } from './make.ts';
import { OP_TAG } from './opening.ts';

/** How the product calls a group, and the handle it is acted on by. */
interface Called {
  readonly name: string;
  readonly id: string;
}

export type Seen = { readonly pool: ObservedPool & { readonly live: LivePool } } | { readonly reason: string };

/** A group as a pool of one type in one zone, or why it is none. */
export function poolOf(
  group: Group,
  make: Make,
  called: Called,
  region: string,
  machines: ReadonlyMap<string, Machine>,
  changedBy?: LivePool['changedBy'],
): Seen {
  const zones = [...new Set(group.AvailabilityZones)];
  const [zone] = zones;
  if (zone === undefined) return { reason: 'it names no zone' };
  if (zones.length > 1)
    return { reason: `it lies over ${zones.length} zones (${zones.join(', ')}), and AWS chooses among them` };
  if (group.Status) return { reason: `it is being deleted (${group.Status})` };
  const stopped = (group.SuspendedProcesses ?? []).map((p) => p.ProcessName ?? '').filter((p) => STEERED.has(p));
  if (stopped.length > 0) return { reason: `somebody has suspended its ${stopped.join(' and ')}` };
  if ('mixed' in make) return { reason: make.mixed };
  const instances = (group.Instances ?? []).flatMap((i) => (i.InstanceId && !isWarm(i.LifecycleState) ? [i] : []));
  // one that was opened of one type has no other; an emulator may start what its template says instead
  const opened = group.Tags?.some((tag) => tag.Key === OP_TAG) ?? false;
  const other = opened
    ? undefined
    : instances.find((i) => i.InstanceType && i.InstanceType !== make.type && !isEnding(i.LifecycleState));
  if (other) return { reason: `it still runs ${other.InstanceType} beside ${make.type}` };
  return {
    pool: {
      name: called.name,
      provider: 'aws',
      region,
      zone,
      type: make.type,
      purchase: make.purchase,
      target: group.DesiredCapacity,
      ready: servingIn(group),
      min: group.MinSize,
      max: group.MaxSize,
      source: 'live',
      live: {
        id: called.id,
        version: versionOf(group),
        instances: instances.map((i) => instanceOf(i.InstanceId ?? '', i.LifecycleState, machines)),
        ...(changedBy && { changedBy }),
      },
    },
  };
}

/** processes without which a group does not follow its size */
const STEERED: ReadonlySet<string> = new Set(['Launch', 'Terminate']);

/** Nodes that serve: in service, and not found unhealthy. */
export const servingIn = (group: Group): number =>
  (group.Instances ?? []).filter((i) => i.LifecycleState === 'InService' && i.HealthStatus !== 'Unhealthy').length;

export const isEnding = (state: string | undefined): boolean => /^(?:Terminat|Detach)/.test(state ?? '');
/** stopped ahead of need: it is no node yet, and the group's size does not count it */
const isWarm = (state: string | undefined): boolean => (state ?? '').startsWith('Warmed:');

/** AWS keeps no version of a group: this is a digest of what steers it, so it changes when somebody changes that. */
export function versionOf(group: Group): string {
  const steered = [
    group.AutoScalingGroupARN,
    group.DesiredCapacity,
    group.MinSize,
    group.MaxSize,
    [...(group.AvailabilityZones ?? [])].toSorted(),
    group.VPCZoneIdentifier ?? '',
    group.LaunchConfigurationName ?? '',
    [group.LaunchTemplate?.LaunchTemplateId ?? '', group.LaunchTemplate?.Version ?? ''],
    group.MixedInstancesPolicy ?? null,
    (group.SuspendedProcesses ?? []).map((p) => p.ProcessName ?? '').toSorted(),
    group.NewInstancesProtectedFromScaleIn ?? false,
  ];
  return createHash('sha256').update(JSON.stringify(steered)).digest('hex').slice(0, 24);
}

function instanceOf(id: string, state: string | undefined, machines: ReadonlyMap<string, Machine>): PoolInstance {
  const machine = machines.get(id);
  return {
    id,
    state: isEnding(state) ? 'ending' : state === 'InService' || /Standby/.test(state ?? '') ? 'running' : 'pending',
    ...(machine?.startedAt !== undefined && { startedAt: instant(machine.startedAt) }),
    ...(machine?.node !== undefined && { node: machine.node }),
  };
}
