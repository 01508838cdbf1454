import type * as sdk from '@aws-sdk/client-auto-scaling';
import type { SimInstance, SimPool } from '../../providers/simulated/world-types.ts';
import {
  ACCOUNT,
  AwsError,
  groupName,
  handler,
  isNodeGroup,
  pageOf,
  poolsSeen,
  type Call,
  type Handler,
} from './aws-state.ts';

const STATES: Readonly<Record<SimInstance['state'], string>> = {
  pending: 'Pending',
  running: 'InService',
  ending: 'Terminating:Wait',
  ended: 'Terminated',
};

export const AUTO_SCALING: Readonly<Record<string, Handler>> = {
  'autoscaling:DescribeAutoScalingGroups': handler<sdk.DescribeAutoScalingGroupsCommandInput>((input, call) => {
    const size = input.MaxRecords ?? 50;
    if (size > 100) throw new AwsError(400, 'ValidationError', 'MaxRecords must be at most 100');
    const names = input.AutoScalingGroupNames;
    const groups = poolsSeen(call)
      .filter((pool) => !(call.state.hideNodeGroups && isNodeGroup(pool)))
      .map((pool) => groupOf(pool, call))
      .filter((g) => names === undefined || names.includes(g.AutoScalingGroupName ?? ''))
      .filter((g) => (input.Filters ?? []).every((f) => passes(g, f)));
    const { page, next } = pageOf(groups, size, input.NextToken);
    return { AutoScalingGroups: page, ...(next !== undefined && { NextToken: next }) };
  }),

  'autoscaling:SetDesiredCapacity': handler<sdk.SetDesiredCapacityCommandInput>((input, { world, region }) => {
    const pool = poolNamed(world.pools.list('aws', region), input.AutoScalingGroupName ?? '');
    const size = input.DesiredCapacity ?? -1;
    if (size > pool.max)
      throw new AwsError(
        400,
        'ValidationError',
        `New SetDesiredCapacity value ${size} is above max value ${pool.max} for the AutoScalingGroup.`,
      );
    if (size < pool.min)
      throw new AwsError(
        400,
        'ValidationError',
        `New SetDesiredCapacity value ${size} is below min value ${pool.min} for the AutoScalingGroup.`,
      );
    world.pools.resize(pool.id, size, { by: 'a user request' });
    return {};
  }),

  'autoscaling:TerminateInstanceInAutoScalingGroup': handler<sdk.TerminateInstanceInAutoScalingGroupCommandInput>(
    (input, { world, region }) => {
      const id = input.InstanceId ?? '';
      const pool = world.pools
        .list('aws', region)
        .find((p) => p.instances.some((i) => i.id === id && i.state !== 'ended'));
      if (!pool)
        throw new AwsError(
          400,
          'ValidationError',
          `Instance Id not found - No managed instance found for instance ID: ${id}`,
        );
      if (input.ShouldDecrementDesiredCapacity !== true)
        throw new AwsError(400, 'ValidationError', 'this cloud only shrinks');
      const changed = world.pools.remove(pool.id, [id], { by: 'a user request' });
      if (!changed.ok)
        throw new AwsError(
          400,
          'ValidationError',
          `Currently, desiredSize equals minSize (${pool.min}). Terminating instance without replacement will violate group's min size constraint.`,
        );
      return {
        Activity: activity(
          pool,
          'InProgress',
          `instance ${id} was taken out of service in response to a user request, shrinking the capacity`,
          world.now(),
        ),
      };
    },
  ),

  'autoscaling:DescribeScalingActivities': handler<sdk.DescribeScalingActivitiesCommandInput>(
    (input, { world, region }) => {
      const pool = poolNamed(world.pools.list('aws', region), input.AutoScalingGroupName ?? '');
      const operation = pool.operation;
      if (!operation) return { Activities: [] };
      const cause = `At ${new Date(operation.startedAt).toISOString()} ${pool.changedBy === 'a user request' ? 'a user request' : `a monitor alarm ${pool.changedBy} in state ALARM triggered policy p`} explicitly set group desired capacity changing the desired capacity.`;
      const failures = operation.shortages.map((s) =>
        activity(
          pool,
          'Failed',
          cause,
          operation.startedAt,
          s.why === 'capacity'
            ? `We currently do not have sufficient ${s.type} capacity in the Availability Zone you requested (${s.zone}). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.`
            : 'You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to. Launching EC2 instance failed.',
        ),
      );
      const state = operation.state === 'running' ? 'InProgress' : 'Successful';
      return { Activities: [...failures, activity(pool, state, cause, operation.startedAt)] };
    },
  ),

  'autoscaling:CreateAutoScalingGroup': handler<sdk.CreateAutoScalingGroupCommandInput>(
    (input, { world, state, region }) => {
      const name = input.AutoScalingGroupName ?? '';
      if (world.pools.list('aws', region).some((p) => groupName(p) === name))
        throw new AwsError(
          400,
          'AlreadyExists',
          'AutoScalingGroup by this name already exists - A group with the name already exists',
        );
      const zone =
        input.VPCZoneIdentifier?.split(',').map((s) => s.replace(/^subnet-/, ''))[0] ??
        input.AvailabilityZones?.[0] ??
        '';
      const policy = input.MixedInstancesPolicy;
      const type = policy?.LaunchTemplate?.Overrides?.[0]?.InstanceType ?? '';
      const tags = Object.fromEntries((input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));
      const share = policy?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity ?? 100;
      const pool = world.pools.open(
        {
          provider: 'aws',
          region,
          zone,
          name,
          type,
          purchase: share === 0 ? 'spot' : 'on-demand',
          target: input.DesiredCapacity ?? input.MinSize ?? 0,
          min: input.MinSize ?? 0,
          max: input.MaxSize ?? 0,
          tags,
        },
        { by: 'a user request' },
      );
      state.groups.set(pool.id, input);
      return {};
    },
  ),

  'autoscaling:DescribeLaunchConfigurations': handler<sdk.DescribeLaunchConfigurationsCommandInput>(
    (input, { world }) => ({
      LaunchConfigurations: (input.LaunchConfigurationNames ?? []).map((name) => ({
        LaunchConfigurationName: name,
        ImageId: 'ami-1',
        InstanceType: name.replace(/^lc-/, ''),
        CreatedTime: new Date(world.now()),
      })),
    }),
  ),
};

