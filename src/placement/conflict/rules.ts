import { EVERY_DIMENSION, type Location, type Options } from './options.ts';

/** What a person has stated and could state otherwise. Groups and offerings by their index in {@link Options}. */
export type Rule =
  | GroupRule
  | { readonly kind: 'vendorShareAtMost'; readonly provider: string }
  /** how many nodes of some offerings can be had */
  | { readonly kind: 'atMost'; readonly offerings: readonly number[] }
  | { readonly kind: 'atLeast'; readonly offering: number };

/** A rule of one group, or the same rule of so many groups that no one would read a line for each. */
export interface GroupRule {
  readonly kind: 'allow' | Figure;
  readonly groups: readonly number[];
}

/** Rules of groups that are a figure. */
export type Figure = 'replicas' | 'survive' | 'reconnect' | 'spotAtMost' | 'zoneSkew' | 'perNodeAtMost';

/** What every rule demands. A rule that is set aside has the loosest value there is. */
export interface Terms {
  /** 0: the group is not there */
  readonly replicas: Float64Array;
  /** dimensions of `allow` that are set aside, as bits; loosest: every one */
  readonly allow: Uint8Array;
  /** what is open for a group is so at these locations only, by the dimensions in the way; absent = everywhere */
  readonly towards: ReadonlyMap<number, (location: Location, blocked: number) => boolean>;
  /** share of the replicas that must remain; loosest: 0 */
  readonly survive: Float64Array;
  /** lost replicas whose clients one survivor takes in; loosest: Infinity */
  readonly reconnect: Float64Array;
  /** loosest: 1 */
  readonly spotAtMost: Float64Array;
  /** loosest: Infinity */
  readonly zoneSkew: Float64Array;
  /** loosest: Infinity */
  readonly perNodeAtMost: Float64Array;
  /** a provider that is absent may have all */
  readonly vendorShareAtMost: ReadonlyMap<string, number>;
  /** by offering; loosest: Infinity */
  readonly atMost: Float64Array;
  /** by offering; loosest: 0 */
  readonly atLeast: Float64Array;
  /**
   * `loosened`: a rule that is set aside never asks for more. Zones between which replicas are spread are those that
   * the problem allows, and nodes are bought as if every group were there. `restated`: all as it would be were the
   * problem stated anew.
   */
  readonly reading: 'loosened' | 'restated';
}

/** What the problem states. */
export function stated({ groups, offerings, problem }: Options): Terms {
  return {
    replicas: Float64Array.from(groups, (g) => g.replicas),
    allow: new Uint8Array(groups.length),
    towards: new Map(),
    survive: Float64Array.from(groups, (g) => g.survive?.share ?? 0),
    reconnect: Float64Array.from(groups, (g) => (g.survive ? (g.absorb ?? Infinity) : Infinity)),
    spotAtMost: Float64Array.from(groups, (g) => g.spotAtMost ?? 1),
    zoneSkew: Float64Array.from(groups, (g) => g.zoneSkew?.most ?? Infinity),
    perNodeAtMost: Float64Array.from(groups, (g) => g.perNodeAtMost ?? Infinity),
    vendorShareAtMost: new Map([...problem.rules.vendorShareAtMost].filter(([, most]) => most < 1)),
    atMost: Float64Array.from(offerings, (o) => o.atMost ?? Infinity),
    atLeast: Float64Array.from(offerings, (o) => o.atLeast ?? 0),
    reading: 'loosened',
  };
}

/** Every rule set aside: no group is there, and anything goes. */
export function loosest({ groups, offerings }: Options): Terms {
  return {
    replicas: new Float64Array(groups.length),
    allow: new Uint8Array(groups.length).fill(EVERY_DIMENSION),
    towards: new Map(),
    survive: new Float64Array(groups.length),
    reconnect: new Float64Array(groups.length).fill(Infinity),
    spotAtMost: new Float64Array(groups.length).fill(1),
    zoneSkew: new Float64Array(groups.length).fill(Infinity),
    perNodeAtMost: new Float64Array(groups.length).fill(Infinity),
    vendorShareAtMost: new Map(),
    atMost: new Float64Array(offerings.length).fill(Infinity),
    atLeast: new Float64Array(offerings.length),
    reading: 'loosened',
  };
}

