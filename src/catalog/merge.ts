import type { Instant } from '../units.ts';
import { usdPerHour } from '../units.ts';
import type { Offering, Price, Purchase } from './offering.ts';
import { absurd, unitSwap } from './sane.ts';

/** A price as a cloud has just answered it, not yet believed. */
export interface LivePrice {
  readonly provider: string;
  readonly region: string;
  /** absent: the same in every zone, as on-demand prices are */
  readonly zone?: string;
  readonly type: string;
  readonly purchase: Purchase;
  /** as received: NaN and 0 come in too */
  readonly usdPerHour: number;
  readonly source: string;
  readonly asOf: Instant;
}

export interface Merged {
  /** in the order given, each with the newest price that can be believed */
  readonly offerings: readonly Offering[];
  /** offerings whose price was taken over */
  readonly updated: number;
  readonly quarantined: readonly QuarantinedPrice[];
  /** live prices that belong to no offering in use */
  readonly unused: number;
}

/** A live price that was refused, and the good one that stays in use; absent = none is known, and it is not offered. */
export interface QuarantinedPrice {
  readonly offering: string;
  readonly refused: number;
  readonly source: string;
  readonly asOf: Instant;
  readonly kept?: Price;
  /** words that follow the refused price */
  readonly reason: string;
}

/**
 * Live prices over the ones in use. What cannot be believed is put aside and the last good price stays, with its own
 * source and date, so its age goes on counting; so does every price that no live one came for. A cloud that answered
 * nothing is an empty list. The zonal price of an offering goes before the regional one.
 */
export function mergePrices(offerings: readonly Offering[], live: readonly LivePrice[], now: Instant): Merged {
  const byKey = new Map<string, LivePrice>();
  for (const price of live) {
    const key = keyOf(price, price.zone);
    const known = byKey.get(key);
    if (!known || known.asOf <= price.asOf) byKey.set(key, price);
  }
  const onDemand = new Map(offerings.filter((o) => o.purchase === 'on-demand').map((o) => [keyOf(o, o.zone), o.price]));
  const used = new Set<LivePrice>();
  const quarantined: QuarantinedPrice[] = [];
  let updated = 0;
  const merged = offerings.map((offering) => {
    const price = byKey.get(keyOf(offering, offering.zone)) ?? byKey.get(keyOf(offering, undefined));
    if (!price) return offering;
    used.add(price);
    if (price.asOf < offering.price.asOf) return offering;
    const reason = doubt(
      price,
      offering,
      onDemand.get(keyOf({ ...offering, purchase: 'on-demand' }, offering.zone)),
      now,
    );
    if (reason !== undefined) {
      const { source, asOf } = price;
      quarantined.push({
        offering: offering.id,
        refused: price.usdPerHour,
        source,
        asOf,
        kept: offering.price,
        reason,
      });
      return offering;
    }
    updated += 1;
    return { ...offering, price: believed(price) };
  });
  return { offerings: merged, updated, quarantined, unused: byKey.size - used.size };
}

/** Further than this from one reading to the next is taken for a mistake until a person has looked. */
const MOST_JUMP = 3;
/** A modelled price was a guess: a listed one may be further off, but a unit swap is still caught. */
const MOST_JUMP_FROM_MODEL = 10;
/** Clocks of the vendor and of this machine may differ by so much. */
const CLOCK_SKEW_MS = 15 * 60 * 1000;

function doubt(live: LivePrice, offering: Offering, onDemand: Price | undefined, now: Instant): string | undefined {
  const { price, purchase } = offering;
  const wrong = purchase === 'spot' ? notAPrice(live.usdPerHour) : absurd(live.usdPerHour, offering);
  if (wrong !== undefined) return wrong;
  const swap = unitSwap(live.usdPerHour, price.usdPerHour);
  if (swap !== undefined) return swap;
  const ratio = live.usdPerHour / price.usdPerHour;
  const most = price.basis === 'modelled' ? MOST_JUMP_FROM_MODEL : MOST_JUMP;
  if (ratio > most || ratio < 1 / most) return `is ${ratio.toPrecision(3)} times the ${price.usdPerHour} USD/h in use`;
  if (purchase === 'spot' && onDemand && live.usdPerHour >= 1.05 * onDemand.usdPerHour) {
    return `is above the ${onDemand.usdPerHour} USD/h on demand`;
  }
  return misdated(live.asOf, now);
}

export function misdated(asOf: Instant, now: Instant): string | undefined {
  return asOf > now + CLOCK_SKEW_MS ? 'is dated in the future' : undefined;
}

export function notAPrice(usd: number): string | undefined {
  if (!Number.isFinite(usd)) return 'is not a number';
  return usd > 0 ? undefined : 'is not above 0';
}

export const believed = ({ usdPerHour: usd, source, asOf }: LivePrice): Price => ({
  usdPerHour: usdPerHour(usd),
  source,
  asOf,
  basis: 'listed',
});

type Named = Pick<LivePrice, 'provider' | 'region' | 'type' | 'purchase'>;
const keyOf = (o: Named, zone: string | undefined): string =>
  [o.provider, o.region, zone ?? '*', o.type, o.purchase].join('/');
