import type { Allowed } from '../fleet/fleet.ts';
import { globMatch } from '../fleet/glob.ts';
import type { Resources } from '../quantity.ts';
import type { Candidate, Group } from './problem.ts';

/** Why a group may not use an offering at all, in words that follow its name; undefined when it may. */
export function ruledOut(group: Group, candidate: Candidate): string | undefined {
  const allowed = notAllowed(group.allow, candidate);
  if (allowed !== undefined) return allowed;
  if (candidate.purchase === 'spot' && group.spotAtMost === 0) return 'tolerates no spot nodes';
  const short = shortOf(group.requests, candidate.allocatable);
  return short === undefined ? undefined : `needs ${short}`;
}

function notAllowed(allow: Allowed, c: Candidate): string | undefined {
  const place = `${c.provider}/${c.region}`;
  const checks: readonly (readonly [string, readonly string[] | undefined, string])[] = [
    ['provider', allow.provider, c.provider],
    ['place', allow.place, place],
    ['region', allow.region, c.region],
    ['zone', allow.zone, c.zone],
    ['architecture', allow.arch, c.arch],
    ['purchase', allow.purchase, c.purchase],
    ['type', allow.type, c.type],
    ['GPU', allow.gpu, c.gpu?.name ?? 'none'],
  ];
  for (const [what, patterns, value] of checks) {
    if (patterns && !patterns.some((pattern) => globMatch(pattern, value))) {
      return `allows ${what} ${patterns.slice(0, 4).join(', ')}${patterns.length > 4 ? ' …' : ''}, not ${value}`;
    }
  }
  return undefined;
}

/** The first resource of which a whole node has less than one replica needs. */
export function shortOf(need: Resources, have: Resources): string | undefined {
  if (need.cpu > have.cpu) return `${need.cpu / 1000} cores where a node has ${have.cpu / 1000}`;
  if (need.memory > have.memory) return `${Math.ceil(need.memory)} MiB where a node has ${Math.floor(have.memory)} MiB`;
  if ((need.storage ?? 0) > (have.storage ?? Infinity)) {
    return `${Math.ceil(need.storage ?? 0)} MiB of ephemeral storage where a node has ${Math.floor(have.storage ?? 0)}`;
  }
  if ((need.pods ?? 1) > (have.pods ?? Infinity)) return `room for a pod where a node has none`;
  for (const [device, count] of Object.entries(need.devices ?? {})) {
    const there = have.devices?.[device] ?? 0;
    if (count > there) return `${count} ${device} where a node has ${there}`;
  }
  return undefined;
}
