import { troubleOf } from '../../src/calls/trouble-of.ts';
import type { Commitment } from '../../src/catalog/contract.ts';
import type { Offering } from '../../src/catalog/offering.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { Interruption, LiveProvider, ObservedPool, PoolList, ProviderParts } from '../../src/ports.ts';
import { bad, good, type Checked } from '../../src/trouble.ts';
import { accountsOf, type Account } from './accounts.ts';
import { callsOf } from './calls.ts';
import { commitmentsIn } from './commitments.ts';
import { deleteInstances } from './delete-instances.ts';
import { examine } from './examine.ts';
import { interruptionsIn, settle, unsettled } from './interruptions.ts';
import { offeringsIn } from './offerings.ts';
import { openPool } from './open-pool.ts';
import { poolsOf } from './pools.ts';
import { readOperation } from './read-operation.ts';
import { setSize } from './set-size.ts';

export { grant } from './permissions.ts';

/** Google Cloud: zonal managed instance groups and node pools of GKE, in the projects that the fleet names. */
export function gcpProvider(parts: ProviderParts): LiveProvider {
  const calls = callsOf(parts);
  /** as the latest listing told them; another process lists anew */
  const maintenance = new Map<string, readonly Interruption[]>();

  const inEach = async <T>(
    fleet: Fleet,
    read: (account: Account) => Promise<Answer<T>>,
  ): Promise<Answer<readonly T[]>> => {
    const accounts = await accountsOf(fleet, calls, parts.env);
    if (!accounts.ok) return accounts;
    const all: T[] = [];
    for (const account of accounts.value) {
      const answer = await read(account);
      if (!answer.ok) return answer;
      all.push(answer.value);
    }
    return answered(all);
  };

  const listPools = async (fleet: Fleet): Promise<Answer<PoolList>> => {
    const lists = await inEach(fleet, async (account) => {
      const list = await poolsOf(fleet, account, calls, parts);
      if (list.ok) maintenance.set(account.project, list.value.maintenance);
      return list;
    });
    if (!lists.ok) return lists;
    return answered({
      pools: lists.value.flatMap((list): readonly ObservedPool[] => list.pools),
      passedOver: lists.value.flatMap((list) => list.passedOver),
      doubts: lists.value.flatMap((list) => list.doubts),
    });
  };

  const listOfferings = async (fleet: Fleet): Promise<Checked<readonly Offering[]>> => {
    const snapshot = await parts.lists.prices('gcp');
    if (!snapshot.ok) return snapshot;
    const lists = await inEach(fleet, async (account) =>
      answered(await offeringsIn(fleet, account, calls, parts, snapshot.value)),
    );
    return lists.ok ? good(lists.value.flat()) : bad(troubleOf(lists.failure, 'gcp'));
  };

  /** What the cloud tells, and of the fleet file what it cannot tell: flexible commitments, other regions' and families'. */
  const listCommitments = async (fleet: Fleet): Promise<Checked<readonly Commitment[]>> => {
    const snapshot = await parts.lists.prices('gcp');
    const lists = await inEach(fleet, (account) =>
      commitmentsIn(account, calls, parts, snapshot.ok ? snapshot.value : undefined),
    );
    const stated = fleet.commitments.filter(({ provider }) => provider === 'gcp');
    if (!lists.ok) {
      // an account may be let into pools and not into what it bought
      return lists.failure.kind.is === 'unauthorized' ? good(stated) : bad(troubleOf(lists.failure, 'gcp'));
    }
    const owned = lists.value.flat();
    const told = (c: Commitment): boolean =>
      c.kind === 'resources' && owned.some(({ region, family }) => region === c.region && family === c.family);
    return good([...owned, ...stated.filter((commitment) => !told(commitment))]);
  };

  const listInterruptions = async (fleet: Fleet): Promise<Answer<readonly Interruption[]>> => {
    const lists = await inEach(fleet, async (account) => {
      const told = await interruptionsIn(fleet, account, calls, parts);
      if (!told.ok) return told;
      const ahead = await unsettled(maintenance.get(account.project) ?? [], account.project, parts);
      return answered([...told.value, ...ahead]);
    });
    return lists.ok ? answered(lists.value.flat()) : lists;
  };

  return {
    name: 'gcp',
    listOfferings,
    async listPools(fleet) {
      const pools = await listPools(fleet);
      return pools.ok ? good(pools.value) : bad(troubleOf(pools.failure, 'gcp'));
    },
    listCommitments,
    setSize: (fleet, order) => setSize(fleet, order, calls),
    deleteInstances: (fleet, order) => deleteInstances(fleet, order, calls),
    openPool: (fleet, order) => openPool(fleet, order, calls, parts),
    readOperation: (_fleet, token) => readOperation(token, calls),
    listInterruptions,
    async settleInterruptions(fleet, receipts) {
      const done = await inEach(fleet, async ({ project }) => answered(await settle(project, receipts, parts)));
      return done.ok ? answered(undefined) : done;
    },
    examine: (fleet) => examine(fleet, calls, parts),
  };
}
