import type { LivePool, ProviderParts } from '../../src/ports.ts';
import { instant, seconds } from '../../src/units.ts';
import type { Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { partOf, textOf, timeOf } from './fields.ts';
import { groupKey } from './groups.ts';
import { isOwnRequestId } from './names.ts';
import { listOperations } from './recent-operations.ts';

export type ChangedBy = NonNullable<LivePool['changedBy']>;

/** Of an older change it is not told who made it: who has to be yielded to has just been there. */
const LOOK_BACK = seconds(24 * 3600);

const CHANGES = [
  'compute.instanceGroupManagers.resize',
  'compute.instanceGroupManagers.deleteInstances',
  'compute.instanceGroupManagers.insert',
];

/**
 * Who changed each group's size last, by the operations of the last day; one call for all of them. It may be left out:
 * where the list fails, nothing is told.
 */
export async function changesIn(
  account: Account,
  calls: Calls,
  { clock }: Pick<ProviderParts, 'clock'>,
): Promise<ReadonlyMap<string, ChangedBy>> {
  const since = instant(Math.round(clock.now() - LOOK_BACK * 1000));
  const operations = await listOperations(CHANGES, account, since, calls);
  const latest = new Map<string, { readonly at: number; readonly by: ChangedBy }>();
  for (const fields of operations.ok ? operations.value : []) {
    const [zone, name] = [partOf(fields['targetLink'], 'zones'), partOf(fields['targetLink'], 'instanceGroupManagers')];
    const at = timeOf(fields['insertTime']);
    if (zone === undefined || name === undefined || at === undefined) continue;
    const key = groupKey(zone, name);
    if ((latest.get(key)?.at ?? 0) > at) continue;
    const user = textOf(fields['user']);
    const own = isOwnRequestId(textOf(fields['clientOperationId']));
    latest.set(key, { at, by: { who: own ? 'godwit' : 'other', ...(user !== undefined && { name: user }) } });
  }
  return new Map([...latest].map(([key, { by }]) => [key, by]));
}
