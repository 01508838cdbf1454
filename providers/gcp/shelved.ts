import type { Clock, Shelf } from '../../src/ports.ts';
import type { Instant, Seconds } from '../../src/units.ts';
import { fieldsOf, type Fields } from './fields.ts';

const SCHEMA = 1;

export interface Kept {
  readonly fields: Fields;
  /** how long ago it was put there, in seconds */
  readonly ageS: number;
  readonly at: Instant;
}

/** What lies under a key; undefined where there is nothing, or nothing of this schema. */
export async function kept(shelf: Shelf, clock: Clock, key: string): Promise<Kept | undefined> {
  const found = await shelf.get(key);
  if (!found) return undefined;
  try {
    const fields = fieldsOf(JSON.parse(found.text));
    return fields['schemaVersion'] === SCHEMA
      ? { fields, ageS: (clock.now() - found.at) / 1000, at: found.at }
      : undefined;
  } catch {
    return undefined;
  }
}

export const keep = (shelf: Shelf, key: string, fields: Fields): Promise<void> =>
  shelf.put(key, JSON.stringify({ schemaVersion: SCHEMA, ...fields }));

/** A clock that was set back makes nothing fresh for ever. */
export const fresh = (found: Kept | undefined, within: Seconds): found is Kept =>
  found !== undefined && Math.abs(found.ageS) <= within;
