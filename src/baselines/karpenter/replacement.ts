import type { Market } from '../market.ts';
import { holds } from '../room.ts';
import { cheapestFor, type Nodes, stillToBeHad } from './nodes.ts';
import type { Claim } from './simulate.ts';

/** A single spot node gives way to spot only with so many cheaper types (`MinInstanceTypesForSpotToSpotConsolidation`). */
const SPOT_TYPES = 15;

interface TypeOption {
  readonly type: string;
  /** price it is judged by: of its spot offerings, or else of those on demand, the dearest */
  readonly worst: number;
  readonly offerings: readonly number[];
}

/**
 * What would replace nodes: the cheapest offering of the claim whose type is cheaper than all of them together, even where
 * it is dearest. Spot replaces on-demand where both are allowed. Spot nodes give way to spot only when a single one has
 * fifteen cheaper types to go to. Several nodes are not replaced by a node of a type that one of them has already, or by
 * anything dearer than that one: going without the others would then do as well.
 *
 * Source: kubernetes-sigs/karpenter pkg/controllers/disruption/{consolidation,multinodeconsolidation}.go, v1.6 to v1.8
 * (2025), with the feature gate SpotToSpotConsolidation open, which is closed by default.
 *
 * @returns the offering, −1 when there is none
 */
export function replacementFor(market: Market, nodes: Nodes, going: readonly number[], claim: Claim): number {
  const price = (i: number): number => market.price[nodes.offering[i] as number] as number;
  const total = going.reduce((sum, i) => sum + price(i), 0);
  const cheapest = cheapestFor(market, nodes, claim.mask, claim.used, 0);
  if (cheapest < 0 || (market.price[cheapest] as number) >= total) return -1;

  const isSpot = (o: number): boolean => market.offerings[o]?.purchase === 'spot';
  const usable = [...market.sets.members(claim.mask)].filter(
    (o) => stillToBeHad(market, nodes, o) > 0 && holds(market, o, claim.used, 0),
  );
  const spotAllowed = usable.some(isSpot);
  const fromSpot = going.every((i) => isSpot(nodes.offering[i] as number));
  let options = optionsOf(market, spotAllowed && fromSpot ? usable.filter(isSpot) : usable);
  options = options.filter(({ worst }) => worst < total);
  if (spotAllowed && fromSpot && going.length === 1 && options.length < SPOT_TYPES) return -1;
  if (going.length > 1) options = withoutTheSame(market, nodes, going, options);
  const chosen = options.flatMap(({ offerings }) => offerings).filter((o) => !spotAllowed || isSpot(o));
  return chosen.reduce((best, o) => (best < 0 || cheaper(market, o, best) ? o : best), -1);
}

const cheaper = (market: Market, a: number, b: number): boolean => {
  const [x, y] = [market.price[a] as number, market.price[b] as number];
  return x !== y ? x < y : a < b;
};

function optionsOf(market: Market, offerings: readonly number[]): TypeOption[] {
  const types = new Map<string, number[]>();
  for (const o of offerings) {
    const known = types.get(typeOf(market, o));
    if (known) known.push(o);
    else types.set(typeOf(market, o), [o]);
  }
  return [...types].map(([type, of]) => {
    const spot = of.filter((o) => market.offerings[o]?.purchase === 'spot');
    return {
      type,
      worst: Math.max(...(spot.length > 0 ? spot : of).map((o) => market.price[o] as number)),
      offerings: of,
    };
  });
}

/** A type is known by its name within a region. */
function typeOf(market: Market, offering: number): string {
  const o = market.offerings[offering];
  return `${o?.provider}/${o?.region}/${o?.type}`;
}

function withoutTheSame(
  market: Market,
  nodes: Nodes,
  going: readonly number[],
  options: readonly TypeOption[],
): TypeOption[] {
  const prices = new Map<string, number>();
  for (const i of going) {
    const o = nodes.offering[i] as number;
    const type = typeOf(market, o);
    prices.set(type, Math.min(prices.get(type) ?? Infinity, market.price[o] as number));
  }
  const most = Math.min(...options.map(({ type }) => prices.get(type) ?? Infinity));
  return options.filter(({ worst }) => worst < most);
}
