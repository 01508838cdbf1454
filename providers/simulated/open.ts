import { failed, type Answer, type FailureKind } from '../../src/failure.ts';
import type { Fleet, PoolTemplate } from '../../src/fleet/fleet.ts';
import { globMatch, matchesAny } from '../../src/fleet/glob.ts';
import type { OpenOrder, Receipt } from '../../src/ports.ts';
import type { ProviderName } from '../../src/catalog/offering.ts';
import { belongs, signature } from './listing.ts';
import { receiptOf, tokenOf } from './receipts.ts';
import { Refusal, type Ask } from './requests.ts';
import type { SimPool, SimulatedWorld } from './world-types.ts';

const API = 'openPool';
/** a pool carries the order that opened it, so that an order sent again finds its pool */
const OPENED_BY = 'godwit.io/op';

/** Opens a pool like the one that the template names, in the zone and of the type that the order says. */
export async function openPool(
  fleet: Fleet,
  order: OpenOrder,
  { world, name, ask }: { readonly world: SimulatedWorld; readonly name: ProviderName; readonly ask: Ask },
): Promise<Answer<Receipt>> {
  const template = fleet.templates.find((t) => t.name === order.template && t.provider === name);
  const wrong = template ? against(template, order) : `the fleet has no template ${order.template} at ${name}`;
  if (!template || wrong !== undefined) {
    return failed({ kind: { is: 'invalid' }, api: API, code: 'NotByTemplate', message: wrong ?? '' });
  }
  return ask({ api: API, region: order.region, class: 'write' }, () => {
    const pool = opened(world, name, fleet, template, order);
    if (!pool.operation) throw new Error(`${pool.id} was opened without an operation`);
    const token = tokenOf({ v: 1, cloud: name, pool: pool.id, opId: order.opId, operation: pool.operation.id });
    return receiptOf(pool, pool.operation, token, API);
  });
}

/** In words, how the order is not what the template allows. */
function against(template: PoolTemplate, { region, type, purchase, size }: OpenOrder): string | undefined {
  if (template.regions?.includes(region) === false) return `the template is not for ${region}`;
  if (!matchesAny(template.types, type)) return `the template has no type ${type}`;
  if (!template.purchase.includes(purchase)) return `the template buys nothing ${purchase}`;
  if (size > template.max) return `${size} nodes are more than the ${template.max} that the template allows`;
  return undefined;
}

function opened(
  world: SimulatedWorld,
  provider: ProviderName,
  fleet: Fleet,
  template: PoolTemplate,
  { name, region, zone, type, purchase, size, opId }: OpenOrder,
): SimPool {
  const pools = world.pools.list(provider, region);
  const taken = pools.find((pool) => pool.name === name);
  if (taken && taken.tags[OPENED_BY] !== opId) throw refusal({ is: 'conflict' }, 'Exists', `${taken.id} exists`);
  const like = pools.find(
    (pool) => template.like !== undefined && globMatch(template.like, pool.name) && belongs(pool, fleet),
  );
  if (!like && !taken) {
    const model = template.like ?? 'a pool that the template names';
    throw refusal({ is: 'invalid' }, 'NoModel', `in ${region} there is no pool ${model} to make one like`);
  }
  const spec = { provider, region, zone, name, type, purchase, target: size, min: 0, max: template.max };
  const known = world.regions.find((r) => r.provider === provider && r.name === region);
  if (!known?.zones.some((z) => z.name === zone) || !known.types.some((t) => t.name === type)) {
    throw refusal({ is: 'invalid' }, 'Unknown', `there is no ${type} in ${region} ${zone}`);
  }
  const tags = { ...like?.tags, [OPENED_BY]: opId };
  return world.pools.open({ ...spec, tags }, { by: signature(opId), token: `${opId} ${region}/${name}` });
}

const refusal = (kind: FailureKind, code: string, message: string): Refusal => new Refusal(kind, API, code, message);
