import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import type { Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { listEverywhere } from './everywhere.ts';
import { fieldsOf, lastOf, listOf, numberOf, pathOf, textOf, type Fields } from './fields.ts';

/** A managed instance group (MIG) as far as it can be steered. */
export interface Group {
  /** `projects/p/zones/z/instanceGroupManagers/n` */
  readonly id: string;
  readonly name: string;
  /** absent: regional, spread over the zones of `region` */
  readonly zone?: string;
  readonly region?: string;
  /** path of the template that new instances are made from; undefined where there are several at once */
  readonly template?: string;
  readonly target: number;
  /**
   * The fingerprint and the size together: Google documents the fingerprint as a hash for updates and does not say
   * that a resize changes it.
   */
  readonly version: string;
  /** instances' names begin with it */
  readonly base: string;
  /** it picks among machine types by itself */
  readonly mixed: boolean;
  /** path of the autoscaler that is bound to it */
  readonly autoscaler?: string;
  /** instances that it is doing nothing to: they run */
  readonly steady: number;
  /** instances that it is about to end */
  readonly leaving: number;
  /** labels that it puts on every instance, over those of the template */
  readonly labels: Fields;
}

/** All groups of a project, one call for 500 of them. */
export async function listGroups(calls: Calls, account: Account): Promise<Answer<readonly Group[]>> {
  const api = 'compute.instanceGroupManagers.aggregatedList';
  const found = await listEverywhere(calls, account, api, 'instanceGroupManagers');
  if (!found.ok) return found;
  const groups: Group[] = [];
  for (const fields of found.value) {
    const group = groupOf(fields);
    // left out, it would look like a pool that is gone
    if (!group) return failed(incomplete(api, `group ${textOf(fields['name']) ?? '(no name)'} lacks its size`));
    groups.push(group);
  }
  return answered(groups);
}

const incomplete = (api: string, message: string): Failure => ({
  kind: { is: 'transient' },
  api,
  code: 'IncompleteAnswer',
  message,
});

/** undefined where it lacks what makes it a group */
export function groupOf(fields: Fields): Group | undefined {
  const id = pathOf(fields['selfLink']);
  const name = textOf(fields['name']);
  const target = numberOf(fields['targetSize']);
  if (id === undefined || name === undefined || target === undefined) return undefined;
  const zone = lastOf(fields['zone']);
  const region = lastOf(fields['region']);
  const versions = new Set(listOf(fields['versions']).map((version) => pathOf(version['instanceTemplate'])));
  const template = versions.size > 1 ? undefined : ([...versions][0] ?? pathOf(fields['instanceTemplate']));
  const actions = fieldsOf(fields['currentActions']);
  const autoscaler = pathOf(fieldsOf(fields['status'])['autoscaler']);
  const selections = fieldsOf(fieldsOf(fields['instanceFlexibilityPolicy'])['instanceSelections']);
  return {
    id,
    name,
    target,
    version: `${textOf(fields['fingerprint']) ?? ''}/${target}`,
    base: textOf(fields['baseInstanceName']) ?? name,
    mixed: Object.keys(selections).length > 0,
    steady: numberOf(actions['none']) ?? 0,
    leaving: (numberOf(actions['deleting']) ?? 0) + (numberOf(actions['abandoning']) ?? 0),
    labels: fieldsOf(fieldsOf(fieldsOf(fields['allInstancesConfig'])['properties'])['labels']),
    ...(zone !== undefined && { zone }),
    ...(region !== undefined && { region }),
    ...(template !== undefined && { template }),
    ...(autoscaler !== undefined && { autoscaler }),
  };
}

/** What an instance's `created-by` and a node pool's group links have in common with a group's id. */
export const groupKey = (zone: string, name: string): string => `${zone}/${name}`;
