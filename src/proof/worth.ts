import type { ProblemFile } from '../interchange/problem-file.ts';
import { Alike, type Node } from './alike.ts';
import { nodePrice, type Prices, worthClasses } from './prices.ts';
import type { Scene } from './scene.ts';

/** An offering whose node may be worth more than it costs. */
export type Doubt =
  | {
      readonly kind: 'worth-more';
      readonly o: number;
      readonly price: number;
      readonly usd: number;
      readonly filling: string;
    }
  | { readonly kind: 'not-settled'; readonly o: number; readonly price: number; readonly bound: number };

export interface Weighed {
  readonly doubts: readonly Doubt[];
  /** how many offerings each means has settled */
  readonly settled: Readonly<Record<Means, number>>;
}

/** From the cheapest to the dearest. `covered`: another offering that holds no less for no more was settled. */
export const MEANS = ['covered', 'multipliers', 'table', 'search'] as const;
type Means = (typeof MEANS)[number];

/** A filling may be worth more than its node by this share of its price: the digits that the bound is compared with. */
const ALLOWED = 1e-6;
/** Steps of search for one offering, and for all of them: counted, so that every machine comes to the same verdict. */
const STEPS_EACH = 50_000;
const STEPS = 400_000;

/**
 * That no filling of any offering's node is worth more than the node, each offering by the cheapest means that settle
 * it.
 *
 * @param needed replicas of each group: no node needs to hold more
 */
export function weigh(problem: ProblemFile, scene: Scene, prices: Prices, needed: readonly number[]): Weighed {
  const doubts: Doubt[] = [];
  const settled = { covered: 0, multipliers: 0, table: 0, search: 0 };
  let left = STEPS;
  for (const { worths, offerings } of worthClasses(scene, prices)) {
    const alike = new Alike(scene, worths, needed);
    const nodes = offerings.map((o) => alike.node(o, enoughFor(nodePrice(scene, problem, prices, o))));
    const open = easilySettled(alike, nodes.toSorted(cheapestFirst), settled);
    const table = open.length > 0 ? alike.table(open) : undefined;
    for (const node of open) {
      if (table && table.bound(node.capacity) <= node.enough) {
        settled.table++;
        continue;
      }
      const answer = alike.search(node, Math.min(STEPS_EACH, left));
      left -= answer.steps;
      const at = { o: node.o, price: nodePrice(scene, problem, prices, node.o) };
      if (answer.outcome === 'none') settled.search++;
      else if (answer.outcome === 'open') doubts.push({ kind: 'not-settled', ...at, bound: answer.bound });
      else doubts.push({ kind: 'worth-more', ...at, ...alike.told(answer.counts) });
    }
  }
  return { doubts: doubts.toSorted((a, b) => a.o - b.o), settled };
}

const enoughFor = (price: number): number => price + ALLOWED * Math.abs(price);

const cheapestFirst = (a: Node, b: Node): number => a.enough - b.enough || a.o - b.o;

/** The nodes that are neither covered by a settled one nor settled by multipliers. */
function easilySettled(alike: Alike, nodes: readonly Node[], settled: Record<Means, number>): readonly Node[] {
  const done: Node[] = [];
  return nodes.filter((node) => {
    if (done.some((other) => covers(other, node))) {
      settled.covered++;
      return false;
    }
    if (alike.bound(node) > node.enough) return true;
    settled.multipliers++;
    done.push(node);
    return false;
  });
}

/** Whether what is on one node fits on the other, which costs no more. */
function covers(other: Node, node: Node): boolean {
  return other.enough <= node.enough && other.capacity.every((has, r) => has >= (node.capacity[r] as number));
}
