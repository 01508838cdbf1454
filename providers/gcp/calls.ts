import { allPages } from '../../src/calls/pages.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import type { ProviderParts } from '../../src/ports.ts';
import { failureOf } from './failures.ts';
import { fieldsOf, listOf, textOf, type Fields } from './fields.ts';
import { METHODS, type Api } from './methods.ts';
import { transport, type Transport } from './transport.ts';

/** Where a call is counted and limited. */
export interface Scope {
  readonly project: string;
  /** empty for what has none: all zones at once, global things */
  readonly region: string;
}

/** Google's calls as answers: within their rates, sent again where that helps, pages read to their end. */
export interface Calls {
  one(api: Api, scope: Scope, request: object): Promise<Answer<Fields>>;
  /** what `pick` finds on each page */
  pages(
    api: Api,
    scope: Scope,
    request: object,
    pick: (page: Fields) => Answer<readonly Fields[]>,
  ): Promise<Answer<readonly Fields[]>>;
  /** the project of the credentials */
  project(): Promise<Answer<string>>;
  skewS(): number | undefined;
}

export function callsOf(parts: ProviderParts): Calls {
  let opened: Transport | undefined;
  const open = (): Transport => (opened ??= transport(parts));
  const one: Calls['one'] = async (api, { project, region }, request) => {
    const about = { cloud: 'gcp', account: project, region, class: METHODS[api].class, api } as const;
    const answer = await parts.caller.call(
      about,
      async () => open().send(api, request),
      (error) => failureOf(api, error),
    );
    return answer.ok ? answered(fieldsOf(answer.value)) : answer;
  };
  return {
    one,
    pages: (api, scope, request, pick) =>
      allPages<Fields, string>(async (pageToken) => {
        const page = await one(api, scope, { ...request, ...(pageToken !== undefined && { pageToken }) });
        if (!page.ok) return page;
        const items = pick(page.value);
        if (!items.ok) return items;
        const next = textOf(page.value['nextPageToken']);
        return answered({ items: items.value, ...(next !== undefined && { next }) });
      }),
    async project() {
      try {
        return answered(await open().project());
      } catch (error) {
        return failed(failureOf('credentials', error));
      }
    },
    skewS: () => opened?.skewS(),
  };
}

export const listed =
  (key: string) =>
  (page: Fields): Answer<readonly Fields[]> =>
    answered(listOf(page[key]));
