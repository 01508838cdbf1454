import { DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import type { LivePool } from '../../src/ports.ts';
import type { Group } from './groups.ts';
import { isRecord, putKept, takeKept } from './kept.ts';
import { versionOf } from './pool.ts';
import type { Session } from './session.ts';

/** What Godwit set last. `sent` tells whether the answer came: until then the old size is as good as the new one. */
interface LastSet {
  readonly opId: string;
  readonly from: number;
  readonly size: number;
  readonly sent: boolean;
}

export async function noteSet(session: Session, region: string, group: string, set: LastSet): Promise<void> {
  await putKept(session, region, keyOf(group), set);
}

/**
 * Who set a group's size last. AWS keeps no such name, so it is held against what this fleet set itself; only where
 * the two differ is AWS asked what its last activity was for, once for each version of the group.
 */
export async function changedBy(session: Session, region: string, group: Group): Promise<LivePool['changedBy']> {
  const kept = await takeKept(session, region, keyOf(group.AutoScalingGroupName), isLastSet);
  if (!kept) return undefined;
  const { opId, from, size, sent } = kept.value;
  const now = group.DesiredCapacity;
  if (now === size || (!sent && now === from)) return { who: 'godwit', opId };
  const name = await causeOf(session, region, group);
  return { who: 'other', ...(name !== undefined && { name }) };
}

async function causeOf(session: Session, region: string, group: Group): Promise<string | undefined> {
  const what = `cause/${group.AutoScalingGroupName}`;
  const version = versionOf(group);
  const kept = await takeKept(session, region, what, isCause);
  if (kept?.value.version === version) return kept.value.name;
  const read = await session.ask(
    { region, class: 'read', api: 'autoscaling:DescribeScalingActivities', attempts: 1 },
    () =>
      session
        .autoScaling(region)
        .send(
          new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group.AutoScalingGroupName, MaxRecords: 5 }),
        ),
  );
  if (!read.ok) return undefined;
  const name = read.value.Activities?.map((a) => nameIn(a.Cause ?? '')).find((n) => n !== undefined);
  await putKept(session, region, what, { version, ...(name !== undefined && { name }) });
  return name;
}

/** Activities say in words what they were for. */
function nameIn(cause: string): string | undefined {
  const alarm = /monitor alarm (\S+)/.exec(cause)?.[1];
  if (alarm !== undefined) return `alarm ${alarm}`;
  const scheduled = /scheduled action (\S+)/.exec(cause)?.[1];
  if (scheduled !== undefined) return `scheduled action ${scheduled}`;
  return /a user request/.test(cause) ? 'a user request' : undefined;
}

const keyOf = (group: string): string => `set/${group}`;

const isLastSet = (value: unknown): value is LastSet =>
  isRecord(value) &&
  typeof value['opId'] === 'string' &&
  typeof value['from'] === 'number' &&
  typeof value['size'] === 'number' &&
  typeof value['sent'] === 'boolean';

const isCause = (value: unknown): value is { version: string; name?: string } =>
  isRecord(value) &&
  typeof value['version'] === 'string' &&
  (value['name'] === undefined || typeof value['name'] === 'string');
