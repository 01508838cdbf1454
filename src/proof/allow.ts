import type { AllowEntry, GroupEntry, OfferingEntry } from '../interchange/problem-file.ts';

/** 1 where a group may be on an offering by its allow rules and its tolerance of spot, at [g × offerings + o]. */
export function mayUse(groups: readonly GroupEntry[], offerings: readonly OfferingEntry[]): Uint8Array {
  const out = new Uint8Array(groups.length * offerings.length).fill(1);
  groups.forEach(({ allow = {}, spotAtMost }, g) => {
    const tests = FIELDS.flatMap((field) => {
      const patterns = allow[field];
      return patterns === undefined ? [] : [{ field, test: tester(patterns) }];
    });
    offerings.forEach((o, at) => {
      const outside = tests.some(({ field, test }) => !test(o[field]));
      if (outside || (o.purchase === 'spot' && spotAtMost === 0)) out[g * offerings.length + at] = 0;
    });
  });
  return out;
}

const FIELDS = [
  'provider',
  'region',
  'zone',
  'arch',
  'purchase',
  'type',
] as const satisfies readonly (keyof AllowEntry)[];

/** Remembers its answers: thousands of offerings share a few dozen names. */
function tester(patterns: readonly string[]): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    let answer = known.get(name);
    if (answer === undefined) known.set(name, (answer = patterns.some((pattern) => matches(pattern, name))));
    return answer;
  };
}

/**
 * `*` stands for any run of characters, all others for themselves. Row by row: `reached[i]` says whether the first i
 * characters of the name are matched by the pattern so far.
 */
function matches(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  let reached = Array.from({ length: name.length + 1 }, (_, i) => i === 0);
  for (const c of pattern) {
    const next = reached.map((here, i) => (c === '*' ? here : i > 0 && reached[i - 1] === true && name[i - 1] === c));
    if (c === '*') for (let i = 1; i < next.length; i++) next[i] = next[i] === true || next[i - 1] === true;
    reached = next;
  }
  return reached[name.length] === true;
}
