import type { Clash } from './clash.ts';
import type { Inquiry } from './inquiry.ts';
import { DIMENSIONS, type Dimension, type Location, type Options, valueOf } from './options.ts';
import { isOpen } from './places.ts';
import { type GroupRule, isTogether, loosest, type Rule, type Terms, withRules, withValue } from './rules.ts';
import { wantedNodes } from './scene.ts';

/** What one rule would have to be, with every other as it is. */
export interface Relaxation {
  /**
   * The value of the rule: replicas, a share, replicas between zones, replicas on a node, nodes. Of an `allow`, what
   * it would have to let in besides.
   */
  readonly to: number | Opening;
  /** id of the one offering whose limit moves, where the rule limits several */
  readonly offering?: string;
  /** false: it ends this clash, and others remain */
  readonly enough: boolean;
  /** true: worked out with many offerings taken as one, so that it may take more */
  readonly rough: boolean;
}

export interface Opening {
  readonly dimensions: readonly Dimension[];
  /** any one of these is enough; empty: it takes more than one of `among` */
  readonly anyOf: readonly string[];
  /** what there is to let in */
  readonly among: readonly string[];
}

/** Two ways to ask: of the clash alone, which is quick, and of the whole problem, which decides. */
export interface Bench {
  readonly inquiry: Inquiry;
  readonly stated: Terms;
  /** the rules of the clash and no others */
  readonly narrow: Terms;
  /** every rule of every group that has no clash of its own besides */
  readonly whole: Terms;
}

export function benchOf(inquiry: Inquiry, stated: Terms, whole: Terms, { rules, present, reading }: Clash): Bench {
  const { options } = inquiry.scene;
  const there: Rule = { kind: 'replicas', groups: present };
  const narrow = withRules({ ...loosest(options), reading }, [...rules, there], stated);
  return { inquiry, stated, narrow, whole };
}

/** The least that the rule would have to give for the clash to end; undefined when it can't, or no figure was found. */
export function relaxationOf(bench: Bench, rule: Rule): Relaxation | undefined {
  if (rule.kind === 'atMost') return moreNodes(bench, rule.offerings);
  if ('groups' in rule && rule.kind === 'allow') {
    return opening(bench, rule, allowedDimensions(bench.inquiry.scene.options, rule.groups));
  }
  // of the same rule of many groups none has to give alone; only their replicas may go down together
  if ('groups' in rule && rule.groups.length > 1 && !isTogether(rule)) return undefined;
  return alongScale(bench, rule, scaleOf(bench, rule));
}

/** A rule's values from the next looser one on, ever looser. */
interface Scale {
  readonly steps: number;
  readonly at: (step: number) => number;
}

const THOUSAND = 1000;

function scaleOf({ inquiry, stated }: Bench, rule: Rule): Scale {
  const { options } = inquiry.scene;
  const g = 'groups' in rule ? (rule.groups[0] ?? -1) : -1;
  const down = (from: number): Scale => ({ steps: from, at: (step) => from - step });
  // shares in steps of a thousandth, from the one at or just within the stated share
  const share = (from: number, to: number, sign: 1 | -1): Scale => {
    const first = sign > 0 ? Math.floor(from * THOUSAND + 1e-9) : Math.ceil(from * THOUSAND - 1e-9);
    return { steps: Math.abs(to * THOUSAND - first), at: (step) => (first + sign * step) / THOUSAND };
  };
  switch (rule.kind) {
    case 'replicas':
      return down(isTogether(rule) ? THOUSAND : (stated.replicas[g] as number));
    case 'atLeast':
      return down(stated.atLeast[rule.offering] as number);
    case 'vendorShareAtMost':
      return share(stated.vendorShareAtMost.get(rule.provider) ?? 1, 1, 1);
    case 'spotAtMost':
      return share(stated.spotAtMost[g] as number, 1, 1);
    case 'survive':
      return share(stated.survive[g] as number, 0, -1);
    case 'reconnect':
      return share(stated.reconnect[g] as number, ABSORBED_AT_MOST, 1);
    case 'zoneSkew': {
      const from = Math.floor(stated.zoneSkew[g] as number);
      return { steps: 2 * (stated.replicas[g] as number), at: (step) => from + step };
    }
    case 'perNodeAtMost': {
      const from = Math.floor(stated.perNodeAtMost[g] as number);
      const most = Math.max(...mostOnNodes(options, g));
      return { steps: Math.max(0, most - from), at: (step) => from + step };
    }
    case 'allow':
    case 'atMost':
      return { steps: 0, at: (step) => step };
    default:
      return rule satisfies never;
  }
}

