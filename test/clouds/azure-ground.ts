import type { SimInstance, SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { instant } from '../../src/units.ts';
import { innerTags, nodeGroupOf, setNameOf, type Json, type Place } from './azure-shapes.ts';

/** A request as it has reached the fake. */
export interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** of the route's path */
  readonly path: readonly string[];
}

export interface Outgoing {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the fake is made of. `asOf`, `empty`: what a listing may see of the world. */
export interface Ground {
  readonly world: SimulatedWorld;
  readonly place: Place;
  readonly root: string;
  readonly pageSize: number;
  /** answers of the tenant's listings */
  readonly reservations: readonly Json[];
  readonly savingsPlans: readonly Json[];
  readonly restrictions: (type: string, region: string) => readonly Json[];
  /** how the caller's rights are listed */
  readonly actions: readonly string[];
  readonly resourceGraph: boolean;
  /** whether a listing has the etags that each set's own answer has */
  readonly listsEtags: boolean;
}

export interface View {
  readonly ageS: number;
  readonly empty: boolean;
}

export interface Route {
  /** as the adapter names the call in `CallAbout.api` */
  readonly api: string;
  readonly method: string;
  readonly path: RegExp;
  /** the action that Azure's roles know it by */
  readonly action: string;
  run(ground: Ground, request: Incoming, view: View): Outgoing;
}

export const ok = (body: unknown, headers: Readonly<Record<string, string>> = {}): Outgoing => ({
  status: 200,
  body,
  headers,
});
export const refusal = (status: number, code: string, message: string): Outgoing => ({
  status,
  body: { error: { code, message } },
});
export const notFound = (what: string): Outgoing =>
  refusal(404, 'ResourceNotFound', `The Resource '${what}' was not found.`);

/** A page of a listing, and a link to the next that carries where it begins. */
export function page({ root, pageSize }: Ground, { url }: Incoming, items: readonly unknown[]): Outgoing {
  const from = Number(url.searchParams.get('$skiptoken') ?? 0);
  const next = new URL(`${url.pathname}${url.search}`, root);
  next.searchParams.set('$skiptoken', String(from + pageSize));
  return ok({
    value: items.slice(from, from + pageSize),
    ...(items.length > from + pageSize && { nextLink: next.href }),
  });
}

export function poolsSeen({ world }: Ground, { ageS, empty }: View): readonly SimPool[] {
  if (empty) return [];
  return ageS === 0 ? world.pools.list('azure') : world.pools.listAt(instant(world.now() - ageS * 1000), 'azure');
}

export const living = (pool: SimPool): readonly SimInstance[] =>
  pool.instances.filter(({ state }) => state !== 'ended');

export function poolBySet(
  ground: Ground,
  [group = '', name = '']: readonly string[],
  view?: View,
): SimPool | undefined {
  const { place } = ground;
  return poolsSeen(ground, view ?? NOW).find((pool) => {
    const cluster = place.clusterOf(pool);
    const inner = cluster === undefined ? place.group : nodeGroupOf(place.group, cluster, pool.region);
    return inner.toLowerCase() === group.toLowerCase() && setNameOf(pool, cluster).toLowerCase() === name.toLowerCase();
  });
}
export const NOW: View = { ageS: 0, empty: false };

/** The operation's URL, as Compute and AKS answer it beside the resource. */
export function started(
  { root, place }: Ground,
  region: string,
  operation: string,
  provider: string,
): Record<string, string> {
  const path = `/subscriptions/${place.subscription}/providers/${provider}/locations/${region}/operations/${operation}`;
  return { 'azure-asyncoperation': `${root}${path}?api-version=2026-03-01`, 'retry-after': '10' };
}

export const stale = (): Outgoing =>
  refusal(412, 'PreconditionFailed', 'Etag provided in if-match header does not match etag of resource.');

/** Writes tags and size, in one version of the pool as far as the world has it. */
export function resized(
  ground: Ground,
  pool: SimPool,
  size: number | undefined,
  tags: Record<string, string> | undefined,
  provider: string,
  shape: (pool: SimPool) => Json,
): Outgoing {
  const { world } = ground;
  const by = { by: tags?.['godwit.io_op'] === undefined ? 'somebody' : 'godwit' };
  if (tags) world.pools.tag(pool.id, innerTags(tags), by);
  if (size === undefined || size === pool.target) return ok(shape(world.pools.get(pool.id) ?? pool));
  const changed = world.pools.resize(pool.id, size, by);
  if (!changed.ok)
    return refusal(400, 'InvalidParameter', `The value of parameter capacity is invalid: ${changed.why}.`);
  return ok(shape(changed.pool), started(ground, pool.region, changed.operation.id, provider));
}
