import { DescribeLaunchTemplatesCommand, type LaunchTemplate } from '@aws-sdk/client-ec2';
import { allPages } from '../../src/calls/pages.ts';
import { answered, type Answer } from '../../src/failure.ts';
import { seconds } from '../../src/units.ts';
import type { Group } from './groups.ts';
import type { Machine } from './instances.ts';
import { isFresh, putKept, takeKept } from './kept.ts';
import type { Session } from './session.ts';

/** A launch template that carries it is a pool by itself: the zone to launch in, or `zone/subnet`. */
const DIRECT_TAG = 'godwit.io/direct';
/** On each machine launched so: the id of its launch template. */
export const POOL_TAG = 'godwit.io/pool';

const API = 'ec2:DescribeLaunchTemplates';
/** A region that had no such pool is asked again after so long. */
const NONE_FOR = seconds(1800);

/**
 * Pools without an Auto Scaling group: machines launched directly from a launch template. Nothing at AWS keeps their
 * size, so what runs is what is wanted, and a node that is lost is bought again only by the next plan.
 */
export async function listDirect(session: Session, region: string): Promise<Answer<readonly LaunchTemplate[]>> {
  const kept = await takeKept(session, region, 'direct', (v): v is number => typeof v === 'number');
  if (kept?.value === 0 && isFresh(session, kept, NONE_FOR)) return answered([]);
  const read = await describe(session, region, { Filters: [{ Name: 'tag-key', Values: [DIRECT_TAG] }] });
  if (!read.ok) {
    // a role that may not ask, or an emulator, and never a pool seen: there is none to be overlooked
    const never =
      (kept?.value ?? 0) === 0 && read.failure.kind.is !== 'transient' && read.failure.kind.is !== 'throttled';
    return never ? answered([]) : read;
  }
  const pools = read.value.filter((t) => tagIn(t, DIRECT_TAG) !== undefined && t.LaunchTemplateId !== undefined);
  await putKept(session, region, 'direct', pools.length);
  return answered(pools);
}

/** One by its id; undefined = there is none. */
export async function directNamed(
  session: Session,
  region: string,
  id: string,
): Promise<Answer<LaunchTemplate | undefined>> {
  const read = await describe(session, region, { LaunchTemplateIds: [id] });
  if (!read.ok) return read.failure.kind.is === 'notFound' ? answered(undefined) : read;
  return answered(read.value.find((t) => t.LaunchTemplateId === id && tagIn(t, DIRECT_TAG) !== undefined));
}

const tagIn = (template: LaunchTemplate, key: string): string | undefined =>
  template.Tags?.find((t) => t.Key === key)?.Value;

function placeIn(template: LaunchTemplate): { readonly zone: string; readonly subnet?: string } {
  const [zone = '', subnet] = (tagIn(template, DIRECT_TAG) ?? '').split('/');
  return { zone, ...(subnet && { subnet }) };
}

/** In the shape of a group, so that all that reads one reads it too. */
export function directGroup(template: LaunchTemplate, machines: readonly Machine[]): Group {
  const id = template.LaunchTemplateId ?? '';
  const own = machines.filter((m) => m.tags.get(POOL_TAG) === id);
  const { zone, subnet } = placeIn(template);
  return {
    AutoScalingGroupName: template.LaunchTemplateName ?? id,
    AutoScalingGroupARN: id,
    MinSize: 0,
    MaxSize: MOST,
    DesiredCapacity: own.filter((m) => m.state === 'pending' || m.state === 'running').length,
    DefaultCooldown: 0,
    AvailabilityZones: zone === '' ? [] : [zone],
    HealthCheckType: 'EC2',
    CreatedTime: template.CreateTime ?? new Date(0),
    ...(subnet !== undefined && { VPCZoneIdentifier: subnet }),
    LaunchTemplate: { LaunchTemplateId: id, Version: String(template.DefaultVersionNumber ?? 1) },
    Instances: own.map((m) => ({
      InstanceId: m.id,
      InstanceType: m.type,
      AvailabilityZone: m.zone,
      LifecycleState: m.state === 'running' ? 'InService' : m.state === 'pending' ? 'Pending' : 'Terminating',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
    })),
    Tags: (template.Tags ?? []).map(({ Key, Value }) => ({ Key, Value })),
  };
}

/** "up to 1,000 instances" in one request of type instant: no pool of this kind is larger */
const MOST = 1000;

const describe = (
  session: Session,
  region: string,
  which: { readonly Filters?: { Name: string; Values: string[] }[]; readonly LaunchTemplateIds?: string[] },
): Promise<Answer<readonly LaunchTemplate[]>> =>
  allPages<LaunchTemplate, string>(async (token) => {
    const page = await session.ask({ region, class: 'read', api: API }, () =>
      session
        .ec2(region)
        .send(new DescribeLaunchTemplatesCommand({ ...which, ...(token !== undefined && { NextToken: token }) })),
    );
    if (!page.ok) return page;
    const items = page.value.LaunchTemplates ?? [];
    return answered({ items, ...(page.value.NextToken && { next: page.value.NextToken }) });
  });
