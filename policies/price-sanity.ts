import { amount, counted } from '../src/figures.ts';
import type { PlacedFact, Policy } from '../src/policy/policy.ts';
import { allow, stop, worstOf } from '../src/policy/rulings.ts';

/**
 * What 21,000 published prices of three clouds span, with room on both sides: $0.0005 to $0.40 per vCPU-hour without
 * GPUs, up to $20 an hour for each GPU. A price per month taken for one per hour is 730 times off and falls outside.
 */
const LEAST_PER_VCPU = 0.0002;
const MOST_PER_VCPU = 5;
const MOST_PER_GPU = 40;

/** No plan rests on a price that cannot be true: nothing, less than nothing, or hundreds of times off. */
export const priceSanity: Policy = {
  name: 'price-sanity',
  judge({ placed }) {
    const used = placed.filter((fact) => fact.nodes > 0);
    const odd = used.filter((fact) => !believable(fact));
    if (odd.length === 0) return allow(`${counted(used.length, 'price')} in use, each believable for its size`);
    return stop(
      worstOf(
        odd.map(
          (f) => `${f.offering} at ${amount(f.listUsdPerHour)}/h for ${f.vcpu} vCPUs cannot be (${f.priceSource})`,
        ),
      ),
    );
  },
};

function believable({ listUsdPerHour: usd, vcpu, gpus, provider }: PlacedFact): boolean {
  // an own machine may be paid off and cost next to nothing, but never less than nothing
  const least = provider === 'kubernetes' ? 0 : LEAST_PER_VCPU * vcpu;
  return Number.isFinite(usd) && usd >= least && usd <= MOST_PER_VCPU * Math.max(1, vcpu) + MOST_PER_GPU * gpus;
}
