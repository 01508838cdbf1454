import { offeringId } from '../../src/catalog/offering.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { globMatch } from '../../src/fleet/glob.ts';
import { isObject, labelsAt, member, textAt } from '../../src/manifest/json.ts';
import type { OpenOrder, Receipt } from '../../src/ports.ts';
import { apiName } from './api.ts';
import { conflict } from './carry-out.ts';
import {
  CLUSTER_LABEL,
  DEPLOYMENT_LABEL,
  deploymentsOf,
  readDeployment,
  TYPE_LABEL,
  type MachineDeployment,
} from './machine-deployments.ts';
import { refusal } from './orders.ts';
import { deploymentsAt, labelOf, withTypes } from './pools.ts';
import { progress, readPool, type Ticket } from './receipts.ts';
import { OPERATION_ANNOTATION, recordText } from './record.ts';
import { noMachines, ownRegions, poolId, type PoolPlace, type Site, type Sites } from './sites.ts';

/**
 * Makes a pool like another: its whole specification, but for name, zone, size and machine template. What a machine
 * is stands in its template, so a type can be opened where some pool of the fleet in the same cluster has it already.
 */
export async function openPool(all: Sites, fleet: Fleet, order: OpenOrder): Promise<Answer<Receipt>> {
  const { name, region: regionName, zone, type } = order;
  const template = fleet.templates.find((t) => t.name === order.template && t.provider === 'kubernetes');
  if (template?.like === undefined) {
    return failed(refusal(`template ${order.template} names no pool that a new one could be made like: set like`));
  }
  if (order.purchase !== 'on-demand') return failed(refusal(`own machines are not sold as ${order.purchase}`));
  const region = ownRegions(fleet).find((r) => r.name === regionName);
  const tag = fleet.findPoolsByTag;
  const label = labelOf(fleet);
  if (!region?.zones.includes(zone)) return failed(refusal(`the fleet has no zone ${zone} in cluster ${regionName}`));
  if (!tag || !label.ok || label.value === undefined) return failed(refusal('the fleet finds no pools by tag'));
  for (const context of region.contexts ?? []) {
    const site = all.open(region, context);
    if (!site.ok) return site;
    const version = await site.value.machines();
    if (!version.ok) return version;
    if (version.value === undefined) continue;
    const pools = await deploymentsAt(site.value, version.value, label.value);
    if (!pools.ok) return pools;
    const known = await withTypes(site.value, version.value, pools.value);
    if (!known.ok) return known;
    const found = modelOf(known.value, template.like, type);
    if (!found) continue;
    const body = madeLike(found, order, tag);
    return create(site.value, version.value, found.like.namespace, body, order);
  }
  if ((region.contexts ?? []).length === 0) return failed(noMachines(regionName));
  return failed(
    refusal(
      `${regionName} has no pool like ${template.like} beside one of type ${type}: ${name} has no machine template`,
    ),
  );
}

interface Model {
  readonly like: MachineDeployment;
  /** the one whose machines are of the type */
  readonly typed: MachineDeployment;
}

/** By name, so that the same order always has the same model. Both must be of one cluster and namespace. */
function modelOf(pools: readonly MachineDeployment[], pattern: string, type: string): Model | undefined {
  const sorted = pools.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const alike = sorted.filter((pool) => globMatch(pattern, pool.name));
  const [same] = alike.filter((pool) => pool.type === type);
  if (same) return { like: same, typed: same };
  for (const like of alike) {
    const typed = sorted.find((pool) => pool.type === type && clusterOf(pool) === clusterOf(like));
    if (typed) return { like, typed };
  }
  return undefined;
}

const clusterOf = ({ namespace, object }: MachineDeployment): string =>
  `${namespace}/${textAt(object, 'spec', 'clusterName') ?? ''}`;

/**
 * The new pool's selector names it alone: one that the model shares would have both fight over their machines. Labels
 * and annotations of the model itself stay behind, because tools find by them what they own and would remove the rest.
 */
function madeLike(
  { like, typed }: Model,
  order: OpenOrder,
  tag: { readonly key: string; readonly value: string },
): object {
  const cluster = textAt(like.object, 'spec', 'clusterName') ?? '';
  const own = { [CLUSTER_LABEL]: cluster, [DEPLOYMENT_LABEL]: order.name };
  const chosen = labelsAt(like.selector, 'matchLabels');
  const template = objectAt(like.object, 'spec', 'template');
  const kept = [...labelsAt(template, 'metadata', 'labels')].filter(
    ([key]) => !chosen.has(key) && !key.startsWith('topology.cluster.x-k8s.io/') && key !== TYPE_LABEL,
  );
  const { paused: _paused, ...spec } = objectAt(like.object, 'spec');
  const { opId, size } = order;
  return {
    apiVersion: textAt(like.object, 'apiVersion'),
    kind: 'MachineDeployment',
    metadata: {
      name: order.name,
      namespace: like.namespace,
      labels: { ...own, [tag.key]: tag.value, [TYPE_LABEL]: order.type },
      annotations: { [OPERATION_ANNOTATION]: recordText({ opId, kind: 'open', size, generation: 1 }) },
    },
    spec: {
      ...spec,
      replicas: size,
      selector: { matchLabels: own },
      template: {
        ...template,
        metadata: { ...objectAt(template, 'metadata'), labels: { ...Object.fromEntries(kept), ...own } },
        spec: {
          ...objectAt(template, 'spec'),
          failureDomain: order.zone,
          infrastructureRef: member(typed.object, 'spec', 'template', 'spec', 'infrastructureRef'),
        },
      },
    },
  };
}

function objectAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const found = member(value, ...path);
  return isObject(found) ? found : {};
}

async function create(
  site: Site,
  version: string,
  namespace: string,
  body: object,
  order: OpenOrder,
): Promise<Answer<Receipt>> {
  const { name, region, opId, size } = order;
  const pool = poolId(site, namespace, name);
  const offering = offeringId({ ...order, provider: 'kubernetes' });
  const ticket: Ticket = { kind: 'open', region, pool, opId, size, offering, machines: [] };
  const made = await site.api.create(deploymentsOf(version), { namespace }, body);
  if (!made.ok) {
    return made.failure.code === 'AlreadyExists' ? adopted({ site, version, namespace, name }, ticket) : made;
  }
  const opened = readDeployment(made.value);
  if (opened) return answered(progress(ticket, opened, []));
  const message = `${namespace}/${name} came back as something that cannot be read`;
  const api = apiName('create', deploymentsOf(version));
  return failed({ kind: { is: 'unknown' }, api, code: 'Unreadable', message });
}

/** The name is taken: by an earlier attempt at the same order, or by somebody else's pool. */
async function adopted(place: PoolPlace, ticket: Ticket): Promise<Answer<Receipt>> {
  const there = await readPool(place);
  if (!there.ok) return there;
  if (there.value.record?.opId === ticket.opId) return answered(progress(ticket, there.value, []));
  return failed(conflict(there.value, 'AlreadyExists', 'exists already, and another order has made it'));
}
