import { troubleOf } from '../../src/calls/trouble-of.ts';
import type { Commitment } from '../../src/catalog/contract.ts';
import type { Offering } from '../../src/catalog/offering.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import type { Cloud, Fleet } from '../../src/fleet/fleet.ts';
import { wantedTypes } from '../../src/fleet/wanted.ts';
import type { Finding, Interruption, LiveProvider, ObservedPool, ProviderParts, Receipt } from '../../src/ports.ts';
import { secondsBetween } from '../../src/units.ts';
import { bad, good, type Trouble } from '../../src/trouble.ts';
import { commitmentsOf } from './commitments.ts';
import { connections, type Azure } from './connection.ts';
import { deleteInstances } from './delete-instances.ts';
import { examine } from './examine.ts';
import { poolIdOf } from './ids.ts';
import { interruptionsIn, settle } from './interruptions.ts';
import { offeringsIn } from './offerings.ts';
import { openPool } from './open-pool.ts';
import { listPools, type Listed } from './pools.ts';
import { badToken, readReceipt } from './receipts.ts';
import { setSize } from './set-size.ts';
import { readToken } from './token.ts';

export { grant } from './permissions.ts';

const SAME_CYCLE_S = 20;

/** Azure: scale sets by themselves, and AKS's agent pools. */
export function azureProvider(parts: ProviderParts): LiveProvider {
  const connect = connections(parts);
  const cloudsOf = (fleet: Fleet): readonly Cloud[] => fleet.clouds.filter(({ provider }) => provider === 'azure');
  /** the latest listing, or the one under way: offerings ask it for types and for the share of quotas that is ours */
  let latest: Promise<Answer<Listed>> | undefined;

  /** Azure answers `standard_d4s_v5` of a pool that was ordered so. */
  const spelling = async (): Promise<(type: string) => string> => {
    const snapshot = await parts.lists.prices('azure');
    const names = new Map(snapshot.ok ? snapshot.value.types.map(({ name }) => [name.toLowerCase(), name]) : []);
    return (type) => names.get(type.toLowerCase()) ?? type;
  };

  const listAll = async (fleet: Fleet): Promise<Answer<Listed>> => {
    const all = await Promise.all(
      cloudsOf(fleet).map(async (cloud): Promise<Answer<Listed>> => {
        const azure = await connect(cloud.access?.account);
        return azure.ok ? listPools(azure.value, cloud, fleet, await spelling()) : azure;
      }),
    );
    const no = all.find((listed) => !listed.ok);
    return no ?? answered(joined(all.flatMap((listed) => (listed.ok ? [listed.value] : []))));
  };
  let latestAt = parts.clock.now();
  const listNow = (fleet: Fleet): Promise<Answer<Listed>> => {
    latestAt = parts.clock.now();
    latest = listAll(fleet);
    return latest;
  };
  /** The listing of the same cycle, where there is one: a cycle asks for pools and for interruptions. */
  const recently = async (fleet: Fleet): Promise<Answer<Listed>> => {
    const age = secondsBetween(latestAt, parts.clock.now());
    const seen = latest !== undefined && age >= 0 && age < SAME_CYCLE_S ? await latest : undefined;
    return seen?.ok ? seen : listNow(fleet);
  };
  const poolsSeen = async (fleet: Fleet): Promise<readonly ObservedPool[]> => {
    const seen = await (latest ?? listNow(fleet));
    return seen.ok ? seen.value.list.pools : [];
  };
  /** The subscription that a pool is in. */
  const at = (poolId: string): Promise<Answer<Azure>> => connect(poolIdOf(poolId)?.subscription);

  const listOfferings = async (fleet: Fleet): ReturnType<LiveProvider['listOfferings']> => {
    const snapshot = await parts.lists.prices('azure');
    if (!snapshot.ok) return snapshot;
    const pools = await poolsSeen(fleet);
    const wants = wantedTypes(
      fleet,
      'azure',
      pools.map(({ type }) => type),
    );
    const offerings: Offering[] = [];
    for (const cloud of cloudsOf(fleet)) {
      const azure = await connect(cloud.access?.account);
      const connection = azure.ok ? azure.value : undefined;
      const each = cloud.regions.map((r) => offeringsIn(connection, parts, snapshot.value, r, wants, pools));
      offerings.push(...(await Promise.all(each)).flat());
    }
    return good(offerings);
  };

  const listCommitments = async (fleet: Fleet): ReturnType<LiveProvider['listCommitments']> => {
    const snapshot = await parts.lists.prices('azure');
    if (!snapshot.ok) return snapshot;
    const owned = new Map<string, Commitment>();
    for (const cloud of cloudsOf(fleet)) {
      const azure = await connect(cloud.access?.account);
      const seen = azure.ok ? await commitmentsOf(azure.value, snapshot.value, cloud) : azure;
      if (!seen.ok) return bad(troubleOf(seen.failure, 'azure'));
      for (const commitment of seen.value) owned.set(commitment.id, commitment);
    }
    // what the fleet file states goes before what is read of the same
    for (const stated of fleet.commitments) if (stated.provider === 'azure') owned.set(stated.id, stated);
    return good([...owned.values()]);
  };

  return {
    name: 'azure',
    listOfferings,
    listCommitments,
    async listPools(fleet) {
      const listed = await listNow(fleet);
      return listed.ok ? good(listed.value.list) : bad(troubleIn(fleet, listed));
    },
    async setSize(fleet, order) {
      const azure = await at(order.pool.id);
      return azure.ok ? setSize(azure.value, fleet, order) : azure;
    },
    async deleteInstances(fleet, order) {
      const azure = await at(order.pool.id);
      return azure.ok ? deleteInstances(azure.value, fleet, order) : azure;
    },
    async openPool(fleet, order) {
      const cloud = cloudsOf(fleet).find(({ regions }) => regions.some(({ name }) => name === order.region));
      const azure = await connect(cloud?.access?.account);
      if (!azure.ok) return azure;
      const pools = await listNow(fleet);
      return pools.ok ? openPool(azure.value, fleet, pools.value.list.pools, order) : pools;
    },
    async readOperation(_, text): Promise<Answer<Receipt>> {
      const token = readToken(text);
      if (!token) return failed(badToken);
      const azure = await at(token.pool);
      return azure.ok ? readReceipt(azure.value, token) : azure;
    },
    async listInterruptions(fleet) {
      const found: Interruption[] = [];
      for (const cloud of cloudsOf(fleet)) {
        const azure = await connect(cloud.access?.account);
        if (!azure.ok) return azure;
        const listed = await recently(fleet);
        if (!listed.ok) return listed;
        found.push(...(await interruptionsIn(azure.value, listed.value.lost)));
      }
      return answered(found);
    },
    async settleInterruptions(fleet, receipts) {
      for (const cloud of cloudsOf(fleet)) {
        const azure = await connect(cloud.access?.account);
        if (!azure.ok) return azure;
        await settle(azure.value, receipts);
      }
      return answered(undefined);
    },
    async examine(fleet) {
      const findings: Finding[] = [];
      for (const cloud of cloudsOf(fleet)) {
        const azure = await connect(cloud.access?.account);
        if (azure.ok) findings.push(...(await examine(azure.value, cloud, await recently(fleet))));
        else {
          const { message } = azure.failure;
          const remedy = 'state the cloud’s access in the fleet file, and see that its files can be read';
          findings.push({ about: 'credentials', what: 'subscription', state: 'missing', detail: message, remedy });
        }
      }
      return findings;
    },
  };
}

const joined = (all: readonly Listed[]): Listed => ({
  list: {
    pools: all.flatMap(({ list }) => list.pools),
    passedOver: all.flatMap(({ list }) => list.passedOver),
    doubts: all.flatMap(({ list }) => list.doubts),
  },
  lost: all.flatMap(({ lost }) => lost),
});

function troubleIn(fleet: Fleet, { failure }: Extract<Answer<never>, { ok: false }>): Trouble {
  const accounts = fleet.clouds
    .filter(({ provider }) => provider === 'azure')
    .map(({ access }) => access?.account ?? '');
  return troubleOf(failure, ['azure', ...accounts].join(' ').trim());
}
