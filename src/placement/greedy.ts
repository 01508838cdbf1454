import type { Whole } from './dive.ts';
import { type Filled, nodesIn } from './greedy-nodes.ts';
import { quotasOf } from './greedy-quotas.ts';
import { padded, sharesKept, spendOf, spendPlan, type Shares, wholeFor } from './greedy-shares.ts';
import type { Instance } from './instance.ts';
import { resourceBound, weigh } from './resource-bound.ts';

/** How often the plan is made anew for what found no node, or for vendor shares that were not kept. */
const ATTEMPTS = 10;

/**
 * A placement without a solver, for when that fails or has no time: each group's replicas are spread by counting so
 * that its own rules hold, and each location is filled node by node, the cheapest filling first. What finds no node is
 * planned anew elsewhere; where a vendor's share is not kept, its budget is cut and all is planned again.
 *
 * It keeps every rule where it can find a way. Replicas it finds no place for are `missing`, with the rules kept on the
 * rest. Vendor shares that it still can't keep are for the verification after it to say.
 *
 * @param bound whose weights tell how large a replica or a node is
 */
export function greedy(
  instance: Instance,
  shares: Shares = new Map(),
  { weights } = resourceBound(instance, listPrices(instance)),
): Whole {
  const state = new Greedy(instance, shares, weights);
  let best: Attempt | undefined;
  for (let i = 0; i < ATTEMPTS; i++) {
    const attempt = state.attempt();
    if (!best || better(attempt, best)) best = attempt;
    if (!attempt.again) break;
  }
  const { nodes, missing } = best ?? { nodes: [], missing: new Float64Array(instance.groups.length) };
  const kept = padded(instance, nodes, shares);
  return { nodes: kept.map(({ candidate, count, filling }) => ({ pattern: { candidate, filling }, count })), missing };
}

const listPrices = ({ candidates }: Instance): number[] => candidates.map((c) => c.usdPerHour);

interface Attempt {
  readonly nodes: readonly Filled[];
  readonly missing: Float64Array;
  /** every replica planned has its node */
  readonly whole: boolean;
  readonly kept: boolean;
  /** once the whole has grown until each share is one of it */
  readonly usdPerHour: number;
  /** another attempt may do better */
  readonly again: boolean;
}

function better(a: Attempt, b: Attempt): boolean {
  if (a.whole !== b.whole) return a.whole;
  if (a.kept !== b.kept) return a.kept;
  const [missingA, missingB] = [a, b].map(({ missing }) => missing.reduce((sum, n) => sum + n, 0));
  return missingA === missingB ? a.usdPerHour < b.usdPerHour : (missingA ?? 0) < (missingB ?? 0);
}

class Greedy {
  private readonly instance: Instance;
  private readonly shares: Shares;
  /** candidates of each location, those first that cost least for their size */
  private readonly members: readonly (readonly number[])[];
  private readonly worth: Float64Array;
  /** $ an hour of one replica of g in location l, and most of them there, at [g × locations + l] */
  private readonly price: Float64Array;
  private readonly room: Float64Array;
  private readonly order: readonly number[];
  private readonly plan;

  constructor(instance: Instance, shares: Shares, weights: Float64Array) {
    const { groups, candidates, locations, locationOf, capacity, need } = instance;
    this.instance = instance;
    this.shares = shares;
    this.worth = Float64Array.from(groups, (_, g) => Math.max(Number.MIN_VALUE, weigh(weights, need, g)));
    const perSize = candidates.map(({ usdPerHour }, o) => usdPerHour / weigh(weights, capacity, o));
    const members = locations.map((): number[] => []);
    locationOf.forEach((l, o) => members[l]?.push(o));
    this.members = members.map((of) => of.toSorted((a, b) => (perSize[a] ?? 0) - (perSize[b] ?? 0) || a - b));
    this.price = new Float64Array(groups.length * locations.length).fill(Infinity);
    this.room = new Float64Array(groups.length * locations.length);
    this.survey();
    this.order = [...groups.keys()].toSorted((a, b) => this.choices(a) - this.choices(b) || a - b);
    this.plan = spendPlan(instance, shares);
  }

