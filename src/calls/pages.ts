import { answered, failed, type Answer } from '../failure.ts';

/** One page of a listing, and where the next begins; absent = this was the last. */
export interface Page<T, P> {
  readonly items: readonly T[];
  readonly next?: P;
}

/**
 * A listing read to its end: all of it, or the failure that stopped it. What was read before a failure is dropped,
 * because a listing with a hole looks like nodes that are gone.
 *
 * Vendors end their listings in different ways: an empty token, as `DescribeSpotPriceHistory` sends, is an end like an
 * absent one. An empty page with a token is not: filters leave such pages behind. A token that was sent before would
 * lead round in circles, so it is a failure, and so is a listing that never ends.
 */
export async function allPages<T, P>(
  fetch: (token: P | undefined) => Promise<Answer<Page<T, P>>>,
): Promise<Answer<readonly T[]>> {
  const items: T[] = [];
  const sent = new Set<string>();
  let token: P | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await fetch(token);
    if (!page.ok) return page;
    for (const item of page.value.items) items.push(item);
    const { next } = page.value;
    if (next === undefined || next === null || next === '') return answered(items);
    const name = typeof next === 'string' ? next : JSON.stringify(next);
    if (sent.has(name)) return broken('RepeatedPageToken', `page ${pages + 2} of the listing has been read before`);
    sent.add(name);
    token = next;
  }
  return broken('EndlessListing', `the listing did not end within ${MOST_PAGES} pages`);
}

/** The largest listing here is the pods of a cluster, 150,000 at most, 500 a page; ten times that is no listing. */
const MOST_PAGES = 3000;

/** It may read well the next time, but not by being sent again at once. */
const broken = (code: string, message: string): Answer<never> =>
  failed({ kind: { is: 'unknown' }, api: 'listing', code, message });
