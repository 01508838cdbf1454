import type { Instant } from '../units.ts';
import { secondsBetween } from '../units.ts';
import type { Offering, Price, ProviderName } from './offering.ts';

/** How old the prices of one provider from one source are. */
export interface Freshness {
  readonly provider: ProviderName;
  readonly source: string;
  readonly basis: Price['basis'];
  readonly oldest: Instant;
  readonly newest: Instant;
  /** of the oldest; never negative, though clocks differ */
  readonly ageS: number;
  readonly offerings: number;
}

/** One entry for each provider, source and basis, in the order they first appear. */
export function freshnessOf(offerings: readonly Pick<Offering, 'provider' | 'price'>[], now: Instant): Freshness[] {
  const entries = new Map<string, Freshness>();
  for (const { provider, price } of offerings) {
    const { source, basis, asOf } = price;
    const key = `${provider}\n${source}\n${basis}`;
    const known = entries.get(key);
    const oldest = known && known.oldest < asOf ? known.oldest : asOf;
    const newest = known && known.newest > asOf ? known.newest : asOf;
    const ageS = Math.max(0, secondsBetween(oldest, now));
    entries.set(key, { provider, source, basis, oldest, newest, ageS, offerings: (known?.offerings ?? 0) + 1 });
  }
  return [...entries.values()];
}

/** The price that has waited longest for a new reading; undefined when there are none. */
export function oldestOf(entries: readonly Freshness[]): Freshness | undefined {
  return entries.reduce<Freshness | undefined>((a, b) => (a && a.oldest <= b.oldest ? a : b), undefined);
}
