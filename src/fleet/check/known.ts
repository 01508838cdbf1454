import type { ProviderName } from '../../catalog/offering.ts';
import type { Finding, Path } from '../finding.ts';
import type { Fleet, Region } from '../fleet.ts';
import { globMatch } from '../glob.ts';
import { listed, meant } from '../nearest.ts';

/** A finding when `written` is none of `names`. @param what `signal`, `market of connections` */
export function unlessKnown(
  path: Path,
  written: string,
  names: readonly string[],
  what: string,
  onKey = false,
): readonly Finding[] {
  if (names.includes(written)) return [];
  return [{ path, ...(onKey ? { onKey } : {}), problem: `no such ${what}`, remedy: meant(written, names) }];
}

/** A finding for each pattern that matches nothing: it is misspelt, or left from a place the fleet has given up. */
export function unlessMatched(
  path: Path,
  patterns: readonly string[] | undefined,
  names: readonly string[],
  what: string,
): readonly Finding[] {
  return (patterns ?? []).flatMap((pattern, i) => {
    if (names.some((name) => globMatch(pattern, name))) return [];
    const remedy = pattern.includes('*') ? `it has ${listed(names)}` : meant(pattern, names);
    return [{ path: [...path, i], problem: `matches no ${what} of this fleet`, remedy }];
  });
}

export interface Where {
  readonly provider: ProviderName;
  readonly region?: string;
  readonly zone?: string;
}

/** Findings when a provider, its region or its zone is not among the fleet's clouds. */
export function unlessInClouds(path: Path, { provider, region, zone }: Where, fleet: Fleet): readonly Finding[] {
  const cloud = fleet.clouds.find((each) => each.provider === provider);
  if (cloud === undefined) {
    const known = fleet.clouds.map((each) => each.provider).join(', ');
    return [
      {
        path: [...path, 'provider'],
        problem: 'not among the clouds of this fleet',
        remedy: `add it under clouds, or write one of ${known}`,
      },
    ];
  }
  if (region === undefined) return [];
  const found = cloud.regions.find((each) => each.name === region);
  const names = cloud.regions.map((each) => each.name);
  if (found === undefined) return unlessKnown([...path, 'region'], region, names, `region under clouds.${provider}`);
  if (zone === undefined) return [];
  return unlessKnown([...path, 'zone'], zone, found.zones, `zone of ${provider}/${region}`);
}

export const regionOf = (fleet: Fleet, provider: ProviderName, name: string): Region | undefined =>
  fleet.clouds.find((cloud) => cloud.provider === provider)?.regions.find((region) => region.name === name);

/** A finding for each item whose name an earlier one has. */
export function unlessUnique(names: readonly string[], path: (index: number) => Path): readonly Finding[] {
  return names.flatMap((name, i) =>
    names.indexOf(name) === i
      ? []
      : [{ path: path(i), problem: 'another one has it already', remedy: 'give each its own' }],
  );
}
