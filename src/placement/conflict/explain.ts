import { named, percent } from '../../figures.ts';
import { brokenAlone } from './broken-alone.ts';
import type { Clash } from './clash.ts';
import { nearestClash } from './growth.ts';
import { Inquiry, type Means } from './inquiry.ts';
import type { Options } from './options.ts';
import { benchOf, type Relaxation, relaxationOf } from './relax.ts';
import { nameOf, type Rule, type Terms } from './rules.ts';
import { sceneOf } from './scene.ts';
import { inWords, relaxationInWords } from './words.ts';

/** Why a problem can't be met. */
export interface Conflict {
  /** the smallest set of rules found that clash: without any one of them the others can be kept. Empty: see `lines` */
  readonly rules: readonly ClashingRule[];
  /** groups that take part in the clash, whether a rule names them or they only have to be somewhere */
  readonly groups: readonly string[];
  /** groups that have a clash of their own besides, whatever is done about this one */
  readonly others: readonly string[];
  /** all of it for a person, a line a rule */
  readonly lines: readonly string[];
}

export interface ClashingRule {
  /** as certificates and problem files name it: `survive/gateway/eu`, `vendorShareAtMost/aws`, `atMost/<offering>` */
  readonly rule: string;
  readonly text: string;
  /** what this rule alone would have to be; absent when no value of it would do */
  readonly relaxation?: Relaxation & { readonly text: string };
}

export function groupsOf({ rules, present }: Clash): ReadonlySet<number> {
  return new Set([...present, ...rules.flatMap((rule) => ('groups' in rule ? rule.groups : []))]);
}

/** With what each rule alone would have to be, judged on the whole problem but for groups that clash on their own. */
export function explained(
  options: Options,
  terms: Terms,
  found: Clash,
  others: readonly number[],
  means: Means,
): Conflict {
  const there = [...options.groups.keys()].filter((g) => !others.includes(g));
  const scene = sceneOf(options, terms, there, terms.vendorShareAtMost.size > 0, groupsOf(found));
  const inquiry = new Inquiry(scene, means);
  const replicas = terms.replicas.map((n, g) => (others.includes(g) ? 0 : n));
  const bench = benchOf(inquiry, terms, { ...terms, replicas, reading: 'restated' }, found);
  const rules = found.rules.map((rule) => clashingRule(options, rule, relaxationOf(bench, rule)));
  const nameOfGroup = (g: number): string => options.groups[g]?.name ?? '';
  const names = others.map(nameOfGroup);
  return {
    rules,
    groups: [...groupsOf(found)].toSorted((a, b) => a - b).map(nameOfGroup),
    others: names,
    lines: [...rules.map(lineOf), ...othersLine(names)],
  };
}

function clashingRule(options: Options, rule: Rule, relaxation: Relaxation | undefined): ClashingRule {
  const text = inWords(options, rule, relaxation);
  if (!relaxation) return { rule: nameOf(options, rule), text };
  const words = relaxationInWords(options, rule, relaxation);
  return { rule: nameOf(options, rule), text, relaxation: { ...relaxation, text: words } };
}

function lineOf({ text, relaxation }: ClashingRule): string {
  if (!relaxation) return text;
  const { enough, rough, text: words } = relaxation;
  if (!enough) return `${text} (would end this clash but not all: ${words})`;
  return rough ? `${text} (would do alone, reckoned roughly: ${words})` : `${text} (would do alone: ${words})`;
}

export const othersLine = (names: readonly string[]): string[] =>
  names.length > 0 ? [`besides, ${named(names)} can't be placed for reasons of their own`] : [];

/** Nothing clashes in fractions of nodes, and still no placement was found. */
export function wholeNodes(options: Options, terms: Terms, means: Means): Conflict {
  const nearest = nearestClash(options, terms, means);
  if (!nearest) {
    return {
      rules: [],
      groups: [],
      others: [],
      lines: ['no rules clash: there is room, but no placement in whole nodes was found'],
    };
  }
  const { growth } = nearest;
  const rules = nearest.clash.rules.map((rule) => clashingRule(options, rule, undefined));
  const lead = `every rule can be kept in fractions of nodes, and no placement in whole nodes was found; from ${percent(growth)} more replicas on these would clash`;
  return { rules: [], groups: [], others: [], lines: [lead, ...rules.map((rule) => rule.text)] };
}

export function countedOnly(options: Options, reason: string): Conflict {
  const rules = brokenAlone(options).map((rule) => clashingRule(options, rule, undefined));
  const note = `which rules clash could not be worked out: the solver gave no usable answer (${reason})`;
  return { rules, groups: [], others: [], lines: [...rules.map((rule) => rule.text), note] };
}
