import type { Fleet } from '../fleet/fleet.ts';
import { EXIT, type ExitCode } from '../trouble.ts';
import type { Judgement, PlanFacts, Policy, Ruling, Verdict } from './policy.ts';

/**
 * Every policy's word on a plan, in the order of the policies.
 *
 * @param shadowPrices $/h by the names of the rows of the placement's bound, for one unit of the row
 */
export function judge(
  policies: readonly Policy[],
  facts: PlanFacts,
  fleet: Fleet,
  shadowPrices: Readonly<Record<string, number>>,
): readonly Judgement[] {
  return policies.flatMap((policy) => {
    const ruling = rulingOf(policy, facts, fleet);
    return ruling ? [{ name: policy.name, ...ruling, ...shadowOf(policy, ruling, facts, shadowPrices) }] : [];
  });
}

/** A gate that fails stays shut: a policy that throws has allowed nothing. */
function rulingOf(policy: Policy, facts: PlanFacts, fleet: Fleet): Ruling | undefined {
  try {
    return policy.judge(facts, fleet);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { verdict: 'stop', reason: `the policy itself failed and nothing passes it: ${reason}` };
  }
}

/** The price of what the sentence names, as `godwit explain` tells it of a group: never a sum over other groups. */
function shadowOf(
  { shadow }: Policy,
  { subject }: Ruling,
  facts: PlanFacts,
  prices: Readonly<Record<string, number>>,
): Pick<Judgement, 'usdPerHour' | 'per'> {
  if (!shadow || subject === undefined) return {};
  let sum = 0;
  for (const [row, price] of Object.entries(prices)) {
    const named = row === subject || row.startsWith(`${subject}/`);
    if (named && shadow.rows.some((name) => row.startsWith(`${name}/`))) sum += price;
  }
  const usdPerHour = sum * (shadow.scale?.(facts) ?? 1);
  return usdPerHour > 0 ? { usdPerHour, per: shadow.per } : {};
}

/** Stop outweighs hold, hold outweighs allow. */
export function verdictOf(judgements: readonly Ruling[]): Verdict {
  if (judgements.some((j) => j.verdict === 'stop')) return 'stop';
  return judgements.some((j) => j.verdict === 'hold') ? 'hold' : 'allow';
}

/**
 * 3 when a policy or the budget says stop or hold, 4 when the only doubt is that facts are stale, missing or
 * incomplete, 0 when the plan may be carried out. A broken rule outweighs a doubtful fact: it would still be broken
 * with fresher ones.
 */
export function exitOf(judgements: readonly Ruling[]): ExitCode {
  const against = judgements.filter((j) => j.verdict !== 'allow');
  if (against.length === 0) return EXIT.ok;
  return against.every((j) => j.verdict === 'hold' && j.incomplete === true) ? EXIT.incomplete : EXIT.violation;
}
