import type { Candidate, Problem } from './problem.ts';

/** What the rules of a problem tell places apart by. */
export interface Told {
  readonly provider: boolean;
  readonly region: boolean;
  readonly zone: boolean;
  readonly purchase: boolean;
}

/**
 * Which parts of a place some rule speaks of. Places that no rule tells apart are one location to the solver: replicas
 * may stand in any of them, so their offerings compete with each other and leave far fewer locations to fill.
 */
export function toldApart(problem: Problem): Told {
  const lost = new Set(problem.groups.flatMap((g) => (g.survive ? [g.survive.loss] : [])));
  const zone = lost.has('zone') || problem.groups.some((g) => g.zoneSkew);
  const region = zone || lost.has('region') || problem.rules.flows.length > 0;
  const provider = region || lost.has('provider') || problem.rules.vendorShareAtMost.size > 0;
  const purchase = problem.groups.some((g) => (g.spotAtMost ?? 1) > 0 && (g.spotAtMost ?? 1) < 1);
  return { provider, region, zone, purchase };
}

/** The location of an offering: its provider, region, zone and purchase as far as rules tell them apart, else empty. */
export function locationOf(
  told: Told,
  c: Pick<Candidate, 'provider' | 'region' | 'zone' | 'purchase'>,
): { provider: string; region: string; zone: string; purchase: string } {
  return {
    provider: told.provider ? c.provider : '',
    region: told.region ? c.region : '',
    zone: told.zone ? c.zone : '',
    purchase: told.purchase ? c.purchase : '',
  };
}
