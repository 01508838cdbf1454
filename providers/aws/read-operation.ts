import { DescribeScalingActivitiesCommand, type Activity } from '@aws-sdk/client-auto-scaling';
import { answered, type Answer, type Failure } from '../../src/failure.ts';
import type { Receipt } from '../../src/ports.ts';
import { kindOfCode } from './failures.ts';
import type { Group } from './groups.ts';
import type { Place } from './places.ts';
import { versionOf } from './pool.ts';
import type { Session } from './session.ts';
import { targetOf } from './target.ts';
import { refused, tokenOf, type Asked } from './token.ts';

/** How far an order is, from the group itself: any process can tell, and none has to have kept anything. */
export async function readAsked({ session }: Place, asked: Asked): Promise<Answer<Receipt>> {
  const id = asked.pool ?? asked.group ?? '';
  if (id === '') return refused(API, 'NoSuchGroup', 'the token names no pool', 'notFound');
  const found = await targetOf(session, asked.region, { id }, API);
  if (!found.ok) {
    // a pool that is gone has none of the instances either
    if (asked.kind === 'delete' && found.failure.kind.is === 'notFound') return answered(ended(asked));
    return found;
  }
  const { group, serving } = found.value;
  const known = { ...asked, pool: found.value.node ? id : group.AutoScalingGroupARN };
  if (asked.kind === 'delete') return answered(deletion(known, group));
  const fulfilled = Math.min(serving, asked.size);
  const surplus = (group.Instances ?? []).length - asked.size;
  if (fulfilled >= asked.size && surplus <= 0) return answered(growth(known, group, 'done', fulfilled, []));
  if (fulfilled >= asked.size) return answered(growth(known, group, 'running', fulfilled, []));
  if (found.value.direct) return answered(launch(known, group, fulfilled));
  const activities = await activitiesOf(session, asked, group);
  if (!activities.ok) return answered(growth(known, group, 'running', fulfilled, []));
  const { failures, busy } = verdict(activities.value, asked.since);
  const errors = failures.map((failure) => ({ offering: asked.offering, failure }));
  const state = errors.length > 0 && !busy ? 'failed' : 'running';
  return answered(growth(known, group, state, fulfilled, errors));
}

const API = 'autoscaling:DescribeScalingActivities';

function growth(
  asked: Asked,
  group: Group,
  state: Receipt['state'],
  fulfilled: number,
  errors: Receipt['errors'],
): Receipt {
  return {
    state,
    token: tokenOf(asked),
    asked: asked.size,
    accepted: Math.min(asked.size, group.DesiredCapacity),
    fulfilled,
    errors,
    version: versionOf(group),
    ...(asked.pool !== undefined && { pool: asked.pool }),
  };
}

/** All that will come has been launched; the rest was refused at once, and nobody tries again. */
function launch(asked: Asked, group: Group, fulfilled: number): Receipt {
  const errors = (asked.refusals ?? []).map(([code, message]) => ({
    offering: asked.offering,
    failure: { kind: kindOfCode(code, message), api: 'ec2:CreateFleet', code, message },
  }));
  const state = group.DesiredCapacity > fulfilled || group.DesiredCapacity >= asked.size ? 'running' : 'failed';
  return growth(asked, group, state, fulfilled, errors);
}

function deletion(asked: Asked, group: Group): Receipt {
  const listed = new Map((group.Instances ?? []).map((i) => [i.InstanceId, i.LifecycleState ?? '']));
  const names = asked.instances ?? [];
  const gone = names.filter((id) => !listed.has(id)).length;
  const going = names.filter((id) => /^(?:Terminat|Detach)/.test(listed.get(id) ?? '')).length;
  return {
    state: gone === names.length ? 'done' : 'running',
    token: tokenOf(asked),
    asked: names.length,
    accepted: gone + going,
    fulfilled: gone,
    errors: [],
    version: versionOf(group),
    ...(asked.pool !== undefined && { pool: asked.pool }),
  };
}

const ended = (asked: Asked): Receipt => ({
  state: 'done',
  token: tokenOf(asked),
  asked: asked.size,
  accepted: asked.size,
  fulfilled: asked.size,
  errors: [],
});

async function activitiesOf(session: Session, { region }: Asked, group: Group): Promise<Answer<readonly Activity[]>> {
  const read = await session.ask({ region, class: 'read', api: API }, () =>
    session
      .autoScaling(region)
      .send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group.AutoScalingGroupName, MaxRecords: 20 })),
  );
  return read.ok ? answered(read.value.Activities ?? []) : read;
}

/** Clocks of AWS and of this machine may differ by so much. */
const SKEW_MS = 60_000;

/** AWS goes on trying by itself; a growth has failed for now when the newest thing that happened is a refusal. */
function verdict(activities: readonly Activity[], since: number): { failures: Failure[]; busy: boolean } {
  const recent = activities.filter((a) => (a.StartTime?.getTime() ?? 0) >= since - SKEW_MS);
  const busy = recent.some((a) => !ENDED.has(a.StatusCode ?? ''));
  const failures = new Map<string, Failure>();
  for (const activity of recent) {
    if (activity.StatusCode !== 'Failed' && activity.StatusCode !== 'Cancelled') continue;
    const failure = failureIn(activity);
    if (!failures.has(failure.code)) failures.set(failure.code, failure);
  }
  return { failures: [...failures.values()], busy };
}

const ENDED: ReadonlySet<string> = new Set(['Successful', 'Failed', 'Cancelled']);

/** Codes stand in an activity's message only, or not at all. */
function failureIn({ StatusMessage: message = '', ActivityId: requestId }: Activity): Failure {
  const code =
    CODES.find((c) => message.includes(c)) ?? PHRASES.find(([phrase]) => phrase.test(message))?.[1] ?? 'ActivityFailed';
  return {
    kind: kindOfCode(code, message),
    api: 'autoscaling:SetDesiredCapacity',
    code,
    message: message.slice(0, 300),
    ...(requestId !== undefined && { requestId }),
  };
}

const CODES = [
  'InsufficientInstanceCapacity',
  'UnfulfillableCapacity',
  'InsufficientFreeAddressesInSubnet',
  'MaxSpotInstanceCountExceeded',
  'VcpuLimitExceeded',
  'InstanceLimitExceeded',
  'ReservationCapacityExceeded',
  'SpotMaxPriceTooLow',
  'RequestLimitExceeded',
  'UnauthorizedOperation',
  'InvalidParameterCombination',
  'Unsupported',
] as const;

/** As the Auto Scaling user guide words them under "Troubleshoot". */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [
    /do(?:es)? not have sufficient .* capacity|there is no Spot capacity available|Could not launch Spot Instances/i,
    'InsufficientInstanceCapacity',
  ],
  [/more vCPU capacity than your current vCPU limit/i, 'VcpuLimitExceeded'],
  [/Max spot instance count exceeded/i, 'MaxSpotInstanceCountExceeded'],
  [/not enough free addresses|insufficient.*addresses/i, 'InsufficientFreeAddressesInSubnet'],
  [/Launching EC2 instance failed.*quota|instance\(s\) are already running/i, 'InstanceLimitExceeded'],
];
