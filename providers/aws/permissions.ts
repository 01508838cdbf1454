import type { Fleet } from '../../src/fleet/fleet.ts';
import type { Permission } from '../../src/ports.ts';

const named = (
  permission: string,
  needed: Permission['needed'],
  why: string,
  calls: readonly string[] = [permission],
): Permission => ({
  permission,
  needed,
  why,
  calls,
});

/** As IAM names them: the Service Authorization Reference, one page a service. */
export const PERMISSIONS: readonly Permission[] = [
  named('autoscaling:DescribeAutoScalingGroups', 'read', 'pools, their sizes and instances'),
  named('autoscaling:DescribeScalingActivities', 'read', 'why a group did not grow, and who changed it'),
  named('autoscaling:DescribeLaunchConfigurations', 'read', 'the type of groups made before launch templates'),
  named('ec2:DescribeLaunchTemplateVersions', 'read', 'the type that a group starts'),
  named('ec2:DescribeLaunchTemplates', 'read', 'pools that are launched directly'),
  named('ec2:DescribeInstances', 'read', 'start times, node names and what quotas are used for'),
  named('ec2:DescribeSubnets', 'read', 'the zone of a subnet'),
  named('eks:ListClusters', 'read', 'managed node groups'),
  named('eks:ListNodegroups', 'read', 'managed node groups'),
  named('eks:DescribeNodegroup', 'read', 'tags and limits of managed node groups'),
  named('ec2:DescribeInstanceTypeOfferings', 'read', 'which zones sell a type'),
  named('ec2:DescribeInstanceTypes', 'read', 'types that are newer than the package'),
  named('ec2:DescribeSpotPriceHistory', 'read', 'spot prices'),
  named('pricing:GetProducts', 'read', 'on-demand prices'),
  named('ec2:DescribeReservedInstances', 'read', 'reserved instances owned'),
  named('savingsplans:DescribeSavingsPlans', 'read', 'savings plans owned'),
  named('servicequotas:ListServiceQuotas', 'read', 'how many vCPUs the account may run'),
  named(
    'savingsplans:DescribeSavingsPlanRates',
    'optional',
    'the discount of a savings plan; usual ones are taken without it',
  ),
  named('ec2:GetSpotPlacementScores', 'optional', 'how likely spot nodes are to be had'),
  named('ec2:DescribeAvailabilityZones', 'optional', 'the names of the zones that scores are about'),
  named('sqs:ReceiveMessage', 'scale', 'interruption notices'),
  named('sqs:DeleteMessage', 'scale', 'dropping notices that were dealt with', ['sqs:DeleteMessageBatch']),
  named('sqs:GetQueueAttributes', 'optional', 'looking whether the queue is there'),
  named('sts:GetCallerIdentity', 'optional', 'whose credentials these are; AWS always allows it'),
  named('sts:AssumeRole', 'optional', 'taking on the role that the fleet file names'),
  named('autoscaling:SetDesiredCapacity', 'scale', 'resizing a group'),
  named('autoscaling:TerminateInstanceInAutoScalingGroup', 'scale', 'ending the nodes that were drained'),
  named('eks:UpdateNodegroupConfig', 'scale', 'resizing a managed node group'),
  named('ec2:CreateFleet', 'scale', 'launching nodes of pools without a group'),
  named('ec2:TerminateInstances', 'scale', 'ending nodes of pools without a group'),
  named('ec2:RunInstances', 'scale', 'starting nodes of the launch template that a pool names', []),
  named('ec2:CreateTags', 'scale', 'tagging nodes as they start', []),
  named('iam:PassRole', 'scale', "handing a node's role to EC2 and EKS", []),
  named('autoscaling:CreateAutoScalingGroup', 'open', 'opening a group'),
  named('autoscaling:CreateOrUpdateTags', 'open', 'tagging a group as it is opened', []),
  named('eks:CreateNodegroup', 'open', 'opening a managed node group'),
  named('eks:TagResource', 'open', 'tagging a managed node group as it is opened', []),
];

