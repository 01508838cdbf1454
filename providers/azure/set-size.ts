import type { AgentPool } from '@azure/arm-containerservice';
import { failed, type Answer, type Failure } from '../../src/failure.ts';
import { boundsOf, outOfBounds } from '../../src/fleet/bounds.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { Receipt, SizeOrder } from '../../src/ports.ts';
import { begin, type Begun } from './begin.ts';
import type { Azure } from './connection.ts';
import { poolIdOf, type AgentPoolId, type ScaleSetId } from './ids.ts';
import { accepted } from './receipts.ts';
import { isAsSeen, leastOf, MOST_IN_GROUP, MOST_IN_POOL, MOST_IN_SET } from './observed.ts';
import { countIn, MAX_TAGS, MIN_TAGS, OP_TAG, SIZE_TAG, tagged, tagOf, type Tags } from './tags.ts';
import { offeringOf, type Token } from './token.ts';

/**
 * Sets a pool's size: reads it, then writes size and order in one request that holds only for the version read
 * (`If-Match`). An order whose answer was lost is known by its tag, and adopted instead of sent again.
 */
export async function setSize(azure: Azure, fleet: Pick<Fleet, 'pools'>, order: SizeOrder): Promise<Answer<Receipt>> {
  const id = poolIdOf(order.pool.id);
  if (!id) return failed(notAPool(order.pool.id));
  const first = await attempt(azure, fleet, id, order);
  // refused because the version is another: by somebody else, or by this very request, whose answer was lost
  return !first.ok && first.failure.kind.is === 'conflict' && first.failure.code !== CHANGED
    ? attempt(azure, fleet, id, order, first.failure)
    : first;
}

/** The pool as it is before anything is written. */
interface Before {
  readonly size: number | undefined;
  /** fewest and most nodes it may have */
  readonly min: number;
  readonly max: number;
  readonly version: string | undefined;
  readonly tags: Tags | undefined;
  readonly send: (size: number, tags: Tags) => Promise<Answer<Begun>>;
}

async function attempt(
  azure: Azure,
  fleet: Pick<Fleet, 'pools'>,
  id: ScaleSetId | AgentPoolId,
  order: SizeOrder,
  refused?: Failure,
): Promise<Answer<Receipt>> {
  const before = await readPool(azure, id, order.pool.region);
  if (!before.ok) return before;
  const { size, min, max, version, tags, send } = before.value;
  if (tagOf(tags, OP_TAG) === order.opId && size === order.size) return { ok: true, value: accepted(tokenFor(order)) };
  if (refused) return failed(refused);
  if (order.expectedVersion !== undefined && !isAsSeen(order.expectedVersion, version, size)) {
    return failed(changed(order.expectedVersion, version ?? `size ${size}`));
  }
  const outside = outOfBounds(order.pool, size ?? 0, order.size, boundsOf(fleet, order.pool, { min, max }));
  if (outside !== undefined) return failed(notWithin(outside));
  const begun = await send(order.size, tagged(tags, { [OP_TAG]: order.opId, [SIZE_TAG]: String(order.size) }));
  return begun.ok ? { ok: true, value: accepted(tokenFor(order, begun.value.operation)) } : begun;
}

export function readPool(azure: Azure, id: ScaleSetId | AgentPoolId, region: string): Promise<Answer<Before>> {
  return id.kind === 'scale-set' ? readScaleSet(azure, id, region) : readAgentPool(azure, id, region);
}

async function readScaleSet(azure: Azure, { group, name }: ScaleSetId, region: string): Promise<Answer<Before>> {
  const { virtualMachineScaleSets: sets } = azure.compute;
  const read = await azure.ask({ api: 'virtualMachineScaleSets.get', region }, () => sets.get(group, name));
  if (!read.ok) return read;
  const { sku, etag, tags } = read.value;
  return {
    ok: true,
    value: {
      size: sku?.capacity,
      min: countIn(tags, MIN_TAGS) ?? 0,
      max: countIn(tags, MAX_TAGS) ?? (read.value.singlePlacementGroup === true ? MOST_IN_GROUP : MOST_IN_SET),
      version: etag,
      tags,
      send: (capacity, all) =>
        begin(azure, { api: 'virtualMachineScaleSets.update', region }, (options) =>
          sets.update(
            group,
            name,
            { sku: { ...sku, capacity }, tags: { ...all } },
            { ...options, ...(etag !== undefined && { ifMatch: etag }) },
          ),
        ),
    },
  };
}

/** AKS has no PATCH for a pool: what was read is written back, with another count. */
async function readAgentPool(
  azure: Azure,
  { group, cluster, name }: AgentPoolId,
  region: string,
): Promise<Answer<Before>> {
  const { agentPools } = azure.aks;
  const read = await azure.ask({ api: 'agentPools.get', region }, () => agentPools.get(group, cluster, name));
  if (!read.ok) return read;
  const { eTag } = read.value;
  return {
    ok: true,
    value: {
      size: read.value.count,
      min: leastOf(read.value),
      max: countIn(read.value.tags, MAX_TAGS) ?? MOST_IN_POOL,
      version: eTag,
      tags: read.value.tags,
      send: (count, all) => {
        const wanted: AgentPool = { ...read.value, count, tags: { ...all } };
        return begin(azure, { api: 'agentPools.createOrUpdate', region }, (options) =>
          agentPools.createOrUpdate(group, cluster, name, wanted, {
            ...options,
            ...(eTag !== undefined && { ifMatch: eTag }),
          }),
        );
      },
    },
  };
}

function tokenFor({ pool, opId, size }: SizeOrder, operation?: string): Token {
  return {
    v: 1,
    cloud: 'azure',
    kind: 'size',
    pool: pool.id,
    region: pool.region,
    opId,
    offering: offeringOf(pool),
    asked: size,
    ...(operation !== undefined && { operation }),
  };
}

const CHANGED = 'VersionChanged';

const changed = (expected: string, now: string): Failure => ({
  kind: { is: 'conflict' },
  api: 'virtualMachineScaleSets.get',
  code: CHANGED,
  message: `the pool has been changed since it was read: version ${now}, not ${expected}`,
});

export const notWithin = (message: string): Failure => ({
  kind: { is: 'invalid' },
  api: '',
  code: 'OutOfBounds',
  message,
});

export const notAPool = (id: string): Failure => ({
  kind: { is: 'invalid' },
  api: '',
  code: 'NotAPool',
  message: `not the id of a scale set or of an agent pool: ${id.slice(0, 200)}`,
});
