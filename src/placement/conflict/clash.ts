import type { Inquiry } from './inquiry.ts';
import type { Options } from './options.ts';
import { isOpen } from './places.ts';
import { allowsOf, figuresOf, isTogether, loosest, type Rule, type Terms, withRules, withValue } from './rules.ts';
import { isSmall, type Scene } from './scene.ts';
import type { Shortfall } from './shortfall.ts';
import { smallestClash } from './smallest.ts';

/** Rules that can't all be kept. */
export interface Clash {
  /** without any one of them the others can be kept */
  readonly rules: readonly Rule[];
  /** groups that are there with as little as one replica, how many they have being beside the point */
  readonly present: readonly number[];
}

/** A small set of rules of the scene that clash under the stated terms; undefined when none do. */
export function clashIn(inquiry: Inquiry, stated: Terms): Clash | undefined {
  const { options, groups } = inquiry.scene;
  const quick = isSmall(options, groups) ? undefined : involved(inquiry.coarser(), stated);
  const some = quick ?? involved(inquiry, stated);
  if (!some) return undefined;
  const close = inquiry.openedTo(new Set(some));
  return among(quick && !isSmall(options, some) ? close.coarser() : close, some, stated);
}

/** Groups that clash even when all others are gone, those that ask for most first; undefined when nothing clashes. */
function involved(inquiry: Inquiry, stated: Terms): readonly number[] | undefined {
  const { scene } = inquiry;
  const askedOf = (some: readonly number[]): Shortfall =>
    inquiry.ask(withRules(loosest(scene.options), rulesAbout(scene, some, stated), stated));
  let groups = byWeight(scene.options, scene.groups, stated);
  let asked = askedOf(groups);
  if (!asked.short) return undefined;
  while (asked.groups.length < groups.length) {
    const part = new Set(asked.groups);
    const fewer = groups.filter((g) => part.has(g));
    asked = askedOf(fewer);
    if (!asked.short) break;
    groups = fewer;
  }
  return fewestOf(groups, (some) =>
    inquiry.clashes(withRules(loosest(scene.options), rulesAbout(scene, some, stated), stated)),
  );
}

/** The shortest beginning of the list that clashes, as all of it does. */
function fewestOf(groups: readonly number[], clashes: (some: readonly number[]) => boolean): readonly number[] {
  let no = 0;
  let yes = groups.length;
  for (let n = 1; n < yes; n *= 2) {
    if (clashes(groups.slice(0, n))) yes = n;
    else no = n;
  }
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (clashes(groups.slice(0, middle))) yes = middle;
    else no = middle;
  }
  return groups.slice(0, yes);
}

/**
 * The rules that concern these groups. Where the vendors' shares take part that is what every group allows: nodes are
 * bought, and weigh, wherever someone may use them.
 */
function rulesAbout(scene: Scene, groups: readonly number[], stated: Terms): Rule[] {
  const { options, priced } = scene;
  const allowing = priced ? [...options.groups.keys()] : groups;
  return [...figuresOf(options, groups, stated), ...sharedRules(scene, stated), ...allowsOf(options, allowing)];
}

/** Caps of vendors and numbers of nodes: no group's own. */
function sharedRules(scene: Scene, stated: Terms): Rule[] {
  const limited = [...stated.atMost.keys()].filter(
    (o) => (stated.atMost[o] as number) < Infinity && (scene.scarce[o] === 1 || scene.priced),
  );
  const kept = [...stated.atLeast.keys()].filter((o) => scene.priced && (stated.atLeast[o] as number) > 0);
  return [
    ...(limited.length > 0 ? [{ kind: 'atMost', offerings: limited } as const] : []),
    ...(scene.priced
      ? [...stated.vendorShareAtMost.keys()].map((provider): Rule => ({ kind: 'vendorShareAtMost', provider }))
      : []),
    ...kept.map((offering): Rule => ({ kind: 'atLeast', offering })),
  ];
}

function among(inquiry: Inquiry, groups: readonly number[], stated: Terms): Clash {
  const { scene } = inquiry;
  const base = loosest(scene.options);
  const rules = rulesAbout(scene, groups, stated);
  const clashes = (some: readonly Rule[]): boolean => inquiry.clashes(withRules(base, some, stated));
  // the plainest explanation first: so many replicas, so many nodes
  const plain = (rule: Rule): boolean => rule.kind === 'replicas' || !('groups' in rule);
  const orders = [[...rules.filter(plain), ...rules.filter((r) => !plain(r))], rules, rules.toReversed()];
  const found = smallestClash(orders, clashes);
  return weakened(inquiry, withEachLimit(inquiry, found, stated), stated);
}

