import { GetProductsCommand, type Filter } from '@aws-sdk/client-pricing';
import { allPages } from '../../src/calls/pages.ts';
import type { LivePrice } from '../../src/catalog/merge.ts';
import { answered, type Answer } from '../../src/failure.ts';
import { seconds } from '../../src/units.ts';
import { digestOf, isNumbers, isRecord, refreshed } from './kept.ts';
import { GLOBAL_REGION, type Session } from './session.ts';

const FRESH = seconds(12 * 3600);
/** Up to so many types are asked for one by one; more, and the region's whole list is fewer and larger pages. */
const ONE_BY_ONE = 8;

/** On-demand prices of a region, USD an hour on Linux with shared tenancy; none where AWS does not tell them. */
export async function onDemandPrices(
  session: Session,
  region: string,
  types: readonly string[],
): Promise<readonly LivePrice[]> {
  const fact = { region, what: `on-demand/${digestOf(types)}`, within: FRESH, check: isNumbers };
  const kept = await refreshed(session, fact, async () => {
    const prices: Record<string, number> = {};
    const wanted = new Set(types);
    for (const type of types.length <= ONE_BY_ONE ? types : [undefined]) {
      const read = await productsOf(session, region, type);
      if (!read.ok) return read;
      for (const { type: found, usd } of read.value) if (wanted.has(found)) prices[found] = usd;
    }
    return answered(prices);
  });
  if (!kept) return [];
  return Object.entries(kept.value).map(([type, usdPerHour]) => ({
    provider: 'aws',
    region,
    type,
    purchase: 'on-demand',
    usdPerHour,
    source: 'AWS Price List (GetProducts)',
    asOf: kept.at,
  }));
}

interface Product {
  readonly type: string;
  readonly usd: number;
}

const productsOf = (session: Session, region: string, type: string | undefined): Promise<Answer<readonly Product[]>> =>
  allPages<Product, string>(async (token) => {
    const page = await session.ask(
      { region: GLOBAL_REGION, class: 'price', api: 'pricing:GetProducts', attempts: 2 },
      () =>
        session.pricing().send(
          new GetProductsCommand({
            ServiceCode: 'AmazonEC2',
            FormatVersion: 'aws_v1',
            Filters: filtersOf({ ...LINUX, regionCode: region, ...(type !== undefined && { instanceType: type }) }),
            MaxResults: 100,
            ...(token !== undefined && { NextToken: token }),
          }),
        ),
    );
    if (!page.ok) return page;
    const items = (page.value.PriceList ?? []).flatMap((text: unknown) => productIn(String(text), region) ?? []);
    return answered({ items, ...(page.value.NextToken && { next: page.value.NextToken }) });
  });

const LINUX = {
  operatingSystem: 'Linux',
  preInstalledSw: 'NA',
  capacitystatus: 'Used',
  marketoption: 'OnDemand',
  tenancy: 'Shared',
} as const;

const filtersOf = (terms: Readonly<Record<string, string>>): Filter[] =>
  Object.entries(terms).map(([Field, Value]) => ({ Type: 'TERM_MATCH', Field, Value }));

/** An item of the list is JSON in a string. One that is not what was asked for, or costs nothing, is left out. */
function productIn(text: string, region: string): Product | undefined {
  const product = parsed(text);
  const attributes = at(at(product, 'product'), 'attributes');
  if (!isRecord(attributes)) return undefined;
  const { instanceType: type, regionCode } = attributes;
  if (typeof type !== 'string' || (regionCode !== undefined && regionCode !== region)) return undefined;
  if (Object.entries(LINUX).some(([key, value]) => attributes[key] !== undefined && attributes[key] !== value))
    return undefined;
  for (const term of Object.values(recordOf(at(at(product, 'terms'), 'OnDemand')))) {
    for (const dimension of Object.values(recordOf(at(term, 'priceDimensions')))) {
      const usd = Number(at(at(dimension, 'pricePerUnit'), 'USD'));
      if (/^hrs?$/i.test(String(at(dimension, 'unit'))) && usd > 0 && Number.isFinite(usd)) return { type, usd };
    }
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const at = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);
const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
