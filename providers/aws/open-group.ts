import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  type Tag,
} from '@aws-sdk/client-auto-scaling';
import type { Answer } from '../../src/failure.ts';
import type { Receipt } from '../../src/ports.ts';
import { groupNamed, tagOf, type Group } from './groups.ts';
import { noteSet } from './last-set.ts';
import { OP_TAG, type Opening } from './opening.ts';
import type { Place } from './places.ts';
import { servingIn, versionOf } from './pool.ts';
import { subnetsIn } from './subnets.ts';
import { targetOf } from './target.ts';
import { refused, taken } from './token.ts';

const API = 'autoscaling:CreateAutoScalingGroup';

/**
 * A new Auto Scaling group like another, in one zone and of one type. AWS takes no idempotency token for it, so a
 * group of the name is looked for first; one that carries this order's tag was made by an earlier attempt.
 */
export async function openGroup(place: Place, opening: Opening): Promise<Answer<Receipt>> {
  const { session } = place;
  const { order, like, asked } = opening;
  const made = await groupNamed(session, order.region, order.name);
  if (!made.ok) return made;
  if (made.value) return adopted(opening, made.value);
  const model = await targetOf(session, order.region, { id: like.live.id }, API);
  if (!model.ok) return model;
  const subnets = await subnetsIn(
    session,
    order.region,
    order.zone,
    (model.value.group.VPCZoneIdentifier ?? '').split(',').filter((s) => s !== ''),
  );
  // without a network of its own the account's default one is used, by zone
  if (!subnets.ok && model.value.group.VPCZoneIdentifier) return subnets;
  const input = inputOf(opening, model.value.group, subnets.ok ? subnets.value : []);
  if ('code' in input) return refused(API, input.code, input.message);
  await noteSet(session, order.region, order.name, {
    opId: order.opId,
    from: order.size,
    size: order.size,
    sent: true,
  });
  const sent = await session.ask({ region: order.region, class: 'write', api: API, attempts: 1 }, () =>
    session.autoScaling(order.region).send(new CreateAutoScalingGroupCommand(input)),
  );
  if (!sent.ok && sent.failure.kind.is !== 'conflict' && sent.failure.kind.is !== 'transient') return sent;
  const opened = await groupNamed(session, order.region, order.name);
  if (opened.ok && opened.value) return adopted(opening, opened.value);
  // accepted, and not listed yet
  return sent.ok ? { ok: true, value: taken({ ...asked, group: order.name }, 0, 0) } : sent;
}

function adopted({ order, asked }: Opening, group: Group): Answer<Receipt> {
  if (tagOf(group, OP_TAG) !== order.opId)
    return refused(
      API,
      'AlreadyExists',
      `there is another Auto Scaling group ${order.name} in ${order.region}`,
      'conflict',
    );
  const known = { ...asked, pool: group.AutoScalingGroupARN, group: group.AutoScalingGroupName };
  return { ok: true, value: taken(known, (group.Instances ?? []).length, servingIn(group), versionOf(group)) };
}

function inputOf(
  { order, template, tag }: Opening,
  like: Group,
  subnets: readonly string[],
): CreateAutoScalingGroupCommandInput | { code: string; message: string } {
  const launch = like.LaunchTemplate ?? like.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  if (!launch)
    return {
      code: 'NoLaunchTemplate',
      message: `${like.AutoScalingGroupName} has a launch configuration, which can have no other type`,
    };
  const policy = like.MixedInstancesPolicy?.InstancesDistribution;
  const kept = Object.fromEntries(
    KEPT.flatMap((key) => (like[key] === undefined ? [] : [[key, like[key]]])),
  ) as Partial<CreateAutoScalingGroupCommandInput>;
  return {
    ...kept,
    AutoScalingGroupName: order.name,
    MinSize: 0,
    MaxSize: template.max,
    DesiredCapacity: order.size,
    ...(subnets.length > 0 ? { VPCZoneIdentifier: subnets.join(',') } : { AvailabilityZones: [order.zone] }),
    MixedInstancesPolicy: {
      InstancesDistribution: {
        OnDemandBaseCapacity: 0,
        OnDemandPercentageAboveBaseCapacity: order.purchase === 'spot' ? 0 : 100,
        SpotAllocationStrategy: policy?.SpotAllocationStrategy ?? 'price-capacity-optimized',
      },
      LaunchTemplate: {
        // an id and a name together are refused
        LaunchTemplateSpecification: {
          ...(launch.LaunchTemplateId === undefined
            ? { LaunchTemplateName: launch.LaunchTemplateName }
            : { LaunchTemplateId: launch.LaunchTemplateId }),
          Version: launch.Version ?? '$Default',
        },
        Overrides: [{ InstanceType: order.type }],
      },
    },
    Tags: tagsOf(like, order.name, { ...(tag && { [tag.key]: tag.value }), [OP_TAG]: order.opId }),
  };
}

/** Settings of the model that a pool of another zone and type can have as they are. */
const KEPT = [
  'DefaultCooldown',
  'DefaultInstanceWarmup',
  'HealthCheckType',
  'HealthCheckGracePeriod',
  'TargetGroupARNs',
  'LoadBalancerNames',
  'TerminationPolicies',
  'NewInstancesProtectedFromScaleIn',
  'ServiceLinkedRoleARN',
  'MaxInstanceLifetime',
  'CapacityRebalance',
] as const satisfies readonly (keyof Group & keyof CreateAutoScalingGroupCommandInput)[];

/** AWS keeps `aws:` and EKS keeps `eks:` for itself. */
function tagsOf(like: Group, name: string, own: Readonly<Record<string, string>>): Tag[] {
  const copied = (like.Tags ?? []).flatMap(({ Key, Value, PropagateAtLaunch }) =>
    Key === undefined || /^(?:aws|eks):/.test(Key) || Key in own || Key === OP_TAG
      ? []
      : [{ Key, Value: Key === 'Name' ? name : (Value ?? ''), PropagateAtLaunch: PropagateAtLaunch ?? false }],
  );
  return [...copied, ...Object.entries(own).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: Key !== OP_TAG }))];
}
