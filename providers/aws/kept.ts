import { createHash } from 'node:crypto';
import type { Answer } from '../../src/failure.ts';
import { instant, seconds, type Instant, type Seconds } from '../../src/units.ts';
import type { Session } from './session.ts';

/** A fact from the shelf or just read, and when it was read at its cloud. */
interface Kept<T> {
  readonly value: T;
  readonly at: Instant;
}

const SCHEMA = 1;

/** undefined: never seen, or of another version, or damaged: all the same to a reader who can ask again. */
export async function takeKept<T>(
  session: Session,
  region: string,
  what: string,
  check: (value: unknown) => value is T,
): Promise<Kept<T> | undefined> {
  const found = await session.parts.shelf.get(keyOf(session, region, what));
  if (!found) return undefined;
  try {
    const parsed = JSON.parse(found.text) as { schemaVersion?: unknown; at?: unknown; value?: unknown } | null;
    if (parsed?.schemaVersion !== SCHEMA || !Number.isSafeInteger(parsed.at) || !check(parsed.value)) return undefined;
    return { value: parsed.value, at: instant(parsed.at as number) };
  } catch {
    return undefined;
  }
}

export async function putKept(session: Session, region: string, what: string, value: unknown): Promise<Instant> {
  const at = session.parts.clock.now();
  await session.parts.shelf.put(keyOf(session, region, what), JSON.stringify({ schemaVersion: SCHEMA, at, value }));
  return at;
}

export const isFresh = (session: Session, kept: Kept<unknown> | undefined, within: Seconds): boolean =>
  kept !== undefined && Math.abs(session.parts.clock.now() - kept.at) < within * 1000;

const keyOf = ({ account }: Session, region: string, what: string): string => `aws/${account}/${region}/${what}`;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** After a call failed it is not tried again for so long: what is kept, or the package's own figure, holds meanwhile. */
const RESTS_FOR = seconds(600);

/**
 * A fact that need not be of this minute: from the shelf while it is fresh, else read and put there. Where it cannot
 * be read, the old one holds with its own date; undefined = there has never been one.
 */
export async function refreshed<T>(
  session: Session,
  fact: {
    readonly region: string;
    readonly what: string;
    readonly within: Seconds;
    readonly check: (value: unknown) => value is T;
  },
  read: () => Promise<Answer<T>>,
): Promise<Kept<T> | undefined> {
  const { region, what, within, check } = fact;
  const kept = await takeKept(session, region, what, check);
  if (kept && isFresh(session, kept, within)) return kept;
  const rests = await takeKept(session, region, `resting/${what}`, (v): v is string => typeof v === 'string');
  if (rests && isFresh(session, rests, RESTS_FOR)) return kept;
  const answer = await read();
  if (!answer.ok) {
    await putKept(session, region, `resting/${what}`, answer.failure.code);
    return kept;
  }
  return { value: answer.value, at: await putKept(session, region, what, answer.value) };
}

export const isNumbers = (value: unknown): value is Readonly<Record<string, number>> =>
  isRecord(value) && Object.values(value).every((n) => typeof n === 'number');

/** A short name for a choice of things, the same in any order. */
export const digestOf = (...parts: readonly (readonly string[])[]): string =>
  createHash('sha256')
    .update(JSON.stringify(parts.map((p) => p.toSorted())))
    .digest('hex')
    .slice(0, 16);
