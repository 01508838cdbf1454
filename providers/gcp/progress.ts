import { answered, type Answer, type Failure } from '../../src/failure.ts';
import type { OfferingError, Receipt } from '../../src/ports.ts';
import { listed, type Calls } from './calls.ts';
import { operationFailure } from './failures.ts';
import { fieldsOf, lastOf, listOf, textOf, type Fields } from './fields.ts';
import { groupOf, type Group } from './groups.ts';
import { regionOf } from './names.ts';
import { tokenOf, type Stored } from './token.ts';

/**
 * How far the machines of a group are. An operation of Google's is done when the change is scheduled, so only the
 * group itself tells what came of it; what it fails to create it goes on trying, and says why.
 */
export async function progressOf(stored: Stored & { readonly group: string }, calls: Calls): Promise<Answer<Receipt>> {
  const read = await readGroup(stored.project, stored.zone, stored.group, calls);
  if (!read.ok) return read;
  const members = await membersOf(stored, calls);
  if (!members.ok) return members;
  const { value } = members;
  return answered(stored.kind === 'delete' ? afterDeletion(stored, value) : afterSize(stored, read.value, value));
}

/** The machines of a group, as the group itself sees them. */
export async function membersOf(
  { project, zone, group }: Pick<Stored, 'project' | 'zone'> & { readonly group: string },
  calls: Calls,
): Promise<Answer<readonly Member[]>> {
  const managed = await calls.pages(
    'compute.instanceGroupManagers.listManagedInstances',
    { project, region: regionOf(zone) },
    { project, zone, instanceGroupManager: group, maxResults: 500 },
    listed('managedInstances'),
  );
  return managed.ok ? answered(managed.value.map(memberOf)) : managed;
}

export async function readGroup(project: string, zone: string, name: string, calls: Calls): Promise<Answer<Group>> {
  const api = 'compute.instanceGroupManagers.get';
  const read = await calls.one(api, { project, region: regionOf(zone) }, { project, zone, instanceGroupManager: name });
  if (!read.ok) return read;
  const group = groupOf(read.value);
  if (group) return answered(group);
  const message = `the answer for ${name} names no size`;
  return { ok: false, failure: { kind: { is: 'unknown' }, api, code: 'NoGroup', message } };
}

interface Member {
  readonly name: string;
  readonly state: 'running' | 'moving' | 'refused' | 'leaving';
  readonly errors: readonly Failure[];
}

function memberOf(fields: Fields): Member {
  const action = textOf(fields['currentAction']) ?? 'NONE';
  const running = fields['instanceStatus'] === 'RUNNING';
  const last = fieldsOf(fieldsOf(fields['lastAttempt'])['errors']);
  const errors = listOf(last['errors']).map((error) =>
    operationFailure('compute.instanceGroupManagers.listManagedInstances', error),
  );
  const state =
    action === 'DELETING' || action === 'ABANDONING'
      ? 'leaving'
      : running && (action === 'NONE' || action === 'VERIFYING')
        ? 'running'
        : errors.length > 0
          ? 'refused'
          : 'moving';
  const name = textOf(fields['name']) ?? lastOf(fields['instance']) ?? '';
  return { name, state, errors: state === 'refused' ? errors : [] };
}

function afterSize(stored: Stored, group: Group, members: readonly Member[]): Receipt {
  const { asked, before } = stored;
  const counts = { running: 0, moving: 0, refused: 0, leaving: 0 };
  for (const { state } of members) counts[state] += 1;
  const staying = counts.running + counts.moving + counts.refused;
  const replaced = group.target !== asked;
  const fulfilled = Math.min(asked, counts.running);
  const settled = counts.moving === 0 && counts.leaving === 0 && staying === asked;
  // what was refused may have been all there was to start
  const nothing = counts.refused > 0 && counts.running <= Math.min(before, asked);
  return {
    ...receiptOf(stored, group.version),
    state: replaced ? (fulfilled < asked ? 'failed' : 'done') : !settled ? 'running' : nothing ? 'failed' : 'done',
    accepted: Math.max(0, asked - counts.refused),
    fulfilled,
    errors: [
      ...distinct(
        stored.offering,
        members.flatMap(({ errors }) => errors),
      ),
      ...(replaced ? [{ offering: stored.offering, failure: replacedBy(group) }] : []),
    ],
  };
}

function afterDeletion(stored: Stored, members: readonly Member[]): Receipt {
  const named = new Set(stored.instances);
  const left = members.filter(({ name }) => named.has(name));
  return {
    ...receiptOf(stored),
    state: left.length === 0 ? 'done' : 'running',
    accepted: stored.asked,
    fulfilled: stored.asked - left.length,
    errors: [],
  };
}

/** The parts of a receipt that do not change. */
export const receiptOf = (stored: Stored, version?: string): Pick<Receipt, 'token' | 'asked' | 'pool' | 'version'> => ({
  token: tokenOf(stored),
  asked: stored.asked,
  pool: stored.pool,
  ...(version !== undefined && { version }),
});

/** One of each code: a hundred machines that are refused are refused for one reason. */
export function distinct(offering: string, failures: readonly Failure[]): readonly OfferingError[] {
  const byCode = new Map(failures.map((failure) => [failure.code, failure]));
  return [...byCode.values()].map((failure) => ({ offering, failure }));
}

const replacedBy = ({ name, target }: Group): Failure => ({
  kind: { is: 'conflict' },
  api: 'compute.instanceGroupManagers.get',
  code: 'Replaced',
  message: `${name} has been asked for ${target} nodes since`,
});
