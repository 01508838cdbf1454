import type { Pattern } from './columns.ts';
import type { Instance } from './instance.ts';

/** Every group alone on every candidate, as full as it goes: enough for a first set of duals. Empty nodes where a minimum asks for them. */
export function startingPatterns(instance: Instance): Pattern[] {
  const { groups, candidates, fits, locationOf } = instance;
  const patterns: Pattern[] = [];
  candidates.forEach((c, o) => {
    if ((c.atLeast ?? 0) > 0 || (instance.running[o] ?? 0) > 0) {
      patterns.push({ candidate: o, filling: new Int32Array(groups.length) });
    }
  });
  groups.forEach((group, g) => {
    const best = new Map<number, { o: number; perReplica: number }>();
    candidates.forEach((c, o) => {
      const most = Math.min(fits[g * candidates.length + o] ?? 0, group.replicas);
      if (most <= 0) return;
      const perReplica = c.usdPerHour / most;
      const l = locationOf[o] ?? 0;
      const rival = best.get(l);
      if (!rival || perReplica < rival.perReplica) best.set(l, { o, perReplica });
    });
    for (const { o } of best.values()) {
      const filling = new Int32Array(groups.length);
      filling[g] = Math.min(fits[g * candidates.length + o] ?? 0, group.replicas);
      patterns.push({ candidate: o, filling });
    }
  });
  return patterns;
}
