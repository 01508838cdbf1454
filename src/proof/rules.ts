import type { AnswerFile } from '../interchange/answer-file.ts';
import type { GroupEntry, Loss, OfferingEntry } from '../interchange/problem-file.ts';
import { type Finding, judged } from './finding.ts';
import { HAIR, type Scene, usable } from './scene.ts';

/** Replicas of one group on the nodes of one offering. */
export interface Share {
  readonly o: number;
  readonly replicas: number;
}

/** Where each group's replicas are, by counting the nodes. */
export function sharesOf(
  { groups, groupAt, offeringAt }: Scene,
  { nodes }: Pick<AnswerFile, 'nodes'>,
): readonly Share[][] {
  const shares = groups.map((): Share[] => []);
  for (const n of nodes) {
    const o = offeringAt.get(n.offering);
    if (o === undefined) continue;
    for (const [name, each] of Object.entries(n.replicas)) {
      if (each * n.count > 0) shares[groupAt.get(name) ?? -1]?.push({ o, replicas: each * n.count });
    }
  }
  return shares;
}

/**
 * The rules of each group.
 *
 * @param needed replicas of each group that the answer says it has placed: with `partial`, rules are read on these
 */
export function ruleFindings(scene: Scene, shares: readonly Share[][], needed: readonly number[]): readonly Finding[] {
  const all = { spot: [] as string[], zones: [] as string[], survival: [] as string[] };
  scene.groups.forEach((group, g) => {
    const placed = shares[g] ?? [];
    const replicas = needed[g] ?? 0;
    all.spot.push(...spotFaults(scene, group, placed, replicas));
    all.zones.push(...zoneFaults(scene, g, placed));
    all.survival.push(...survivalFaults(scene, group, placed, replicas));
  });
  const with_ = (has: (group: GroupEntry) => boolean): number => scene.groups.filter(has).length;
  const spot = with_((g) => g.spotAtMost !== undefined);
  const zones = with_((g) => g.zoneSkew !== undefined);
  const survive = with_((g) => g.survive !== undefined);
  return [
    ...judged('spot', all.spot, told(spot, 'keep their ceiling of replicas on spot')),
    ...judged('zones', all.zones, told(zones, 'are spread over their zones within zoneSkew')),
    ...judged('survival', all.survival, told(survive, 'keep their share of replicas after any one loss')),
  ];
}

const told = (n: number, what: string): string | undefined =>
  n === 0 ? undefined : n === 1 ? `the one group with this rule: its replicas ${what}` : `${n} groups ${what}`;

export function spotFaults(
  { offerings }: Scene,
  { name, spotAtMost }: GroupEntry,
  placed: readonly Share[],
  replicas: number,
): readonly string[] {
  if (spotAtMost === undefined || spotAtMost >= 1) return [];
  const spot = total(placed.filter(({ o }) => offerings[o]?.purchase === 'spot'));
  return spot > spotAtMost * replicas + HAIR * replicas
    ? [`${name} has ${spot} of ${replicas} replicas on spot, where at most ${spotAtMost} of them may be`]
    : [];
}

export function zoneFaults(scene: Scene, g: number, placed: readonly Share[]): readonly string[] {
  const { name = '', zoneSkew } = scene.groups[g] ?? {};
  if (zoneSkew === undefined) return [];
  const zones = new Map(usable(scene, g).map((o) => [scene.zoneOf[o] ?? '', 0]));
  for (const { o, replicas } of placed) {
    const zone = scene.zoneOf[o] ?? '';
    zones.set(zone, (zones.get(zone) ?? 0) + replicas);
  }
  const counts = [...zones].toSorted((a, b) => b[1] - a[1]);
  const [fullest, emptiest] = [counts[0], counts.at(-1)];
  if (!fullest || !emptiest || fullest[1] - emptiest[1] <= zoneSkew) return [];
  return [
    `${name} has ${fullest[1]} replicas in ${fullest[0]} and ${emptiest[1]} in ${emptiest[0]}, ` +
      `more than ${zoneSkew} apart`,
  ];
}

export function survivalFaults(
  { offerings }: Scene,
  { name, survive }: GroupEntry,
  placed: readonly Share[],
  replicas: number,
): readonly string[] {
  if (!survive) return [];
  const there = new Map<string, number>();
  for (const { o, replicas: n } of placed) {
    const domain = domainOf(offerings[o], survive.loss);
    there.set(domain, (there.get(domain) ?? 0) + n);
  }
  const all = total(placed);
  return [...there].flatMap(([lost, n]) =>
    all - n < survive.share * replicas - HAIR * replicas
      ? [
          `${name} keeps ${all - n} of ${replicas} replicas after the loss of ${lost}, less than ${survive.share} of them`,
        ]
      : [],
  );
}

/** The part of the world that a loss takes away, and this offering with it. */
export function domainOf(o: OfferingEntry | undefined, loss: Loss): string {
  if (!o) return '';
  const parts = [o.provider, o.region, o.zone];
  return parts.slice(0, loss === 'provider' ? 1 : loss === 'region' ? 2 : 3).join('/');
}

export const total = (placed: readonly Share[]): number => placed.reduce((sum, { replicas }) => sum + replicas, 0);
