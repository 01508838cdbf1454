import { counted } from '../src/figures.ts';
import { matchesAny } from '../src/policy/pattern.ts';
import type { Policy } from '../src/policy/policy.ts';
import { allow, broken, groupsOf, standingsOf, worstOf } from '../src/policy/rulings.ts';

/** What holds users' data runs only in the places that its market names. */
export const residency: Policy = {
  name: 'residency',
  judge(facts, { services, markets }) {
    const bound = new Map(markets.flatMap((m) => (m.residency ? [[m.name, m.residency] as const] : [])));
    const stated = services.filter((s) => s.holdsUserData && s.markets.some((market) => bound.has(market)));
    if (stated.length === 0) return undefined;
    const groups = groupsOf(
      facts,
      stated.map((s) => s.name),
    ).filter((group) => bound.has(group.market));
    const outside = groups.flatMap((group) =>
      standingsOf(facts, group.name)
        .filter(({ provider, region }) => !matchesAny(bound.get(group.market) ?? [], `${provider}/${region}`))
        .map(
          (s) =>
            `${counted(s.count, 'replica')} of ${group.name} in ${s.provider}/${s.region}, outside ${(bound.get(group.market) ?? []).join(', ')}`,
        ),
    );
    return outside.length > 0
      ? broken(facts, worstOf(outside))
      : allow(
          `${counted(groups.length, 'group')} with users' data within ${groups.length === 1 ? 'its' : 'their'} places`,
        );
  },
};
