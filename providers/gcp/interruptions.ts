import { answered, type Answer } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { Interruption, ProviderParts } from '../../src/ports.ts';
import { instant, later, seconds } from '../../src/units.ts';
import type { Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { lastOf, partOf, textOf, textsOf, timeOf, type Fields } from './fields.ts';
import { regionOf } from './names.ts';
import { listOperations } from './recent-operations.ts';
import { candidatesIn } from './pools.ts';
import { seenPools } from './seen.ts';
import { keep, kept } from './shelved.ts';

/** Google takes a spot machine back so long after telling it (cloud.google.com/compute/docs/instances/spot). */
const NOTICE = seconds(30);
/** Older ones are history: their groups have long made others. */
const LOOK_BACK = seconds(3600);

/**
 * Machines of the fleet that Google has taken back, and those whose host failed, within the last hour and not settled
 * yet. Google tells the 30 s of notice to the machine itself and to nobody else; what can be asked for is the
 * operation that it begins at the same moment.
 */
export async function interruptionsIn(
  fleet: Fleet,
  account: Account,
  calls: Calls,
  parts: ProviderParts,
): Promise<Answer<readonly Interruption[]>> {
  const since = instant(Math.round(parts.clock.now() - LOOK_BACK * 1000));
  const [operations, settled, bases] = await Promise.all([
    listOperations([PREEMPTED, HOST_ERROR], account, since, calls),
    settledIn(account.project, parts),
    basesOf(fleet, account, calls, parts),
  ]);
  if (!operations.ok) return operations;
  if (!bases.ok) return bases;
  return answered(
    operations.value.flatMap((fields) => {
      const found = interruptionOf(fields, account.project);
      if (!found || found.at < since || settled.has(found.receipt)) return [];
      return bases.value.some(({ zone, base }) => found.zone === zone && ownName(found.instance, base)) ? [found] : [];
    }),
  );
}

const PREEMPTED = 'compute.instances.preempted';
const HOST_ERROR = 'compute.instances.hostError';

function interruptionOf(fields: Fields, project: string): Interruption | undefined {
  const instance = lastOf(fields['targetLink']);
  const zone = lastOf(fields['zone']) ?? partOf(fields['targetLink'], 'zones');
  const at = timeOf(fields['insertTime']) ?? timeOf(fields['startTime']);
  const name = textOf(fields['name']);
  if (instance === undefined || zone === undefined || at === undefined || name === undefined) return undefined;
  const reclaim = fields['operationType'] === PREEMPTED;
  return {
    provider: 'gcp',
    region: regionOf(zone),
    zone,
    instance,
    kind: reclaim ? 'reclaim' : 'failed',
    at,
    ...(reclaim && { endsAt: later(at, NOTICE) }),
    receipt: `gcp/${project}/${zone}/${name}`,
  };
}

/** Where a fleet's machines are and how their names begin, from the latest listing or from a new one. */
async function basesOf(
  fleet: Fleet,
  account: Account,
  calls: Calls,
  { shelf, clock, ...parts }: ProviderParts,
): Promise<Answer<readonly { readonly zone: string; readonly base: string }[]>> {
  const seen = await seenPools(shelf, clock, account.project, fleet);
  if (seen.length > 0) return answered(seen);
  const found = await candidatesIn(fleet, account, calls, { ...parts, shelf, clock });
  if (!found.ok) return found;
  return answered(
    found.value.flatMap(({ group }) => (group.zone === undefined ? [] : [{ zone: group.zone, base: group.base }])),
  );
}

/** A group names its machines `base-` and four characters. */
const ownName = (instance: string, base: string): boolean => {
  const rest = instance.startsWith(`${base}-`) ? instance.slice(base.length + 1) : '';
  return /^[a-z0-9]+$/.test(rest);
};

export async function unsettled(
  told: readonly Interruption[],
  project: string,
  parts: Pick<ProviderParts, 'shelf' | 'clock'>,
): Promise<readonly Interruption[]> {
  if (told.length === 0) return told;
  const settled = await settledIn(project, parts);
  return told.filter(({ receipt }) => !settled.has(receipt));
}

const settledKey = (project: string): string => `gcp/${project}/-/settled`;

async function settledIn(
  project: string,
  { shelf, clock }: Pick<ProviderParts, 'shelf' | 'clock'>,
): Promise<Set<string>> {
  const found = await kept(shelf, clock, settledKey(project));
  return new Set(textsOf(found?.fields['receipts']));
}

/** The latest only: what is older than the look back is not listed again anyway. */
const REMEMBERED = 5000;

/** Google keeps no list of what was dealt with, so the shelf does. */
export async function settle(
  project: string,
  receipts: readonly string[],
  parts: Pick<ProviderParts, 'shelf' | 'clock'>,
): Promise<void> {
  const own = receipts.filter((receipt) => receipt.startsWith(`gcp/${project}/`));
  if (own.length === 0) return;
  const all = await settledIn(project, parts);
  for (const receipt of own) all.add(receipt);
  await keep(parts.shelf, settledKey(project), { receipts: [...all].slice(-REMEMBERED) });
}
