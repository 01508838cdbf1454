import { count } from '../src/figures.ts';
import type { GroupFact, PlanFacts, Policy } from '../src/policy/policy.ts';
import { groupsOf, ruled, standingsOf } from '../src/policy/rulings.ts';

/** In each region that a service runs in, its zones differ by no more replicas than its zone skew. */
export const spread: Policy = {
  name: 'spread',
  shadow: { rows: ['zoneSkew'], per: 'replica' },
  judge(facts, { services }) {
    if (facts.status === 'infeasible') return undefined;
    const stated = services.filter((s) => s.zoneSkew !== undefined);
    if (stated.length === 0) return undefined;
    const findings = stated.flatMap((s) =>
      groupsOf(facts, [s.name]).flatMap((group) =>
        skewsOf(facts, group).map(({ by, words }) => ({
          group: group.name,
          subject: `zoneSkew/${group.name}`,
          over: by - (s.zoneSkew ?? 0),
          words: `${words}, at most ${s.zoneSkew}`,
        })),
      ),
    );
    return ruled(facts, findings, 'widest', 'no group with a zone skew runs anywhere');
  },
};

function skewsOf(facts: PlanFacts, group: GroupFact): readonly { readonly by: number; readonly words: string }[] {
  const inZone = new Map(group.zones.map((zone) => [zone, 0]));
  for (const { provider, region, zone, count: n } of standingsOf(facts, group.name)) {
    const key = `${provider}/${region}/${zone}`;
    inZone.set(key, (inZone.get(key) ?? 0) + n);
  }
  const regions = new Map<string, { readonly zone: string; readonly n: number }[]>();
  for (const [key, n] of inZone) {
    const cut = key.lastIndexOf('/');
    const region = key.slice(0, cut);
    regions.set(region, [...(regions.get(region) ?? []), { zone: key.slice(cut + 1), n }]);
  }
  return [...regions].flatMap(([region, zones]) => {
    const byName = zones.toSorted((a, b) => (a.zone < b.zone ? -1 : 1));
    const most = byName.toSorted((a, b) => b.n - a.n)[0];
    const least = byName.toSorted((a, b) => a.n - b.n)[0];
    if (!most || !least || most.n === 0) return [];
    const words = `${group.name} in ${region} has ${count(most.n)} in ${most.zone} and ${count(least.n)} in ${least.zone}`;
    return [{ by: most.n - least.n, words }];
  });
}
