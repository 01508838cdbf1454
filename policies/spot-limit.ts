import { count, percent } from '../src/figures.ts';
import type { Policy } from '../src/policy/policy.ts';
import { groupsOf, ruled, standingsOf } from '../src/policy/rulings.ts';

/**
 * No service has more of the replicas it needs on spot than it tolerates. Spare replicas elsewhere do not raise the
 * ceiling: what is left when every spot node is reclaimed at once must still be the share that is needed.
 */
export const spotLimit: Policy = {
  name: 'spot-limit',
  shadow: { rows: ['spotAtMost'], per: 'replica' },
  judge(facts, { services }) {
    if (facts.status === 'infeasible') return undefined;
    const stated = services.filter((s) => s.spotAtMost < 1);
    if (stated.length === 0) return undefined;
    const findings = stated.flatMap((s) =>
      groupsOf(facts, [s.name]).flatMap((group) => {
        const spot = standingsOf(facts, group.name)
          .filter((fact) => fact.purchase === 'spot')
          .reduce((sum, fact) => sum + fact.count, 0);
        const words = `${group.name} has ${count(spot)} of ${count(group.needed)} replicas on spot, at most ${percent(s.spotAtMost)}`;
        return spot === 0
          ? []
          : [
              {
                group: group.name,
                subject: `spotAtMost/${group.name}`,
                over: spot - s.spotAtMost * group.needed - 1e-9,
                words,
              },
            ];
      }),
    );
    return ruled(facts, findings, 'fullest', 'no replica with a ceiling runs on spot');
  },
};
