import { CreateNodegroupCommand, type CreateNodegroupCommandInput, type Nodegroup } from '@aws-sdk/client-eks';
import type { Answer } from '../../src/failure.ts';
import type { Receipt } from '../../src/ports.ts';
import { noteSet } from './last-set.ts';
import { describeNodeGroup, factsOf, forgetNodeGroups, nodeGroupIn } from './node-groups.ts';
import { OP_TAG, type Opening } from './opening.ts';
import type { Place } from './places.ts';
import { subnetsIn } from './subnets.ts';
import { clientToken, refused, taken } from './token.ts';

const API = 'eks:CreateNodegroup';

/** A new managed node group of the model's cluster, in one zone and of one type. */
export async function openNodeGroup({ session }: Place, opening: Opening): Promise<Answer<Receipt>> {
  const { order, like } = opening;
  const model = nodeGroupIn(like.live.id);
  if (!model) return refused(API, 'NoModel', `${like.name} is no managed node group`);
  const { cluster } = model;
  const made = await describeNodeGroup(session, order.region, cluster, order.name);
  if (made.ok) return adopted(opening, made.value, cluster);
  if (made.failure.kind.is !== 'notFound') return made;
  const read = await describeNodeGroup(session, order.region, cluster, model.name);
  if (!read.ok) return read;
  const subnets = await subnetsIn(session, order.region, order.zone, read.value.subnets ?? []);
  if (!subnets.ok) return subnets;
  if (read.value.nodeRole === undefined) return refused(API, 'NoRole', `${cluster}/${model.name} names no node role`);
  const sent = await session.ask({ region: order.region, class: 'write', api: API }, () =>
    session
      .eks(order.region)
      .send(
        new CreateNodegroupCommand(inputOf(opening, read.value, cluster, read.value.nodeRole ?? '', subnets.value)),
      ),
  );
  await forgetNodeGroups(session, order.region);
  if (sent.ok && sent.value.nodegroup) {
    const { group } = factsOf(sent.value.nodegroup, cluster, order.name);
    if (group !== undefined)
      await noteSet(session, order.region, group, { opId: order.opId, from: order.size, size: order.size, sent: true });
    return adopted(opening, sent.value.nodegroup, cluster);
  }
  // EKS knows the token of a request whose answer was lost; a name that was taken meanwhile is looked at
  const opened = await describeNodeGroup(session, order.region, cluster, order.name);
  if (opened.ok) return adopted(opening, opened.value, cluster);
  return sent.ok ? opened : sent;
}

function adopted({ order, asked }: Opening, node: Nodegroup, cluster: string): Answer<Receipt> {
  if (node.tags?.[OP_TAG] !== order.opId)
    return refused(API, 'AlreadyExists', `cluster ${cluster} has another node group ${order.name}`, 'conflict');
  const { arn, group } = factsOf(node, cluster, order.name);
  const known = { ...asked, pool: arn, node: `${cluster}/${order.name}`, ...(group !== undefined && { group }) };
  return { ok: true, value: taken(known, 0, 0) };
}

function inputOf(
  { order, template, tag }: Opening,
  like: Nodegroup,
  clusterName: string,
  nodeRole: string,
  subnets: readonly string[],
): CreateNodegroupCommandInput {
  const { launchTemplate: launch } = like;
  const kept = Object.entries(like.tags ?? {}).filter(([key]) => !/^(?:aws|eks):/.test(key) && key !== OP_TAG);
  return {
    clusterName,
    nodegroupName: order.name,
    nodeRole,
    subnets: [...subnets],
    instanceTypes: [order.type],
    capacityType: order.purchase === 'spot' ? 'SPOT' : 'ON_DEMAND',
    scalingConfig: { minSize: 0, maxSize: template.max, desiredSize: order.size },
    ...(like.labels && { labels: like.labels }),
    ...(like.taints && { taints: like.taints }),
    ...(like.updateConfig && { updateConfig: like.updateConfig }),
    // with a launch template of one's own these stand in it, and are refused beside it
    ...(launch
      ? {
          launchTemplate: {
            ...(launch.id === undefined ? { name: launch.name } : { id: launch.id }),
            version: launch.version,
          },
        }
      : { diskSize: like.diskSize, remoteAccess: like.remoteAccess }),
    ...(like.amiType !== undefined && like.amiType !== 'CUSTOM' && { amiType: like.amiType }),
    ...(like.amiType !== 'CUSTOM' && like.version !== undefined && { version: like.version }),
    ...(like.amiType !== 'CUSTOM' && like.releaseVersion !== undefined && { releaseVersion: like.releaseVersion }),
    tags: { ...Object.fromEntries(kept), ...(tag && { [tag.key]: tag.value }), [OP_TAG]: order.opId },
    clientRequestToken: clientToken(order.opId),
  };
}
