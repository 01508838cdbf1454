import type { Purchase } from '../../src/catalog/offering.ts';
import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { globMatch } from '../../src/fleet/glob.ts';
import type { OpenOrder, ProviderParts, Receipt } from '../../src/ports.ts';
import { accountsOf, type Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { fieldsOf, listOf, textOf, type Fields } from './fields.ts';
import type { Group } from './groups.ts';
import { digestOf, requestIdOf } from './names.ts';
import { openNodePool } from './open-node-pool.ts';
import { candidatesIn, tagLabels, type Candidate } from './pools.ts';
import { readGroup, receiptOf } from './progress.ts';
import { begun, operationIn } from './set-size.ts';
import { readTemplate } from './templates.ts';
import { storedOf, type Stored, type StoredOperation } from './token.ts';
import { asSent } from './transport.ts';

/**
 * Opens a pool like a live one of the same region: its instance template with another machine type and purchase, as a
 * new template (they are immutable), and a new group made from that in the zone wanted. A GKE node pool is copied by
 * GKE itself.
 *
 * The template takes Google a few seconds, and no group can be made before. Nothing waits here: where the template is
 * not ready yet, the receipt's token holds what is still to be sent, and the next reading of the operation sends it.
 */
export async function openPool(
  fleet: Fleet,
  order: OpenOrder,
  calls: Calls,
  parts: ProviderParts,
): Promise<Answer<Receipt>> {
  // before anything is sent: a template would be left behind
  if (!/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(order.name)) {
    return failed(noModel(`${order.name.slice(0, 80)} cannot be the name of a group: a-z, 0-9 and -, 63 characters`));
  }
  const found = await likeOf(fleet, order, calls, parts);
  if (!found.ok) return found;
  const { account, like } = found.value;
  if (like.nodePool) return openNodePool(order, like.nodePool, account.project, calls);
  const { project } = account;
  const source = await readTemplate(like.group.template ?? '', calls, project);
  if (!source.ok) return source;
  const model = await calls.one(
    'compute.instanceGroupManagers.get',
    { project, region: order.region },
    { project, zone: like.group.zone ?? '', instanceGroupManager: like.group.name },
  );
  if (!model.ok) return model;
  const properties = propertiesFor(order, fieldsOf(source.value['properties']), tagLabels(fleet));
  const name = templateName(order.name, properties);
  const template = `projects/${project}/global/instanceTemplates/${name}`;
  const made = await calls.one(
    'compute.instanceTemplates.insert',
    { project, region: '' },
    {
      project,
      requestId: requestIdOf(order.opId, 'template'),
      instanceTemplateResource: { name, description: `like ${like.group.name}`, properties },
    },
  );
  // its name says what is in it: one that exists is the one wanted
  if (!made.ok && made.failure.kind.is !== 'conflict') return made;
  const operation = made.ok ? textOf(made.value['name']) : undefined;
  const stored: Stored = {
    ...storedOf(order, project),
    operations: operation === undefined ? [] : [{ at: 'global', name: operation }],
    next: { order, template, group: copied(model.value) },
  };
  return insertGroup(stored, calls);
}

/** Sends the second half: the group itself. Of any process, and again without harm. */
export async function insertGroup(stored: Stored, calls: Calls): Promise<Answer<Receipt>> {
  const { next, project, zone } = stored;
  if (!next)
    return answered({ ...receiptOf(stored), state: 'running', accepted: stored.asked, fulfilled: 0, errors: [] });
  const { order, template, group } = next;
  const sent = await calls.one(
    'compute.instanceGroupManagers.insert',
    { project, region: order.region },
    {
      project,
      zone,
      requestId: requestIdOf(order.opId, 'group'),
      instanceGroupManagerResource: {
        ...group,
        name: order.name,
        baseInstanceName: order.name.slice(0, LONGEST_BASE),
        instanceTemplate: template,
        targetSize: order.size,
      },
    },
  );
  if (sent.ok) return answered(begun(groupStored(stored, operationIn(sent.value, undefined)), sent.value, 0));
  if (templateNotReady(sent.failure)) {
    return answered({ ...receiptOf(stored), state: 'running', accepted: 0, fulfilled: 0, errors: [] });
  }
  if (sent.failure.kind.is !== 'conflict') return sent;
  return adopted(stored, template, sent.failure, calls);
}

/** A group that stands there already is this order's own where it is made from this order's template. */
async function adopted(stored: Stored, template: string, failure: Failure, calls: Calls): Promise<Answer<Receipt>> {
  const there = await readGroup(stored.project, stored.zone, stored.next?.order.name ?? '', calls);
  if (!there.ok) return there;
  return sameTemplate(there.value, template) ? answered(begun(groupStored(stored, []), {}, 0)) : failed(failure);
}

const sameTemplate = ({ template: known }: Group, template: string): boolean =>
  known?.slice(known.lastIndexOf('/')) === template.slice(template.lastIndexOf('/'));

/** A group adds `-` and four characters for each machine, and a machine's name has 63. */
const LONGEST_BASE = 58;

/** Nothing is left to be sent. */
function groupStored(stored: Stored, operations: readonly StoredOperation[]): Stored {
  const { next: _, ...rest } = stored;
  return { ...rest, operations };
}

const templateNotReady = ({ kind, code, message }: Failure): boolean =>
  /instanceTemplates/.test(message) &&
  (kind.is === 'notFound' || /notReady|NOT_READY|not ready/i.test(`${code} ${message}`));

interface Like {
  readonly account: Account;
  readonly like: Candidate;
}

async function likeOf(fleet: Fleet, order: OpenOrder, calls: Calls, parts: ProviderParts): Promise<Answer<Like>> {
  const pattern = fleet.templates.find(({ name, provider }) => name === order.template && provider === 'gcp')?.like;
  if (pattern === undefined) {
    return failed(noModel(`template ${order.template} of the fleet names no pool that a new one is made like`));
  }
  const accounts = await accountsOf(fleet, calls, parts.env);
  if (!accounts.ok) return accounts;
  for (const account of accounts.value.filter(({ zones }) => zones.has(order.zone))) {
    const candidates = await candidatesIn(fleet, account, calls, parts);
    if (!candidates.ok) return candidates;
    const alike = candidates.value
      .filter(({ group, nodePool }) => {
        const here =
          group.zone !== undefined &&
          account.regions.some((r) => r.name === order.region && r.zones.includes(group.zone ?? ''));
        return here && group.template !== undefined && globMatch(pattern, nodePool?.name ?? group.name);
      })
      // one bought the same way first, so that least has to be changed; then by name
      .toSorted(
        (a, b) => unlike(a, order.purchase) - unlike(b, order.purchase) || (a.group.name < b.group.name ? -1 : 1),
      );
    const like = alike[0];
    if (like) return answered({ account, like });
  }
  return failed(noModel(`no pool of the fleet in ${order.region} is named like ${pattern}`));
}

const unlike = ({ template, nodePool }: Candidate, purchase: Purchase): number =>
  (nodePool?.purchase ?? template?.purchase) === purchase ? 0 : 1;

const noModel = (message: string): Failure => ({
  kind: { is: 'invalid' },
  api: 'compute.instanceTemplates.insert',
  code: 'NoModel',
  message,
});

/** What a group has beside its template, size and names. */
function copied(model: Fields): object {
  const parts = [
    'autoHealingPolicies',
    'instanceLifecyclePolicy',
    'namedPorts',
    'targetPools',
    'updatePolicy',
  ] as const;
  const chosen = Object.fromEntries(
    parts.filter((part) => model[part] !== undefined && model[part] !== null).map((part) => [part, model[part]]),
  );
  return fieldsOf(asSent(chosen));
}

function propertiesFor(order: OpenOrder, source: Fields, labels: Fields): Fields {
  const { minCpuPlatform, ...rest } = fieldsOf(asSent(source));
  const family = (type: unknown): string => textOf(type)?.split('-')[0] ?? '';
  return {
    ...rest,
    // a platform of one family is unknown to another
    ...(minCpuPlatform !== undefined && family(source['machineType']) === family(order.type) && { minCpuPlatform }),
    machineType: order.type,
    labels: { ...fieldsOf(rest['labels']), ...labels },
    scheduling: schedulingFor(
      order.purchase,
      fieldsOf(rest['scheduling']),
      listOf(rest['guestAccelerators']).length > 0,
    ),
  };
}

/** Source: cloud.google.com/compute/docs/instances/create-use-spot */
function schedulingFor(purchase: Purchase, source: Fields, gpu: boolean): Fields {
  const spot = source['provisioningModel'] === 'SPOT' || source['preemptible'] === true;
  const { instanceTerminationAction, ...rest } = source;
  if (purchase === 'spot') {
    return {
      ...rest,
      provisioningModel: 'SPOT',
      preemptible: true,
      automaticRestart: false,
      onHostMaintenance: 'TERMINATE',
      instanceTerminationAction: (spot ? textOf(instanceTerminationAction) : undefined) ?? 'DELETE',
    };
  }
  if (!spot) return source;
  const onHostMaintenance = gpu ? 'TERMINATE' : 'MIGRATE';
  return { ...rest, provisioningModel: 'STANDARD', preemptible: false, automaticRestart: true, onHostMaintenance };
}

/** Of its content, so that a template is made once and found again. */
const templateName = (pool: string, properties: Fields): string =>
  `${pool.slice(0, 50)}-${digestOf(JSON.stringify(properties))}`;
