import type { Inquiry } from './inquiry.ts';
import type { Options } from './options.ts';
import { isOpen } from './places.ts';
import { allowsOf, figuresOf, isTogether, loosest, type Rule, type Terms, withRules, withValue } from './rules.ts';
import { isSmall, type Scene } from './scene.ts';
import { irreducibleClashes } from './smallest.ts';

/** Rules that can't all be kept. */
export interface Clash {
  /** without any one of them the others can be kept */
  readonly rules: readonly Rule[];
  /** groups that are there with as little as one replica, how many they have being beside the point */
  readonly present: readonly number[];
  /** how it is read that a rule is set aside */
  readonly reading: Terms['reading'];
}

/** A small set of rules of the scene that clash under the stated terms; undefined when none do. */
export function clashIn(inquiry: Inquiry, stated: Terms): Clash | undefined {
  const { options, groups } = inquiry.scene;
  const quick = isSmall(options, groups) ? undefined : involved(inquiry.coarser(), stated);
  const some = quick ?? involved(inquiry, stated);
  if (!some) return undefined;
  const close = inquiry.openedTo(new Set(some));
  const found = among(quick && !isSmall(options, some) ? close.coarser() : close, some, stated);
  return found.rules.length <= FEW ? found : smallestOf([found, ...loneClashes(inquiry, stated)]);
}

/** A set of so many rules is taken as it is. */
const FEW = 2;
/** Groups that are looked at each by itself, to see whether one of them clashes in fewer rules. */
const LONE = 12;

/** Clashes of single groups with the rules that are no group's own. */
function loneClashes(inquiry: Inquiry, stated: Terms): Clash[] {
  const { scene } = inquiry;
  if (!isSmall(scene.options, scene.groups)) return [];
  return byWeight(scene.options, scene.groups, stated)
    .slice(0, LONE)
    .filter((g) => inquiry.clashes(heldBy(scene, [g], stated)))
    .map((g) => among(inquiry.openedTo(new Set([g])), [g], stated));
}

/** The one of the fewest rules, the first of those. */
export function smallestOf(clashes: readonly Clash[]): Clash | undefined {
  return clashes.toSorted((a, b) => a.rules.length - b.rules.length)[0];
}

/** Only the rules about these groups. */
const heldBy = (scene: Scene, groups: readonly number[], stated: Terms): Terms =>
  withRules(loosest(scene.options), rulesAbout(scene, groups, stated), stated);

/** Groups that clash even when all others are gone, those that ask for most first; undefined when nothing clashes. */
function involved(inquiry: Inquiry, stated: Terms): readonly number[] | undefined {
  const { scene } = inquiry;
  let groups = byWeight(scene.options, scene.groups, stated);
  let asked = inquiry.ask(heldBy(scene, groups, stated));
  if (!asked.short) return undefined;
  while (asked.groups.length < groups.length) {
    const part = new Set(asked.groups);
    const fewer = groups.filter((g) => part.has(g));
    asked = inquiry.ask(heldBy(scene, fewer, stated));
    if (!asked.short) break;
    groups = fewer;
  }
  return fewestOf(groups, (some) => inquiry.clashes(heldBy(scene, some, stated)));
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
  const allowing = priced ? scene.buyers : groups;
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
  const rules = rulesAbout(scene, groups, stated);
  const replicas = rules.filter((r) => r.kind === 'replicas');
  const own = rules.filter((r) => r.kind !== 'replicas' && 'groups' in r);
  const shared = rules.filter((r) => !('groups' in r));
  // so many replicas on so many nodes is the plainest that can be said; then what a group's own rules make of it
  const orders = [
    [...replicas, ...shared, ...own],
    [...replicas, ...own, ...shared],
    [...own.toReversed(), ...shared.toReversed(), ...replicas.toReversed()],
  ];
  const found = (['loosened', 'restated'] as const).flatMap((reading) => {
    // the two differ in the zones alone that a spread is over
    if (reading === 'restated' && !rules.some((r) => r.kind === 'zoneSkew')) return [];
    const base = { ...loosest(scene.options), reading };
    const clashes = (some: readonly Rule[]): boolean => inquiry.clashes(withRules(base, some, stated));
    if (reading === 'restated' && !clashes(rules)) return [];
    return irreducibleClashes(orders, clashes).map((set) =>
      weakened(inquiry, withEachLimit(inquiry, set, stated, base), stated, base),
    );
  });
  return smallestOf(found) ?? { rules, present: [], reading: 'loosened' };
}

