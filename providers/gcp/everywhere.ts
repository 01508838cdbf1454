import { answered, failed, type Answer } from '../../src/failure.ts';
import { matters, type Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { fieldsOf, listOf, textOf, textsOf, type Fields } from './fields.ts';
import type { Api } from './methods.ts';

/**
 * One list over all zones and regions of a project, read to its end: a call for 500 items, however many zones hold them.
 *
 * @param key under which each place holds its items: `instanceGroupManagers`
 * @param filter as AIP-160 has it; absent = all
 */
export function listEverywhere(
  calls: Calls,
  account: Account,
  api: Api,
  key: string,
  filter?: string,
): Promise<Answer<readonly Fields[]>> {
  const { project } = account;
  // without this, a zone anywhere in the world that cannot be reached fails the whole list
  const request = { project, maxResults: 500, returnPartialSuccess: true, ...(filter !== undefined && { filter }) };
  return calls.pages(api, { project, region: '' }, request, itemsOf(api, key, matters(account)));
}

/**
 * The items on a page, of all places. A place that could not be reached answers nothing and
 * says so in a warning: a listing with such a hole is a failure where the fleet has that place, since its pools would
 * look gone.
 *
 * @param ofFleet whether a place, as `zones/europe-west4-a`, is one of the fleet
 */
function itemsOf(
  api: Api,
  key: string,
  ofFleet: (place: string) => boolean,
): (page: Fields) => Answer<readonly Fields[]> {
  return (page) => {
    const found: Fields[] = [];
    const lost = textsOf(page['unreachables']).filter((place) => ofFleet(place));
    for (const [place, scoped] of Object.entries(fieldsOf(page['items']))) {
      const warning = textOf(fieldsOf(fieldsOf(scoped)['warning'])['code']);
      if (warning === 'UNREACHABLE' && ofFleet(place)) lost.push(place);
      for (const item of listOf(fieldsOf(scoped)[key])) found.push(item);
    }
    return lost.length === 0 ? answered(found) : failed(unreachable(api, lost));
  };
}

const unreachable = (api: Api, places: readonly string[]) =>
  ({
    kind: { is: 'transient' },
    api,
    code: 'UNREACHABLE',
    message: `the list leaves out ${places.join(', ')}, which could not be reached`,
  }) as const;
