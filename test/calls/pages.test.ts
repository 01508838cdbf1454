import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allPages, type Page } from '../../src/calls/pages.ts';
import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';

const REFUSED: Failure = { kind: { is: 'transient' }, api: 'list', code: '500', message: 'broken' };

/** Pages by token; the first has none. */
const listing =
  (pages: Readonly<Record<string, Answer<Page<number, string>>>>, asked: string[] = []) =>
  async (token: string | undefined): Promise<Answer<Page<number, string>>> => {
    asked.push(token ?? '');
    return pages[token ?? ''] ?? failed({ ...REFUSED, code: `no page ${token}` });
  };

describe('a listing of several pages', () => {
  it.each([
    ['one page', { '': answered({ items: [1, 2] }) }, [1, 2]],
    ['nothing at all', { '': answered({ items: [] }) }, []],
    ['two pages', { '': answered({ items: [1], next: 'a' }), a: answered({ items: [2] }) }, [1, 2]],
    ['an empty token ends it', { '': answered({ items: [1], next: '' }) }, [1]],
    [
      'an empty page in the middle does not',
      { '': answered({ items: [1], next: 'a' }), a: answered({ items: [], next: 'b' }), b: answered({ items: [3] }) },
      [1, 3],
    ],
  ] as const)('%s', async (_reason, pages, expected) => {
    expect(await allPages(listing(pages))).toEqual({ ok: true, value: expected });
  });

  it('is dropped altogether when a page fails', async () => {
    const pages = { '': answered({ items: [1], next: 'a' }), a: failed(REFUSED) };
    expect(await allPages(listing(pages))).toEqual({ ok: false, failure: REFUSED });
  });

  it('that leads round in circles is a failure, and ends', async () => {
    const asked: string[] = [];
    const pages = { '': answered({ items: [1], next: 'a' }), a: answered({ items: [2], next: 'a' }) };
    expect(await allPages(listing(pages, asked))).toMatchObject({ ok: false, failure: { code: 'RepeatedPageToken' } });
    expect(asked).toEqual(['', 'a']);
  });

  it('that never ends is a failure', async () => {
    let page = 0;
    const answer = await allPages(async () => answered({ items: [], next: String((page += 1)) }));
    expect(answer).toMatchObject({ ok: false, failure: { code: 'EndlessListing' } });
  });

  it('takes tokens that are not text, and tells them apart by what they hold', async () => {
    const answer = await allPages<number, { readonly page: number }>(async (token) => {
      const page = token?.page ?? 0;
      return answered({ items: [page], ...(page < 3 && { next: { page: page + 1 } }) });
    });
    expect(answer).toEqual({ ok: true, value: [0, 1, 2, 3] });
  });

  it('is every item once and in order, however it is cut, and all or nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.integer()), { minLength: 1 }), fc.nat(), async (pages, cut) => {
        const fetch = async (token: string | undefined): Promise<Answer<Page<number, string>>> => {
          const i = Number(token ?? 0);
          if (i === cut) return failed(REFUSED);
          return answered({ items: pages[i] ?? [], ...(i + 1 < pages.length && { next: String(i + 1) }) });
        };
        const answer = await allPages(fetch);
        expect(answer).toEqual(cut < pages.length ? failed(REFUSED) : answered(pages.flat()));
      }),
    );
  });
});
