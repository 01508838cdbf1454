import { counted } from '../src/figures.ts';
import { matchesAny } from '../src/policy/pattern.ts';
import type { Policy } from '../src/policy/policy.ts';
import { groupsOf, ruled, standingsOf } from '../src/policy/rulings.ts';

/** What holds users' data runs only in the places that its market names. */
export const residency: Policy = {
  name: 'residency',
  judge(facts, { services, markets }) {
    if (facts.status === 'infeasible') return undefined;
    const bound = new Map(markets.flatMap((m) => (m.residency ? [[m.name, m.residency] as const] : [])));
    const stated = services.filter((s) => s.holdsUserData && s.markets.some((market) => bound.has(market)));
    if (stated.length === 0) return undefined;
    const groups = groupsOf(
      facts,
      stated.map((s) => s.name),
    ).filter((group) => bound.has(group.market));
    const findings = groups.flatMap((group) => {
      const places = bound.get(group.market) ?? [];
      return standingsOf(facts, group.name).map(({ provider, region, count }) => {
        const place = `${provider}/${region}`;
        const inside = matchesAny(places, place);
        const words = `${counted(count, 'replica')} of ${group.name} in ${place}, ${inside ? 'within' : 'outside'} ${places.join(', ')}`;
        return { group: group.name, over: inside ? 0 : count, words };
      });
    });
    return ruled(facts, findings, 'all within bounds', 'nothing with users’ data runs anywhere');
  },
};
