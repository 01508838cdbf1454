import { DescribeSpotPriceHistoryCommand, type _InstanceType, type SpotPrice } from '@aws-sdk/client-ec2';
import { allPages } from '../../src/calls/pages.ts';
import type { LivePrice } from '../../src/catalog/merge.ts';
import { answered } from '../../src/failure.ts';
import { seconds } from '../../src/units.ts';
import { digestOf, isNumbers, refreshed } from './kept.ts';
import type { Session } from './session.ts';

const FRESH = seconds(3600);
/** Accounts of before 2013 see the second one only, newer ones the first. */
const PRODUCTS = ['Linux/UNIX', 'Linux/UNIX (Amazon VPC)'];

/** Spot prices of now, USD an hour, zone by zone. */
export async function spotPrices(
  session: Session,
  region: string,
  zones: readonly string[],
  types: readonly string[],
): Promise<readonly LivePrice[]> {
  const fact = { region, what: `spot/${digestOf(zones, types)}`, within: FRESH, check: isNumbers };
  const kept = await refreshed(session, fact, async () => {
    // from now on: the price that holds now, however long ago it was set
    const now = new Date(session.parts.clock.now());
    const read = await allPages<SpotPrice, string>(async (token) => {
      const page = await session.ask({ region, class: 'read', api: 'ec2:DescribeSpotPriceHistory', attempts: 2 }, () =>
        session.ec2(region).send(
          new DescribeSpotPriceHistoryCommand({
            StartTime: now,
            ProductDescriptions: PRODUCTS,
            ...(types.length <= 100 && { InstanceTypes: types as _InstanceType[] }),
            Filters: [{ Name: 'availability-zone', Values: [...zones] }],
            MaxResults: 1000,
            ...(token !== undefined && { NextToken: token }),
          }),
        ),
      );
      if (!page.ok) return page;
      return answered({
        items: page.value.SpotPriceHistory ?? [],
        ...(page.value.NextToken && { next: page.value.NextToken }),
      });
    });
    return read.ok ? answered(latest(read.value, new Set(types))) : read;
  });
  if (!kept) return [];
  return Object.entries(kept.value).map(([key, usdPerHour]) => {
    const [zone = '', type = ''] = key.split(' ');
    return {
      provider: 'aws',
      region,
      zone,
      type,
      purchase: 'spot',
      usdPerHour,
      source: 'EC2 DescribeSpotPriceHistory',
      asOf: kept.at,
    };
  });
}

/** The newest of each zone and type; of the two products at one time, the dearer, which is the one that can be had. */
function latest(history: readonly SpotPrice[], wanted: ReadonlySet<string>): Record<string, number> {
  const newest = new Map<string, { at: number; usd: number }>();
  for (const { AvailabilityZone: zone, InstanceType: type, SpotPrice: price, Timestamp } of history) {
    const usd = Number(price);
    const at = Timestamp?.getTime() ?? 0;
    if (!zone || !type || !wanted.has(type) || !Number.isFinite(usd)) continue;
    const known = newest.get(`${zone} ${type}`);
    if (!known || at > known.at || (at === known.at && usd > known.usd)) newest.set(`${zone} ${type}`, { at, usd });
  }
  return Object.fromEntries([...newest].map(([key, { usd }]) => [key, usd]));
}
