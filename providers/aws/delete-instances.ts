import { TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { offeringId } from '../../src/catalog/offering.ts';
import { answered, failed, mayPass, type Answer, type Failure } from '../../src/failure.ts';
import { boundsOf, outOfBounds } from '../../src/fleet/bounds.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { DeleteOrder, OfferingError, Receipt } from '../../src/ports.ts';
import type { Group } from './groups.ts';
import { noteSet } from './last-set.ts';
import { terminate } from './launch.ts';
import type { Place } from './places.ts';
import { isEnding, versionOf } from './pool.ts';
import { targetOf } from './target.ts';
import { refused, tokenOf, type Asked } from './token.ts';

const API = 'autoscaling:TerminateInstanceInAutoScalingGroup';
/** Each round looks first and sends only for those that still run. */
const ROUNDS = 3;

/**
 * Ends the instances named and lowers the group's size by as many.
 *
 * The call is relative, so it is never simply sent again: after an answer that did not come the group is looked at,
 * and an instance that is ending or gone was counted. No other owner of the size can make that wrong, because AWS
 * takes the instance and the size in one step.
 */
export async function deleteFromPool(
  { session }: Place,
  fleet: Pick<Fleet, 'pools'>,
  order: DeleteOrder,
): Promise<Answer<Receipt>> {
  const { pool, opId } = order;
  const names = [...new Set(order.instances)];
  const failures = new Map<string, Failure>();
  let before: number | undefined;
  for (let round = 0; ; round += 1) {
    const found = await targetOf(session, pool.region, pool, API);
    if (!found.ok) return found;
    const { group, visible } = found.value;
    if (!visible)
      return refused(
        API,
        'NoSuchGroup',
        `${pool.name} does not show its Auto Scaling group, so none of its nodes can be ended by name`,
      );
    const running = names.filter((id) => runs(group, id));
    const open = running.filter((id) => {
      const f = failures.get(id);
      return round === 0 || (f !== undefined && mayPass(f));
    });
    const left = group.DesiredCapacity - running.length;
    if (round === 0 && running.length > 0) {
      const own = { min: group.MinSize, max: group.MaxSize };
      const outside = outOfBounds(pool, group.DesiredCapacity, left, boundsOf(fleet, pool, own));
      if (outside !== undefined) return refused(API, 'OutOfBounds', outside);
    }
    if (found.value.direct) {
      const ended = await terminate(session, pool, running);
      return ended.ok ? outcome(order, names, group, [], session.parts.clock.now()) : ended;
    }
    if (round === 0) {
      before = group.DesiredCapacity;
      await noteSet(session, pool.region, group.AutoScalingGroupName, { opId, from: before, size: left, sent: false });
    }
    if (open.length === 0 || round === ROUNDS) {
      const stuck = running.filter((id) => failures.has(id));
      if (stuck.length === 0)
        await noteSet(session, pool.region, group.AutoScalingGroupName, {
          opId,
          from: before ?? group.DesiredCapacity,
          size: group.DesiredCapacity,
          sent: true,
        });
      return outcome(
        order,
        names,
        group,
        stuck.flatMap((id) => failures.get(id) ?? []),
        session.parts.clock.now(),
      );
    }
    for (const id of open) {
      const sent = await session.ask({ region: pool.region, class: 'write', api: API, attempts: 1 }, () =>
        session
          .autoScaling(pool.region)
          .send(
            new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: id, ShouldDecrementDesiredCapacity: true }),
          ),
      );
      if (sent.ok) failures.delete(id);
      else failures.set(id, sent.failure);
    }
  }
}

const runs = (group: Group, id: string): boolean =>
  (group.Instances ?? []).some((i) => i.InstanceId === id && !isEnding(i.LifecycleState));

function outcome(
  order: DeleteOrder,
  names: readonly string[],
  group: Group,
  stuck: readonly Failure[],
  since: number,
): Answer<Receipt> {
  const { pool, opId } = order;
  const [first] = stuck;
  if (first && stuck.length === names.length) return failed(first);
  const listed = new Set((group.Instances ?? []).map((i) => i.InstanceId));
  const gone = names.filter((id) => !listed.has(id)).length;
  const asked: Asked = {
    v: 1,
    cloud: 'aws',
    kind: 'delete',
    region: pool.region,
    pool: pool.id,
    group: group.AutoScalingGroupName,
    opId,
    size: names.length,
    instances: names,
    offering: offeringId(pool),
    since,
  };
  const errors: OfferingError[] = stuck.map((failure) => ({ offering: asked.offering, failure }));
  return answered({
    state: gone === names.length ? 'done' : 'running',
    token: tokenOf(asked),
    asked: names.length,
    accepted: names.length - stuck.length,
    fulfilled: gone,
    errors,
    version: versionOf(group),
    pool: pool.id,
  });
}
