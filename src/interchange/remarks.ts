import { nearest } from '../fleet/nearest.ts';
import { globMatch } from '../fleet/glob.ts';
import { parseQuantity } from '../quantity.ts';
import type { AllowEntry, OfferingEntry, ProblemFile } from './problem-file.ts';

/**
 * What is right as it is written and most likely not meant: names that no offering has, memory without a unit. One
 * line each, for people; the problem is placed as it stands.
 */
export function remarksOf({ groups, offerings, rules }: ProblemFile): readonly string[] {
  const has = (Object.keys(PARTS) as (keyof AllowEntry)[]).map((field) => {
    const values = [...new Set(offerings.map((o) => PARTS[field](o)))];
    return { field, values, known: new Map<string, string | undefined>() };
  });
  const remarks: string[] = [];
  for (const { name, allow = {}, requests } of groups) {
    for (const { field, values, known } of has) {
      for (const pattern of allow[field] ?? []) {
        if (!known.has(pattern)) known.set(pattern, strange(pattern, values));
        const hint = known.get(pattern);
        if (hint !== undefined) remarks.push(`${name} allows ${field} ${pattern}, which no offering has${hint}`);
      }
    }
    const memory = requests['memory'];
    if (typeof memory === 'number' && memory > 0 && memory < 2 ** 20) {
      remarks.push(`${name} asks for ${memory} bytes of memory: "${memory}Gi" is a text with its unit`);
    }
  }
  const providers = [...new Set(offerings.map((o) => o.provider))];
  for (const provider of Object.keys(rules?.vendorShareAtMost ?? {})) {
    if (providers.includes(provider)) continue;
    remarks.push(`vendorShareAtMost caps ${provider}, of which there is no offering${guess(provider, providers)}`);
  }
  const free = offerings.find((o) => o.usdPerHour === 0 && o.atMost === undefined);
  if (free) remarks.push(`${free.id} costs nothing and has no atMost: everything may end up there`);
  const bare = offerings.find((o) => (parseQuantity(o.allocatable['cpu'] ?? 0) ?? 0) === 0);
  if (bare) remarks.push(`${bare.id} has no cpu, so that it carries nothing that asks for some`);
  return remarks;
}

const PARTS: { readonly [K in keyof Required<AllowEntry>]: (o: OfferingEntry) => string } = {
  provider: (o) => o.provider,
  region: (o) => o.region,
  zone: (o) => o.zone,
  arch: (o) => o.arch,
  purchase: (o) => o.purchase,
  type: (o) => o.type,
};

/** Undefined when a value matches; otherwise what was meant, if it is near. */
function strange(pattern: string, values: readonly string[]): string | undefined {
  if (values.some((value) => globMatch(pattern, value))) return undefined;
  return pattern.includes('*') ? '' : guess(pattern, values);
}

function guess(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}