/** Lost replicas a survivor takes in: beyond so many no share of replicas that remain would be too small. */
const ABSORBED_AT_MOST = 100;

function mostOnNodes({ offerings, fits }: Options, g: number): Int32Array {
  return fits.subarray(g * offerings.length, (g + 1) * offerings.length);
}

/** The first step at which the clash is over, and then the first at which nothing else clashes either. */
function alongScale(bench: Bench, rule: Rule, scale: Scale): Relaxation | undefined {
  const { inquiry, narrow, whole } = bench;
  const step = firstStep(scale.steps, (s) => inquiry.holds(withValue(narrow, rule, scale.at(s))), 0);
  if (step === undefined) return undefined;
  // restated without some of its rules, a problem may ask for more than with them
  const over = narrow.reading === 'loosened' ? step - 1 : 0;
  const last = firstStep(scale.steps, (s) => inquiry.holds(withValue(whole, rule, scale.at(s))), over);
  return { to: scale.at(last ?? step), enough: last !== undefined, rough: inquiry.rough };
}

/** Least step over `over` that holds, given that looser ones do too; the nearest is tried first and the last then. */
function firstStep(steps: number, holds: (step: number) => boolean, over: number): number | undefined {
  const next = over + 1;
  if (next > steps) return undefined;
  if (holds(next)) return next;
  if (next === steps || !holds(steps)) return undefined;
  let no = next;
  let yes = steps;
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

/** Offerings of many whose limit is raised to see which needs the fewest nodes. */
const TRIED = 3;

function moreNodes(bench: Bench, offerings: readonly number[]): Relaxation | undefined {
  const { inquiry, stated, narrow, whole } = bench;
  const { options, groups } = inquiry.scene;
  const there = [...narrow.replicas.keys()].filter((g) => (narrow.replicas[g] as number) > 0);
  const holds = (o: number): number =>
    Math.max(0, ...there.map((g) => options.fits[g * options.offerings.length + o] as number));
  const tried = offerings.toSorted((a, b) => holds(b) - holds(a) || a - b).slice(0, TRIED);
  let best: Relaxation | undefined;
  let fewest = Infinity;
  for (const o of tried) {
    const from = stated.atMost[o] as number;
    // with vendors' shares nodes weigh by their price, whoever needs them
    const priced = stated.vendorShareAtMost.size > 0;
    const useful = [narrow, whole].map((terms) => wantedNodes(options, terms, groups, o));
    const wanted = priced ? MANY : Math.max(stated.atLeast[o] as number, ...useful);
    const scale = { steps: Math.max(0, Math.min(wanted, MANY) - from), at: (step: number) => from + step };
    const found = alongScale(bench, { kind: 'atMost', offerings: [o] }, scale);
    if (found === undefined || typeof found.to !== 'number') continue;
    const more = (found.enough ? 0 : MANY) + found.to - from;
    if (more < fewest) [fewest, best] = [more, { ...found, offering: options.offerings[o]?.id ?? '' }];
  }
  return best;
}

const MANY = 1e7;

function allowedDimensions(options: Options, groups: readonly number[]): Dimension[] {
  return DIMENSIONS.filter((d) => groups.some((g) => options.groups[g]?.allow[d] !== undefined));
}

/** The fewest dimensions that have to be opened, and to what. */
function opening(bench: Bench, rule: GroupRule, dimensions: readonly Dimension[]): Relaxation | undefined {
  const { inquiry, narrow, whole } = bench;
  let second: Relaxation | undefined;
  for (const some of subsets(dimensions)) {
    const bits = some.reduce((sum, d) => sum + 2 ** DIMENSIONS.indexOf(d), 0);
    if (!inquiry.holds(withValue(narrow, rule, bits))) continue;
    const whollyOpen = withValue(whole, rule, bits);
    if (inquiry.holds(whollyOpen)) {
      return { to: places(bench, rule, some, bits, whollyOpen), enough: true, rough: inquiry.rough };
    }
    second ??= {
      to: places(bench, rule, some, bits, withValue(narrow, rule, bits)),
      enough: false,
      rough: inquiry.rough,
    };
  }
  return second;
}

/** One dimension, then two, then all. */
function subsets(dimensions: readonly Dimension[]): Dimension[][] {
  const pairs = dimensions.flatMap((d, i) => dimensions.slice(i + 1).map((other) => [d, other]));
  const all = dimensions.length > 2 ? [[...dimensions]] : [];
  return [...dimensions.map((d) => [d]), ...pairs, ...all];
}

/** Places tried one by one. */
const PLACES = 16;
const LISTED = 3;

/** Which places, types … would be let in, and which of them are enough alone. */
function places(
  { inquiry }: Bench,
  rule: GroupRule,
  dimensions: readonly Dimension[],
  bits: number,
  terms: Terms,
): Opening {
  const { options } = inquiry.scene;
  const label = labelOf(dimensions);
  const among = new Map<string, Location>();
  options.offerings.forEach((offering, o) => {
    const at = options.fine.locations[options.fine.of[o] as number] as Location;
    const letIn = rule.groups.some((g) => {
      const blocked = options.blocked[g * options.offerings.length + o] as number;
      return (
        blocked !== 0 && (options.fits[g * options.offerings.length + o] as number) > 0 && isOpen(terms, g, blocked, at)
      );
    });
    if (letIn) among.set(label ? label(at) : dimensions.map((d) => valueOf(d, offering)).join(' '), at);
  });
  const names = [...among.keys()].toSorted();
  if (!label) return { dimensions, anyOf: [], among: names };
  const anyOf: string[] = [];
  for (const name of names.slice(0, PLACES)) {
    if (anyOf.length >= LISTED) break;
    const towards = new Map(rule.groups.map((g) => [g, oneMore(among.get(name))]));
    if (names.length === 1 || inquiry.holds({ ...withValue(terms, rule, bits), towards })) anyOf.push(name);
  }
  return { dimensions, anyOf, among: names };
}

/** Lists that one more value is added to: what any of them kept out is let in where the others let it. */
function oneMore(more: Location | undefined): (at: Location, blocked: number) => boolean {
  return (at, blocked) =>
    more !== undefined &&
    PLACED.every((d) => (blocked & (2 ** DIMENSIONS.indexOf(d))) === 0 || IN[d](at) === IN[d](more));
}

const PLACED = ['provider', 'place', 'region', 'zone', 'purchase'] as const;
const IN: Readonly<Record<(typeof PLACED)[number], (at: Location) => string>> = {
  provider: (at) => at.provider,
  place: (at) => `${at.provider}/${at.region}`,
  region: (at) => at.region,
  zone: (at) => at.zone,
  purchase: (at) => at.purchase,
};

/** How to name what is let in by its place; undefined when it is no matter of place. */
function labelOf(dimensions: readonly Dimension[]): ((at: Location) => string) | undefined {
  if (dimensions.some((d) => d === 'arch' || d === 'type' || d === 'gpu')) return undefined;
  if (dimensions.includes('purchase')) return dimensions.length > 1 ? undefined : (at) => at.purchase;
  if (dimensions.includes('zone')) return (at) => `${at.provider}/${at.region}/${at.zone}`;
  if (dimensions.includes('place') || dimensions.includes('region')) return (at) => `${at.provider}/${at.region}`;
  return (at) => at.provider;
}