const ROLE = 'sts:AssumeRole';
const WRITES = ['scale', 'open'] as const;

export interface PolicyScope {
  /** which of the permissions; absent = all */
  readonly needs?: readonly Permission['needed'][];
  /** tag of the fleet's pools: writes are held to what carries it */
  readonly tag?: { readonly key: string; readonly value: string };
  /** these and no others, of those that are needed so; absent = all */
  readonly only?: readonly string[];
  /** the role that these credentials may take on; absent = none: the right to take on any would be the right to all */
  readonly roleArn?: string;
  /** ARN of the interruption queue; absent = any */
  readonly queueArn?: string;
}

/** An IAM policy document that grants them: reads everywhere, writes on what carries the fleet's tag only. */
export function policyDocument({
  needs = ['read', 'scale', 'open', 'optional'],
  tag,
  only: granted,
  roleArn,
  queueArn = '*',
}: PolicyScope = {}): object {
  const chosen = PERMISSIONS.filter((p) => needs.includes(p.needed) && (granted?.includes(p.permission) ?? true)).map(
    (p) => p.permission,
  );
  const writes = new Set(PERMISSIONS.filter((p) => WRITES.some((w) => w === p.needed)).map((p) => p.permission));
  const queue = chosen.filter((p) => p.startsWith('sqs:'));
  const reads = chosen.filter((p) => !writes.has(p) && !queue.includes(p) && p !== ROLE);
  const statement = (Sid: string, Action: readonly string[], Resource: string, Condition?: object): object[] =>
    Action.length === 0
      ? []
      : [{ Sid, Effect: 'Allow', Action: [...Action].toSorted(), Resource, ...(Condition && { Condition }) }];
  const only = (...names: string[]): string[] => names.filter((name) => chosen.includes(name));
  const carries = tag && { StringEquals: { [`aws:ResourceTag/${tag.key}`]: tag.value } };
  const brings = tag && { StringEquals: { [`aws:RequestTag/${tag.key}`]: tag.value } };
  return {
    Version: '2012-10-17',
    Statement: [
      ...statement('Read', reads, '*'),
      ...statement('InterruptionNotices', queue, queueArn),
      ...(roleArn === undefined ? [] : statement('TakeOnRole', only(ROLE), roleArn)),
      ...statement(
        'ResizePools',
        only(
          'autoscaling:SetDesiredCapacity',
          'autoscaling:TerminateInstanceInAutoScalingGroup',
          'eks:UpdateNodegroupConfig',
          'ec2:TerminateInstances',
        ),
        '*',
        carries,
      ),
      ...statement(
        'OpenPoolsAndLaunch',
        only(
          'autoscaling:CreateAutoScalingGroup',
          'autoscaling:CreateOrUpdateTags',
          'eks:CreateNodegroup',
          'eks:TagResource',
          'ec2:CreateFleet',
        ),
        '*',
        brings,
      ),
      ...statement('StartNodesOfTemplates', only('ec2:RunInstances'), '*', {
        ArnLike: { 'ec2:LaunchTemplate': 'arn:*:ec2:*:*:launch-template/*' },
      }),
      ...statement('TagNodesAsTheyStart', only('ec2:CreateTags'), '*', {
        StringEquals: { 'ec2:CreateAction': ['RunInstances', 'CreateFleet'] },
      }),
      ...statement('HandOverNodeRoles', only('iam:PassRole'), '*', {
        StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'eks.amazonaws.com'] },
      }),
    ],
  };
}

/** The policy that grants what is missing and nothing else, as text to be put into IAM. */
export function grant(permissions: readonly string[], fleet: Pick<Fleet, 'findPoolsByTag'>): string {
  const tag = fleet.findPoolsByTag;
  return JSON.stringify(policyDocument({ only: permissions, ...(tag && { tag }) }), null, 2);
}
