import type { Instant } from '../units.ts';
import type { LiveRegion } from './live.ts';
import { believed, misdated, notAPrice, type LivePrice, type QuarantinedPrice } from './merge.ts';
import { offeringId, type Offering, type Purchase } from './offering.ts';
import { sharedOf } from './offerings.ts';
import { absurd } from './sane.ts';
import type { InstanceType, ProviderCatalog } from './snapshot.ts';

/**
 * What a cloud sells and the snapshot does not have: new types, types new in this region, spot where there was none.
 * There is no price of before to hold the new one against, so it is believed only where it is one that such a machine
 * can have; a spot price only beside an on-demand price.
 *
 * @param listed the offerings of the snapshot, with their prices of now
 */
export function unlistedOfferings(
  snapshot: ProviderCatalog,
  live: LiveRegion,
  { zones, wants }: { readonly zones: readonly string[]; readonly wants: (type: string) => boolean },
  listed: readonly Offering[],
  now: Instant,
): { readonly offerings: readonly Offering[]; readonly quarantined: readonly QuarantinedPrice[] } {
  const { provider } = snapshot;
  const { region } = live;
  const specs = specsOf(snapshot, live.types ?? []);
  const known = new Set(listed.map((o) => o.id));
  const onDemand = new Map(listed.filter((o) => o.purchase === 'on-demand').map((o) => [o.id, o.price.usdPerHour]));
  const offerings: Offering[] = [];
  const quarantined: QuarantinedPrice[] = [];
  const here = live.prices.filter((p) => p.provider === provider && p.region === region && wants(p.type));
  for (const [type, prices] of byType(here)) {
    const spec = specs.get(type);
    if (!spec) continue;
    // spot is held against on-demand, so that comes first
    for (const purchase of ['on-demand', 'spot'] as const) {
      for (const zone of zones) {
        const id = offeringId({ provider, region, zone, type, purchase });
        const price = known.has(id) ? undefined : newest(prices, zone, purchase);
        if (!price) continue;
        const { usdPerHour, source, asOf } = price;
        const beside = onDemand.get(offeringId({ provider, region, zone, type, purchase: 'on-demand' }));
        const reason =
          (purchase === 'spot' ? absurdSpot(usdPerHour, beside) : absurd(usdPerHour, spec)) ?? misdated(asOf, now);
        if (reason !== undefined) {
          quarantined.push({ offering: id, refused: usdPerHour, source, asOf, reason });
          continue;
        }
        const shared = sharedOf(snapshot, spec, region);
        offerings.push({ id, ...shared, zone, purchase, price: believed(price), available: true });
        if (purchase === 'on-demand') onDemand.set(id, believed(price).usdPerHour);
      }
    }
  }
  return { offerings, quarantined };
}

/** The snapshot's specs, and those of types it does not know as far as they are any. */
function specsOf(snapshot: ProviderCatalog, told: readonly InstanceType[]): ReadonlyMap<string, InstanceType> {
  const sound = told.filter(({ vcpu, memory }) => vcpu > 0 && memory > 0 && Number.isFinite(vcpu + memory));
  return new Map([...sound, ...snapshot.types].map((type) => [type.name, type]));
}

/** Items by their type, in the order in which types first appear. */
export function byType<T extends { readonly type: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.type);
    if (group) group.push(item);
    else groups.set(item.type, [item]);
  }
  return groups;
}

/** The zone's own price before the region's, the later of two. */
function newest(prices: readonly LivePrice[], zone: string, purchase: Purchase): LivePrice | undefined {
  const latest = (where: string | undefined): LivePrice | undefined =>
    prices
      .filter((p) => p.purchase === purchase && p.zone === where)
      .reduce<LivePrice | undefined>((a, b) => (a && a.asOf > b.asOf ? a : b), undefined);
  return latest(zone) ?? latest(undefined);
}

/** Vendors give 90% off at the most: a spot price below this is another unit. */
const LEAST_SPOT_SHARE = 0.03;
/** As for prices that are known: rounding may lift spot a little above on-demand. */
const MOST_SPOT_SHARE = 1.05;

function absurdSpot(usdPerHour: number, onDemand: number | undefined): string | undefined {
  const wrong = notAPrice(usdPerHour);
  if (wrong !== undefined) return wrong;
  if (onDemand === undefined) return 'has no on-demand price to be held against';
  if (usdPerHour >= MOST_SPOT_SHARE * onDemand) return `is above the ${onDemand} USD/h on demand`;
  if (usdPerHour < LEAST_SPOT_SHARE * onDemand) return `is under 3% of the ${onDemand} USD/h on demand`;
  return undefined;
}
