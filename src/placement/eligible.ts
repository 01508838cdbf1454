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

/** Whether an offering is open to a group at all, whatever the size of either. */
export function admits(group: Group, candidate: Candidate): boolean {
  return notAllowed(group.allow, candidate) === undefined && !(candidate.purchase === 'spot' && group.spotAtMost === 0);
}

function notAllowed(allow: Allowed, c: Candidate): string | undefined {
  return (
    outside('provider', allow.provider, c.provider) ??
    (allow.place && outside('place', allow.place, `${c.provider}/${c.region}`)) ??
    outside('region', allow.region, c.region) ??
    outside('zone', allow.zone, c.zone) ??
    outside('architecture', allow.arch, c.arch) ??
    outside('purchase', allow.purchase, c.purchase) ??
    outside('type', allow.type, c.type) ??
    outside('GPU', allow.gpu, c.gpu?.name ?? 'none')
  );
}

/** Answers that were given already: thousands of offerings share a few dozen types, zones and places. */
const answers = new WeakMap<readonly string[], Map<string, string | null>>();

function outside(what: string, patterns: readonly string[] | undefined, value: string): string | undefined {
  if (!patterns) return undefined;
  let known = answers.get(patterns);
  if (!known) answers.set(patterns, (known = new Map()));
  let answer = known.get(value);
  if (answer === undefined) {
    const listed = `${patterns.slice(0, 4).join(', ')}${patterns.length > 4 ? ' …' : ''}`;
    const matched = patterns.some((pattern) => globMatch(pattern, value));
    known.set(value, (answer = matched ? null : `allows ${what} ${listed}, not ${value}`));
  }
  return answer ?? undefined;
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
