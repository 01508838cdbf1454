import { counted, duration, named } from '../src/figures.ts';
import type { PlanFacts, Policy } from '../src/policy/policy.ts';
import { allow, unknownLoads, worstOf } from '../src/policy/rulings.ts';
import { isoOf, secondsBetween, type Seconds } from '../src/units.ts';

/**
 * A plan rests on facts that are fresh and complete, or it holds: growth for load goes ahead on old prices, moves for
 * the money do not.
 */
export const freshness: Policy = {
  name: 'freshness',
  judge(facts, { policies }) {
    const { pricesAtMost, signalsAtMost } = policies.freshness;
    const doubts = [...staleSignals(facts, signalsAtMost), ...stalePrices(facts, pricesAtMost), ...unpriced(facts)];
    const words = [...(doubts.length > 0 ? [worstOf(doubts)] : []), ...missingLoad(facts)];
    if (words.length > 0) return { verdict: 'hold', reason: words.join('; '), incomplete: true };
    return allow(`prices at most ${duration(pricesAtMost)} and signals at most ${duration(signalsAtMost)} old`);
  },
};

/** Told whatever else is stale: the groups that nothing can be said of. */
function missingLoad(facts: PlanFacts): readonly string[] {
  const groups = unknownLoads(facts);
  return groups.length === 0 ? [] : [`the load of ${named(groups)} is not known`];
}

function staleSignals({ signals, at }: PlanFacts, most: Seconds): readonly string[] {
  return signals.flatMap(({ name, lastSeen }) => {
    if (lastSeen === undefined) return [`signal ${name} was never seen`];
    const age = secondsBetween(lastSeen, at);
    if (age <= most) return [];
    return [`signal ${name} was last seen ${duration(age)} ago, at ${isoOf(lastSeen)}, at most ${duration(most)}`];
  });
}

function stalePrices({ placed, at }: PlanFacts, most: Seconds): readonly string[] {
  const old = placed.filter((f) => f.nodes > 0 && secondsBetween(f.priceAsOf, at) > most);
  return old
    .toSorted((a, b) => a.priceAsOf - b.priceAsOf || (a.offering < b.offering ? -1 : 1))
    .map(
      (f) =>
        `the price of ${f.offering} (${f.priceSource}) is ${duration(secondsBetween(f.priceAsOf, at))} old, at most ${duration(most)}`,
    );
}

const unpriced = ({ pools }: PlanFacts): readonly string[] =>
  pools
    .filter((pool) => !pool.priced && pool.from > 0)
    .map(
      (pool) =>
        `pool ${pool.name} runs ${counted(pool.from, 'node')} of ${pool.type}, which the catalog does not price`,
    );
