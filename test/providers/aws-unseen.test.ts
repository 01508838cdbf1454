import { describe, expect, it } from 'vitest';
import { readAsked } from '../../providers/aws/read-operation.ts';
import type { Session } from '../../providers/aws/session.ts';
import type { Asked } from '../../providers/aws/token.ts';
import { answered } from '../../src/failure.ts';

const ARN = 'arn:aws:eks:us-east-1:123456789012:nodegroup/im/gw/1';
const asked: Asked = {
  v: 1,
  cloud: 'aws',
  kind: 'open',
  region: 'us-east-1',
  pool: ARN,
  opId: 'op',
  size: 3,
  offering: 'aws/us-east-1/us-east-1a/m7i.large/on-demand',
  since: 0,
};

/** An account whose node group is told by EKS, and does not show among the Auto Scaling groups. */
function placeWith(status: string) {
  const nodegroup = {
    clusterName: 'im',
    nodegroupName: 'gw',
    nodegroupArn: ARN,
    status,
    scalingConfig: { minSize: 0, maxSize: 9, desiredSize: 3 },
    subnets: ['subnet-1'],
    instanceTypes: ['m7i.large'],
  };
  const answers: Readonly<Record<string, unknown>> = {
    'eks:DescribeNodegroup': { nodegroup },
    'autoscaling:DescribeAutoScalingGroups': { items: [] },
    'ec2:DescribeSubnets': { items: [{ SubnetId: 'subnet-1', AvailabilityZone: 'us-east-1a' }] },
    'autoscaling:DescribeScalingActivities': { Activities: [] },
  };
  const session = {
    ask: async ({ api }: { api: string }) => answered(pageOf(answers[api])),
  } as unknown as Session;
  return { session } as unknown as Parameters<typeof readAsked>[0];
}

/** what a listing of the SDK has, under every name that these calls give it */
const pageOf = (answer: unknown): unknown => {
  const items = (answer as { items?: unknown }).items;
  return items === undefined ? answer : { AutoScalingGroups: items, Subnets: items };
};

describe('a node group whose Auto Scaling group does not show', () => {
  it.each([
    ['has no node while it is being made', 'CREATING', { state: 'running', fulfilled: 0 }],
    ['has none when it could not be made', 'CREATE_FAILED', { state: 'running', fulfilled: 0 }],
    ['has its nodes once EKS calls it active', 'ACTIVE', { state: 'done', fulfilled: 3 }],
  ])('%s', async (_what, status, expected) => {
    const receipt = await readAsked(placeWith(status), asked);
    expect(receipt.ok && receipt.value).toMatchObject(expected);
  });
});
