import type { Commitment } from '../../src/catalog/contract.ts';
import { troubleOf } from '../../src/calls/trouble-of.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { LiveProvider, PoolList, ProviderParts } from '../../src/ports.ts';
import { bad, good, type Trouble } from '../../src/trouble.ts';
import type { Instant } from '../../src/units.ts';
import { reservedNodes, savingsPlans } from './commitments.ts';
import { deleteFromPool } from './delete-instances.ts';
import { examinePlace } from './examine.ts';
import { listMachines, type Machine } from './instances.ts';
import { listNotices, settleNotices } from './interruptions.ts';
import { listRegionOfferings } from './offerings.ts';
import { openFromTemplate } from './open-pool.ts';
import { placesWith, type Place } from './places.ts';
import { listRegionPools } from './pools.ts';
import { readAsked } from './read-operation.ts';
import { setPoolSize } from './set-size.ts';
import { askedIn, refused } from './token.ts';

export { grant } from './permissions.ts';

/** Amazon Web Services: Auto Scaling groups and EKS managed node groups as pools. */
export function awsProvider(parts: ProviderParts): LiveProvider {
  const places = placesWith(parts);
  const readings = readingsWith(parts);
  const placeFor = (fleet: Fleet, region: string, api: string): Answer<Place> => {
    const place = places.at(fleet, region);
    return place
      ? answered(place)
      : refused(api, 'NoSuchRegion', `the fleet has no region aws/${region} that may be asked`);
  };
  /** What an order changed is not to be told as it was before. */
  const changing = async <T>(place: Place, act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } finally {
      readings.forget(place);
    }
  };
  return {
    name: 'aws',
    listOfferings: async (fleet) => {
      const snapshot = await parts.lists.prices('aws');
      if (!snapshot.ok) return snapshot;
      const lists = await Promise.all(
        places.of(fleet).map(async (place) => {
          const { pools, machines } = readings.of(place, fleet);
          const [running, all] = await Promise.all([pools, machines]);
          return listRegionOfferings(place, fleet, snapshot.value, {
            pools: running.ok ? running.value.pools : undefined,
            machines: all.ok ? all.value : undefined,
          });
        }),
      );
      return good(lists.flat());
    },
    listPools: async (fleet) => {
      const found = await Promise.all(
        places.of(fleet).map(async (place) => ({ place, read: await readings.fresh(place, fleet).pools })),
      );
      const troubles: Trouble[] = found.flatMap(({ place, read }) =>
        read.ok ? [] : [troubleOf(read.failure, `aws ${place.region.name}`)],
      );
      if (troubles.length > 0) return bad(...troubles);
      const lists = found.flatMap(({ read }) => (read.ok ? [read.value] : []));
      return good({
        pools: lists.flatMap((l) => l.pools),
        passedOver: lists.flatMap((l) => l.passedOver),
        doubts: lists.flatMap((l) => l.doubts),
      });
    },
    listCommitments: (fleet) => commitmentsOf(parts, places.of(fleet), fleet),
    setSize: async (fleet, order) => {
      const place = placeFor(fleet, order.pool.region, 'autoscaling:SetDesiredCapacity');
      return place.ok ? changing(place.value, () => setPoolSize(place.value, fleet, order)) : place;
    },
    deleteInstances: async (fleet, order) => {
      const place = placeFor(fleet, order.pool.region, 'autoscaling:TerminateInstanceInAutoScalingGroup');
      return place.ok ? changing(place.value, () => deleteFromPool(place.value, fleet, order)) : place;
    },
    openPool: async (fleet, order) => {
      const place = placeFor(fleet, order.region, 'autoscaling:CreateAutoScalingGroup');
      return place.ok ? changing(place.value, () => openFromTemplate(place.value, fleet, order)) : place;
    },
    readOperation: async (fleet, token) => {
      const asked = askedIn(token);
      if (!asked)
        return refused('autoscaling:DescribeScalingActivities', 'InvalidToken', 'this is no token of an AWS operation');
      const place = placeFor(fleet, asked.region, 'autoscaling:DescribeScalingActivities');
      return place.ok ? readAsked(place.value, asked) : place;
    },
    listInterruptions: async (fleet) => {
      const lists = await Promise.all(queuesOf(places.of(fleet)).map((place) => listNotices(place)));
      const failure = lists.find((l) => !l.ok);
      return failure && !failure.ok ? failure : answered(lists.flatMap((l) => (l.ok ? l.value : [])));
    },
    settleInterruptions: async (fleet, receipts) => {
      for (const place of queuesOf(places.of(fleet))) {
        const settled = await settleNotices(place, receipts);
        if (!settled.ok) return settled;
      }
      return answered(undefined);
    },
    examine: async (fleet) => {
      const found = await Promise.all(
        places.of(fleet).map((place) => examinePlace(place, fleet, () => readings.fresh(place, fleet).pools)),
      );
      return found.flat();
    },
  };
}

