import { answered, failed, type Answer } from '../../src/failure.ts';
import type { Fleet, Region } from '../../src/fleet/fleet.ts';
import type { Calls } from './calls.ts';
import { textOf } from './fields.ts';

/** A project and what the fleet has in it. */
export interface Account {
  readonly project: string;
  readonly regions: readonly Region[];
  /** of all of them */
  readonly zones: ReadonlySet<string>;
}

/**
 * The projects that the fleet names; where it names none, that of the environment or of the credentials, as Google's
 * own tools do it.
 */
export async function accountsOf(
  fleet: Fleet,
  calls: Calls,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Answer<readonly Account[]>> {
  const accounts: Account[] = [];
  for (const { access, regions } of fleet.clouds.filter((cloud) => cloud.provider === 'gcp')) {
    const known = access?.account ?? textOf(env['GOOGLE_CLOUD_PROJECT']);
    const project = known === undefined ? await calls.project() : answered(known);
    if (!project.ok) return project;
    // it becomes part of a path
    if (!/^[a-z][a-z0-9.:-]{2,62}$/.test(project.value)) {
      return failed({
        kind: { is: 'invalid' },
        api: 'credentials',
        code: 'BadProject',
        message: `${project.value.slice(0, 80)} is not the id of a project`,
      });
    }
    accounts.push({ project: project.value, regions, zones: new Set(regions.flatMap((region) => region.zones)) });
  }
  return answered(accounts);
}

/** Whether a place of a list, `zones/europe-west4-a`, `regions/europe-west4` or `global`, is one of the fleet. */
export const matters =
  ({ zones, regions }: Account) =>
  (place: string): boolean => {
    const name = place.slice(place.lastIndexOf('/') + 1);
    return name === 'global' || zones.has(name) || regions.some((region) => region.name === name);
  };
