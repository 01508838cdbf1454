import { covers } from './contract-rows.ts';
import { ruledOut } from './eligible.ts';
import type { Group, Problem } from './problem.ts';

/**
 * A problem cut into cells that have nothing in common but the vendors' shares: no offering, no traffic, no commitment
 * and no discount whose rate depends on what is spent. Every group and every offering is in exactly one.
 *
 * Cells stand in the order of their first group. The cells themselves have no vendor shares: these speak of the whole.
 * A problem that can't be cut comes back as it is, vendor shares and all.
 */
export function cellsOf(problem: Problem): readonly Problem[] {
  const { groups, offerings } = problem;
  const ties = new Ties(groups.length + offerings.length);
  const offeringAt = (o: number): number => groups.length + o;
  linkByOffering(problem, ties, offeringAt);
  linkByTraffic(problem, ties);
  for (const tied of tiedByContract(problem)) {
    const [first = 0, ...rest] = tied;
    for (const o of rest) ties.join(offeringAt(first), offeringAt(o));
  }

  // what nobody needs goes with the first cell: nodes that must stay are part of the bill all the same
  const roots = [...new Set(groups.flatMap((g, i) => (g.replicas > 0 ? [ties.rootOf(i)] : [])))];
  if (roots.length < 2) return [problem];
  const cellAt = new Map(roots.map((root, cell) => [root, cell]));
  const cell = (node: number): number => cellAt.get(ties.rootOf(node)) ?? 0;
  const cellOfGroup = new Map(groups.map((g, i) => [g.name, cell(i)]));
  const cellOfOffering = new Map(offerings.map((o, i) => [o.id, cell(offeringAt(i))]));
  const { rules } = problem;
  // one that covers nothing is paid all the same, once
  const cellOfCommitment = new Map(
    rules.commitments.map((k) => [k.id, cellOfOffering.get(offerings.find((o) => covers(k, o))?.id ?? '') ?? 0]),
  );
  return roots.map((_, c): Problem => ({
    ...problem,
    groups: groups.filter((g) => cellOfGroup.get(g.name) === c),
    offerings: offerings.filter((o) => cellOfOffering.get(o.id) === c),
    running: problem.running.filter((r) => cellOfOffering.get(r.offering) === c),
    rules: {
      ...rules,
      vendorShareAtMost: new Map(),
      commitments: rules.commitments.filter((k) => cellOfCommitment.get(k.id) === c),
      flows: rules.flows.filter((f) => cellOfGroup.get(f.from) === c),
    },
  }));
}

/** A group and each offering that it may use are one cell. Groups of one kind are looked at together. */
function linkByOffering({ groups, offerings }: Problem, ties: Ties, offeringAt: (o: number) => number): void {
  const kinds = new Map<string, { readonly like: Group; readonly members: number[] }>();
  groups.forEach((like, g) => {
    if (like.replicas <= 0) return;
    const key = JSON.stringify([like.allow, like.spotAtMost === 0, like.requests]);
    const kind = kinds.get(key);
    if (kind) kind.members.push(g);
    else kinds.set(key, { like, members: [g] });
  });
  for (const { like, members } of kinds.values()) {
    const [first = 0] = members;
    const usable = offerings.flatMap((o, i) => (ruledOut(like, o) === undefined ? [i] : []));
    for (const o of usable) ties.join(first, offeringAt(o));
    if (usable.length > 0) for (const g of members) ties.join(first, g);
  }
}

function linkByTraffic({ groups, rules }: Problem, ties: Ties): void {
  const at = new Map(groups.map((g, i) => [g.name, i]));
  for (const flow of rules.flows) {
    const from = at.get(flow.from);
    const to = at.get(flow.to);
    if (from !== undefined && to !== undefined) ties.join(from, to);
  }
}

/** Offerings, by their index, whose bill can't be told apart: one commitment covers them, or one discount in tiers. */
function tiedByContract({ offerings, rules }: Problem): number[][] {
  const committed = rules.commitments.map((k) => offerings.flatMap((o, i) => (covers(k, o) ? [i] : [])));
  const tiered = rules.discounts
    .filter((d) => d.tiers.length > 1)
    .map((d) =>
      offerings.flatMap((o, i) => (o.provider === d.provider && (d.on === 'all' || o.purchase !== 'spot') ? [i] : [])),
    );
  return [...committed, ...tiered].filter((tied) => tied.length > 1);
}

/** What is tied to what, directly or by way of others: disjoint sets with path halving. */
class Ties {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  rootOf(node: number): number {
    let at = node;
    for (let up = this.#up(at); up !== at; up = this.#up(at)) {
      this.#parent[at] = this.#up(up);
      at = up;
    }
    return at;
  }

  /** The smaller root stays, so that the order of cells is that of their first groups. */
  join(a: number, b: number): void {
    const x = this.rootOf(a);
    const y = this.rootOf(b);
    this.#parent[Math.max(x, y)] = Math.min(x, y);
  }

  #up(node: number): number {
    return this.#parent[node] ?? node;
  }
}
