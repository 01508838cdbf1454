import type { AnswerFile } from '../interchange/answer-file.ts';
import type { ProblemFile } from '../interchange/problem-file.ts';
import { NEAR } from './cost.ts';
import { type Finding, judged } from './finding.ts';
import { counted } from './nodes.ts';
import { boundOf, pricesOf, zonePriceFaults } from './prices.ts';
import type { Scene } from './scene.ts';
import { type Doubt, MEANS, weigh } from './worth.ts';

/**
 * That the certificate proves the lower bound: prices of rules that exist, none below 0, that add up to the bound, and
 * at which no node can be filled with more than it costs.
 *
 * @param needed replicas of each group that have a node; where some have none, a bound may be on these or on all
 */
export function certificateFindings(
  problem: ProblemFile,
  scene: Scene,
  answer: AnswerFile,
  needed: readonly number[],
): readonly Finding[] {
  const { prices, faults } = pricesOf(problem, scene, answer);
  const stated = answer.lowerBoundUsdPerHour;
  const readings = [needed, scene.groups.map((g) => g.replicas)].map((replicas) => {
    const usd = Math.max(0, boundOf(scene, prices, replicas));
    return { replicas, usd, same: Math.abs(usd - stated) <= NEAR * Math.max(usd, stated) };
  });
  const read = readings.find(({ same }) => same) ?? readings[0] ?? { replicas: needed, usd: 0, same: false };
  const sums = [...faults, ...zonePriceFaults(scene, prices)];
  if (!read.same) {
    sums.push(`the prices add up to a bound of $${read.usd.toFixed(6)}/h, the answer says $${stated.toFixed(6)}/h`);
  }
  const { doubts, settled } = weigh(problem, scene, prices, read.replicas);
  const ways = MEANS.flatMap((means) => (settled[means] > 0 ? [`${settled[means]} ${WAYS[means]}`] : [])).join(', ');
  const offerings = counted(scene.offerings.length, 'offering');
  return [
    ...judged(
      'certificate',
      sums,
      `the prices add up to the bound of $${stated.toFixed(4)}/h${onWhat(scene, read.replicas, needed)}`,
    ),
    ...judged(
      'certificate',
      doubts.map((doubt) => doubtText(scene, doubt)),
      `no filling of ${offerings} is worth more than its node (${ways})`,
    ),
  ];
}

function onWhat({ groups }: Scene, read: readonly number[], needed: readonly number[]): string {
  if (groups.every((g, i) => g.replicas === needed[i])) return '';
  return read === needed ? ', on the replicas that have a node' : ', on all replicas';
}

const WAYS = {
  covered: 'covered by others',
  multipliers: 'by multipliers',
  table: 'by dynamic programming',
  search: 'by search',
} as const;

function doubtText({ offerings }: Scene, doubt: Doubt): string {
  const { id = '' } = offerings[doubt.o] ?? {};
  const price = `$${doubt.price.toFixed(6)}/h`;
  switch (doubt.kind) {
    case 'worth-more':
      return doubt.filling === ''
        ? `at these prices a node of ${id} costs ${price}, less than nothing`
        : `a node of ${id} costs ${price} and can hold ${doubt.filling}, worth $${doubt.usd.toFixed(6)}/h`;
    case 'not-settled':
      return `${id} could not be settled: its node costs ${price}, and that a filling is worth $${doubt.bound.toFixed(6)}/h is not ruled out`;
    default:
      return doubt satisfies never;
  }
}
