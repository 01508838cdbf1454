import type { Access, Fleet, Region } from '../../src/fleet/fleet.ts';
import type { ProviderParts } from '../../src/ports.ts';
import { sessionOf, type Session } from './session.ts';

/** A region of the fleet at AWS, and the credentials that it is asked with. */
export interface Place {
  readonly session: Session;
  readonly access: Access;
  readonly region: Region;
}

interface Places {
  /** every region of the fleet that may be asked */
  of(fleet: Fleet): readonly Place[];
  /** one region by name; undefined: the fleet file does not have it, or does not say how it is reached */
  at(fleet: Fleet, region: string): Place | undefined;
}

/** One session for each set of credentials; clients in it are made once. */
export function placesWith(parts: ProviderParts): Places {
  const sessions = new Map<string, Session>();
  const session = (access: Access): Session => {
    const key = JSON.stringify([access.account, access.roleArn]);
    const known = sessions.get(key) ?? sessionOf(parts, access);
    sessions.set(key, known);
    return known;
  };
  const of = (fleet: Fleet): Place[] =>
    fleet.clouds.flatMap(({ provider, access, regions }) =>
      provider === 'aws' && access ? regions.map((region) => ({ session: session(access), access, region })) : [],
    );
  return { of, at: (fleet, region) => of(fleet).find((place) => place.region.name === region) };
}
