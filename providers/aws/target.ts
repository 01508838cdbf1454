import { answered, type Answer } from '../../src/failure.ts';
import type { PoolRef } from '../../src/ports.ts';
import { directGroup, directNamed, POOL_TAG } from './direct.ts';
import { groupNamed, listGroups, type Group } from './groups.ts';
import { listMachines } from './instances.ts';
import { describeNodeGroup, factsOf, nodeGroupIn } from './node-groups.ts';
import { servingIn } from './pool.ts';
import type { Session } from './session.ts';
import { refused } from './token.ts';
import { unseenGroup } from './unseen.ts';

/** What an order acts on, as it is at this moment. */
export interface Target {
  readonly group: Group;
  /** set when EKS owns the group, so that its size is set there */
  readonly node?: { readonly cluster: string; readonly name: string; readonly min: number; readonly max: number };
  /** launched from a template, without a group at AWS: its size is what runs */
  readonly direct: boolean;
  /** false: EKS tells of the group, but it does not show among the Auto Scaling groups */
  readonly visible: boolean;
  /** nodes that serve; of a group that does not show, as many as EKS vouches for: all of them once it is active */
  readonly serving: number;
}

/** @param api the call that the order is about to make, for the failure's sake */
export async function targetOf(
  session: Session,
  region: string,
  pool: Pick<PoolRef, 'id'>,
  api: string,
): Promise<Answer<Target>> {
  const node = nodeGroupIn(pool.id);
  if (node) return nodeTarget(session, region, node);
  if (pool.id.startsWith('lt-')) return directTarget(session, region, pool.id, api);
  const name = /:autoScalingGroupName\/(.+)$/.exec(pool.id)?.[1] ?? pool.id;
  const found = await groupNamed(session, region, name);
  if (!found.ok) return found;
  return found.value
    ? answered({ group: found.value, direct: false, visible: true, serving: servingIn(found.value) })
    : refused(api, 'NoSuchGroup', `there is no Auto Scaling group ${name} in ${region}`, 'notFound');
}

async function nodeTarget(
  session: Session,
  region: string,
  { cluster, name }: { cluster: string; name: string },
): Promise<Answer<Target>> {
  const read = await describeNodeGroup(session, region, cluster, name);
  if (!read.ok) return read;
  const { minSize: min = 0, maxSize: max = 0 } = read.value.scalingConfig ?? {};
  const node = { cluster, name, min, max };
  const { group: scaled } = factsOf(read.value, cluster, name);
  const shown = await listGroups(
    session,
    region,
    scaled === undefined ? { filters: tagsOf(cluster, name) } : { names: [scaled] },
  );
  if (!shown.ok) return shown;
  const [group] = shown.value;
  if (group) return answered({ group, node, direct: false, visible: true, serving: servingIn(group) });
  const made = await unseenGroup(session, region, read.value);
  if (!made.ok) return made;
  if ('reason' in made.value)
    return refused('eks:DescribeNodegroup', 'NotSteerable', `${cluster}/${name}: ${made.value.reason}`);
  // one that is being made has no node yet, whatever size it shall have
  const serving =
    read.value.status === 'CREATING' || read.value.status === 'CREATE_FAILED' ? 0 : made.value.DesiredCapacity;
  return answered({ group: made.value, node, direct: false, visible: false, serving });
}

async function directTarget(session: Session, region: string, id: string, api: string): Promise<Answer<Target>> {
  const template = await directNamed(session, region, id);
  if (!template.ok) return template;
  if (!template.value)
    return refused(api, 'NoSuchPool', `there is no launch template ${id} in ${region} that is a pool`, 'notFound');
  const machines = await listMachines(session, region, [{ Name: `tag:${POOL_TAG}`, Values: [id] }]);
  if (!machines.ok) return machines;
  const group = directGroup(template.value, machines.value);
  return answered({ group, direct: true, visible: true, serving: servingIn(group) });
}

const tagsOf = (cluster: string, name: string) => [
  { Name: 'tag:eks:cluster-name', Values: [cluster] },
  { Name: 'tag:eks:nodegroup-name', Values: [name] },
];