  attempt(): Attempt {
    const { instance, shares, room } = this;
    const { groups, candidates, locations } = instance;
    const width = locations.length;
    const wanted = locations.map(() => new Float64Array(groups.length));
    const missing = new Float64Array(groups.length);
    this.plan.start();
    for (const g of this.order) {
      const quotas = this.quotas(g);
      missing[g] = quotas.missing;
      quotas.at.forEach((n, l) => ((wanted[l] as Float64Array)[g] = n));
    }
    const left = Float64Array.from(candidates, (c) => c.atMost ?? Infinity);
    const nodes = locations.flatMap((_, l) => {
      const rest = wanted[l] as Float64Array;
      const planned = rest.slice();
      const filled = nodesIn(instance, this.members[l] ?? [], rest, this.worth, left);
      // what found no node has that much less room the next time
      rest.forEach((n, g) => {
        if (n > 0) room[g * width + l] = (planned[g] ?? 0) - n;
      });
      return filled;
    });
    const short = wanted.some((rest) => rest.some((n) => n > 0));
    wanted.forEach((rest) => rest.forEach((n, g) => (missing[g] = (missing[g] ?? 0) + n)));
    minimums(instance, nodes);
    const spend = spendOf(instance, nodes);
    const kept = sharesKept(shares, spend);
    if (!kept) this.plan.learn(spend);
    return { nodes, missing, whole: !short, kept, usdPerHour: wholeFor(shares, spend), again: short || !kept };
  }

  private quotas(g: number): ReturnType<typeof quotasOf> {
    const { instance, plan } = this;
    const width = instance.locations.length;
    const price = this.price.subarray(g * width, (g + 1) * width);
    const room = this.room.subarray(g * width, (g + 1) * width);
    const providerRoom = plan.roomFor(price);
    let quotas = quotasOf(instance, g, { price, room, ...(providerRoom && { providerRoom }) });
    // a budget is a wish: what can have a place has one
    if (quotas.missing > 0 && providerRoom) quotas = quotasOf(instance, g, { price, room });
    plan.spend(price, quotas.at);
    return quotas;
  }

  private survey(): void {
    const { groups, candidates, locations, locationOf, fits } = this.instance;
    candidates.forEach(({ usdPerHour, atMost = Infinity }, o) => {
      if (atMost === 0) return;
      for (let g = 0; g < groups.length; g++) {
        const most = fits[g * candidates.length + o] as number;
        if (most === 0) continue;
        const at = g * locations.length + (locationOf[o] as number);
        this.price[at] = Math.min(this.price[at] as number, usdPerHour / most);
        this.room[at] = (this.room[at] as number) + most * atMost;
      }
    });
  }

  /** How free a group is to go elsewhere: those that are not are planned first, and the others around them. */
  private choices(g: number): number {
    const { groups, locations } = this.instance;
    const group = groups[g];
    if (group?.zoneSkew?.within === 'all') return 0;
    const providers = new Set<string>();
    for (const [l, { provider }] of locations.entries()) {
      if ((this.room[g * locations.length + l] as number) > 0) providers.add(provider);
    }
    return providers.size - (group?.survive?.loss === 'provider' ? 1 : 0);
  }
}

/** Empty nodes up to the stated minimums. */
export function minimums({ candidates, groups }: Instance, nodes: Filled[]): void {
  if (candidates.every((c) => (c.atLeast ?? 0) === 0)) return;
  const counts = new Float64Array(candidates.length);
  for (const n of nodes) counts[n.candidate] = (counts[n.candidate] ?? 0) + n.count;
  candidates.forEach(({ atLeast = 0 }, candidate) => {
    const count = atLeast - (counts[candidate] ?? 0);
    if (count > 0) nodes.push({ candidate, count, filling: new Int32Array(groups.length) });
  });
}
