import { counted } from '../figures.ts';
import type { GroupFact, PlacedFact, PlanFacts, Ruling } from './policy.ts';

export const allow = (reason: string): Ruling => ({ verdict: 'allow', reason });
export const hold = (reason: string): Ruling => ({ verdict: 'hold', reason });
export const stop = (reason: string): Ruling => ({ verdict: 'stop', reason });

/** One thing a rule was measured on. */
export interface Finding {
  /** the group whose replicas it is about; absent where it is about nodes and money */
  readonly group?: string;
  /** see {@link Ruling.subject} */
  readonly subject?: string;
  /** how far over the rule it is; over 0 breaks it */
  readonly over: number;
  /** with the figures and the limit */
  readonly words: string;
}

/**
 * The ruling on findings. A broken rule stops a plan. It only holds while the very moves that mend it still wait for a
 * later cycle: the fleet is between two states, and to stop the growth that leads out of it would keep the rule broken.
 *
 * @param lead what to say before the finding that comes nearest to its limit when all is well
 * @param none what to say when there is nothing to measure
 */
export function ruled(facts: PlanFacts, findings: readonly Finding[], lead: string, none: string): Ruling {
  const sorted = findings.toSorted((a, b) => b.over - a.over);
  const broken = sorted.filter((f) => f.over > 0);
  if (broken.length === 0) return about(sorted[0], allow(sorted[0] ? `${lead}: ${sorted[0].words}` : none));
  const final = broken.filter((f) => !mending(facts, f));
  if (final.length > 0) return about(final[0], stop(worstOf(final.map((f) => f.words))));
  const { starts, drains } = facts.waiting;
  const waits = [starts > 0 && counted(starts, 'start'), drains > 0 && counted(drains, 'drain')].filter(Boolean);
  const until = `until the ${waits.join(' and ')} that ${starts + drains === 1 ? 'waits is' : 'wait are'} made`;
  return about(broken[0], hold(`${worstOf(broken.map((f) => f.words))}, ${until}`));
}

const about = (finding: Finding | undefined, ruling: Ruling): Ruling =>
  finding?.subject === undefined ? ruling : { ...ruling, subject: finding.subject };

const mending = ({ waiting }: PlanFacts, { group }: Finding): boolean =>
  group === undefined ? waiting.starts + waiting.drains > 0 : waiting.groups.includes(group);

/** Groups whose load is not known. */
export const unknownLoads = ({ groups }: PlanFacts): readonly string[] =>
  groups.filter((group) => Number.isNaN(group.load)).map((group) => group.name);

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
