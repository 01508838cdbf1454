import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import type { OpenOrder, Receipt } from '../../src/ports.ts';
import type { Calls } from './calls.ts';
import { fieldsOf, type Fields } from './fields.ts';
import { nodePoolOf, type NodePool } from './node-pools.ts';
import { begun, operationIn } from './set-size.ts';
import { storedOf, type Stored } from './token.ts';
import { asSent } from './transport.ts';

/** Opens a node pool in the cluster of the one that it is to be like, in one zone. GKE names its group later. */
export async function openNodePool(
  order: OpenOrder,
  like: NodePool,
  project: string,
  calls: Calls,
): Promise<Answer<Receipt>> {
  const scope = { project, region: order.region };
  const model = await calls.one('container.nodePools.get', scope, { name: like.id });
  if (!model.ok) return model;
  const cluster = like.id.slice(0, like.id.indexOf('/nodePools/'));
  const pool = { id: `${cluster}/nodePools/${order.name}` };
  const { group: _, ...common } = storedOf(order, project);
  const stored: Stored = { ...common, pool: pool.id };
  const sent = await calls.one('container.nodePools.create', scope, {
    parent: cluster,
    nodePool: {
      ...copied(model.value),
      name: order.name,
      initialNodeCount: order.size,
      locations: [order.zone],
      config: configFor(order, fieldsOf(fieldsOf(model.value)['config'])),
    },
  });
  if (sent.ok) return answered(begun({ ...stored, operations: operationIn(sent.value, pool) }, sent.value, 0));
  return alreadyThere(sent.failure) ? adopted(stored, order, sent.failure, calls) : sent;
}

const alreadyThere = ({ kind, code, status }: Failure): boolean =>
  kind.is === 'conflict' && (/ALREADY_?EXISTS/i.test(code) || status === 409);

/** GKE takes no request id: one of this name, type and zone is what a lost answer left behind. */
async function adopted(stored: Stored, order: OpenOrder, failure: Failure, calls: Calls): Promise<Answer<Receipt>> {
  const read = await calls.one(
    'container.nodePools.get',
    { project: stored.project, region: order.region },
    { name: stored.pool },
  );
  if (!read.ok) return read;
  const there = nodePoolOf(read.value, stored.pool.slice(0, stored.pool.indexOf('/nodePools/')));
  const own = there?.type === order.type && there.purchase === order.purchase && there.zones.includes(order.zone);
  return own ? answered(begun(stored, {}, 0)) : failed(failure);
}

/** What a node pool has beside its machines; its version and addresses are GKE's to choose. */
function copied(model: Fields): Fields {
  const parts = ['management', 'maxPodsConstraint', 'networkConfig', 'nodeDrainConfig', 'upgradeSettings'] as const;
  const chosen = Object.fromEntries(
    parts.filter((part) => model[part] !== undefined && model[part] !== null).map((part) => [part, model[part]]),
  );
  const { networkConfig, ...rest } = fieldsOf(asSent(chosen));
  const { createPodRange: _, podIpv4RangeUtilization: __, ...network } = fieldsOf(networkConfig);
  return { ...rest, ...(networkConfig !== undefined && { networkConfig: network }) };
}

function configFor(order: OpenOrder, source: Fields): Fields {
  const { minCpuPlatform, effectiveCgroupMode: _, preemptible: __, ...rest } = fieldsOf(asSent(source));
  const family = (type: unknown): string => String(type).split('-')[0] ?? '';
  return {
    ...rest,
    ...(minCpuPlatform !== undefined &&
      minCpuPlatform !== '' &&
      family(source['machineType']) === family(order.type) && { minCpuPlatform }),
    machineType: order.type,
    spot: order.purchase === 'spot',
  };
}
