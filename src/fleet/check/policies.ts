import type { Finding } from '../finding.ts';
import type { Fleet } from '../fleet.ts';
import type { Check } from './check.ts';

export const checkPolicies: Check = (document, fleet) => {
  const { budget } = document.policies;
  const empty = budget !== undefined && budget.usdPerHour === undefined && budget.usdPerMonth === undefined;
  const remedy = 'write usdPerHour, usdPerMonth or both';
  const noAmount: Finding = { path: ['policies', 'budget'], onKey: true, problem: 'no amount is stated', remedy };
  return [...checkShares(fleet), ...(empty ? [noAmount] : [])];
};

/** Shares are of the whole, so together they must be able to reach it. */
function checkShares({ clouds, policies: { vendorShareAtMost } }: Fleet): readonly Finding[] {
  const path = ['policies', 'vendorShareAtMost'];
  const providers = clouds.map((cloud) => cloud.provider);
  const strangers = [...vendorShareAtMost.keys()].filter((provider) => !providers.includes(provider));
  if (strangers.length > 0) {
    return strangers.map((provider) => ({
      path: [...path, provider],
      onKey: true,
      problem: 'not among the clouds of this fleet',
      remedy: 'take it away, or add it under clouds',
    }));
  }
  const sum = providers.reduce((total, provider) => total + (vendorShareAtMost.get(provider) ?? 1), 0);
  // the shares are decimals in binary: three thirds written as 33.33% are meant as they stand, 0.1 + 0.9 is a whole
  if (providers.length === 0 || sum > 1 - 1e-9) return [];
  const problem = `${providers.join(', ')} together may hold ${Number((sum * 100).toFixed(2))}% of the cost: no placement reaches 100%`;
  return [{ path, onKey: true, problem, remedy: 'raise the shares to 100% or more together, or leave one out' }];
}
