import { placeOf } from '../catalog/offering.ts';
import { ruledOut } from '../placement/eligible.ts';
import type { Problem } from '../placement/problem.ts';

/** What a group may choose from, whatever it costs. */
export interface Usable {
  /** how many offerings */
  readonly choices: number;
  /** `provider/region/zone` of each of their zones, sorted */
  readonly zones: readonly string[];
}

/** Answers per group, each counted once: thousands of offerings stand behind it. */
export function usableFor({ groups, offerings }: Pick<Problem, 'groups' | 'offerings'>): (group: string) => Usable {
  const known = new Map<string, Usable>();
  return (name) => {
    const counted = known.get(name);
    if (counted) return counted;
    const group = groups.find((g) => g.name === name);
    const own = group ? offerings.filter((o) => o.atMost !== 0 && ruledOut(group, o) === undefined) : [];
    const usable = { choices: own.length, zones: [...new Set(own.map(zoneOf))].toSorted() };
    known.set(name, usable);
    return usable;
  };
}

/** A zone's name for people, with the region where it does not tell it: Azure calls its zones `1`, `2`, `3` everywhere. */
export const zoneText = ({ region, zone }: { readonly region: string; readonly zone: string }): string =>
  zone.startsWith(region) ? zone : `${region}/${zone}`;

export const zoneOf = (at: { readonly provider: string; readonly region: string; readonly zone: string }): string =>
  `${placeOf(at)}/${at.zone}`;
