import type { SimRegion, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { isoOf } from '../../src/units.ts';
import type { Json } from './azure-shapes.ts';

/** Azure Retail Prices over the world's prices, with the rows beside them that have led readers astray. */
export function priceRows(world: SimulatedWorld): readonly Json[] {
  const known = latest.get(world);
  if (known?.at === world.now()) return known.rows;
  const rows = rowsOf(world);
  latest.set(world, { at: world.now(), rows });
  return rows;
}

/** One page after another asks for the same. */
const latest = new WeakMap<SimulatedWorld, { readonly at: number; readonly rows: readonly Json[] }>();

function rowsOf(world: SimulatedWorld): Json[] {
  return world.regions
    .filter(({ provider }) => provider === 'azure')
    .flatMap((region) => regionRows(region, isoOf(world.now())));
}

function regionRows(region: SimRegion, now: string): Json[] {
  return region.types.flatMap(({ name, family }): Json[] => {
    const list = region.onDemand(name);
    if (list === undefined) return [];
    const spot = region.zones.map((zone) => zone.spot(name)).find((usd) => usd !== undefined);
    const size = name.replace(/^Standard_/, '').replaceAll('_', ' ');
    const linux = `Virtual Machines ${family} Series`;
    const row = (usd: number, more: Json): Json => ({ ...common(region.name, name, size, linux, usd), ...more });
    const plans = [
      { unitPrice: list * 0.48, retailPrice: list * 0.48, term: '3 Years' },
      { unitPrice: list * 0.71, retailPrice: list * 0.71, term: '1 Year' },
    ];
    return [
      row(list * 1.8, { productName: `${linux} Windows`, meterId: `w-${name}` }),
      row(list * 1.7, { productName: `${linux} Windows (Promo)`, meterId: `x-${name}` }),
      row(list * 0.2, { skuName: `${size} Low Priority`, meterName: `${size} Low Priority`, meterId: `l-${name}` }),
      row(0, { meterId: `0-${name}` }),
      row(list * 0.4, { productName: `${family} Series Cloud Services`, meterId: `c-${name}` }),
      // an older price of the same meter, and one that is not in force yet
      row(list * 1.3, { effectiveStartDate: '2020-01-01T00:00:00Z', meterId: `o-${name}` }),
      row(list * 0.5, { effectiveStartDate: '2048-01-01T00:00:00Z', meterId: `f-${name}` }),
      row(list, { effectiveStartDate: '2026-06-01T00:00:00Z', savingsPlan: plans, meterId: `m-${name}` }),
      ...(spot === undefined
        ? []
        : [
            row(spot, {
              skuName: `${size} Spot`,
              meterName: `${size} Spot`,
              meterId: `s-${name}`,
              effectiveStartDate: now,
            }),
          ]),
      row(list * 8760 * 0.62, { type: 'Reservation', reservationTerm: '1 Year', meterId: `r1-${name}` }),
      row(list * 3 * 8760 * 0.41, { type: 'Reservation', reservationTerm: '3 Years', meterId: `r3-${name}` }),
    ];
  });
}

const common = (region: string, type: string, size: string, product: string, usd: number): Json => ({
  currencyCode: 'USD',
  tierMinimumUnits: 0,
  retailPrice: usd,
  unitPrice: usd,
  armRegionName: region,
  location: region,
  effectiveStartDate: '2024-03-01T00:00:00Z',
  meterName: size,
  productId: 'DZH318Z0BQ4B',
  skuId: 'DZH318Z0BQ4B/00TX',
  productName: product,
  skuName: size,
  serviceName: 'Virtual Machines',
  serviceId: 'DZH313Z7MMC8',
  serviceFamily: 'Compute',
  unitOfMeasure: '1 Hour',
  type: 'Consumption',
  isPrimaryMeterRegion: true,
  armSkuName: type,
});

/** The OData filter that the price list knows: `eq` with `and`, `or` and brackets. Undefined: it can't be read. */
export function filtered(rows: readonly Json[], filter: string): readonly Json[] | undefined {
  const clauses = /^(.*?)(?: and \((.+)\))?$/.exec(filter);
  const all = (clauses?.[1] ?? '').split(' and ').map(termOf);
  const any = clauses?.[2]?.split(' or ').map(termOf);
  if (all.includes(undefined) || any?.includes(undefined)) return undefined;
  const holds = (row: Json, term: Term | undefined): boolean => term !== undefined && row[term.member] === term.value;
  return rows.filter((row) => all.every((t) => holds(row, t)) && (!any || any.some((t) => holds(row, t))));
}

interface Term {
  readonly member: string;
  readonly value: string;
}

const MEMBERS: Readonly<Record<string, string>> = {
  serviceName: 'serviceName',
  armRegionName: 'armRegionName',
  armSkuName: 'armSkuName',
  priceType: 'type',
};

function termOf(text: string): Term | undefined {
  const [, name = '', value] = /^\s*(\w+) eq '([^']*)'\s*$/.exec(text) ?? [];
  const member = MEMBERS[name];
  return member === undefined || value === undefined ? undefined : { member, value };
}
