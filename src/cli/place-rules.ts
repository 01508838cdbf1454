import { aligned, counted, percent } from '../figures.ts';
import type { Group } from '../placement/problem.ts';
import { left, right, type GridSection } from '../plan/render/view.ts';
import { MOST_LINES } from './place-sections.ts';
import type { Shown } from './place-view.ts';

/** A rule that costs something at the margin. */
interface Priced {
  readonly rule: string;
  /** what giving way by one unit means */
  readonly by: string;
  readonly usdPerHour: number;
}

/** Below this a price is rounding. */
const NOTHING = 5e-5;

/** What each rule that binds would save if it gave way by one unit, the dearest first. */
export function ruleSection({ problem, placement, full }: Shown): GridSection | undefined {
  const { rulePrices, availabilityPrices } = placement.certificate;
  const under = (prefix: string): number =>
    Object.entries(rulePrices).reduce((sum, [name, usd]) => (name.startsWith(prefix) ? sum + usd : sum), 0);
  const atMost = new Map(problem.offerings.map((o) => [o.id, o.atMost]));
  const priced: readonly Priced[] = [
    ...[...problem.rules.vendorShareAtMost].map(([provider, most]) => ({
      rule: `${provider} at most ${percent(most)} of the $/h`,
      by: 'one percentage point more',
      usdPerHour: 0.01 * placement.usdPerHour * (rulePrices[`vendorShareAtMost/${provider}`] ?? 0),
    })),
    ...problem.groups.flatMap((group) => groupRules(group, rulePrices, under)),
    ...Object.entries(availabilityPrices).map(([id, usdPerHour]) => ({
      rule: `${id} at most ${counted(atMost.get(id) ?? 0, 'node')}`,
      by: 'one node more',
      usdPerHour,
    })),
  ];
  const dearest = priced
    .filter(({ usdPerHour }) => usdPerHour >= NOTHING)
    .toSorted((a, b) => b.usdPerHour - a.usdPerHour || (a.rule < b.rule ? -1 : 1));
  if (dearest.length === 0) return undefined;
  const shown = full ? dearest : dearest.slice(0, MOST_LINES);
  const rest = dearest.length - shown.length;
  const usd = aligned(shown.map(({ usdPerHour }) => usdPerHour));
  return {
    kind: 'grid',
    title: 'What rules cost',
    columns: [left('rule', { flexible: true }), left('giving way by', { drop: 1 }), right('saves $/h')],
    rows: shown.map(({ rule, by }, i) => ({ cells: [rule, by, usd[i] ?? ''] })),
    ...(rest > 0 && { note: `… ${counted(rest, 'more rule')}: --full` }),
  };
}

function groupRules(
  { name, spotAtMost, survive, zoneSkew }: Group,
  prices: Readonly<Record<string, number>>,
  under: (prefix: string) => number,
): readonly Priced[] {
  return [
    ...(spotAtMost === undefined
      ? []
      : [
          {
            rule: `${name} at most ${percent(spotAtMost)} on spot`,
            by: 'one replica more',
            usdPerHour: prices[`spotAtMost/${name}`] ?? 0,
          },
        ]),
    ...(survive === undefined
      ? []
      : [
          {
            rule: `${name} keeps ${percent(survive.share)} after the loss of any ${survive.loss}`,
            by: 'one replica less',
            usdPerHour: under(`survive/${name}/`),
          },
        ]),
    ...(zoneSkew === undefined
      ? []
      : [
          {
            rule: `${name} at most ${zoneSkew.most} apart between zones`,
            by: 'one replica more',
            usdPerHour: under(`zoneSkew/${name}/`) - leastPrices(prices, name),
          },
        ]),
  ];
}

/** Prices of being an emptiest zone are the other side of the same rule, and add nothing to what it saves. */
function leastPrices(prices: Readonly<Record<string, number>>, name: string): number {
  return Object.entries(prices).reduce(
    (sum, [key, usd]) => (key.startsWith(`zoneSkew/${name}/`) && key.endsWith('/least') ? sum + usd : sum),
    0,
  );
}
