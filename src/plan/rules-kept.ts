import { placeOf } from '../catalog/offering.ts';
import { ruledOut } from '../placement/eligible.ts';
import type { Group, Problem } from '../placement/problem.ts';
import { lossesOf, type Standing } from '../policy/loss.ts';
import type { Bay } from './parking.ts';

/** Names of the groups whose rules across nodes — loss, storm, zones, spot ceiling — these nodes do not keep. */
export type Broken = (bays: readonly Bay[]) => ReadonlySet<string>;

export function rulesOf({ groups, offerings }: Pick<Problem, 'groups' | 'offerings'>): Broken {
  const ruled = groups.filter((g) => g.survive ?? g.zoneSkew ?? (g.spotAtMost ?? 1) < 1);
  const zones = new Map(ruled.filter((g) => g.zoneSkew).map((g) => [g.name, zonesFor(g, offerings)]));
  return (bays) => {
    const broken = new Set<string>();
    for (const group of ruled) if (!keeps(group, bays, zones.get(group.name) ?? [])) broken.add(group.name);
    return broken;
  };
}

/** `provider/region/zone` of every zone that a group may use, each once, sorted. */
export function zonesFor(group: Group, offerings: Problem['offerings']): readonly string[] {
  const zones = new Set<string>();
  for (const o of offerings) {
    const zone = `${placeOf(o)}/${o.zone}`;
    if (!zones.has(zone) && o.atMost !== 0 && ruledOut(group, o) === undefined) zones.add(zone);
  }
  return [...zones].toSorted();
}

function keeps(group: Group, bays: readonly Bay[], zones: readonly string[]): boolean {
  const here = bays.filter((bay) => (bay.replicas[group.name] ?? 0) > 0);
  const standings = here.map(({ candidate, nodes, replicas }) => ({
    ...candidate,
    replicas: nodes * (replicas[group.name] ?? 0),
  }));
  const total = sum(standings);
  const spot = sum(standings.filter((s) => s.purchase === 'spot'));
  return (
    spot <= (group.spotAtMost ?? 1) * Math.max(total, group.replicas) + 1e-9 &&
    survives(group, standings) &&
    evenly(group, standings, zones)
  );
}

/** A storm is planned for where the fleet says what it must survive. */
function survives({ survive, absorb, replicas }: Group, standings: readonly Standing[]): boolean {
  if (!survive) return true;
  return lossesOf(standings, survive.loss).every(
    ({ remaining, lostReplicas }) =>
      remaining >= survive.share * replicas - 1e-9 &&
      (absorb === undefined || absorb * remaining >= lostReplicas - 1e-9),
  );
}

function evenly(group: Group, standings: readonly Standing[], zones: readonly string[]): boolean {
  if (!group.zoneSkew) return true;
  const inZone = new Map(zones.map((zone) => [zone, 0]));
  for (const s of standings) {
    const zone = `${placeOf(s)}/${s.zone}`;
    inZone.set(zone, (inZone.get(zone) ?? 0) + s.replicas);
  }
  const regions = new Map<string, number[]>();
  for (const [zone, replicas] of inZone) {
    const region = group.zoneSkew.within === 'all' ? 'all' : zone.slice(0, zone.lastIndexOf('/'));
    regions.set(region, [...(regions.get(region) ?? []), replicas]);
  }
  const { most } = group.zoneSkew;
  return [...regions.values()].every((counts) => Math.max(...counts) - Math.min(...counts) <= most);
}

const sum = (standings: readonly Standing[]): number => standings.reduce((total, s) => total + s.replicas, 0);
