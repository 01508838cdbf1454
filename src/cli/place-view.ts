import { count, counted, monthly, percent, percentChange, rate, rateChange } from '../figures.ts';
import type { Placement } from '../placement/placement.ts';
import type { Problem } from '../placement/problem.ts';
import { left, type GridSection, type ListSection, type Section, type View } from '../plan/render/view.ts';
import type { Verification } from '../proof/verify.ts';
import { usdPerMonth } from '../units.ts';
import {
  fillingSection,
  groupSection,
  MOST_LINES,
  offeringSection,
  providerSection,
  unplacedSection,
} from './place-sections.ts';
import { stepSection } from './place-steps.ts';
import { ruleSection } from './place-rules.ts';

/** What is shown of a placement. */
export interface Shown {
  /** the problem's file as the user named it */
  readonly file: string;
  readonly problem: Problem;
  readonly placement: Placement;
  readonly seconds: number;
  /** `godwit`, or whose way was asked for */
  readonly strategy: string;
  /** everything, however long */
  readonly full: boolean;
}

export function placementView(shown: Shown): View {
  const { file, placement, seconds } = shown;
  const { status, method, conflict } = placement;
  const sections: readonly (Section | undefined)[] = [
    unplacedSection(shown),
    conflict.length > 0 ? listed(status === 'placed' ? 'Warnings' : 'What clashes', conflict) : undefined,
    offeringSection(shown),
    stepSection(shown.problem, shown.placement, shown.full ? Infinity : MOST_LINES),
    providerSection(shown),
    groupSection(shown),
    ruleSection(shown),
    shown.full ? fillingSection(shown) : undefined,
  ];
  return {
    title: TITLES[status],
    asOf: `${file}, ${method}, ${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`,
    headline: headlineOf(shown),
    verdict: status === 'placed' ? 'allow' : 'stop',
    sections: sections.filter((section): section is Section => section !== undefined),
  };
}

const TITLES = {
  placed: 'All replicas have a place',
  partial: 'Some replicas have no place',
  infeasible: 'No replica has a place',
} as const;

function headlineOf({ problem, placement }: Shown): readonly string[] {
  const { usdPerHour: usd, nodes } = placement;
  const offerings = new Set(nodes.filter((n) => n.count > 0).map((n) => n.offering)).size;
  const total = nodes.reduce((sum, n) => sum + n.count, 0);
  const replicas = problem.groups.reduce((sum, g) => sum + g.replicas, 0);
  const missing = Object.values(placement.unplaced).reduce((sum, n) => sum + n, 0);
  if (placement.status === 'infeasible') {
    return [`${counted(missing, 'replica')} of ${count(replicas)} ${missing === 1 ? 'has' : 'have'} no place`];
  }
  if (replicas === 0 && total === 0) return ['no group asks for a replica: nothing to place'];
  return [
    `${rate(usd)}   ${monthly(usdPerMonth(usd))}   ${counted(total, 'node')} of ${counted(offerings, 'offering')} for ${counted(replicas - missing, 'replica')}`,
    boundText(placement),
    ...(missing > 0 ? [`${counted(missing, 'replica')} of ${count(replicas)} have no place`] : []),
    ...(problem.running.length > 0 ? [changeText(problem, placement)] : []),
  ];
}

function boundText(placement: Placement): string {
  const { lowerBoundUsdPerHour: bound, gap, status } = placement;
  if (!(bound > 0)) return placement.usdPerHour > 0 ? 'no lower bound was found' : 'nothing costs less';
  const what = status === 'placed' ? 'no placement that keeps the rules' : 'nothing that places as many';
  return `${what} costs less than ${rate(bound)} (lower bound): this one is within ${percent(gap)} of it`;
}

/** Against what runs now. */
function changeText({ offerings, running }: Problem, { nodes, usdPerHour, cost }: Placement): string {
  const price = new Map(offerings.map((o) => [o.id, o.usdPerHour]));
  const difference = new Map<string, number>();
  for (const n of nodes) difference.set(n.offering, (difference.get(n.offering) ?? 0) + n.count);
  for (const r of running) difference.set(r.offering, (difference.get(r.offering) ?? 0) - r.count);
  const started = [...difference.values()].reduce((sum, n) => sum + Math.max(0, n), 0);
  const ended = [...difference.values()].reduce((sum, n) => sum + Math.max(0, -n), 0);
  const before = running.reduce((sum, r) => sum + r.count * (price.get(r.offering) ?? 0), 0);
  const relative = before > 0 ? ` (${percentChange(usdPerHour / before - 1)})` : '';
  const spent = cost.change > 0 ? `, which costs ${rate(cost.change)} over the horizon` : '';
  return (
    `${rateChange(usdPerHour - before)}${relative} against the ${rate(before)} of today’s nodes: ` +
    `${counted(started, 'node')} to start, ${count(ended)} to end${spent}`
  );
}

const listed = (title: string, items: readonly string[]): ListSection => ({ kind: 'list', title, items });

/** What a verification found, what fails first. */
export function verificationView({ holds, findings }: Verification, problem: string, answer: string): View {
  const failed = findings.filter(({ verdict }) => verdict === 'fails').length;
  const order = { fails: 0, note: 1, holds: 2 } as const;
  const tones = { fails: 'bad', note: 'warn', holds: undefined } as const;
  const rows = findings
    .toSorted((a, b) => order[a.verdict] - order[b.verdict])
    .map(({ verdict, claim, text }) => {
      const tone = tones[verdict];
      return { cells: [verdict, claim, text], ...(tone !== undefined && { tone }) };
    });
  const grid: GridSection = {
    kind: 'grid',
    title: 'Claims',
    columns: [left(''), left('claim'), left('what was found', { wraps: true })],
    rows,
  };
  return {
    title: holds ? 'The answer holds' : 'The answer does not hold',
    asOf: `${answer} against ${problem}`,
    headline: failed > 0 ? [`${counted(failed, 'claim')} ${failed === 1 ? 'fails' : 'fail'}`] : [],
    verdict: holds ? 'allow' : 'stop',
    sections: [grid],
  };
}
