import type { Observation } from '../../src/observation.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { PoolFilling } from '../../src/ports.ts';

/**
 * The pools as they are when every step of the plan is done. The nodes carry what the plan has on them then: its goal,
 * and where part of that still waits, its work on the nodes that stay meanwhile.
 *
 * @param known whether anybody sees what runs on the nodes
 */
export function carriedOut(seen: Observation, plan: Plan, known: boolean): Observation {
  const left = plan.after.map(({ offering, count, replicas }) => ({ offering, nodes: count, replicas }));
  const take = (offering: string, nodes: number): readonly PoolFilling[] => {
    let wanted = nodes;
    return left.flatMap((here) => {
      const taken = here.offering === offering ? Math.min(wanted, here.nodes) : 0;
      here.nodes -= taken;
      wanted -= taken;
      return taken > 0 ? [{ nodes: taken, replicas: here.replicas }] : [];
    });
  };
  const pools = plan.pools
    .filter((p) => p.to > 0 || seen.pools.some((pool) => pool.name === p.pool))
    .map((p) => ({
      ...{ name: p.pool, provider: p.provider, region: p.region, zone: p.zone, type: p.type, purchase: p.purchase },
      ...{ target: p.to, ready: p.to, min: p.min, max: p.max, source: 'declared' as const },
      ...(known && { carries: take(p.offering, p.to) }),
    }));
  return { ...seen, pools };
}
