import {
  living,
  notFound,
  ok,
  page,
  poolBySet,
  poolsSeen,
  refusal,
  resized,
  stale,
  started,
  type Ground,
  type Incoming,
  type Outgoing,
  type View,
} from './azure-ground.ts';
import { etagOf, innerTags, instanceView, scaleSet, setMachine, type Json } from './azure-shapes.ts';

export function listSets(ground: Ground, request: Incoming, view: View): Outgoing {
  const sets = poolsSeen(ground, view).map((pool) => scaleSet(ground.place, pool));
  return page(ground, request, ground.listsEtags ? sets : sets.map(withoutEtag));
}

const withoutEtag = (set: Json): Json => Object.fromEntries(Object.entries(set).filter(([name]) => name !== 'etag'));

export function getSet(ground: Ground, { path }: Incoming, view: View): Outgoing {
  const pool = poolBySet(ground, path, view);
  return pool ? ok(scaleSet(ground.place, pool), { etag: etagOf(pool) }) : notFound(path[1] ?? '');
}

export function updateSet(ground: Ground, { path, headers, body }: Incoming): Outgoing {
  const pool = poolBySet(ground, path);
  if (!pool) return notFound(path[1] ?? '');
  if (headers['if-match'] !== undefined && headers['if-match'] !== etagOf(pool)) return stale();
  const { sku, tags } = body as { sku?: { capacity?: number }; tags?: Record<string, string> };
  return resized(ground, pool, sku?.capacity, tags, 'Microsoft.Compute', (now) => scaleSet(ground.place, now));
}

interface SetBody {
  readonly location: string;
  readonly zones?: readonly string[];
  readonly sku: { readonly name: string; readonly capacity: number };
  readonly tags?: Record<string, string>;
  readonly properties: Json & { readonly virtualMachineProfile?: { readonly priority?: string } };
}

export function putSet(ground: Ground, { path, headers, body }: Incoming): Outgoing {
  const { world, place } = ground;
  if (poolBySet(ground, path)) {
    return headers['if-none-match'] === '*'
      ? stale()
      : refusal(400, 'BadRequest', 'the fake knows no PUT over what exists');
  }
  const { location, zones, sku, tags = {}, properties } = body as SetBody;
  const spec = {
    provider: 'azure' as const,
    region: location,
    zone: zones?.[0] ?? '',
    name: path[1] ?? '',
    type: sku.name,
    purchase: properties.virtualMachineProfile?.priority === 'Spot' ? ('spot' as const) : ('on-demand' as const),
    target: sku.capacity,
    min: 0,
    max: 1000,
    tags: innerTags(tags),
  };
  const pool = world.pools.open(spec, { by: 'godwit' });
  place.models.set(pool.id, properties);
  return {
    ...ok(scaleSet(place, pool), started(ground, pool.region, pool.operation?.id ?? '', 'Microsoft.Compute')),
    status: 201,
  };
}

export function deleteFromSet(ground: Ground, { path, body }: Incoming): Outgoing {
  const { world, place } = ground;
  const pool = poolBySet(ground, path);
  if (!pool) return notFound(path[1] ?? '');
  const named = (body as { instanceIds?: readonly string[] }).instanceIds ?? [];
  const byNumber = new Map(living(pool).map((i) => [String(place.numberOf(pool, i)), i.id]));
  const unknown = named.find((number) => !byNumber.has(number));
  if (unknown !== undefined) {
    const message = `The provided instanceId ${unknown} is not an active Virtual Machine Scale Set VM instanceId.`;
    return refusal(400, 'InvalidParameter', message);
  }
  const changed = world.pools.remove(
    pool.id,
    named.flatMap((number) => byNumber.get(number) ?? []),
    { by: 'godwit' },
  );
  if (!changed.ok) return refusal(400, 'InvalidParameter', changed.why);
  return { status: 202, headers: started(ground, pool.region, changed.operation.id, 'Microsoft.Compute') };
}

export function listMachines(ground: Ground, request: Incoming, view: View): Outgoing {
  const pool = poolBySet(ground, request.path, { ...view, empty: false });
  if (!pool) return notFound(request.path[1] ?? '');
  return page(ground, request, view.empty ? [] : living(pool).map((i) => setMachine(ground.place, pool, i)));
}

export function getInstanceView(ground: Ground, { path }: Incoming): Outgoing {
  const pool = poolBySet(ground, path);
  return pool ? ok(instanceView(pool)) : notFound(path[1] ?? '');
}
