import { ruledOut } from '../placement/eligible.ts';
import type { Candidate, Group, Problem } from '../placement/problem.ts';
import type { Placement } from '../placement/placement.ts';
import type { GroupDemand } from '../demand/demand.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Observation } from '../observation.ts';
import { lastSeen } from '../signals/signal.ts';
import { shortenedTo } from '../trouble.ts';
import { isoOf, secondsBetween } from '../units.ts';
import { counted, duration, named } from '../figures.ts';

export interface Facts {
  readonly fleet: Pick<Fleet, 'services' | 'policies'>;
  readonly observation: Pick<Observation, 'at' | 'signals' | 'pools' | 'doubts'>;
  readonly demand: readonly GroupDemand[];
  readonly problem: Pick<Problem, 'groups'>;
  readonly placement: Pick<Placement, 'status' | 'unplaced'>;
}

/** Why no node of an offering may be drained in this cycle, in words; undefined when nothing speaks against it. */
export type Hold = (candidate: Candidate) => string | undefined;

/**
 * Nothing shrinks because a fact was missing: not while load is unknown or old for a group that may run there, not
 * while a whole provider looks dark or what it said is doubtful, and not while the placement itself has no room for all of the demand.
 */
export function holdsOf(facts: Facts): Hold {
  const short = Object.entries(facts.placement.unplaced).filter(([, n]) => n > 0);
  if (facts.placement.status !== 'placed') {
    const what = named(short.map(([group, n]) => `${counted(n, 'replica')} of ${group}`));
    return () => (short.length > 0 ? `there is no room yet for ${what}` : 'the placement has no room for the demand');
  }
  const unsure = facts.demand.flatMap((group) => {
    const reason = doubtAbout(group, facts);
    const asked = facts.problem.groups.find((g) => g.name === group.name);
    return reason === undefined ? [] : [{ group: asked ?? asGroup(group), reason }];
  });
  const dark = darkProviders(facts.observation);
  const doubts = new Map(facts.observation.doubts?.map(({ provider, reason }) => [provider, shortenedTo(200, reason)]));
  return (candidate) =>
    dark.has(candidate.provider)
      ? `none of ${candidate.provider}'s nodes is ready: taken for an outage`
      : (doubts.get(candidate.provider) ??
        unsure.find(({ group }) => ruledOut(group, candidate) === undefined)?.reason);
}

function doubtAbout(group: GroupDemand, { fleet, observation }: Facts): string | undefined {
  if (group.setBy === 'hold') return `the load of ${group.name} is not known and it may run here`;
  const name = fleet.services.find((service) => service.name === group.service)?.signal;
  const signal = observation.signals.find((s) => s.name === name && s.market === group.market);
  const seen = signal && lastSeen(signal);
  if (seen === undefined) return `the load of ${group.name} was never seen and it may run here`;
  const age = secondsBetween(seen, observation.at);
  if (age <= fleet.policies.freshness.signalsAtMost) return undefined;
  return `the load of ${group.name} was last seen ${duration(age)} ago, at ${isoOf(seen)}, and it may run here`;
}

/** Providers that should run nodes of which not one is ready. */
function darkProviders({ pools }: Pick<Observation, 'pools'>): ReadonlySet<string> {
  const wanted = new Set(pools.filter((pool) => pool.target > 0).map((pool) => pool.provider));
  for (const pool of pools) if (pool.ready > 0) wanted.delete(pool.provider);
  return wanted;
}

const asGroup = ({ name, replicas, requests, allow, spotAtMost }: GroupDemand): Group => ({
  name,
  replicas,
  requests,
  allow,
  spotAtMost,
});