/**
 * A group whose number of replicas doesn't matter is only there, and the number goes unsaid; not where nodes run out
 * and nothing else names the group, or no one would know for whom they do.
 */
function weakened(inquiry: Inquiry, rules: readonly Rule[], stated: Terms): Clash {
  let terms = withRules(loosest(inquiry.scene.options), rules, stated);
  const present: number[] = [];
  const scarce = rules.some((rule) => rule.kind === 'atMost');
  const left = rules.filter((rule) => {
    if (rule.kind !== 'replicas' || isTogether(rule)) return true;
    if (scarce && !rules.some((other) => other !== rule && concerns(other, rule.groups))) return true;
    const one = withValue(terms, rule, 1);
    if (!inquiry.clashes(one)) return true;
    terms = one;
    present.push(...rule.groups);
    return false;
  });
  // something has to be said: with nothing but replicas in the set, these are what there is to change
  return left.length > 0 ? { rules: left, present } : { rules, present: [] };
}

function concerns(rule: Rule, groups: readonly number[]): boolean {
  return 'groups' in rule && groups.every((g) => rule.groups.includes(g));
}

/** Limits, or places with limits, up to which each is set aside by itself. */
const TOLD_APART = 24;
/** Limits up to which each is a rule of its own. */
const NAMED = 3;

/** The limits on nodes that have part in the clash, in place of all limits together. */
function withEachLimit(inquiry: Inquiry, rules: readonly Rule[], stated: Terms): Rule[] {
  const all = rules.find((rule) => rule.kind === 'atMost');
  if (all?.kind !== 'atMost') return [...rules];
  const { options } = inquiry.scene;
  const others = rules.filter((rule) => rule !== all);
  const held = withRules(loosest(options), others, stated);
  const clashes = (limits: readonly Rule[]): boolean => inquiry.clashes(withRules(held, limits, stated));
  const inReach = all.offerings.filter((o) => reachable(options, held, rules, o));
  const reach: Rule = { kind: 'atMost', offerings: inReach };
  if (inReach.length === 0 || !clashes([reach])) return [...rules];
  let left: readonly number[] = inReach;
  for (const { of } of [options.coarse, options.fine]) {
    const sets = together(left, of);
    if (left.length > TOLD_APART && sets.length <= TOLD_APART) left = offeringsOf(smallestClash([sets], clashes));
  }
  if (left.length <= TOLD_APART) {
    const each = left.map((o): Rule => ({ kind: 'atMost', offerings: [o] }));
    left = offeringsOf(smallestClash([each, each.toReversed()], clashes));
  }
  if (left.length > NAMED) return [...others, { kind: 'atMost', offerings: left }];
  return [...others, ...left.map((o): Rule => ({ kind: 'atMost', offerings: [o] }))];
}

const offeringsOf = (limits: readonly Rule[]): number[] =>
  limits.flatMap((rule) => (rule.kind === 'atMost' ? rule.offerings : []));

/** Whether some group of the clash may use the offering; with a vendor's share every offering weighs. */
function reachable(options: Options, terms: Terms, rules: readonly Rule[], o: number): boolean {
  if (rules.some((rule) => rule.kind === 'vendorShareAtMost')) return true;
  const at = options.fine.locations[options.fine.of[o] as number];
  return options.groups.some(
    (_, g) =>
      (terms.replicas[g] as number) > 0 &&
      (options.fits[g * options.offerings.length + o] as number) > 0 &&
      at !== undefined &&
      isOpen(terms, g, options.blocked[g * options.offerings.length + o] as number, at),
  );
}

function together(offerings: readonly number[], locationOf: Int32Array): Rule[] {
  const at = new Map<number, number[]>();
  for (const o of offerings) {
    const l = locationOf[o] as number;
    const known = at.get(l);
    if (known) known.push(o);
    else at.set(l, [o]);
  }
  return [...at.values()].map((list) => ({ kind: 'atMost', offerings: list }));
}

/** Groups that ask for most first: a clash that they are part of needs the fewest of them. */
function byWeight(options: Options, groups: readonly number[], terms: Terms): number[] {
  const { resources, need } = options;
  const total = new Float64Array(resources);
  const wants = (g: number, r: number): number => (need[g * resources + r] as number) * (terms.replicas[g] as number);
  for (const g of groups) for (let r = 0; r < resources; r++) total[r] = (total[r] as number) + wants(g, r);
  const weight = new Map(
    groups.map((g) => {
      let most = 0;
      for (let r = 0; r < resources; r++) most = Math.max(most, wants(g, r) / Math.max(total[r] as number, 1e-9));
      return [g, most];
    }),
  );
  return groups.toSorted((a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0) || a - b);
}
