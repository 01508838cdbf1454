import { multipliersOf } from './contract-rows.ts';
import type { Placement } from './placement.ts';
import type { Problem } from './problem.ts';

/** provider → v ≥ 0, the price of its row: its list $/h − share × all list $/h ≤ 0 */
export type SharePrices = ReadonlyMap<string, number>;

/** A node costs at least this part of what is paid for it, however much its vendor helps to dilute the others' shares. */
export const CHEAPEST = 0.1;

/**
 * Whether prices on vendor shares can be put on nodes: they are in list price, so a node's bill has to be a fixed part
 * of its list price. Under a commitment it is not, and where tiers cut in it is not.
 */
export function priceable({ rules }: Problem): boolean {
  const providers = new Set(rules.discounts.map((d) => d.provider));
  return (
    rules.commitments.length === 0 &&
    providers.size === rules.discounts.length &&
    rules.discounts.every((d) => d.tiers.length === 1 && (d.tiers[0]?.discount ?? 0) < 1)
  );
}

/** What is paid of a list price, by provider and purchase; exact for a problem that is {@link priceable}. */
export const paidPart = (problem: Problem): ((provider: string, purchase: string) => number) =>
  multipliersOf(problem.rules.discounts, () => Infinity);

/** What a list dollar at a provider puts into the row of a capped one. */
export const intoShare = (provider: string, capped: string, share: number): number =>
  (provider === capped ? 1 : 0) - share;

/** A cell with its nodes at altered prices. `ratio`: one factor for all of them; undefined where they differ. */
export interface Altered {
  readonly problem: Problem;
  readonly ratio: number | undefined;
}

/**
 * A cell whose nodes carry what the vendor shares are priced at: a node whose list price is u and of which the part m
 * is paid costs m·u + u·Σ_p v_p([p = provider] − share_p). Discounts are taken off afterwards, so the list price becomes
 * u·(1 + Σ_p v_p([p = provider] − share_p) / m).
 */
export function altered(cell: Problem, shares: ReadonlyMap<string, number>, prices: SharePrices): Altered {
  const paid = paidPart(cell);
  const ratios = new Map<string, number>();
  const ratioOf = (provider: string, purchase: string): number => {
    const key = `${provider}/${purchase}`;
    let ratio = ratios.get(key);
    if (ratio === undefined) {
      let priced = 0;
      for (const [p, v] of prices) priced += v * intoShare(provider, p, shares.get(p) ?? 1);
      ratios.set(key, (ratio = 1 + priced / paid(provider, purchase)));
    }
    return ratio;
  };
  const offerings = cell.offerings.map((o) => ({ ...o, usdPerHour: o.usdPerHour * ratioOf(o.provider, o.purchase) }));
  const [ratio = 1, ...others] = ratios.values();
  const uniform = cell.rules.flows.length === 0 && others.every((r) => r === ratio);
  return { problem: { ...cell, offerings }, ratio: uniform ? ratio : undefined };
}

/**
 * An answer to a cell all of whose costs have changed by one factor: the same nodes, and the same proof in other money.
 * Only bound and prices are turned; the cost stays what it was.
 */
export function scaled(answer: Placement, ratio: number): Placement {
  const { certificate } = answer;
  const times = (prices: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, price * ratio]));
  return {
    ...answer,
    lowerBoundUsdPerHour: answer.lowerBoundUsdPerHour * ratio,
    certificate: {
      groupPrices: times(certificate.groupPrices),
      availabilityPrices: times(certificate.availabilityPrices),
      rulePrices: times(certificate.rulePrices),
    },
    duals: new Map([...answer.duals].map(([name, y]) => [name, y * ratio])),
  };
}
