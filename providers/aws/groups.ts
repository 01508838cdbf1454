import { DescribeAutoScalingGroupsCommand, type AutoScalingGroup, type Filter } from '@aws-sdk/client-auto-scaling';
import { allPages } from '../../src/calls/pages.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import type { Session } from './session.ts';

/** An Auto Scaling group as AWS answers it, with the members that nothing works without checked. */
export type Group = AutoScalingGroup & {
  readonly AutoScalingGroupName: string;
  readonly AutoScalingGroupARN: string;
  readonly DesiredCapacity: number;
  readonly MinSize: number;
  readonly MaxSize: number;
};

export interface WhichGroups {
  readonly filters?: Filter[];
  readonly names?: readonly string[];
}

/** "By default, you can only specify up to 50 names", says the API reference; more fail the whole call. */
const MOST_NAMES = 50;

/** All groups that match, or why not: a listing with a hole would look like nodes that are gone. */
export async function listGroups(
  session: Session,
  region: string,
  which: WhichGroups,
): Promise<Answer<readonly Group[]>> {
  const { names } = which;
  if (names === undefined || names.length <= MOST_NAMES) return listSome(session, region, which);
  const groups: Group[] = [];
  for (let from = 0; from < names.length; from += MOST_NAMES) {
    const some = await listSome(session, region, { ...which, names: names.slice(from, from + MOST_NAMES) });
    if (!some.ok) return some;
    groups.push(...some.value);
  }
  return answered(groups);
}

async function listSome(session: Session, region: string, which: WhichGroups): Promise<Answer<readonly Group[]>> {
  const found = await allPages<AutoScalingGroup, string>(async (token) => {
    const page = await session.ask({ region, class: 'read', api: LIST }, () =>
      session.autoScaling(region).send(
        new DescribeAutoScalingGroupsCommand({
          MaxRecords: 100,
          ...(which.filters && { Filters: which.filters }),
          ...(which.names && { AutoScalingGroupNames: [...which.names] }),
          ...(token !== undefined && { NextToken: token }),
        }),
      ),
    );
    if (!page.ok) return page;
    const { AutoScalingGroups: items, NextToken: next } = page.value;
    if (!items) return failed(incomplete('the answer has no AutoScalingGroups'));
    return answered({ items, ...(next !== undefined && { next }) });
  });
  if (!found.ok) return found;
  const groups: Group[] = [];
  for (const group of found.value) {
    if (!isWhole(group)) return failed(incomplete(`group ${group.AutoScalingGroupName ?? '(no name)'} lacks its size`));
    groups.push(group);
  }
  return answered(groups);
}

/** One group by name; undefined = there is none. */
export async function groupNamed(session: Session, region: string, name: string): Promise<Answer<Group | undefined>> {
  const found = await listGroups(session, region, { names: [name] });
  return found.ok ? answered(found.value.find((g) => g.AutoScalingGroupName === name)) : found;
}

export const tagOf = (group: Group, key: string): string | undefined =>
  group.Tags?.find((tag) => tag.Key === key)?.Value;

const LIST = 'autoscaling:DescribeAutoScalingGroups';

function isWhole(group: AutoScalingGroup): group is Group {
  return (
    Boolean(group.AutoScalingGroupName && group.AutoScalingGroupARN) &&
    [group.DesiredCapacity, group.MinSize, group.MaxSize].every((n) => Number.isSafeInteger(n) && (n ?? -1) >= 0)
  );
}

const incomplete = (message: string) => ({
  kind: { is: 'transient' as const },
  api: LIST,
  code: 'IncompleteAnswer',
  message,
});
