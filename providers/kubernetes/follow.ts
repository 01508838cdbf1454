import type { Answer } from '../../src/failure.ts';
import { answered } from '../../src/failure.ts';
import { member, numberAt, textAt } from '../../src/manifest/json.ts';
import type { Clock } from '../../src/ports.ts';
import { secondsBetween, type Instant } from '../../src/units.ts';
import { isGone, type KubeApi, type Resource } from './api.ts';

/** A kind of object, kept up to date. */
export interface Followed<T> {
  items(): readonly T[];
  /** settles with the first complete listing, or with why there was none */
  readonly first: Promise<Answer<void>>;
  /** the last time at which the server was heard */
  heardAt(): Instant;
  /** why what it holds may be behind; undefined = it is being heard */
  behind(): string | undefined;
  close(): Promise<void>;
}

interface FollowParts {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * List, then watch from there, for ever. The SDK's informer stops for good when a socket breaks, and what it holds
 * then looks current for as long as nobody asks; this one starts again and says meanwhile that it is behind.
 *
 * - the server closes in order: the next watch goes on from the last version heard, bookmarks included
 * - the connection breaks: the same after a pause that grows
 * - 410, the version is too old: everything is listed anew, and nothing is dropped before the new listing is complete
 *
 * @param read the object as it is kept; undefined = not one to be kept
 */
export function follow<T>(
  parts: FollowParts,
  resource: Resource,
  read: (object: unknown) => T | undefined,
): Followed<T> {
  const { api, clock } = parts;
  let kept = new Map<string, T>();
  let heard = clock.now();
  let why: string | undefined = `the first listing of ${resource.plural} has not come yet`;
  const life = { closed: false };
  let abort = (): void => undefined;
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let settle: (answer: Answer<void>) => void = () => undefined;
  const first = new Promise<Answer<void>>((resolve) => {
    settle = resolve;
  });

  const relist = async (): Promise<string | undefined> => {
    const listed = await api.list(resource);
    if (!listed.ok) {
      settle(listed);
      why = `${resource.plural} could not be listed: ${listed.failure.message}`;
      return undefined;
    }
    const fresh = new Map<string, T>();
    for (const object of listed.value.items) put(fresh, object, read);
    kept = fresh;
    heard = listed.value.at;
    why = undefined;
    settle(answered(undefined));
    return listed.value.version;
  };

  /** One watch, from its opening to its end. */
  const watch = async (from: string): Promise<Ending> => {
    const now: { version: string; ending?: Ending; messages: number } = { version: from, messages: 0 };
    const opened = await api.watch(resource, from, (event) => {
      now.messages += 1;
      const object = member(event, 'object');
      const type = textAt(event, 'type');
      if (type === 'ERROR') {
        now.ending ??= isTooOld(object)
          ? { is: 'gone' }
          : { is: 'broken', why: textAt(object, 'message') ?? 'an error' };
        return abort();
      }
      heard = clock.now();
      why = undefined;
      now.version = textAt(object, 'metadata', 'resourceVersion') ?? now.version;
      if (type === 'ADDED' || type === 'MODIFIED') put(kept, object, read);
      else if (type === 'DELETED') kept.delete(keyOf(object));
    });
    if (!opened.ok) {
      if (isGone(opened.failure)) return { is: 'gone' };
      return { is: 'broken', why: opened.failure.message, version: from, messages: 0 };
    }
    abort = () => opened.value.abort();
    if (life.closed || now.ending) abort();
    // after a break the server may still say that the version is too old; so it counts as heard with its first word,
    // or when it has had the time to say so
    if (why === undefined) heard = clock.now();
    else void caughtUp(now);
    const error = await opened.value.ended;
    abort = () => undefined;
    if (now.ending) return now.ending;
    return error
      ? { is: 'broken', why: error.message, version: now.version, messages: now.messages }
      : { is: 'over', version: now.version, messages: now.messages };
  };
  const caughtUp = async (now: { readonly ending?: Ending }): Promise<void> => {
    const before = why;
    await Promise.race([parts.sleep(SETTLE_MS), stopped]);
    // still the same watch: a break meanwhile has said why in words of its own
    if (now.ending === undefined && why === before && !life.closed) {
      heard = clock.now();
      why = undefined;
    }
  };

  const run = async (): Promise<void> => {
    let version: string | undefined;
    let failures = 0;
    while (!life.closed) {
      version ??= await relist();
      if (version === undefined) {
        await pause(failures++);
        continue;
      }
      const end = await watch(version);
      if (end.is === 'gone') {
        why = `the version of ${resource.plural} last heard of is too old: all are being listed again`;
        version = undefined;
        continue;
      }
      version = end.version ?? version;
      failures = (end.messages ?? 0) > 0 ? 0 : failures + 1;
      if (end.is === 'broken') {
        why = `the watch on ${resource.plural} broke and is being started again: ${end.why}`;
        await pause(failures);
      } else if (failures > 1) {
        // a server that opens watches only to close them must not be asked without end
        await pause(failures);
      }
    }
  };
  const pause = (failures: number): Promise<unknown> =>
    life.closed ? stopped : Promise.race([parts.sleep(Math.min(LONGEST_PAUSE_MS, 250 * 2 ** failures)), stopped]);

  const running = run();
  return {
    items: () => [...kept.values()],
    first,
    heardAt: () => heard,
    behind() {
      const silence = secondsBetween(heard, clock.now());
      if (why !== undefined) return why;
      return silence > SILENCE_S ? `nothing was heard of ${resource.plural} for ${Math.round(silence)} s` : undefined;
    },
    async close() {
      life.closed = true;
      stop();
      abort();
      await running;
    },
  };
}

type Ending =
  | { readonly is: 'gone' }
  | { readonly is: 'over'; readonly version?: string; readonly messages?: number }
  | { readonly is: 'broken'; readonly why: string; readonly version?: string; readonly messages?: number };

/** Bookmarks come every minute, and no watch lasts five: more than that is a connection that only looks alive. */
const SILENCE_S = 330;
const LONGEST_PAUSE_MS = 10_000;
/** A server that has lost the version says so with its first event. */
const SETTLE_MS = 1000;

const isTooOld = (status: unknown): boolean =>
  numberAt(status, 'code') === 410 || ['Gone', 'Expired'].includes(textAt(status, 'reason') ?? '');

function put<T>(into: Map<string, T>, object: unknown, read: (object: unknown) => T | undefined): void {
  const value = read(object);
  if (value === undefined) into.delete(keyOf(object));
  else into.set(keyOf(object), value);
}

const keyOf = (object: unknown): string =>
  `${textAt(object, 'metadata', 'namespace') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`;
