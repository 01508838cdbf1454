import { count, counted, monthly, monthlyChange, percentChange, rate, rateChange } from '../../figures.ts';
import { verdictOf } from '../../policy/gate.ts';
import { usdPerMonth } from '../../units.ts';
import type { Decided } from '../plan.ts';
import { sparedVendors, vendorText } from '../vendors.ts';
import { nineSection } from './nine-section.ts';
import {
  boundText,
  demandSection,
  gateSection,
  poolSection,
  priceSection,
  stepSection,
  timeText,
  totalSection,
  warningSection,
} from './sections.ts';
import type { View } from './view.ts';

/** @param full everything, however long; else a large fleet is summed up */
export function viewOf(decided: Decided, full = false): View {
  const { plan, judgements, fleet } = decided;
  const warnings = warningSection(decided, full);
  return {
    title: `Plan for ${plan.fleet}`,
    asOf: `as of ${timeText(plan.at)}, from ${fleet.file}`,
    headline: headlineOf(decided),
    verdict: verdictOf(judgements),
    sections: [
      demandSection(decided),
      nineSection(decided, full),
      poolSection(decided, full),
      stepSection(decided, full),
      totalSection(decided),
      priceSection(decided),
      gateSection(decided),
      ...(warnings.items.length > 0 ? [warnings] : []),
    ],
  };
}

function headlineOf(decided: Decided): readonly string[] {
  const { plan, judgements } = decided;
  const { usdPerHourBefore: before, usdPerHourAfter: after, usdPerHourGoal: goal, launch, drain } = plan.totals;
  const change = after - before;
  const relative = before > 0 ? percentChange(change / before) : monthly(usdPerMonth(after));
  return [
    `${rate(before)} → ${rate(after)}   ${rateChange(change)}   ${monthlyChange(usdPerMonth(change))}   (${relative})`,
    ...(Math.abs(goal - after) >= 0.005 ? [goalText(plan)] : []),
    boundText(plan),
    ...sparedVendors(decided).flatMap((v) => {
      const text = vendorText(v);
      return text === undefined ? [] : [`${v.provider} ${text}`];
    }),
    plan.steps.length === 0
      ? 'no steps: nothing changes'
      : `${counted(plan.steps.length, 'step')}: ${counted(launch, 'node')} started, ${count(drain)} drained`,
    ...judgements.filter((j) => j.verdict !== 'allow').map((j) => `${j.verdict} by ${j.name}: ${j.reason}`),
  ];
}

/** Where the plan leads once nothing waits any more. */
function goalText({ totals, waiting }: Decided['plan']): string {
  const { usdPerHourBefore: before, usdPerHourGoal: goal } = totals;
  const nodes = (kind: 'start' | 'drain'): number =>
    waiting.reduce((sum, w) => (w.kind === kind ? sum + w.nodes : sum), 0);
  const waits = (['start', 'drain'] as const)
    .filter((kind) => nodes(kind) > 0)
    .map((kind) => counted(nodes(kind), kind));
  const relative = before > 0 ? ` (${percentChange(goal / before - 1)})` : '';
  const later = waits.length > 0 ? `: ${waits.join(' and ')} wait for later cycles` : '';
  return `${rate(goal)} in the end, ${monthlyChange(usdPerMonth(goal - before))}${relative}${later}`;
}
