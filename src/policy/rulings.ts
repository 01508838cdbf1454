import { counted } from '../figures.ts';
import type { GroupFact, PlacedFact, PlanFacts, Ruling } from './policy.ts';

export const allow = (reason: string): Ruling => ({ verdict: 'allow', reason });
export const hold = (reason: string): Ruling => ({ verdict: 'hold', reason });
export const stop = (reason: string): Ruling => ({ verdict: 'stop', reason });

/**
 * A broken rule stops a plan. While moves of the placement still wait for later cycles it only holds: the fleet is
 * between two states, and to stop the growth that leads out of it would keep the rule broken for good.
 */
export function broken(facts: PlanFacts, reason: string): Ruling {
  const { starts, drains } = facts.waiting;
  if (starts + drains === 0) return stop(reason);
  const waits = [starts > 0 && counted(starts, 'start'), drains > 0 && counted(drains, 'drain')].filter(Boolean);
  return hold(`${reason}, while ${waits.join(' and ')} of this plan still ${starts + drains === 1 ? 'waits' : 'wait'}`);
}

/** Replicas of a group wherever they are placed. */
export const standingsOf = (facts: PlanFacts, group: string): readonly (PlacedFact & { readonly count: number })[] =>
  facts.placed.flatMap((fact) => {
    const count = fact.replicas[group] ?? 0;
    return count > 0 ? [{ ...fact, count }] : [];
  });

/** The worst of many findings speaks for all: `… (and 3 more)`. */
export function worstOf(findings: readonly string[]): string {
  const [first = '', ...rest] = findings;
  return rest.length === 0 ? first : `${first} (and ${rest.length} more)`;
}

/** Groups of the services that a rule is stated for. */
export const groupsOf = (facts: PlanFacts, services: readonly string[]): readonly GroupFact[] =>
  facts.groups.filter((group) => services.includes(group.service));
