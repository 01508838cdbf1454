import type { Group } from '../placement/problem.ts';
import { lossesOf, type Standing } from '../policy/loss.ts';
import type { Bay } from './parking.ts';
import { zoneOf, type Usable } from './usable.ts';

/**
 * By how much, in replicas, nodes miss the rules of a group that span nodes: loss, storm, zones and spot ceiling. 0 is
 * within all of them.
 */
type Breach = (group: string, bays: readonly Bay[]) => number;

export interface Breaches {
  /** groups that have such rules */
  readonly groups: readonly string[];
  readonly of: Breach;
}

export function breachesOf(groups: readonly Group[], usable: (group: string) => Usable): Breaches {
  const ruled = new Map(
    groups
      .filter((g) => g.survive ?? g.zoneSkew ?? (g.spotAtMost ?? 1) < 1)
      .map((group) => [group.name, { group, zones: group.zoneSkew ? usable(group.name).zones : [] }]),
  );
  return {
    groups: [...ruled.keys()],
    of: (name, bays) => {
      const rule = ruled.get(name);
      return rule ? breach(rule.group, rule.zones, bays) : 0;
    },
  };
}

function breach(group: Group, zones: readonly string[], bays: readonly Bay[]): number {
  const standings = standingsOf(group, bays);
  return spotBreach(group, standings) + lossBreach(group, standings) + skewBreach(group, standings, zones);
}

function standingsOf(group: Group, bays: readonly Bay[]): readonly (Standing & { readonly purchase: string })[] {
  return bays.flatMap(({ candidate: { provider, region, zone, purchase }, nodes, replicas }) => {
    const each = replicas[group.name] ?? 0;
    return each > 0 ? [{ provider, region, zone, purchase, replicas: each * nodes }] : [];
  });
}

/** Of the replicas that are needed: spare ones elsewhere do not raise the ceiling. */
function spotBreach({ spotAtMost = 1, replicas }: Group, standings: ReturnType<typeof standingsOf>): number {
  const spot = standings.reduce((sum, s) => sum + (s.purchase === 'spot' ? s.replicas : 0), 0);
  return spotAtMost < 1 ? Math.max(0, spot - spotAtMost * replicas - 1e-9) : 0;
}

/** A storm is planned for where the fleet says what it must survive. */
function lossBreach({ survive, absorb, replicas }: Group, standings: readonly Standing[]): number {
  if (!survive) return 0;
  const worst = lossesOf(standings, survive.loss)[0];
  const remaining = worst?.remaining ?? 0;
  const missing = Math.max(0, Math.ceil(survive.share * replicas - 1e-9) - remaining);
  const flooded = absorb === undefined ? 0 : Math.max(0, (worst?.lostReplicas ?? 0) - absorb * remaining - 1e-9);
  return missing + flooded;
}

function skewBreach(group: Group, standings: readonly Standing[], zones: readonly string[]): number {
  if (!group.zoneSkew) return 0;
  const inZone = new Map(zones.map((zone) => [zone, 0]));
  for (const s of standings) inZone.set(zoneOf(s), (inZone.get(zoneOf(s)) ?? 0) + s.replicas);
  const regions = new Map<string, { most: number; least: number }>();
  for (const [zone, replicas] of inZone) {
    const region = group.zoneSkew.within === 'all' ? 'all' : zone.slice(0, zone.lastIndexOf('/'));
    const known = regions.get(region);
    regions.set(region, {
      most: Math.max(known?.most ?? 0, replicas),
      least: Math.min(known?.least ?? Infinity, replicas),
    });
  }
  const allowed = group.zoneSkew.most;
  return [...regions.values()].reduce((sum, { most, least }) => sum + Math.max(0, most - least - allowed), 0);
}
