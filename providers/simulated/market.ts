import type { ProviderName, Purchase } from '../../src/catalog/offering.ts';
import { spotPrice, steadyPrice, tracedPrice, type PricePath } from './price-path.ts';
import { drawsFor } from './random.ts';
import { STOCK_VCPU, type RegionSetup, type TypeSetup, type WorldSetup } from './setup.ts';
import type { StockOut } from './world-types.ts';

/** One type in one zone: what it costs there and how many nodes of it there are to give. */
export interface Market {
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type: TypeSetup['type'];
  readonly hazardPerHour: number;
  /** USD an hour; undefined = not sold there */
  readonly onDemand: number | undefined;
  readonly spot: PricePath | undefined;
  /** nodes there are, those that run included */
  readonly stock: Record<Purchase, number>;
  /** nodes given away */
  readonly given: Record<Purchase, number>;
  /** true: a measured trace says how many spot nodes there are */
  readonly traced: boolean;
}

export interface Markets {
  readonly all: readonly Market[];
  of(place: Place): Market | undefined;
  sellOut(what: StockOut): void;
  /** zones where spot is short just now: `provider/region/zone` */
  readonly dry: Set<string>;
  /** where nothing is left on demand just now */
  readonly out: Set<Market>;
  left(market: Market, purchase: Purchase): number;
}

interface Place {
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
}

export function marketsOf(setup: WorldSetup, now: () => number): Markets {
  const byPlace = new Map<string, Market>();
  for (const region of setup.regions) {
    for (const zone of region.zones) {
      for (const type of region.types) {
        byPlace.set(keyOf(region.provider, region.name, zone, type.type.name), marketOf(setup, region, zone, type));
      }
    }
  }
  let soldOut: readonly StockOut[] = [];
  const dry = new Set<string>();
  const out = new Set<Market>();
  return {
    all: [...byPlace.values()],
    of: ({ provider, region, zone, type }) => byPlace.get(keyOf(provider, region, zone, type)),
    sellOut: (what) => {
      soldOut = [...soldOut.filter((s) => s.until > now()), what];
    },
    dry,
    out,
    left: (market, purchase) => {
      if (purchase === 'spot' && !market.traced && dry.has(zoneKey(market))) return 0;
      if (purchase === 'on-demand' && out.has(market)) return 0;
      if (soldOut.some((s) => s.until > now() && meets(s, market, purchase))) return 0;
      return Math.max(0, market.stock[purchase] - market.given[purchase]);
    },
  };
}

export const zoneKey = ({ provider, region, zone }: Omit<Place, 'type'>): string => `${provider}/${region}/${zone}`;
const keyOf = (provider: string, region: string, zone: string, type: string): string =>
  `${provider}/${region}/${zone}/${type}`;

function marketOf(setup: WorldSetup, region: RegionSetup, zone: string, sold: TypeSetup): Market {
  const { provider, name } = region;
  const place = { provider, region: name, zone, type: sold.type.name };
  const here = sold.zones?.includes(zone) ?? true;
  const spot =
    here && sold.spot !== undefined && sold.type.spot ? spotPathOf(setup, place, sold, sold.spot) : undefined;
  const trace = setup.spot?.availability?.find((t) => isAt(t, place));
  const stock = {
    'on-demand': sold.stock?.onDemand ?? Math.floor(STOCK_VCPU.onDemand / sold.type.vcpu),
    spot: trace?.points[0]?.nodes ?? sold.stock?.spot ?? Math.floor(STOCK_VCPU.spot / sold.type.vcpu),
  };
  return {
    provider,
    region: name,
    zone,
    type: sold.type,
    hazardPerHour: sold.hazardPerHour ?? 0,
    onDemand: here ? sold.onDemand : undefined,
    spot,
    stock: {
      'on-demand': here && sold.onDemand !== undefined ? stock['on-demand'] : 0,
      spot: spot ? stock.spot : 0,
    },
    given: { 'on-demand': 0, spot: 0 },
    traced: trace !== undefined,
  };
}

function spotPathOf({ seed, start, spot }: WorldSetup, place: Place, sold: TypeSetup, base: number): PricePath {
  const trace = spot?.prices?.find((t) => isAt(t, place));
  if (trace) return tracedPrice(trace);
  if (spot?.steady) return steadyPrice(base, start);
  // Azure and Google have one spot price a region
  const scope = place.provider === 'aws' ? place.zone : '*';
  const draw = drawsFor(seed, 'price', place.provider, place.region, scope, place.type);
  return spotPrice(place.provider, base, { start, most: sold.onDemand ?? Infinity, draw });
}

export const isAt = (what: Place, { provider, region, zone, type }: Place): boolean =>
  what.provider === provider && what.region === region && what.zone === zone && what.type === type;

const meets = (s: StockOut, { provider, region, zone, type }: Market, purchase: Purchase): boolean =>
  s.provider === provider &&
  s.region === region &&
  s.zone === zone &&
  (s.type === undefined || s.type === type.name) &&
  (s.purchase === undefined || s.purchase === purchase);