function groupOf(pool: SimPool, { state, region }: Call): sdk.AutoScalingGroup {
  const made = state.groups.get(pool.id);
  const name = groupName(pool);
  const eks = isNodeGroup(pool);
  const tags = eks
    ? Object.fromEntries(Object.entries(pool.tags).filter(([key]) => key.startsWith('eks:')))
    : pool.tags;
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: `arn:aws:autoscaling:${region}:${ACCOUNT}:autoScalingGroup:${pool.id.replaceAll(/[^\w-]/g, '-')}:autoScalingGroupName/${name}`,
    MinSize: pool.min,
    MaxSize: pool.max,
    DesiredCapacity: pool.target,
    DefaultCooldown: 300,
    AvailabilityZones: [pool.zone],
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    CreatedTime: new Date(0),
    VPCZoneIdentifier: `subnet-${pool.zone}`,
    NewInstancesProtectedFromScaleIn: false,
    ...launchOf(pool, eks),
    ...(made && Object.fromEntries(Object.entries(made).filter(([key]) => DESCRIBED.has(key)))),
    Instances: pool.instances
      .filter((i) => i.state !== 'ended')
      .map((i) => ({
        InstanceId: i.id,
        InstanceType: i.type,
        AvailabilityZone: i.zone,
        LifecycleState: STATES[i.state] as sdk.LifecycleState,
        HealthStatus: 'Healthy',
        ProtectedFromScaleIn: false,
      })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({
      Key,
      Value,
      ResourceId: name,
      ResourceType: 'auto-scaling-group',
      PropagateAtLaunch: true,
    })),
  };
}

/** members that a group is made with and described by under one name */
const DESCRIBED: ReadonlySet<string> = new Set([
  'SuspendedProcesses',
  'Status',
  'MixedInstancesPolicy',
  'LaunchConfigurationName',
  'LaunchTemplate',
  'AvailabilityZones',
  'VPCZoneIdentifier',
  'HealthCheckType',
  'HealthCheckGracePeriod',
  'CapacityRebalance',
  'DesiredCapacityType',
]);

/** On demand by the launch template alone; spot, and all of EKS, by a policy with one override. */
function launchOf({ type, purchase }: SimPool, eks: boolean): Partial<sdk.AutoScalingGroup> {
  const template = { LaunchTemplateId: `lt-${type}`, LaunchTemplateName: type, Version: '1' };
  if (purchase === 'on-demand' && !eks) return { LaunchTemplate: template };
  return {
    MixedInstancesPolicy: {
      InstancesDistribution: {
        OnDemandBaseCapacity: 0,
        OnDemandPercentageAboveBaseCapacity: purchase === 'spot' ? 0 : 100,
      },
      LaunchTemplate: { LaunchTemplateSpecification: template, Overrides: [{ InstanceType: type }] },
    },
  };
}

function passes(group: sdk.AutoScalingGroup, { Name = '', Values = [] }: sdk.Filter): boolean {
  const tags = new Map((group.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));
  if (Name === 'tag-key') return Values.some((v) => tags.has(v));
  if (Name.startsWith('tag:')) return Values.includes(tags.get(Name.slice(4)) ?? '\u0000');
  throw new AwsError(
    400,
    'ValidationError',
    `Filter type ${Name} is not correct. Allowed Filter types are: tag-key tag-value tag:<key>`,
  );
}

function poolNamed(pools: readonly SimPool[], name: string): SimPool {
  const pool = pools.find((p) => groupName(p) === name);
  if (!pool)
    throw new AwsError(
      400,
      'ValidationError',
      `AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`,
    );
  return pool;
}

const activity = (pool: SimPool, status: string, cause: string, at: number, message?: string): sdk.Activity => ({
  ActivityId: `act-${pool.id.replaceAll(/\W/g, '')}-${pool.version}`,
  AutoScalingGroupName: groupName(pool),
  Cause: cause,
  StartTime: new Date(at),
  StatusCode: status as sdk.Activity['StatusCode'],
  ...(message !== undefined && { StatusMessage: message }),
});
