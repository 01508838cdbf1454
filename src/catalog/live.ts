import type { Instant } from '../units.ts';
import { interruptionPerHour } from './interruption.ts';
import { mergePrices, type LivePrice, type QuarantinedPrice } from './merge.ts';
import type { Offering, Purchase } from './offering.ts';
import { offeringsOf } from './offerings.ts';
import { NO_BAND, type InstanceType, type ProviderCatalog } from './snapshot.ts';
import { byType, unlistedOfferings } from './unlisted.ts';

/** What a cloud has just told about one of its regions. What is absent was not asked, or not answered. */
export interface LiveRegion {
  readonly region: string;
  /** with their specs; those that the snapshot knows keep the snapshot's */
  readonly types?: readonly InstanceType[];
  /** zone → types sold there; a zone that is not in it sells none */
  readonly sold?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly prices: readonly LivePrice[];
  /** not to be had now; absent zone or purchase = in all zones, bought either way */
  readonly closed?: readonly ClosedOffering[];
  /** most nodes that quotas and stock allow; undefined = not known to be limited */
  readonly atMost?: (o: Pick<Offering, 'type' | 'vcpu' | 'family' | 'zone' | 'purchase'>) => number | undefined;
  /** chance that a spot node is interrupted within an hour; undefined = not told */
  readonly hazards?: (o: Pick<Offering, 'type' | 'zone'>) => number | undefined;
}

export interface ClosedOffering {
  readonly type: string;
  readonly zone?: string;
  readonly purchase?: Purchase;
  /** words that stand alone: `restricted for this subscription` */
  readonly reason: string;
}

export interface LiveOfferings {
  readonly offerings: readonly Offering[];
  readonly quarantined: readonly QuarantinedPrice[];
}

/**
 * The offerings of a region as its cloud tells them now, over what the package knows: the snapshot's prices where no
 * live one can be believed, what the snapshot does not have where a live price came for it, and availability, quota
 * and hazard as told. All that is sold is listed, what cannot be had with its reason.
 */
export function liveOfferings(
  snapshot: ProviderCatalog,
  live: LiveRegion,
  { zones, wants }: { readonly zones: readonly string[]; readonly wants: (type: string) => boolean },
  now: Instant,
): LiveOfferings {
  const { region } = live;
  const wanted = remembered(wants);
  const listed = offeringsOf(snapshot, { region, zones, wants: (type) => wanted(type.name) });
  const merged = mergePrices(listed, live.prices, now);
  const added = unlistedOfferings(snapshot, live, { zones, wants: wanted }, merged.offerings, now);
  const told = toldOf(snapshot, live);
  return {
    offerings: [...merged.offerings, ...added.offerings].map(told),
    quarantined: [...merged.quarantined, ...added.quarantined],
  };
}

/** What the cloud told of an offering beside its price. */
function toldOf(snapshot: ProviderCatalog, { sold, closed = [], atMost, hazards }: LiveRegion) {
  const closedTypes = byType(closed);
  return (offering: Offering): Offering => {
    const { type, zone, purchase } = offering;
    const reason =
      closedTypes.get(type)?.find((c) => (c.zone ?? zone) === zone && (c.purchase ?? purchase) === purchase)?.reason ??
      (sold ? notSold(sold, offering) : offering.unavailableReason);
    const most = atMost?.(offering);
    const { unavailableReason: _, ...rest } = offering;
    return {
      ...rest,
      available: reason === undefined,
      ...(reason !== undefined && { unavailableReason: reason }),
      ...(most !== undefined && !Number.isNaN(most) && { atMost: Math.max(0, Math.floor(most)) }),
      ...(purchase === 'spot' && { interruptionPerHour: hazardOf(snapshot, offering, hazards?.(offering)) }),
    };
  };
}

function notSold(sold: NonNullable<LiveRegion['sold']>, { type, zone }: Offering): string | undefined {
  if (sold.get(zone)?.has(type)) return undefined;
  const zones = [...sold].filter(([, types]) => types.has(type)).map(([name]) => name);
  return `not sold in ${zone}, ${zones.length === 0 ? 'nor elsewhere in the region' : `only in ${zones.toSorted().join(', ')}`}`;
}

function hazardOf({ provider }: ProviderCatalog, offering: Offering, told: number | undefined): number {
  if (told !== undefined && told >= 0 && told <= 1) return told;
  return offering.interruptionPerHour ?? interruptionPerHour(provider, NO_BAND);
}

/** Asked once for each type: a fleet's patterns are many, and so are a region's prices. */
function remembered(wants: (type: string) => boolean): (type: string) => boolean {
  const answers = new Map<string, boolean>();
  return (type) => {
    const answer = answers.get(type) ?? wants(type);
    answers.set(type, answer);
    return answer;
  };
}
