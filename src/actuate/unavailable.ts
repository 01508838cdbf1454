import type { Offering, ProviderName, Purchase } from '../catalog/offering.ts';
import { partsOf } from '../catalog/offerings.ts';
import type { Failure } from '../failure.ts';
import type { OfferingError } from '../ports.ts';
import { isoOf, later, seconds, type Instant, type Seconds } from '../units.ts';

/** Offerings that a cloud refused, and until when it is not asked for them again. */
export interface Refusal {
  readonly provider: ProviderName;
  readonly region: string;
  /** absent = in all zones of the region */
  readonly zone?: string;
  /** absent = all types */
  readonly type?: string;
  /** all types that count against the same quota; absent = not a matter of family */
  readonly family?: string;
  /** absent = bought either way */
  readonly purchase?: Purchase;
  readonly why: RefusalKind;
  /** the vendor's code: `InsufficientInstanceCapacity`; with a quota its name */
  readonly said: string;
  readonly at: Instant;
  readonly until: Instant;
}

/**
 * `capacity`: none was left. `quota`: the account may have no more. `never-joined`: nodes of it started and never
 * joined their cluster. `refused`: the request was turned down for another reason that asking again does not change.
 */
export type RefusalKind = 'capacity' | 'quota' | 'never-joined' | 'refused';

/**
 * What is known to be refused after an order, one refusal for each set of offerings, the latest. What may pass by
 * itself is no refusal: throttling among a fleet request's errors says nothing of what is left. Neither is a conflict,
 * or missing permission, which no other offering would cure.
 *
 * @param familyOf family of an offering by its id, from the catalog; a quota is for a family, not for a type
 */
export function withRefusals(
  known: readonly Refusal[],
  errors: readonly OfferingError[],
  at: Instant,
  familyOf: (offering: string) => string | undefined,
): readonly Refusal[] {
  const latest = new Map(stillRefused(known, at).map((refusal) => [keyOf(refusal), refusal]));
  for (const error of errors) {
    const refusal = refusalOf(error, at, familyOf(error.offering));
    const before = refusal && latest.get(keyOf(refusal));
    if (refusal && !(before && before.until > refusal.until)) latest.set(keyOf(refusal), refusal);
  }
  return [...latest.values()];
}

/** The offerings as they may be asked for: those refused are not available, with the reason, until their time is over. */
export function masked(offerings: readonly Offering[], known: readonly Refusal[], now: Instant): readonly Offering[] {
  const byPlace = new Map<string, Refusal[]>();
  for (const refusal of stillRefused(known, now)) {
    const place = `${refusal.provider}/${refusal.region}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), refusal]);
  }
  if (byPlace.size === 0) return offerings;
  return offerings.map((offering) => {
    const refusal = byPlace.get(`${offering.provider}/${offering.region}`)?.find((r) => covers(r, offering));
    return refusal && offering.available
      ? { ...offering, available: false, unavailableReason: reasonOf(refusal) }
      : offering;
  });
}

/** Those whose time is not over. One from the future was dated by a clock that ran ahead, and is dropped. */
export function stillRefused(known: readonly Refusal[], now: Instant): readonly Refusal[] {
  return known.filter(({ at, until }) => now < until && at <= later(now, CLOCK_SKEW));
}

export function covers(
  r: Refusal,
  o: Pick<Offering, 'provider' | 'region' | 'zone' | 'type' | 'family' | 'purchase'>,
): boolean {
  return (
    r.provider === o.provider &&
    r.region === o.region &&
    (r.zone ?? o.zone) === o.zone &&
    (r.type ?? o.type) === o.type &&
    (r.family ?? o.family) === o.family &&
    (r.purchase ?? o.purchase) === o.purchase
  );
}

const CLOCK_SKEW = seconds(15 * 60);

/** How far a refusal reaches beyond the offering that was asked for. */
function refusalOf({ offering, failure }: OfferingError, at: Instant, family: string | undefined): Refusal | undefined {
  const parts = partsOf(offering);
  const why = whyOf(failure);
  if (!parts || !why) return undefined;
  const provider = parts.provider as ProviderName;
  const { region, zone, type, purchase } = parts;
  const until = later(at, timeToLive(provider, purchase, failure));
  const common = { provider, region, why, said: failure.code, at, until };
  const { kind } = failure;
  if (kind.is === 'quota') {
    // a quota is the account's in the region, for one way to buy; without a family only the type is known to count
    return { ...common, ...(family === undefined ? { type } : { family }), purchase, said: kind.quota };
  }
  if (kind.is !== 'capacity') return { ...common, zone, type, purchase };
  switch (kind.scope) {
    case 'type-in-zone':
      return { ...common, zone, type, purchase };
    case 'zone':
      return { ...common, zone, purchase };
    case 'region':
      return { ...common, purchase };
    case 'subnet':
      // no addresses left: for no machine, however it is bought. AWS's subnets lie in a zone, the others' in a region.
      return provider === 'aws' ? { ...common, zone } : common;
    default:
      return kind.scope satisfies never;
  }
}

function whyOf({ kind }: Failure): RefusalKind | undefined {
  switch (kind.is) {
    case 'capacity':
    case 'quota':
      return kind.is;
    case 'invalid':
    case 'notFound':
    case 'unknown':
      return 'refused';
    case 'throttled':
    case 'transient':
    case 'conflict':
    case 'unauthorized':
      return undefined;
    default:
      return kind satisfies never;
  }
}

const minutes = (n: number): Seconds => seconds(n * 60);

/**
 * How long a refusal is believed: long enough not to ask in vain, short enough to notice that there is some again.
 * Capacity: Karpenter's figures for each cloud (its `unavailable offerings` caches: AWS 3 minutes; Azure 1 hour, and
 * 23 hours for an on-demand size that the subscription may not have at all; Google Cloud's 30 minutes). The machines
 * of an own cluster come free when somebody else lets them go. A quota holds until a person has it raised, which shows
 * only by asking again; so does whatever made a request invalid.
 */
function timeToLive(provider: ProviderName, purchase: Purchase, { kind, code }: Failure): Seconds {
  if (kind.is !== 'capacity') return minutes(60);
  if (provider === 'azure' && purchase === 'on-demand' && code === 'SkuNotAvailable') return minutes(23 * 60);
  return CAPACITY_TTL[provider];
}

const CAPACITY_TTL: Readonly<Record<ProviderName, Seconds>> = {
  aws: minutes(3),
  azure: minutes(60),
  gcp: minutes(30),
  kubernetes: minutes(3),
};

/** A type whose nodes do not join is tried again after a person has had time to see why. */
export const NEVER_JOINED_TTL = minutes(60);

const keyOf = (r: Refusal): string =>
  [r.provider, r.region, r.zone ?? '*', r.type ?? '*', r.family ?? '*', r.purchase ?? '*', r.why].join('/');

const WORDS: Readonly<Record<RefusalKind, string>> = {
  capacity: 'none was left',
  quota: 'the account may have no more',
  'never-joined': 'its nodes did not join their cluster',
  refused: 'it was refused',
};

/** Times, not ages: the same refusal reads the same in every cycle. */
const reasonOf = ({ why, said, at, until }: Refusal): string =>
  `${WORDS[why]} (${said}) at ${minuteOf(at)}, asked for again from ${minuteOf(until)}`;

const minuteOf = (t: Instant): string => isoOf(t).replace(/:\d\d(\.\d+)?Z$/, 'Z');
