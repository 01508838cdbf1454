import { count, percent } from '../src/figures.ts';
import type { Policy } from '../src/policy/policy.ts';
import { allow, broken, groupsOf, standingsOf, worstOf } from '../src/policy/rulings.ts';

/**
 * No service has more of the replicas it needs on spot than it tolerates. Spare replicas elsewhere do not raise the
 * ceiling: what is left when every spot node is reclaimed at once must still be the share that is needed.
 */
export const spotLimit: Policy = {
  name: 'spot-limit',
  shadow: { rows: ['spotAtMost'], per: 'replica' },
  judge(facts, { services }) {
    const stated = services.filter((s) => s.spotAtMost < 1);
    if (stated.length === 0) return undefined;
    const shares = stated.flatMap((s) =>
      groupsOf(facts, [s.name]).map((group) => {
        const spot = standingsOf(facts, group.name)
          .filter((fact) => fact.purchase === 'spot')
          .reduce((sum, fact) => sum + fact.count, 0);
        const words = `${group.name} has ${count(spot)} of ${count(group.needed)} replicas on spot, at most ${percent(s.spotAtMost)}`;
        return { spot, over: spot - s.spotAtMost * group.needed, words };
      }),
    );
    shares.sort((a, b) => b.over - a.over);
    const over = shares.filter((s) => s.over > 1e-9).map((s) => s.words);
    if (over.length > 0) return broken(facts, worstOf(over));
    const fullest = shares.find((s) => s.spot > 0);
    return allow(fullest ? `fullest: ${fullest.words}` : 'no replica with a ceiling runs on spot');
  },
};
