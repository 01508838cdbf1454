import type { Answer } from '../../src/failure.ts';
import { isoOf, type Instant } from '../../src/units.ts';
import type { Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { listEverywhere } from './everywhere.ts';
import type { Fields } from './fields.ts';

/** Operations of these types, of a project, since some time. */
export async function listOperations(
  types: readonly string[],
  account: Account,
  since: Instant,
  calls: Calls,
): Promise<Answer<readonly Fields[]>> {
  const kinds = `(${types.map((type) => `(operationType = "${type}")`).join(' OR ')})`;
  const read = (filter: string): Promise<Answer<readonly Fields[]>> =>
    listEverywhere(calls, account, 'compute.globalOperations.aggregatedList', 'operations', filter);
  const recent = await read(`${kinds} AND (insertTime > "${isoOf(since)}")`);
  // whether times can be compared is documented for no list: without it there is more to read, and no less
  return !recent.ok && recent.failure.kind.is === 'invalid' ? read(kinds) : recent;
}
