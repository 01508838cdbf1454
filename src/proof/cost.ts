import type { AnswerFile } from '../interchange/answer-file.ts';
import type { ProblemFile } from '../interchange/problem-file.ts';
import { type Finding, judged } from './finding.ts';
import type { Scene } from './scene.ts';

/** Shares of figures that are compared: answers may be written with fewer digits than they were found with. */
export const NEAR = 1e-6;

/** What the nodes cost, by provider: the prices of the problem times the counts of the answer. */
export function billOf(
  { offerings, offeringAt }: Scene,
  { nodes }: Pick<AnswerFile, 'nodes'>,
): ReadonlyMap<string, number> {
  const bill = new Map<string, number>();
  for (const n of nodes) {
    const o = offerings[offeringAt.get(n.offering) ?? -1];
    if (o) bill.set(o.provider, (bill.get(o.provider) ?? 0) + n.count * o.usdPerHour);
  }
  return bill;
}

export const sum = (bill: ReadonlyMap<string, number>): number => [...bill.values()].reduce((a, b) => a + b, 0);

export function vendorFaults({ rules }: ProblemFile, bill: ReadonlyMap<string, number>): readonly string[] {
  const all = sum(bill);
  return Object.entries(rules?.vendorShareAtMost ?? {}).flatMap(([provider, most]) => {
    const usd = bill.get(provider) ?? 0;
    return usd > most * all + NEAR * all
      ? [
          `${provider} has $${usd.toFixed(4)}/h of $${all.toFixed(4)}/h, a share of ${(usd / all).toFixed(4)} where at most ${most} is allowed`,
        ]
      : [];
  });
}

/** The money: shares of providers, the sum, the gap, and that the bound is none above the cost. */
export function costFindings(problem: ProblemFile, scene: Scene, answer: AnswerFile): readonly Finding[] {
  const bill = billOf(scene, answer);
  const caps = Object.keys(problem.rules?.vendorShareAtMost ?? {}).length;
  return [
    ...judged(
      'vendors',
      vendorFaults(problem, bill),
      caps === 0 ? undefined : 'no provider has more than its share of the $/h',
    ),
    ...judged('cost', sumFaults(sum(bill), answer), `$${sum(bill).toFixed(4)}/h is what the nodes cost`),
    ...judged('bound', boundFaults(answer), gapText(answer)),
  ];
}

function sumFaults(usd: number, { usdPerHour }: AnswerFile): readonly string[] {
  return Math.abs(usd - usdPerHour) <= NEAR * Math.max(usd, usdPerHour)
    ? []
    : [`the nodes cost $${usd.toFixed(6)}/h, the answer says $${usdPerHour.toFixed(6)}/h`];
}

function boundFaults({ usdPerHour, lowerBoundUsdPerHour: bound, gap }: AnswerFile): readonly string[] {
  const faults: string[] = [];
  if (bound < 0) faults.push(`a lower bound of ${bound} is less than nothing`);
  if (bound > usdPerHour * (1 + NEAR)) {
    faults.push(`the lower bound $${bound.toFixed(6)}/h is above the cost $${usdPerHour.toFixed(6)}/h`);
  }
  const real = bound > 0 ? usdPerHour / bound - 1 : usdPerHour > 0 ? null : 0;
  const same = real === null || gap === null ? real === gap : Math.abs(real - gap) <= NEAR * (1 + Math.abs(real));
  if (!same) faults.push(`the gap is ${real ?? 'not known'}, the answer says ${gap ?? 'it is not known'}`);
  return faults;
}

function gapText({ lowerBoundUsdPerHour: bound, gap }: AnswerFile): string {
  return gap === null
    ? 'no bound is claimed'
    : `the gap of ${(gap * 100).toFixed(4)}% is that to the bound of $${bound.toFixed(4)}/h`;
}
