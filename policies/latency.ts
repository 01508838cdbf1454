import { counted } from '../src/figures.ts';
import type { Policy } from '../src/policy/policy.ts';
import { groupsOf, ruled, standingsOf } from '../src/policy/rulings.ts';

/** Users reach what faces them within its round trip. A place whose latency nobody stated is too far. */
export const latency: Policy = {
  name: 'latency',
  judge(facts, { services, markets }) {
    if (facts.status === 'infeasible') return undefined;
    const stated = services.filter((s) => s.latencyAtMostMs !== undefined);
    if (stated.length === 0) return undefined;
    const findings = stated.flatMap((service) =>
      groupsOf(facts, [service.name]).flatMap((group) => {
        const from = markets.find((m) => m.name === group.market);
        return standingsOf(facts, group.name).map(({ provider, region, count }) => {
          const ms = from?.latencyMs.get(`${provider}/${region}`);
          const far = ms === undefined ? 'at a latency nobody stated' : `${ms} ms away`;
          const words = `${counted(count, 'replica')} of ${group.name} in ${provider}/${region}, ${far}, at most ${service.latencyAtMostMs} ms`;
          return { group: group.name, over: (ms ?? Infinity) - (service.latencyAtMostMs ?? 0), words };
        });
      }),
    );
    return ruled(facts, findings, 'farthest', 'nothing that faces users runs anywhere');
  },
};
