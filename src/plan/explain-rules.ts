import { rulePrices, type Rule, type RulePrice } from '../placement/rule-prices.ts';
import type { LinearSolver } from '../ports.ts';
import { count, counted, monthly, percent, rate } from '../figures.ts';
import { usdPerMonth } from '../units.ts';
import { oneMoreReplica } from './one-more.ts';
import type { Decided } from './plan.ts';
import { vendorText, vendorWhys, type VendorWhy } from './vendors.ts';

/** What the rules of a fleet cost it, and what its vendors would have to cost, as data. */
export type RulesWhy =
  | {
      readonly kind: 'rules';
      readonly fleet: string;
      /** with every rule; each price is this less the same without the rule */
      readonly lowerBoundUsdPerHour: number;
      /** dearest first */
      readonly rules: readonly PricedRule[];
      /** all of them set aside at once: no sum of the above */
      readonly together: Omit<PricedRule, 'rule'>;
      readonly vendors: readonly VendorWhy[];
      /** group → what one more replica costs at the margin */
      readonly oneMore: Readonly<Record<string, { readonly usdPerHour: number; readonly usdPerMonth: number }>>;
    }
  | { readonly kind: 'no-rules'; readonly fleet: string; readonly because: string };

interface PricedRule {
  readonly rule: Rule;
  readonly text: string;
  readonly usdPerHour: number;
  readonly usdPerMonth: number;
  /** $/h between which the price is proven to lie */
  readonly range: readonly [least: number, most: number];
}

/** Solves the relaxation once for each rule and vendor: some seconds for a fleet. */
export function explainRules(decided: Omit<Decided, 'judgements'>, solver: LinearSolver): RulesWhy {
  const { plan, problem } = decided;
  const prices = plan.placement.status === 'placed' ? rulePrices(problem, solver) : undefined;
  if (!prices) return { kind: 'no-rules', fleet: plan.fleet, because: NOTHING_TO_COMPARE };
  const priced = ({
    usdPerHour,
    range,
  }: Pick<RulePrice, 'usdPerHour' | 'range'>): Omit<PricedRule, 'rule' | 'text'> => ({
    usdPerHour,
    usdPerMonth: usdPerMonth(usdPerHour),
    range,
  });
  const providers = [...new Set(problem.offerings.map((o) => o.provider))].toSorted();
  return {
    kind: 'rules',
    fleet: plan.fleet,
    lowerBoundUsdPerHour: prices.lowerBoundUsdPerHour,
    rules: prices.rules.map((p) => ({ rule: p.rule, text: ruleText(p.rule), ...priced(p) })),
    together: { text: 'all of them together', ...priced(prices.together) },
    vendors: vendorWhys(decided, providers, solver),
    oneMore: Object.fromEntries(
      plan.demand.flatMap((d) => {
        const usd = oneMoreReplica(d, plan.placement);
        return usd === undefined ? [] : [[d.name, { usdPerHour: usd, usdPerMonth: usdPerMonth(usd) }]];
      }),
    ),
  };
}

const NOTHING_TO_COMPARE =
  'not every replica has a place with all the rules, so there is no cost to compare with; godwit plan says which clash';

function ruleText(rule: Rule): string {
  switch (rule.kind) {
    case 'survive':
      return `surviving the loss of any ${rule.loss} (${counted(rule.groups, 'group')})`;
    case 'absorb':
      return `taking in the clients that a loss disconnects (${counted(rule.groups, 'group')})`;
    case 'spotAtMost':
      return `spot ceilings (${counted(rule.groups, 'group')})`;
    case 'zoneSkew':
      return `zone spread (${counted(rule.groups, 'group')})`;
    case 'perNodeAtMost':
      return `limits on replicas of a group per node (${counted(rule.groups, 'group')})`;
    case 'vendorShareAtMost':
      return `no more than ${percent(rule.share)} of the nodes' list price at ${rule.provider}`;
    case 'atLeast':
      return `minimum sizes of pools (${counted(rule.offerings, 'offering')})`;
    default:
      return rule satisfies never;
  }
}

/** In lines: a rule each with its price a month, then the vendors. */
export function rulesText(why: RulesWhy): readonly string[] {
  if (why.kind === 'no-rules') return [`no rule of ${why.fleet} has a price: ${why.because}`];
  const { rules, together, vendors, lowerBoundUsdPerHour } = why;
  const costing = rules.filter((r) => r.usdPerHour >= NOTHING);
  const free = rules.filter((r) => r.usdPerHour < NOTHING);
  const lines = [...costing, ...(costing.length > 1 ? [together] : [])];
  const months = lines.map((r) => monthly(r.usdPerMonth));
  const widest = Math.max(0, ...months.map((m) => m.length));
  const vendorLines = vendors.flatMap((v) => vendorText(v) ?? []).length;
  return [
    `What the rules of ${why.fleet} cost`,
    ...(rules.length === 0 ? ['  no rule limits where replicas may be'] : []),
    ...lines.map((r, i) => `  ${(months[i] ?? '').padStart(widest)}  ${r.text}: ${rate(r.usdPerHour)}${looseText(r)}`),
    ...free.map((r) => `  ${'nothing'.padStart(widest)}  ${r.text}`),
    ...(rules.length === 0
      ? []
      : [
          '',
          `  Each is the least that the fleet could cost with every rule (lower bound ${rate(lowerBoundUsdPerHour)}) less the same without this one. They do not add up: rules that ask for the same share what it costs.`,
        ]),
    ...(vendorLines > 0 ? ['', 'What vendors would have to cost'] : []),
    ...vendors.flatMap((v) => {
      const text = vendorText(v);
      return text === undefined ? [] : [`  ${v.provider} ${text}`];
    }),
  ];
}

/** $/h that is nothing to the digits that are printed: under a dollar a month. */
const NOTHING = 0.5 / 730;
/** Ranges wider than this share of the price are told. */
const LOOSE = 0.02;

function looseText({ usdPerHour, range: [least, most] }: Omit<PricedRule, 'rule'>): string {
  return most - least > LOOSE * usdPerHour
    ? ` (proven: $${count(usdPerMonth(least))} to $${count(usdPerMonth(most))} a month)`
    : '';
}
