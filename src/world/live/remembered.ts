import { isForgotten } from '../../calls/believed.ts';
import type { Commitment } from '../../catalog/contract.ts';
import type { Offering, ProviderName } from '../../catalog/offering.ts';
import { duration } from '../../figures.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Clock, PoolList, Provider, Shelf } from '../../ports.ts';
import { good, lineOf, type Checked, type Trouble } from '../../trouble.ts';
import { secondsBetween, type Instant } from '../../units.ts';
import { declared } from './declared.ts';
import { doubtsOf } from './doubts.ts';
import { together } from './together.ts';

export interface Remembering {
  readonly shelf: Shelf;
  readonly clock: Clock;
}

/** What was seen longer ago says too little about what runs now. */
const SEEN_AT_MOST_S = 24 * 3600;

/**
 * A live cloud together with what was last seen of it. A cloud that does not answer is taken for dark: its pools stand
 * as they were last seen and nothing of them may shrink, its offerings can't be bought, and the others carry on. One
 * that was never seen is trouble: nothing is decided on a fleet of which a part is unknown.
 *
 * What the fleet file declares bounds what is found live, and is missed aloud when it is not there.
 */
export function remembered(live: Provider, { shelf, clock }: Remembering): Provider {
  const { name } = live;
  const keyOf = (fleet: Fleet, what: string): string =>
    `${name}/${accountOf(fleet, name)}/-/last-${what}-${fleet.name}`;

  async function lastOf<T>(fleet: Fleet, what: string, atMostS = SEEN_AT_MOST_S): Promise<Seen<T> | undefined> {
    const kept = await shelf.get(keyOf(fleet, what));
    const value = kept && (parsed(kept.text) as T | undefined);
    const ageS = kept ? Math.max(0, secondsBetween(kept.at, clock.now())) : Infinity;
    return kept && value !== undefined && ageS <= atMostS ? { value, at: kept.at, ageS } : undefined;
  }

  async function or<T>(fleet: Fleet, what: string, answer: Checked<T>, otherwise: Otherwise<T>): Promise<Checked<T>> {
    if (answer.ok) {
      await shelf.put(keyOf(fleet, what), JSON.stringify({ schemaVersion: 1, value: answer.value }));
      return answer;
    }
    const last = await lastOf<T>(fleet, what);
    return last ? good(otherwise(last, answer.troubles)) : answer;
  }

  /** Without regions that the fleet has left, which nobody lists any more, and those a person has said to be gone. */
  async function stillCounted(fleet: Fleet, { value, at }: Seen<PoolList>): Promise<PoolList> {
    const regions = fleet.clouds.filter((cloud) => cloud.provider === name).flatMap((cloud) => cloud.regions);
    const counted = new Set<string>();
    for (const region of regions) {
      if (!(await isForgotten(shelf, name, region.name, at))) counted.add(region.name);
    }
    return { ...value, pools: value.pools.filter((pool) => counted.has(pool.region)) };
  }

  /** why the latest listing of pools failed; absent = it did not */
  let dark: readonly Trouble[] | undefined;

  return {
    name,
    async listPools(fleet) {
      // however long ago: an outage is not over because it has lasted
      const before = await lastOf<PoolList>(fleet, 'pools', Infinity);
      const answer = together(await live.listPools(fleet));
      dark = answer.ok ? undefined : answer.troubles;
      const doubts = answer.ok && before ? doubtsOf(answer.value, await stillCounted(fleet, before), before.ageS) : [];
      if (answer.ok && doubts.length > 0) {
        // an emptiness that is doubted must not become what was last seen
        return good(declared({ ...answer.value, doubts: [...answer.value.doubts, ...doubts] }, fleet, name));
      }
      const listing = await or(fleet, 'pools', answer, heldAsSeen);
      return listing.ok ? good(declared(listing.value, fleet, name)) : listing;
    },
    async listOfferings(fleet) {
      // nor is one that was silent a moment ago waited for a second time
      const last = dark && (await lastOf<readonly Offering[]>(fleet, 'offerings'));
      if (dark && last) return good(notToBeHad(last, dark));
      const answer = await or(fleet, 'offerings', together(await live.listOfferings(fleet)), notToBeHad);
      // a cloud that cannot say what runs there would not take an order either, whatever else is known of it
      return answer.ok && dark ? good(closed(answer.value, dark)) : answer;
    },
    listCommitments: async (fleet) => {
      const last = dark && (await lastOf<readonly Commitment[]>(fleet, 'commitments'));
      const answer = last
        ? good(last.value)
        : await or(fleet, 'commitments', together(await live.listCommitments(fleet)), ({ value }) => value);
      return answer.ok ? good(withDeclared(answer.value, fleet, name)) : answer;
    },
  };
}

interface Seen<T> {
  readonly value: T;
  readonly at: Instant;
  readonly ageS: number;
}

type Otherwise<T> = (last: Seen<T>, troubles: readonly Trouble[]) => T;

const heldAsSeen: Otherwise<PoolList> = ({ value, ageS }, troubles) => ({
  ...value,
  doubts: [`its pools could not be listed and stand as they were ${duration(ageS)} ago (${firstOf(troubles)})`],
});

const notToBeHad: Otherwise<readonly Offering[]> = ({ value }, troubles) => closed(value, troubles);

function closed(offerings: readonly Offering[], troubles: readonly Trouble[]): readonly Offering[] {
  const unavailableReason = `its cloud could not be asked (${firstOf(troubles)})`;
  return offerings.map((offering) => ({ ...offering, available: false, unavailableReason }));
}

const firstOf = ([first]: readonly Trouble[]): string => (first ? lineOf(first) : 'no reason given');

/** What the file states of a commitment goes before what the cloud says of it: it may know a discount that no API tells. */
function withDeclared(live: readonly Commitment[], fleet: Fleet, name: ProviderName): readonly Commitment[] {
  const own = fleet.commitments.filter((c) => c.provider === name);
  const stated = new Set(own.map((c) => c.id));
  return [...own, ...live.filter((c) => !stated.has(c.id))];
}

const accountOf = (fleet: Fleet, name: ProviderName): string =>
  fleet.clouds.find((cloud) => cloud.provider === name)?.access?.account ?? '-';

/** Undefined for what cannot be what was put there: a file cut short, or of another version. */
function parsed(text: string): unknown {
  try {
    const kept = JSON.parse(text) as { readonly schemaVersion?: unknown; readonly value?: unknown };
    return kept.schemaVersion === 1 ? kept.value : undefined;
  } catch {
    return undefined;
  }
}
