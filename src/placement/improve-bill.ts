import { billOf } from './cost.ts';
import type { Instance } from './instance.ts';
import type { Candidate, Problem } from './problem.ts';

/**
 * What so many nodes of each candidate cost an hour, with what starting nodes and opening pools costs: kept up to date
 * node by node where nodes are billed each by itself, billed as a whole where contracts tie them together.
 */
export class StandingBill {
  readonly counts: Int32Array;
  /** nodes are billed each by itself */
  readonly separate: boolean;
  private readonly problem: Problem;
  private readonly instance: Instance;
  private readonly launch: number;
  private readonly open: number;
  /** usd of nodes where separate, of launches and pools in any case */
  private sum = 0;
  private readonly shares: readonly (readonly [string, number])[];
  private readonly byProvider = new Map<string, number>();
  private list = 0;

  constructor(problem: Problem, instance: Instance) {
    const { change, rules } = problem;
    this.problem = problem;
    this.instance = instance;
    this.counts = new Int32Array(instance.candidates.length);
    this.separate = rules.commitments.length === 0 && rules.discounts.length === 0;
    this.launch = change ? change.launchUsd / change.horizonHours : 0;
    this.open = change ? (change.openUsd ?? 0) / change.horizonHours : 0;
    this.shares = [...rules.vendorShareAtMost];
  }

  /** What one node more of candidate o adds, contracts aside. */
  next(o: number): number {
    const count = this.counts[o] ?? 0;
    const running = this.instance.running[o] ?? 0;
    return (
      (this.instance.candidates[o]?.usdPerHour ?? 0) +
      (count >= running ? this.launch : 0) +
      (count === 0 && running === 0 ? this.open : 0)
    );
  }

  add(o: number): void {
    this.sum += this.next(o);
    this.counts[o] = (this.counts[o] ?? 0) + 1;
    this.listed(o, 1);
  }

  remove(o: number): void {
    this.counts[o] = (this.counts[o] ?? 0) - 1;
    this.sum -= this.next(o);
    this.listed(o, -1);
  }

  total(): number {
    if (this.separate) return this.sum;
    const nodes: { candidate: Candidate; count: number }[] = [];
    let list = 0;
    this.instance.candidates.forEach((candidate, o) => {
      const count = this.counts[o] ?? 0;
      if (count === 0) return;
      nodes.push({ candidate, count });
      list += count * candidate.usdPerHour;
    });
    return billOf(this.problem, nodes).usdPerHour + this.sum - list;
  }

  sharesHold(): boolean {
    return this.shares.every(([provider, most]) => (this.byProvider.get(provider) ?? 0) <= most * this.list + 1e-9);
  }

  private listed(o: number, sign: number): void {
    const c = this.instance.candidates[o];
    if (!c || this.shares.length === 0) return;
    this.list += sign * c.usdPerHour;
    this.byProvider.set(c.provider, (this.byProvider.get(c.provider) ?? 0) + sign * c.usdPerHour);
  }
}

/** The price that all candidates have in common where nothing else tells one node from another; 0 = there is none. */
export function commonPrice(problem: Problem, { candidates }: Instance): number {
  const first = candidates[0]?.usdPerHour ?? 0;
  const { commitments, discounts, flows } = problem.rules;
  const plain = !problem.change && commitments.length === 0 && discounts.length === 0 && flows.length === 0;
  return plain && candidates.every((c) => c.usdPerHour === first) ? first : 0;
}
