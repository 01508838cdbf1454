import { answered, type Answer } from '../../src/failure.ts';
import type { PoolInstance } from '../../src/ports.ts';
import type { Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { listEverywhere } from './everywhere.ts';
import { fieldsOf, lastOf, listOf, partOf, textOf, timeOf, type Fields } from './fields.ts';
import { groupKey } from './groups.ts';

/** A machine of some group, and what its cloud has in mind for it. */
export interface Machine {
  readonly instance: PoolInstance;
  readonly zone: string;
  /** {@link groupKey} of the group that made it */
  readonly group: string;
  /** a maintenance that will end or stop it */
  readonly maintenance?: Fields;
}

/**
 * The machines of all groups of a project, by the group that made them.
 *
 * @param filter in Google's own words; absent = every machine of the project
 */
export async function listMachines(
  calls: Calls,
  account: Account,
  filter?: string,
): Promise<Answer<ReadonlyMap<string, readonly Machine[]>>> {
  const api = 'compute.instances.aggregatedList';
  const found = await listEverywhere(calls, account, api, 'instances', filter);
  if (!found.ok) return found;
  const machines = new Map<string, Machine[]>();
  for (const fields of found.value) {
    const machine = machineOf(fields);
    if (!machine) continue;
    const others = machines.get(machine.group);
    if (others) others.push(machine);
    else machines.set(machine.group, [machine]);
  }
  return answered(machines);
}

function machineOf(fields: Fields): Machine | undefined {
  const name = textOf(fields['name']);
  const zone = lastOf(fields['zone']);
  const metadata = listOf(fieldsOf(fields['metadata'])['items']);
  const maker = metadata.find((item) => item['key'] === 'created-by')?.['value'];
  const group = partOf(maker, 'instanceGroupManagers');
  if (name === undefined || zone === undefined || group === undefined) return undefined;
  const startedAt = timeOf(fields['lastStartTimestamp']) ?? timeOf(fields['creationTimestamp']);
  const maintenance = fieldsOf(fieldsOf(fields['resourceStatus'])['upcomingMaintenance']);
  return {
    instance: {
      id: name,
      state: stateOf(textOf(fields['status']) ?? ''),
      ...(startedAt !== undefined && { startedAt }),
    },
    zone,
    group: groupKey(partOf(maker, 'zones') ?? zone, group),
    ...(Object.keys(maintenance).length > 0 && { maintenance }),
  };
}

/**
 * Stopped and suspended ones serve nothing and come back only when their group starts them: not counted on.
 *
 * Source: cloud.google.com/compute/docs/instances/instance-lifecycle
 */
export function stateOf(status: string): PoolInstance['state'] {
  switch (status) {
    case 'RUNNING':
      return 'running';
    case 'PENDING':
    case 'PROVISIONING':
    case 'STAGING':
    case 'REPAIRING':
      return 'pending';
    default:
      return 'ending';
  }
}