/** `base` with these rules as `source` has them. */
export function withRules(base: Terms, rules: readonly Rule[], source: Terms): Terms {
  const vendorShareAtMost = new Map(base.vendorShareAtMost);
  const out = {
    ...base,
    replicas: base.replicas.slice(),
    allow: base.allow.slice(),
    survive: base.survive.slice(),
    reconnect: base.reconnect.slice(),
    spotAtMost: base.spotAtMost.slice(),
    zoneSkew: base.zoneSkew.slice(),
    perNodeAtMost: base.perNodeAtMost.slice(),
    vendorShareAtMost,
    atMost: base.atMost.slice(),
    atLeast: base.atLeast.slice(),
  };
  for (const rule of rules) {
    if ('groups' in rule) {
      for (const g of rule.groups) out[rule.kind][g] = source[rule.kind][g] as number;
      continue;
    }
    switch (rule.kind) {
      case 'vendorShareAtMost': {
        const most = source.vendorShareAtMost.get(rule.provider);
        if (most === undefined) vendorShareAtMost.delete(rule.provider);
        else vendorShareAtMost.set(rule.provider, most);
        break;
      }
      case 'atMost':
        for (const o of rule.offerings) out.atMost[o] = source.atMost[o] as number;
        break;
      case 'atLeast':
        out.atLeast[rule.offering] = source.atLeast[rule.offering] as number;
        break;
      default:
        rule satisfies never;
    }
  }
  return out;
}

/**
 * The terms with one rule at another value. An `allow` is opened in the dimensions that the value's bits name; the
 * replicas of several groups together are so many thousandths of what they are.
 */
export function withValue(terms: Terms, rule: Rule, value: number): Terms {
  if ('groups' in rule) {
    const figures = terms[rule.kind].slice();
    for (const g of rule.groups) {
      figures[g] = isTogether(rule) ? Math.floor(((figures[g] as number) * value) / 1000) : value;
    }
    return { ...terms, [rule.kind]: figures };
  }
  switch (rule.kind) {
    case 'vendorShareAtMost':
      return { ...terms, vendorShareAtMost: new Map([...terms.vendorShareAtMost, [rule.provider, value]]) };
    case 'atMost': {
      const atMost = terms.atMost.slice();
      for (const o of rule.offerings) atMost[o] = value;
      return { ...terms, atMost };
    }
    case 'atLeast':
      return { ...terms, atLeast: terms.atLeast.with(rule.offering, value) };
    default:
      return rule satisfies never;
  }
}

/** The replicas of several groups: no figure of its own, but the sum of theirs. */
export const isTogether = (rule: Rule): boolean => rule.kind === 'replicas' && rule.groups.length > 1;

const FIGURES: readonly Figure[] = ['replicas', 'survive', 'reconnect', 'spotAtMost', 'zoneSkew', 'perNodeAtMost'];

/** Groups up to which each has a line of its own. */
const EACH_UP_TO = 8;

/** The rules that the problem states about these groups but for `allow`, a group's own together, its replicas first. */
export function figuresOf(options: Options, groups: readonly number[], terms: Terms): GroupRule[] {
  const loose = loosest(options);
  const states = (kind: Figure) => (g: number) => terms[kind][g] !== loose[kind][g];
  if (groups.length <= EACH_UP_TO) {
    return groups.flatMap((g) => FIGURES.filter((kind) => states(kind)(g)).map((kind) => ({ kind, groups: [g] })));
  }
  return FIGURES.map((kind) => ({ kind, groups: groups.filter(states(kind)) })).filter((r) => r.groups.length > 0);
}

/** What these groups allow; those that allow the very same share a rule when there are many of them. */
export function allowsOf(options: Options, groups: readonly number[]): GroupRule[] {
  const alike = new Map<string, number[]>();
  for (const g of groups) {
    const allow = options.groups[g]?.allow ?? {};
    if (!Object.values(allow).some((patterns) => patterns !== undefined)) continue;
    const key = groups.length > EACH_UP_TO ? JSON.stringify(allow) : String(g);
    const known = alike.get(key);
    if (known) known.push(g);
    else alike.set(key, [g]);
  }
  return [...alike.values()].map((shared) => ({ kind: 'allow', groups: shared }));
}

/** The name that certificates and problem files give the rule. */
export function nameOf(options: Options, rule: Rule): string {
  if ('groups' in rule) return `${rule.kind}/${rule.groups.map((g) => options.groups[g]?.name).join(',')}`;
  switch (rule.kind) {
    case 'vendorShareAtMost':
      return `vendorShareAtMost/${rule.provider}`;
    case 'atLeast':
      return `atLeast/${options.offerings[rule.offering]?.id}`;
    case 'atMost':
      return `atMost/${rule.offerings.map((o) => options.offerings[o]?.id).join(',')}`;
    default:
      return rule satisfies never;
  }
}
