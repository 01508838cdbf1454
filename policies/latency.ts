import { counted } from '../src/figures.ts';
import type { Policy } from '../src/policy/policy.ts';
import { allow, broken, groupsOf, standingsOf, worstOf } from '../src/policy/rulings.ts';

/** Users reach what faces them within its round trip. A place whose latency nobody stated is too far. */
export const latency: Policy = {
  name: 'latency',
  judge(facts, { services, markets }) {
    const stated = services.filter((s) => s.latencyAtMostMs !== undefined);
    if (stated.length === 0) return undefined;
    const reached = stated.flatMap((service) =>
      groupsOf(facts, [service.name]).flatMap((group) => {
        const from = markets.find((m) => m.name === group.market);
        return standingsOf(facts, group.name).map(({ provider, region, count }) => {
          const ms = from?.latencyMs.get(`${provider}/${region}`);
          const far = ms === undefined ? 'at a latency nobody stated' : `${ms} ms away`;
          const words = `${counted(count, 'replica')} of ${group.name} in ${provider}/${region}, ${far}, at most ${service.latencyAtMostMs} ms`;
          return { over: (ms ?? Infinity) - (service.latencyAtMostMs ?? 0), words };
        });
      }),
    );
    reached.sort((a, b) => b.over - a.over);
    const over = reached.filter((r) => r.over > 0).map((r) => r.words);
    if (over.length > 0) return broken(facts, worstOf(over));
    return allow(reached[0] ? `farthest: ${reached[0].words}` : 'nothing that faces users runs anywhere');
  },
};