/** Each queue once, whatever number of regions its cloud has. */
const queuesOf = (places: readonly Place[]): readonly Place[] => [
  ...new Map(
    places.flatMap((p) => (p.access.interruptionQueue === undefined ? [] : [[p.access.interruptionQueue, p] as const])),
  ).values(),
];

interface Reading {
  readonly at: Instant;
  readonly machines: Promise<Answer<readonly Machine[]>>;
  readonly pools: Promise<Answer<PoolList>>;
}

/** One reading of a region's pools and machines serves both listings of a cycle. */
function readingsWith({ clock }: ProviderParts) {
  const kept = new Map<string, Reading>();
  const keyOf = (place: Place): string => `${place.session.account} ${place.access.roleArn ?? ''} ${place.region.name}`;
  const fresh = (place: Place, fleet: Fleet): Reading => {
    const machines = listMachines(place.session, place.region.name);
    const reading = { at: clock.now(), machines, pools: listRegionPools(place, fleet, machines) };
    kept.set(keyOf(place), reading);
    return reading;
  };
  const KEPT_MS = 60_000;
  return {
    /** a new one, for those who act on it */
    fresh,
    /** one of this minute, for those who only count */
    of: (place: Place, fleet: Fleet): Reading => {
      const known = kept.get(keyOf(place));
      return known && Math.abs(clock.now() - known.at) < KEPT_MS ? known : fresh(place, fleet);
    },
    forget: (place: Place): void => void kept.delete(keyOf(place)),
  };
}

/**
 * What the account owns, beside what the fleet file states: plans are often bought by another account of the same
 * bill, which this one does not see. One that both name counts once, as AWS tells it.
 */
async function commitmentsOf(parts: ProviderParts, places: readonly Place[], fleet: Fleet) {
  const snapshot = await parts.lists.prices('aws');
  if (!snapshot.ok) return snapshot;
  // the first region stands for all where a plan names none
  const sessions = [...new Map(places.toReversed().map((p) => [p.session, p])).values()];
  const owned = await Promise.all([
    ...places.map((p) => reservedNodes(p.session, p.region.name)),
    ...sessions.map((p) => savingsPlans(p.session, snapshot.value, namedTypes(fleet), p.region.name)),
  ]);
  const declared = fleet.commitments.filter((c) => c.provider === 'aws');
  return good([...new Map<string, Commitment>([...declared, ...owned.flat()].map((c) => [c.id, c])).values()]);
}

/** Types by which a plan's discount is measured. */
const namedTypes = (fleet: Fleet): readonly string[] => [
  ...new Set([
    ...fleet.pools.filter((p) => p.provider === 'aws').map((p) => p.type),
    ...fleet.templates.flatMap((t) => (t.provider === 'aws' ? t.types.filter((n) => !n.includes('*')) : [])),
  ]),
];
