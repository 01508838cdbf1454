import { count, counted, named, percent } from '../src/figures.ts';
import type { Fleet, GroupFact, PlanFacts, Policy } from '../src/policy/policy.ts';
import { allow, hold, standingsOf, stop, unknownLoads, worstOf } from '../src/policy/rulings.ts';

/**
 * Every group has the replicas that its load and the fleet's headroom ask for, counted anew from the load. What cannot
 * be placed, or waits for nodes, holds the plan: the growth that is there goes ahead, nothing else does. So does a load
 * that is not known. Where no placement was found there is nothing to count: see `placement`.
 */
export const headroom: Policy = {
  name: 'headroom',
  judge(facts, fleet) {
    if (facts.status === 'infeasible') return undefined;
    const short = facts.groups.flatMap((group) => {
      const needed = neededBy(group, fleet);
      const placed = standingsOf(facts, group.name).reduce((sum, s) => sum + s.count, 0);
      const known = (facts.unplaced[group.name] ?? 0) + (facts.uncovered[group.name] ?? 0);
      if (placed >= needed) return [];
      const words = `${group.name} has room for ${count(placed)} of ${counted(needed, 'replica')}`;
      return [{ missing: needed - placed, explained: placed + known >= group.needed && group.needed >= needed, words }];
    });
    short.sort((a, b) => b.missing - a.missing);
    const words = worstOf(short.map((s) => s.words));
    const unknown = unknownLoads(facts);
    if (short.length === 0 && unknown.length === 0) return allow(coveredWords(facts, fleet));
    if (short.length === 0)
      return {
        ...hold(`the load of ${named(unknown)} is not known, so nobody knows what would cover it`),
        incomplete: true,
      };
    return short.every((s) => s.explained) ? hold(words) : stop(words);
  },
};

/** Counted from the load itself; the demand's own figure where the load is not known. */
function neededBy(group: GroupFact, { services, policies }: Fleet): number {
  const service = services.find((s) => s.name === group.service);
  if (!service || Number.isNaN(group.load)) return group.needed;
  const forLoad = Math.ceil((group.load * (1 + policies.headroom)) / group.capacityPerReplica - 1e-6);
  return Math.max(group.needed, Math.min(service.maxReplicas, forLoad));
}

function coveredWords(facts: PlanFacts, { policies }: Fleet): string {
  const on = policies.headroom > 0 ? ` and ${percent(policies.headroom)} headroom` : '';
  return `${counted(facts.groups.length, 'group')} covered at the quantile of the load${on}`;
}
