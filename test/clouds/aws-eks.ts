import type * as sdk from '@aws-sdk/client-eks';
import type { SimPool } from '../../providers/simulated/world-types.ts';
import { ACCOUNT, AwsError, groupName, handler, isNodeGroup, pageOf, type Call, type Handler } from './aws-state.ts';

const nodeGroups = ({ world, region }: Call, cluster?: string): readonly SimPool[] =>
  world.pools
    .list('aws', region)
    .filter((p) => isNodeGroup(p) && (cluster === undefined || p.tags['eks:cluster-name'] === cluster));

function named(call: Call, cluster = '', name = ''): SimPool {
  const pool = nodeGroups(call, cluster).find((p) => p.name === name);
  if (!pool) throw new AwsError(404, 'ResourceNotFoundException', `No node group found for name: ${name}.`);
  return pool;
}

export const EKS: Readonly<Record<string, Handler>> = {
  'eks:ListClusters': handler<sdk.ListClustersCommandInput>((input, call) => {
    const clusters = [...new Set(nodeGroups(call).map((p) => p.tags['eks:cluster-name'] ?? ''))];
    const { page, next } = pageOf(clusters, input.maxResults ?? 100, input.nextToken);
    return { clusters: page, ...(next !== undefined && { nextToken: next }) };
  }),
  'eks:ListNodegroups': handler<sdk.ListNodegroupsCommandInput>((input, call) => {
    const names = nodeGroups(call, input.clusterName).map((p) => p.name);
    const { page, next } = pageOf(names, input.maxResults ?? 100, input.nextToken);
    return { nodegroups: page, ...(next !== undefined && { nextToken: next }) };
  }),
  'eks:DescribeNodegroup': handler<sdk.DescribeNodegroupCommandInput>((input, call) => ({
    nodegroup: nodeGroupOf(named(call, input.clusterName, input.nodegroupName), call),
  })),
  'eks:UpdateNodegroupConfig': handler<sdk.UpdateNodegroupConfigCommandInput>((input, call) => {
    const pool = named(call, input.clusterName, input.nodegroupName);
    const { desiredSize, maxSize = pool.max, minSize = pool.min } = input.scalingConfig ?? {};
    if (desiredSize === undefined || desiredSize > maxSize || desiredSize < minSize)
      throw new AwsError(
        400,
        'InvalidParameterException',
        `Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`,
      );
    const changed = call.world.pools.resize(pool.id, desiredSize, {
      by: 'a user request',
      ...(input.clientRequestToken !== undefined && { token: input.clientRequestToken }),
    });
    return {
      update: {
        id: `update-${changed.ok ? changed.operation.id.replaceAll(/\W/g, '') : '0'}`,
        status: 'InProgress',
        type: 'ConfigUpdate',
      },
    };
  }),
  'eks:CreateNodegroup': handler<sdk.CreateNodegroupCommandInput>((input, call) => {
    const cluster = input.clusterName ?? '';
    const name = input.nodegroupName ?? '';
    const made = nodeGroups(call, cluster).find((p) => p.name === name);
    if (made) {
      const first = call.state.nodeGroups.get(made.id)?.clientRequestToken;
      if (first !== undefined && first === input.clientRequestToken) return { nodegroup: nodeGroupOf(made, call) };
      throw new AwsError(
        409,
        'ResourceInUseException',
        `NodeGroup already exists with name ${name} and cluster name ${cluster}`,
      );
    }
    const pool = call.world.pools.open(
      {
        provider: 'aws',
        region: call.region,
        zone: (input.subnets?.[0] ?? '').replace(/^subnet-/, ''),
        name,
        type: input.instanceTypes?.[0] ?? '',
        purchase: input.capacityType === 'SPOT' ? 'spot' : 'on-demand',
        target: input.scalingConfig?.desiredSize ?? 0,
        min: input.scalingConfig?.minSize ?? 0,
        max: input.scalingConfig?.maxSize ?? 0,
        tags: { ...input.tags, 'eks:cluster-name': cluster, 'eks:nodegroup-name': name },
      },
      { by: 'a user request' },
    );
    call.state.nodeGroups.set(pool.id, input);
    return { nodegroup: nodeGroupOf(pool, call) };
  }),
};

function nodeGroupOf(pool: SimPool, { region }: Call): sdk.Nodegroup {
  const cluster = pool.tags['eks:cluster-name'] ?? '';
  return {
    nodegroupName: pool.name,
    nodegroupArn: `arn:aws:eks:${region}:${ACCOUNT}:nodegroup/${cluster}/${pool.name}/${pool.id.replaceAll(/\W/g, '')}`,
    clusterName: cluster,
    version: '1.33',
    status: 'ACTIVE',
    capacityType: pool.purchase === 'spot' ? 'SPOT' : 'ON_DEMAND',
    scalingConfig: { minSize: pool.min, maxSize: pool.max, desiredSize: pool.target },
    instanceTypes: [pool.type],
    subnets: [`subnet-${pool.zone}`],
    amiType: 'AL2023_x86_64_STANDARD',
    nodeRole: `arn:aws:iam::${ACCOUNT}:role/nodes`,
    diskSize: 50,
    labels: { tier: 'gateway' },
    taints: [],
    resources: { autoScalingGroups: [{ name: groupName(pool) }] },
    tags: Object.fromEntries(Object.entries(pool.tags).filter(([key]) => !key.startsWith('eks:'))),
  };
}
