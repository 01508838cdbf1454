import { answered, type Answer } from '../../src/failure.ts';
import type { Purchase } from '../../src/catalog/offering.ts';
import type { Clock, Shelf } from '../../src/ports.ts';
import { seconds } from '../../src/units.ts';
import type { Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { listEverywhere } from './everywhere.ts';
import { fieldsOf, lastOf, numberOf, partOf, pathOf, textOf, type Fields } from './fields.ts';
import { kept, keep } from './shelved.ts';

/** What an instance template says that a pool needs. */
export interface Template {
  readonly type: string;
  readonly purchase: Purchase;
  readonly labels: Fields;
}

/**
 * The templates at these paths, by path. They are immutable, so those read once are remembered; for a day only, since
 * one may be deleted and another made under its name. A template that is gone is left out.
 */
export async function templatesAt(
  paths: Iterable<string>,
  calls: Calls,
  account: Account,
  { shelf, clock }: { readonly shelf: Shelf; readonly clock: Clock },
): Promise<Answer<ReadonlyMap<string, Template>>> {
  const key = `gcp/${account.project}/-/templates`;
  const known = remembered((await kept(shelf, clock, key))?.fields, clock);
  const wanted = new Set(paths);
  const missing = [...wanted].filter((path) => !known.has(path));
  if (missing.length > 0) {
    const read = missing.length <= ONE_BY_ONE ? await readEach(missing, calls, account) : await readAll(calls, account);
    if (!read.ok) return read;
    for (const [path, template] of read.value) {
      if (wanted.has(path)) known.set(path, { template, readAt: clock.now() });
    }
    const entries = [...known].map(([path, { template, readAt }]) => [path, { ...template, readAt }]);
    await keep(shelf, key, { templates: Object.fromEntries(entries) });
  }
  return answered(new Map([...known].map(([path, { template }]) => [path, template])));
}

/** Beyond so many, one list of all is fewer calls. */
const ONE_BY_ONE = 3;
const REMEMBERED = seconds(24 * 3600);

/** The template of an answer; undefined where it names no machine type. */
export function templateOf(fields: Fields): Template | undefined {
  const properties = fieldsOf(fields['properties']);
  const type = lastOf(properties['machineType']);
  if (type === undefined) return undefined;
  const scheduling = fieldsOf(properties['scheduling']);
  // before provisioning models there was the flag alone
  const spot = scheduling['provisioningModel'] === 'SPOT' || scheduling['preemptible'] === true;
  return { type, purchase: spot ? 'spot' : 'on-demand', labels: fieldsOf(properties['labels']) };
}

/** The template at a path, as it was answered. */
export function readTemplate(path: string, calls: Calls, project: string): Promise<Answer<Fields>> {
  const instanceTemplate = lastOf(path) ?? '';
  const region = partOf(path, 'regions');
  return region === undefined
    ? calls.one('compute.instanceTemplates.get', { project, region: '' }, { project, instanceTemplate })
    : calls.one('compute.regionInstanceTemplates.get', { project, region }, { project, region, instanceTemplate });
}

type Found = readonly (readonly [string, Template])[];

async function readEach(paths: readonly string[], calls: Calls, { project }: Account): Promise<Answer<Found>> {
  const found: (readonly [string, Template])[] = [];
  for (const path of paths) {
    const answer = await readTemplate(path, calls, project);
    if (!answer.ok && answer.failure.kind.is !== 'notFound') return answer;
    const template = answer.ok ? templateOf(answer.value) : undefined;
    if (template) found.push([path, template]);
  }
  return answered(found);
}

async function readAll(calls: Calls, account: Account): Promise<Answer<Found>> {
  const api = 'compute.instanceTemplates.aggregatedList';
  const all = await listEverywhere(calls, account, api, 'instanceTemplates');
  if (!all.ok) return all;
  return answered(
    all.value.flatMap((fields) => {
      const [path, template] = [pathOf(fields['selfLink']), templateOf(fields)];
      return path !== undefined && template ? [[path, template] as const] : [];
    }),
  );
}

function remembered(
  fields: Fields | undefined,
  clock: Clock,
): Map<string, { readonly template: Template; readonly readAt: number }> {
  const known = new Map<string, { readonly template: Template; readonly readAt: number }>();
  for (const [path, value] of Object.entries(fieldsOf(fields?.['templates']))) {
    const { type, purchase, labels, readAt } = fieldsOf(value);
    const [typeName, at] = [textOf(type), numberOf(readAt)];
    if (typeName === undefined || at === undefined || Math.abs(clock.now() - at) > REMEMBERED * 1000) continue;
    if (purchase !== 'spot' && purchase !== 'on-demand') continue;
    known.set(path, { template: { type: typeName, purchase, labels: fieldsOf(labels) }, readAt: at });
  }
  return known;
}
