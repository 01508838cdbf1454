import type { Cloud, Fleet } from '../fleet/fleet.ts';
import type { Clock, ProviderParts } from '../ports.ts';
import type { Trouble } from '../trouble.ts';
import { instant, seconds } from '../units.ts';
import { embeddedCatalog } from '../world/embedded.ts';

/** One for the process: what has been read and decoded once is not read again. */
export const packaged = embeddedCatalog();

export const systemClock: Clock = { now: () => instant(Date.now()) };

/**
 * How long a command waits for clouds that do not answer, over all its calls: one call with its retries and waits may
 * take two thirds of it.
 */
const WAITED_AT_MOST = seconds(180);

/** One for the process: rates are kept and calls are counted over all that it asks. */
export const providerParts = once(async (): Promise<ProviderParts> => {
  const [{ cloudCaller }, { realWaiting }, { fileShelf }] = await Promise.all([
    import('../calls/caller.ts'),
    import('../calls/waiting.ts'),
    import('../world/shelf.ts'),
  ]);
  return {
    clock: systemClock,
    caller: cloudCaller({ clock: systemClock, ...realWaiting, random: Math.random, altogether: WAITED_AT_MOST }),
    shelf: fileShelf(process.env),
    lists: packaged,
    env: process.env,
  };
});

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** What is wrong with the environment for any cloud there is; undefined = nothing, or none is asked. */
export async function unfitFor(fleet: Fleet): Promise<Trouble | undefined> {
  if (!fleet.clouds.some(isLive)) return undefined;
  return (await import('../world/ca-file.ts')).caFileTrouble(process.env);
}

/** Whether the fleet file says how it is reached. */
export const isLive = ({ provider, access, regions }: Cloud): boolean =>
  provider === 'kubernetes' ? regions.some((region) => region.contexts !== undefined) : access !== undefined;
