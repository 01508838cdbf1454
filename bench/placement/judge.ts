import type { Placement } from '../../src/placement/placement.ts';
import type { Problem } from '../../src/placement/problem.ts';
import { violations } from '../../src/placement/verify.ts';

const RELATIVE = 1e-6;

/**
 * What does not hold of an answer: rules broken, a bill that is not its nodes' prices added up, a bound over the cost or
 * over what is known to be possible. Empty when all holds. The instances have no contracts, so the bill is the prices.
 *
 * @param optimum the published one, in $/h
 */
export function brokenIn(problem: Problem, answer: Placement, optimum: number | undefined): string[] {
  const found = violations(problem, answer.nodes, answer.unplaced);
  const price = new Map(problem.offerings.map((o) => [o.id, o.usdPerHour]));
  const bill = answer.nodes.reduce((sum, n) => sum + n.count * (price.get(n.offering) ?? Number.NaN), 0);
  const { usdPerHour: cost, lowerBoundUsdPerHour: bound } = answer;
  if (answer.status !== 'placed') found.push(`${answer.status}: ${answer.conflict.join(', ') || 'no reason given'}`);
  if (!(Math.abs(cost - bill) <= RELATIVE * bill)) found.push(`the nodes cost $${bill}/h, the answer says $${cost}/h`);
  if (!(bound >= 0 && bound <= cost * (1 + RELATIVE)))
    found.push(`the bound $${bound}/h is not between 0 and the cost`);
  if (optimum !== undefined && bound > optimum * (1 + RELATIVE))
    found.push(`the bound ${bound} is over the published optimum ${optimum}`);
  if (optimum !== undefined && answer.status === 'placed' && cost < optimum * (1 - RELATIVE))
    found.push(`${cost} is under the published optimum ${optimum}`);
  return found;
}
