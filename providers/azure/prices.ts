import { z } from 'zod';
import type { LivePrice } from '../../src/catalog/merge.ts';
import type { Purchase } from '../../src/catalog/offering.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { ProviderParts } from '../../src/ports.ts';
import type { Instant } from '../../src/units.ts';
import { parsedOf } from './json.ts';
import { retailRows, type RetailRow } from './retail.ts';
import { shelved, type Dated } from './shelved.ts';

/** A size's prices in a region, USD an hour. */
const priceSchema = z.object({
  type: z.string(),
  purchase: z.enum(['on-demand', 'spot']),
  usdPerHour: z.number(),
  /** term → USD an hour under a savings plan */
  plans: z.record(z.string(), z.number()),
});
const schema = z.object({
  schemaVersion: z.literal(1),
  /** the sizes that were asked for; not all have a price */
  asked: z.array(z.string()),
  prices: z.array(priceSchema),
});

export type RetailPrice = z.infer<typeof priceSchema>;
type Listed = z.infer<typeof schema>;

/** On demand and spot come in the same answer, and spot should be no older than an hour. */
const FRESH_S = 3600;

/** The list prices of these sizes in a region: from the shelf while they are fresh and complete, else read anew. */
export function pricesIn(
  parts: ProviderParts,
  region: string,
  types: readonly string[],
): Promise<Answer<Dated<readonly RetailPrice[]>>> {
  const asked = [...new Set(types)].toSorted();
  const { shelf } = parts;
  const key = `azure/-/${region}/retail`;
  // a list that lacks what is wanted now is not fresh, whatever its age
  const complete: z.ZodType<Listed> = schema.refine((kept) => {
    const had = new Set(kept.asked);
    return asked.every((type) => had.has(type));
  });
  return shelved(parts, key, FRESH_S, complete, async () => {
    // who asks for other sizes must not push out what the others keep
    const kept = schema.safeParse(parsedOf((await shelf.get(key))?.text ?? ''));
    const all = [...new Set([...asked, ...(kept.success ? kept.data.asked : [])])].toSorted();
    const rows = await retailRows(parts, region, 'Consumption', all);
    if (!rows.ok) return rows;
    const prices = chosen(rows.value, parts.clock.now());
    return answered({ schemaVersion: 1 as const, asked: all, prices: [...prices] });
  }).then((read) => (read.ok ? answered({ ...read.value, value: read.value.value.prices }) : read));
}

export const livePrices = (region: string, { value, at }: Dated<readonly RetailPrice[]>): LivePrice[] =>
  value.map(({ type, purchase, usdPerHour }) => ({
    provider: 'azure',
    region,
    type,
    purchase,
    usdPerHour,
    source: 'Azure Retail Prices',
    asOf: at,
  }));

/**
 * One price for each size and purchase, whatever order the rows came in. Several rows share a size: Windows (its
 * product says so, not always at the end), machines of Cloud Services, dedicated hosts, and `Low Priority`, which is
 * not spot; `Spot` stands in the meter's or the SKU's name. Of what is left the newest that is in force counts, of
 * equally new ones the dearer, so that no stray row makes a size look cheap. Some rows cost 0: they are not prices.
 */
export function chosen(rows: readonly RetailRow[], now: Instant): readonly RetailPrice[] {
  const best = new Map<string, RetailRow>();
  for (const row of rows) {
    if (!isLinuxMachine(row) || !(row.price > 0) || row.since > now || row.term !== undefined) continue;
    const key = `${row.type} ${purchaseOf(row)}`;
    const known = best.get(key);
    if (!known || before(row, known)) best.set(key, row);
  }
  return [...best.values()]
    .map((row) => ({ type: row.type, purchase: purchaseOf(row), usdPerHour: row.price, plans: { ...row.plans } }))
    .toSorted((a, b) => (a.type + a.purchase < b.type + b.purchase ? -1 : 1));
}

const OTHER_PRODUCT = /windows|cloud ?services|dedicated host/i;

const isLinuxMachine = ({ product, sku, meter }: RetailRow): boolean =>
  !OTHER_PRODUCT.test(product) && !/low priority/i.test(`${sku} ${meter}`) && !/expired/i.test(`${sku} ${meter}`);

const purchaseOf = ({ sku, meter }: RetailRow): Purchase =>
  /\bspot\b/i.test(`${sku} ${meter}`) ? 'spot' : 'on-demand';

function before(a: RetailRow, b: RetailRow): boolean {
  if (a.since !== b.since) return a.since > b.since;
  return a.price === b.price ? a.meterId < b.meterId : a.price > b.price;
}
