import { randomUUID } from 'node:crypto';
import type { ProviderName } from '../catalog/offering.ts';
import type { Shelf } from '../ports.ts';
import type { Instant } from '../units.ts';

/**
 * A person's word that a listing which looks wrong is right: what was seen of a place before no longer counts.
 *
 * A doubt never goes away by itself. An emptiness that has lasted for an hour, or a day, is as likely a long outage, and
 * to believe it then is to let things shrink because a fact was missing. The word counts for the past only: what is
 * seen after it is held against later listings as ever.
 *
 * @returns whether it could be noted: a shelf that cannot be written forgets it at once
 */
export async function believe(shelf: Shelf, provider: ProviderName, region: string): Promise<boolean> {
  const word = JSON.stringify({ schemaVersion: 1, said: randomUUID() });
  await shelf.put(keyOf(provider, region), word);
  return (await shelf.get(keyOf(provider, region)))?.text === word;
}

/** Whether a person has said, since it was noted, that what was seen of a place is gone for good. */
export async function isForgotten(
  shelf: Shelf,
  provider: ProviderName,
  region: string,
  notedAt: Instant,
): Promise<boolean> {
  const word = await shelf.get(keyOf(provider, region));
  return word !== undefined && word.at >= notedAt;
}

const keyOf = (provider: ProviderName, region: string): string => `${provider}/-/${region}/believed`;
