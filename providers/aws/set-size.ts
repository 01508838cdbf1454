import { SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { UpdateNodegroupConfigCommand } from '@aws-sdk/client-eks';
import { offeringId } from '../../src/catalog/offering.ts';
import { answered, type Answer } from '../../src/failure.ts';
import { boundsOf, outOfBounds } from '../../src/fleet/bounds.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { Receipt, SizeOrder } from '../../src/ports.ts';
import { noteSet } from './last-set.ts';
import { launchFleet, terminate } from './launch.ts';
import type { Place } from './places.ts';
import type { Session } from './session.ts';
import { isEnding, servingIn, versionOf } from './pool.ts';
import { targetOf, type Target } from './target.ts';
import { clientToken, refused, taken, type Asked } from './token.ts';

const GROUP = 'autoscaling:SetDesiredCapacity';
const NODES = 'eks:UpdateNodegroupConfig';

/**
 * Sets a pool's size. AWS has no precondition for it, so the group is read just before: what changed since the plan's
 * reading is a conflict, unless it has the wanted size already, as after an order whose answer was lost.
 */
export async function setPoolSize(
  { session }: Place,
  fleet: Pick<Fleet, 'pools'>,
  order: SizeOrder,
): Promise<Answer<Receipt>> {
  const { pool, size, opId, expectedVersion } = order;
  const found = await targetOf(session, pool.region, pool, GROUP);
  if (!found.ok) return found;
  const { group, node, visible, serving } = found.value;
  const asked = askedOf(order, found.value, session.parts.clock.now());
  const running = visible ? (group.Instances ?? []).length : serving;
  if (group.DesiredCapacity === size) {
    await noteSet(session, pool.region, group.AutoScalingGroupName, { opId, from: size, size, sent: true });
    return answered(taken(asked, running, serving, versionOf(group)));
  }
  if (expectedVersion !== undefined && expectedVersion !== versionOf(group)) {
    return refused(
      node ? NODES : GROUP,
      'VersionChanged',
      `${pool.name} was changed since it was read, its size is ${group.DesiredCapacity} now`,
      'conflict',
    );
  }
  const min = node?.min ?? group.MinSize;
  const max = node?.max ?? group.MaxSize;
  if (!Number.isSafeInteger(size) || size < min || size > max) {
    return refused(node ? NODES : GROUP, 'OutOfBounds', `${pool.name} may have ${min} to ${max} nodes, not ${size}`);
  }
  const outside = outOfBounds(pool, group.DesiredCapacity, size, boundsOf(fleet, pool, { min, max }));
  if (outside !== undefined) return refused(node ? NODES : GROUP, 'OutOfBounds', outside);
  if (found.value.direct) return sizeDirect(session, order, found.value, asked);
  const note = { opId, from: group.DesiredCapacity, size };
  await noteSet(session, pool.region, group.AutoScalingGroupName, { ...note, sent: false });
  const sent = await send(session, order, found.value);
  if (!sent.ok) return sent;
  await noteSet(session, pool.region, group.AutoScalingGroupName, { ...note, sent: true });
  const after = versionOf({ ...group, DesiredCapacity: size });
  return answered(taken(asked, running, serving, after));
}

/** Launches what is missing, or ends what is too much: nothing at AWS would do it for a pool without a group. */
async function sizeDirect(
  session: Session,
  { pool, size, opId }: SizeOrder,
  { group }: Target,
  asked: Asked,
): Promise<Answer<Receipt>> {
  const alive = (group.Instances ?? []).filter((i) => !isEnding(i.LifecycleState));
  if (size < alive.length) {
    // those that serve nobody yet go first
    const order = alive.toSorted(
      (a, b) =>
        Number(b.LifecycleState === 'Pending') - Number(a.LifecycleState === 'Pending') ||
        ((a.InstanceId ?? '') < (b.InstanceId ?? '') ? -1 : 1),
    );
    const ended = await terminate(
      session,
      pool,
      order.slice(0, alive.length - size).flatMap((i) => i.InstanceId ?? []),
    );
    return ended.ok ? answered(taken(asked, alive.length, Math.min(servingIn(group), size))) : ended;
  }
  const launched = await launchFleet(session, pool, group, size - alive.length, opId);
  if (!launched.ok) return launched;
  const { instances, failures } = launched.value;
  const refusals = failures.map((f) => [f.code, f.message.slice(0, 120)] as const);
  const receipt = taken(
    { ...asked, ...(refusals.length > 0 && { refusals }) },
    alive.length + instances.length,
    servingIn(group),
  );
  return answered({
    ...receipt,
    accepted: Math.min(size, alive.length + instances.length),
    errors: failures.map((failure) => ({ offering: asked.offering, failure })),
  });
}

function send(
  session: Place['session'],
  { pool, size, opId }: SizeOrder,
  { group, node }: Target,
): Promise<Answer<unknown>> {
  if (node) {
    return session.ask({ region: pool.region, class: 'write', api: NODES }, () =>
      session.eks(pool.region).send(
        new UpdateNodegroupConfigCommand({
          clusterName: node.cluster,
          nodegroupName: node.name,
          scalingConfig: { minSize: node.min, maxSize: node.max, desiredSize: size },
          clientRequestToken: clientToken(opId),
        }),
      ),
    );
  }
  return session.ask({ region: pool.region, class: 'write', api: GROUP }, () =>
    session.autoScaling(pool.region).send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: group.AutoScalingGroupName,
        DesiredCapacity: size,
        HonorCooldown: false,
      }),
    ),
  );
}

const askedOf = ({ pool, size, opId }: SizeOrder, { group, node }: Target, since: number): Asked => ({
  v: 1,
  cloud: 'aws',
  kind: 'size',
  region: pool.region,
  pool: pool.id,
  group: group.AutoScalingGroupName,
  ...(node && { node: `${node.cluster}/${node.name}` }),
  opId,
  size,
  offering: offeringId(pool),
  since,
});
