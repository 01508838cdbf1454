import type { Filled } from './greedy-nodes.ts';
import type { Instance } from './instance.ts';

/** provider → largest share of the whole $/h, at list price */
export type Shares = ReadonlyMap<string, number>;

/** List $/h of nodes. */
export interface Spend {
  readonly total: number;
  readonly by: ReadonlyMap<string, number>;
}

export function spendOf({ candidates }: Instance, nodes: readonly Filled[]): Spend {
  const by = new Map<string, number>();
  let total = 0;
  for (const { candidate, count } of nodes) {
    const { provider = '', usdPerHour = 0 } = candidates[candidate] ?? {};
    total += count * usdPerHour;
    by.set(provider, (by.get(provider) ?? 0) + count * usdPerHour);
  }
  return { total, by };
}

export const sharesKept = (shares: Shares, { total, by }: Spend): boolean =>
  [...shares].every(([provider, most]) => (by.get(provider) ?? 0) <= most * total * (1 + 1e-9));

/** The least whole of which no provider has more than its share; endless where a share of nothing is spent on. */
export const wholeFor = (shares: Shares, { total, by }: Spend): number =>
  Math.max(
    total,
    ...[...shares].map(([provider, most]) => ((by.get(provider) ?? 0) > 0 ? (by.get(provider) ?? 0) / most : 0)),
  );

/** A budget is aimed this much lower than the share that was not kept asks for. */
const CAUTION = 0.985;

/**
 * What may be spent at each provider while replicas are planned one group after another. The first plan is made without
 * budgets; each one that breaks a share makes them from what it cost in all and at that provider.
 */
export function spendPlan(instance: Instance, shares: Shares): SpendPlan {
  return new SpendPlan(instance, shares);
}

class SpendPlan {
  private readonly instance: Instance;
  private readonly shares: Shares;
  private readonly factor = new Map<string, number>();
  /** planned $/h by provider, replicas priced as if their group stood alone */
  private planned = new Map<string, number>();
  /** what was paid for each dollar planned: groups that share nodes pay less */
  private paid = new Map<string, number>();
  private total: number | undefined;

  constructor(instance: Instance, shares: Shares) {
    this.instance = instance;
    this.shares = shares;
  }

  start(): void {
    this.planned = new Map();
  }

  /** provider → replicas of a group that its budget has room for; undefined where there are no budgets yet. */
  roomFor(price: ArrayLike<number>): ReadonlyMap<string, number> | undefined {
    const { total } = this;
    if (total === undefined) return undefined;
    const cheapest = new Map<string, number>();
    this.instance.locations.forEach(({ provider }, l) => {
      cheapest.set(provider, Math.min(cheapest.get(provider) ?? Infinity, price[l] ?? Infinity));
    });
    return new Map(
      [...this.shares].map(([provider, most]) => {
        const budget = most * total * (this.factor.get(provider) ?? 1);
        const paid = this.paid.get(provider) ?? 1;
        const left = budget - paid * (this.planned.get(provider) ?? 0);
        const each = paid * (cheapest.get(provider) ?? Infinity);
        return [provider, Math.max(0, each > 0 ? Math.floor(left / each) : Infinity)];
      }),
    );
  }

  spend(price: ArrayLike<number>, at: ArrayLike<number>): void {
    this.instance.locations.forEach(({ provider }, l) => {
      const n = at[l] ?? 0;
      if (n > 0) this.planned.set(provider, (this.planned.get(provider) ?? 0) + n * (price[l] ?? 0));
    });
  }

  /** From what a plan came to in whole nodes. */
  learn({ total, by }: Spend): void {
    for (const [provider, most] of this.shares) {
      const usd = by.get(provider) ?? 0;
      const planned = this.planned.get(provider) ?? 0;
      if (planned > 0) this.paid.set(provider, usd / planned);
      const before = this.factor.get(provider) ?? 1;
      // the first budgets are the shares themselves
      if (this.total !== undefined && usd > most * total) {
        this.factor.set(provider, before * CAUTION * ((most * total) / usd));
      }
    }
    this.total = Math.max(total, this.total ?? 0);
  }
}

/** Empty nodes for more than this share of the bill are no way to keep a rule. */
const PADDED = 1;

/**
 * Shares that the plan just missed, kept by empty nodes of the providers that have room under theirs: the whole grows
 * until each share is one of it. The last resort; unchanged where it would take too many, or would not help.
 */
export function padded(instance: Instance, nodes: readonly Filled[], shares: Shares): readonly Filled[] {
  const { candidates, groups } = instance;
  const used = new Float64Array(candidates.length);
  for (const n of nodes) used[n.candidate] = (used[n.candidate] ?? 0) + n.count;
  const spend = spendOf(instance, nodes);
  const by = new Map(spend.by);
  let { total } = spend;
  const added: Filled[] = [];
  const dearest = [...candidates.keys()].toSorted(
    (a, b) => (candidates[b]?.usdPerHour ?? 0) - (candidates[a]?.usdPerHour ?? 0) || a - b,
  );
  while (!sharesKept(shares, { total, by })) {
    const short = wholeFor(shares, { total, by }) - total;
    const open = dearest.filter((o) => {
      const { provider = '', usdPerHour = 0, atMost = Infinity } = candidates[o] ?? {};
      const most = shares.get(provider) ?? 1;
      return usdPerHour > 0 && used[o] !== atMost && (by.get(provider) ?? 0) + usdPerHour < most * (total + usdPerHour);
    });
    const o = open.find((c) => (candidates[c]?.usdPerHour ?? 0) <= short) ?? open.at(-1);
    if (o === undefined || total + short > (1 + PADDED) * spend.total) return nodes;
    const { provider = '', usdPerHour = 0 } = candidates[o] ?? {};
    used[o] = (used[o] ?? 0) + 1;
    by.set(provider, (by.get(provider) ?? 0) + usdPerHour);
    total += usdPerHour;
    const last = added.at(-1);
    if (last?.candidate === o) added[added.length - 1] = { ...last, count: last.count + 1 };
    else added.push({ candidate: o, count: 1, filling: new Int32Array(groups.length) });
  }
  return [...nodes, ...added];
}
