import type { Candidate, Group, Problem } from '../../src/placement/problem.ts';
import { share } from '../../src/units.ts';
import { CLOUDS, type CloudName, listOf, NEIGHBOURS, placesOf, sold } from './clouds.ts';
import { type Instance, problemOf } from './instance.ts';
import { type Dice, diceOf } from './random.ts';
import { shapesOf } from './shapes.ts';

export interface RuleMix {
  readonly groups: number;
  readonly replicas: number;
  readonly clouds: readonly CloudName[];
  /** regions of each cloud */
  readonly regions: number;
  /** instance types of each cloud, in every zone, on-demand and spot */
  readonly types: number;
  /** every group has every rule; otherwise each has some */
  readonly all?: boolean;
}

/** 3 clouds × 3 regions × 3 zones × 2 purchases × 111 types = 5,994 offerings */
const WIDE = { clouds: CLOUDS, regions: 3, types: 111, replicas: 100_000 } as const;

/** Vendor share, spot ceilings, loss survival, zone skew and spread over nodes, all at once. */
export const RULES: readonly Instance[] = [
  ruled('100k-rules-6000', { ...WIDE, groups: 60 }, { gap: 0.01, seconds: 3 }),
  ruled('100k-rules-6000-40', { ...WIDE, groups: 40 }, { gap: 0.01, seconds: 3 }),
  ruled('100k-rules-6000-100', { ...WIDE, groups: 100 }, { gap: 0.01, seconds: 3 }),
  ruled('100k-rules-6000-all', { ...WIDE, groups: 40, all: true }),
  ruled('100k-rules-6000-100-all', { ...WIDE, groups: 100, all: true }),
  ruled('10k-rules-2000', { ...WIDE, groups: 40, replicas: 10_000, types: 37 }),
  ruled('10k-rules-2000-all', { ...WIDE, groups: 40, replicas: 10_000, types: 37, all: true }),
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => smallRuled(`small-rules-${letter}`, false)),
  ...['a', 'b', 'c'].map((letter) => smallRuled(`small-rules-all-${letter}`, true)),
];

function ruled(name: string, mix: RuleMix, target?: Instance['target']): Instance {
  return { name, ...(target && { target }), make: (seed) => ruledProblem(diceOf(seed, name), mix) };
}

function smallRuled(name: string, all: boolean): Instance {
  return {
    name,
    make: (seed) => {
      const dice = diceOf(seed, name);
      const groups = dice.whole(2, 12);
      return ruledProblem(dice, {
        groups,
        replicas: groups * dice.whole(6, 120),
        clouds: dice.shuffled(CLOUDS).slice(0, dice.whole(2, 3)),
        regions: dice.whole(1, 2),
        types: dice.whole(5, 20),
        all,
      });
    },
  };
}

export function ruledProblem(dice: Dice, mix: RuleMix): Problem {
  const near = dice.shuffled(NEIGHBOURS).slice(0, mix.regions);
  const regions = new Map(mix.clouds.map((cloud) => [cloud, near.map((n) => n[cloud])]));
  const offerings = mix.clouds.flatMap((cloud) => soldAlike(dice, cloud, near, mix.types));
  const groups = shapesOf(dice, { shapes: mix.groups, replicas: mix.replicas, most: { cores: 8, gib: 32 } });
  return problemOf(
    groups.map((group, i) => ({ ...group, name: `group-${i + 1}`, ...rulesOf(dice, mix, regions, i) })),
    offerings,
    sharesOf(dice, mix.clouds),
  );
}

/** The same types in three zones of each region, on-demand and spot: what a careful fleet would have templates for. */
function soldAlike(
  dice: Dice,
  cloud: CloudName,
  near: readonly Readonly<Record<CloudName, string>>[],
  types: number,
): Candidate[] {
  const everywhere = listOf(cloud).types.filter((_, i) =>
    near.every((n) => {
      const prices = listOf(cloud).regions.get(n[cloud]);
      return prices !== undefined && !Number.isNaN(prices.onDemand[i]) && !Number.isNaN(prices.spot[i]);
    }),
  );
  const usual = everywhere.filter((t) => !t.gpu && t.vcpu >= 2 && t.vcpu <= 64 && t.memory >= 4096);
  // one that holds the largest request stays whatever the draw
  const largest = usual.filter((t) => t.vcpu >= 16 && t.memory >= 64 * 1024).slice(0, 1);
  const chosen = new Set([...largest, ...dice.shuffled(usual)].slice(0, types).map((t) => t.name));
  return near
    .flatMap((n) => placesOf(n).filter((p) => p.cloud === cloud))
    .flatMap((place) => sold(place, 3, ['on-demand', 'spot'], (t) => chosen.has(t.name)));
}

/** Which rules a group has. Shares that must survive leave room for the places it may use. */
function rulesOf(
  dice: Dice,
  mix: RuleMix,
  regions: ReadonlyMap<CloudName, readonly string[]>,
  index: number,
): Partial<Group> {
  const all = mix.all === true;
  const skewed = all || dice.chance(0.4);
  const cloudsUsed = all || !dice.chance(0.3) ? mix.clouds : [mix.clouds[index % mix.clouds.length] ?? 'aws'];
  const two = skewed && cloudsUsed.length > 2 && dice.chance(0.4) ? dropOne(cloudsUsed, index) : cloudsUsed;
  const places = two.flatMap((cloud) => {
    const of = regions.get(cloud) ?? [];
    return (skewed ? dice.shuffled(of).slice(0, dice.whole(1, Math.min(2, of.length))) : of).map(
      (r) => `${cloud}/${r}`,
    );
  });
  const narrow = skewed || two.length < mix.clouds.length;
  const loss = places.length === 1 ? 'zone' : two.length === 1 ? dice.pick(LESS) : dice.pick(LOSSES);
  const domains = loss === 'provider' ? two.length : loss === 'region' ? places.length : places.length * 3;
  // one twentieth over an even spread must be carried as spare replicas in some draws
  const surviving = Math.min(dice.pick([0.4, 0.5, 0.6, 0.67, 0.75]), 1.05 * (1 - 1 / domains));
  return {
    allow: {
      ...(narrow && { region: regionsIn(places), provider: two }),
      ...(dice.chance(0.3) && { arch: ['amd64'] as const }),
    },
    ...((all || dice.chance(0.6)) && { spotAtMost: dice.pick([0, 0.2, 0.3, 0.5, 0.7]) }),
    ...((all || dice.chance(0.5)) && { survive: { loss, share: share(round2(surviving)) } }),
    ...(skewed && { zoneSkew: { most: dice.pick([1, 1, 2, 5]), within: 'all' as const } }),
    ...((all || dice.chance(0.15)) && { perNodeAtMost: dice.pick([1, 2, 4, 8, 16]) }),
  };
}

const LOSSES = ['provider', 'region', 'zone'] as const;
const LESS = ['region', 'zone'] as const;

const round2 = (x: number): number => Math.floor(x * 100) / 100;
const dropOne = <T>(list: readonly T[], index: number): T[] => list.filter((_, i) => i !== index % list.length);
const regionsIn = (places: readonly string[]): string[] => places.map((p) => p.slice(p.indexOf('/') + 1));

/** No vendor may have most of the bill; together they leave room for at least a fifth more than the whole. */
function sharesOf(dice: Dice, clouds: readonly CloudName[]): Map<string, number> {
  const even = 1 / clouds.length;
  return new Map(clouds.map((cloud) => [cloud, round2(even * (1.2 + 0.4 * dice.next()))]));
}
