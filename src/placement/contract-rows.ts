import type { Commitment, Discount } from '../catalog/contract.ts';
import { HOURS_PER_MONTH } from '../units.ts';
import type { Problem } from './problem.ts';
import { type Builder, type Entry, FREE } from './rows.ts';

/** What is paid of a list price: 1 − discount, by provider and purchase. */
export type Multipliers = (provider: string, purchase: string) => number;

/**
 * Discounts as one factor per provider. A flat discount is exact. Of marginal tiers, whose cost curve is concave, the
 * factor is the average at `spendBound` (list $/h, or Infinity for the last tier's rate): the chord under the curve,
 * so that the linear cost never exceeds the true one and the bound stays valid for spends up to it.
 */
export function multipliersOf(discounts: readonly Discount[], spendBound: (provider: string) => number): Multipliers {
  const factors = new Map<string, number>();
  for (const d of discounts) {
    const bound = spendBound(d.provider);
    const last = d.tiers.at(-1)?.discount ?? 0;
    const factor =
      Number.isFinite(bound) && bound > 0
        ? discounted(d, bound) / bound
        : 1 - Math.max(last, ...d.tiers.map((t) => t.discount));
    factors.set(`${d.provider}/on-demand`, factor);
    if (d.on === 'all') factors.set(`${d.provider}/spot`, factor);
  }
  return (provider, purchase) => factors.get(`${provider}/${purchase}`) ?? 1;
}

/** What is billed an hour for `listUsdPerHour` of eligible usage, tier by tier. */
export function discounted(discount: Discount, listUsdPerHour: number): number {
  let billed = 0;
  discount.tiers.forEach((tier, i) => {
    const from = tier.fromUsdPerMonth / HOURS_PER_MONTH;
    const to = (discount.tiers[i + 1]?.fromUsdPerMonth ?? Infinity) / HOURS_PER_MONTH;
    const slice = Math.min(listUsdPerHour, to) - from;
    if (slice > 0) billed += slice * (1 - tier.discount);
  });
  return billed;
}

/**
 * Commitments are sunk: what they cover comes off the bill again, as a credit in list $/h that neither exceeds what
 * was bought nor the usage it may cover. Scopes that lie within one another share their usage.
 */
export function commitmentRows(build: Builder, problem: Problem, multiplier: Multipliers): void {
  const { candidates } = build.instance;
  const scopes = new Map<string, { members: number[]; row: number }>();
  const scoped = problem.rules.commitments.map((commitment) => {
    const members = candidates.flatMap((c, o) => (covers(commitment, c) ? [o] : []));
    return { commitment, members };
  });
  const scopeOf = (members: readonly number[], label: string): void => {
    const key = members.join(',');
    const known = scopes.get(key);
    if (known) return;
    const row = build.row(`usage/${label}`, -FREE, 0);
    for (const o of members) build.node(o, row, -(candidates[o]?.usdPerHour ?? 0));
    scopes.set(key, { members: [...members], row });
  };
  for (const { members, commitment } of scoped) if (members.length > 0) scopeOf(members, commitment.id);

  for (const { commitment, members } of scoped) {
    if (members.length === 0) continue;
    const inside = new Set(members);
    const containing = [...scopes.values()].filter((s) => {
      const all = new Set(s.members);
      return [...inside].every((o) => all.has(o));
    });
    const entries = containing.map(({ row }) => ({ row, value: 1 }));
    const paid = multiplier(commitment.provider, 'on-demand');
    for (const part of creditParts(build, problem, commitment, members)) {
      build.auxiliary.push({
        kind: 'credit',
        of: 0,
        cost: -paid,
        upper: part.upper,
        entries: [...entries, ...part.entries],
      });
    }
  }
}

function creditParts(
  build: Builder,
  problem: Problem,
  commitment: Commitment,
  members: readonly number[],
): readonly { upper: number; entries: Entry[] }[] {
  const { candidates } = build.instance;
  switch (commitment.kind) {
    case 'reserved-nodes':
      return [{ upper: commitment.count * (candidates[members[0] ?? 0]?.usdPerHour ?? 0), entries: [] }];
    case 'spend':
      return [{ upper: commitment.usdPerHour / (1 - commitment.discount), entries: [] }];
    case 'resources': {
      const rate = problem.rules.resourceRates.get(commitment.id);
      if (!rate) return [];
      const vcpu = build.row(`usage-vcpu/${commitment.id}`, -FREE, 0);
      const memory = build.row(`usage-memory/${commitment.id}`, -FREE, 0);
      for (const o of members) {
        build.node(o, vcpu, -rate.vcpu * (candidates[o]?.vcpu ?? 0));
        build.node(o, memory, (-rate.gib * (candidates[o]?.memory ?? 0)) / 1024);
      }
      return [
        { upper: rate.vcpu * commitment.vcpu, entries: [{ row: vcpu, value: 1 }] },
        { upper: (rate.gib * commitment.memory) / 1024, entries: [{ row: memory, value: 1 }] },
      ];
    }
    default:
      return commitment satisfies never;
  }
}

/** Whether a commitment covers an offering's usage. None covers spot. */
export function covers(
  k: Commitment,
  c: { provider: string; region: string; zone: string; type: string; family: string; purchase: string },
): boolean {
  if (c.purchase !== 'on-demand' || k.provider !== c.provider) return false;
  switch (k.kind) {
    case 'reserved-nodes':
      return k.region === c.region && k.type === c.type && (k.zone === undefined || k.zone === c.zone);
    case 'spend':
      return (k.region === undefined || k.region === c.region) && (k.family === undefined || k.family === c.family);
    case 'resources':
      return k.region === c.region && k.family === c.family;
    default:
      return k satisfies never;
  }
}
