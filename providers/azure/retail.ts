import { allPages } from '../../src/calls/pages.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import type { ProviderParts } from '../../src/ports.ts';
import { trustedBy } from './connection.ts';
import { failureOf } from './failures.ts';
import { sendJson } from './https.ts';
import { listOf, membersOf, numberOf, textOf } from './json.ts';

/** A row of Azure's price list, as far as it is used. */
export interface RetailRow {
  readonly type: string;
  readonly sku: string;
  readonly meter: string;
  readonly product: string;
  readonly meterId: string;
  /** USD for an hour; of a reservation, for its whole term */
  readonly price: number;
  /** when it came into force, ms since 1970 */
  readonly since: number;
  /** `1 Year`, `3 Years`: of a reservation */
  readonly term?: string;
  /** term → USD for an hour under a savings plan */
  readonly plans: Readonly<Record<string, number>>;
}

const PUBLIC = 'https://prices.azure.com';
const API = 'retailPrices.list';
/** Names in one filter: the URL stays below 4 kB. */
const NAMES = 25;
/** With more sizes than this, the whole region is fewer pages than the filters would be. */
const MOST_NAMES = 100;

/**
 * Rows of virtual machines in a region, all pages. The list is public and asks for no token. Filters tell upper from
 * lower case in the preview version, the only one that has savings plans' rates.
 *
 * @param names sizes of machine; of very many, the whole region is read
 */
export async function retailRows(
  parts: ProviderParts,
  region: string,
  kind: 'Consumption' | 'Reservation',
  names: readonly string[],
): Promise<Answer<readonly RetailRow[]>> {
  const chunks: (readonly string[])[] = [];
  if (names.length > MOST_NAMES) chunks.push([]);
  else for (let i = 0; i < names.length; i += NAMES) chunks.push(names.slice(i, i + NAMES));
  const rows: RetailRow[] = [];
  for (const chunk of chunks) {
    const some = await list(parts, region, filterOf(region, kind, chunk));
    if (!some.ok) return some;
    rows.push(...some.value.flatMap((item) => rowOf(item, kind) ?? []));
  }
  return answered(rows);
}

function filterOf(region: string, kind: string, names: readonly string[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const which = names.map((name) => `armSkuName eq ${quoted(name)}`).join(' or ');
  return [
    `serviceName eq 'Virtual Machines'`,
    `armRegionName eq ${quoted(region)}`,
    `priceType eq '${kind}'`,
    ...(which === '' ? [] : [`(${which})`]),
  ].join(' and ');
}

async function list(parts: ProviderParts, region: string, filter: string): Promise<Answer<readonly unknown[]>> {
  const base = (parts.env.GODWIT_AZURE_PRICES_ENDPOINT ?? PUBLIC).replace(/\/+$/, '');
  if (!/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(base) || !URL.canParse(base)) {
    const message = `GODWIT_AZURE_PRICES_ENDPOINT is ${base.replace(/\/\/[^/@]*@/, '//').slice(0, 60)}`;
    const remedy = 'write a URL with https, or with http to this machine';
    return failed({ kind: { is: 'invalid' }, api: API, code: 'BadEndpoint', message, remedy });
  }
  const trusted = await trustedBy(parts.env.GODWIT_CA_FILE);
  if (!trusted.ok) return trusted;
  const first = new URL(`${base}/api/retail/prices`);
  first.searchParams.set('api-version', '2023-01-01-preview');
  first.searchParams.set('meterRegion', "'primary'");
  first.searchParams.set('$filter', filter);
  return allPages<unknown, string>((next) =>
    parts.caller.call(
      { cloud: 'azure', account: '', region, class: 'price', api: API },
      async () => {
        const url = next ?? first.href;
        if (!URL.canParse(url) || new URL(url).origin !== first.origin) {
          throw Object.assign(new Error(`a link leads away from the price list, to ${url.slice(0, 100)}`), {
            code: 'StrayLink',
          });
        }
        const { body } = await sendJson({ method: 'GET', url, ca: trusted.value, env: parts.env });
        const { Items, NextPageLink } = membersOf(body);
        if (!Array.isArray(Items)) throw Object.assign(new Error('no list of prices'), { code: 'PARSE_ERROR' });
        const link = textOf(NextPageLink);
        return { items: Items as readonly unknown[], ...(link !== undefined && { next: link }) };
      },
      failureOf(API),
    ),
  );
}

function rowOf(item: unknown, kind: string): RetailRow | undefined {
  const row = membersOf(item);
  const type = textOf(row.armSkuName);
  const price = numberOf(row.retailPrice);
  const told = [row.type, row.priceType].map(textOf).find((text) => text !== undefined);
  if (type === undefined || price === undefined || (told ?? kind) !== kind) return undefined;
  if (textOf(row.currencyCode) !== 'USD' || row.unitOfMeasure !== '1 Hour') return undefined;
  if (row.isPrimaryMeterRegion === false || (numberOf(row.tierMinimumUnits) ?? 0) !== 0) return undefined;
  const term = textOf(row.reservationTerm);
  return {
    type,
    sku: textOf(row.skuName) ?? '',
    meter: textOf(row.meterName) ?? '',
    product: textOf(row.productName) ?? '',
    meterId: textOf(row.meterId) ?? '',
    price,
    since: Date.parse(textOf(row.effectiveStartDate) ?? '') || 0,
    ...(term !== undefined && { term }),
    plans: Object.fromEntries(
      listOf(row.savingsPlan).flatMap((plan) => {
        const { term: of, retailPrice, unitPrice } = membersOf(plan);
        const usd = numberOf(retailPrice) ?? numberOf(unitPrice);
        return textOf(of) !== undefined && usd !== undefined && usd > 0 ? [[of as string, usd]] : [];
      }),
    ),
  };
}