/**
 * A group whose number of replicas doesn't matter is only there, and the number goes unsaid; not where plain nodes run
 * out and nothing else names the group, or no one would know for whom they do.
 */
function weakened(inquiry: Inquiry, rules: readonly Rule[], stated: Terms, base: Terms): Clash {
  const { reading } = base;
  let terms = withRules(base, rules, stated);
  const present: number[] = [];
  const has = (kind: Rule['kind']): boolean => rules.some((rule) => rule.kind === kind);
  const scarce = has('atMost') && !has('vendorShareAtMost');
  // of one replica other shares of spot nodes are whole, so that other rules may do
  const spare = (rule: Rule, one: Terms): boolean =>
    rule.kind !== 'replicas' && inquiry.clashes(withRules(one, [rule], base));
  const left = rules.filter((rule) => {
    if (rule.kind !== 'replicas' || isTogether(rule)) return true;
    if (scarce && !rules.some((other) => other !== rule && concerns(other, rule.groups))) return true;
    const one = withValue(terms, rule, 1);
    if (!inquiry.clashes(one) || rules.some((other) => spare(other, one))) return true;
    terms = one;
    present.push(...rule.groups);
    return false;
  });
  // something has to be said: with nothing but replicas in the set, these are what there is to change
  return left.length > 0 ? { rules: left, present, reading } : { rules, present: [], reading };
}

function concerns(rule: Rule, groups: readonly number[]): boolean {
  return 'groups' in rule && groups.every((g) => rule.groups.includes(g));
}

/** Limits, or places with limits, up to which each is set aside by itself. */
const TOLD_APART = 24;
/** Limits up to which each is a rule of its own. */
const NAMED = 3;

/** The limits on nodes that have part in the clash, in place of all limits together. */
function withEachLimit(inquiry: Inquiry, rules: readonly Rule[], stated: Terms, base: Terms): Rule[] {
  const all = rules.find((rule) => rule.kind === 'atMost');
  if (all?.kind !== 'atMost') return [...rules];
  const { options } = inquiry.scene;
  const others = rules.filter((rule) => rule !== all);
  const held = withRules(base, others, stated);
  const clashes = (limits: readonly Rule[]): boolean => inquiry.clashes(withRules(held, limits, stated));
  const inReach = all.offerings.filter((o) => reachable(options, held, rules, o));
  const reach: Rule = { kind: 'atMost', offerings: inReach };
  if (inReach.length === 0 || !clashes([reach])) return [...rules];
  let left: readonly number[] = inReach;
  for (const { of } of [options.coarse, options.fine]) {
    const sets = together(left, of);
    if (left.length > TOLD_APART && sets.length <= TOLD_APART) left = offeringsOf(fewest([sets], clashes));
  }
  if (left.length <= TOLD_APART) {
    const each = left.map((o): Rule => ({ kind: 'atMost', offerings: [o] }));
    left = offeringsOf(fewest([each, each.toReversed()], clashes));
  }
  if (left.length > NAMED) return [...others, { kind: 'atMost', offerings: left }];
  return [...others, ...left.map((o): Rule => ({ kind: 'atMost', offerings: [o] }))];
}

function fewest(orders: readonly (readonly Rule[])[], clashes: (set: readonly Rule[]) => boolean): readonly Rule[] {
  return irreducibleClashes(orders, clashes).toSorted((a, b) => a.length - b.length)[0] ?? [];
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
