import { allPages } from '../../src/calls/pages.ts';
import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import { listAt, member, textAt } from '../../src/manifest/json.ts';
import type { CallAbout, Caller, Clock } from '../../src/ports.ts';
import { seconds, type Instant } from '../../src/units.ts';
import type { Connection } from './connect.ts';
import { BadAnswer, failureOf, Refusal } from './failures.ts';
import { send, stream, type Asked, type Reply, type Stream } from './http.ts';

/** A resource as paths and ClusterRoles name it. */
export interface Resource {
  /** empty = the core group */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

export const NODES: Resource = { group: '', version: 'v1', plural: 'nodes' };
export const PODS: Resource = { group: '', version: 'v1', plural: 'pods' };
export const BUDGETS: Resource = { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' };
export const ACCESS_REVIEWS: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
};

/** One object or one of its subresources. */
export interface Target {
  readonly namespace?: string;
  readonly name?: string;
  readonly sub?: string;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch';

/** Names a call as a ClusterRole grants it: `patch machinedeployments.cluster.x-k8s.io/scale` */
export function apiName(verb: Verb, { group, plural }: Resource, sub?: string): string {
  return `${verb} ${plural}${group === '' ? '' : `.${group}`}${sub === undefined ? '' : `/${sub}`}`;
}

/** Calls to one API server. Every one goes through the caller, which alone sends anything again. */
export interface KubeApi {
  readonly context: string;
  get(resource: Resource, target: Target): Promise<Answer<unknown>>;
  list(resource: Resource, selector?: string): Promise<Answer<Listed>>;
  watch(resource: Resource, version: string, onEvent: (event: unknown) => void): Promise<Answer<Stream>>;
  /** @param heard tells which refusals are answers; undefined = this one is none */
  create(
    resource: Resource,
    target: Target,
    body: unknown,
    heard?: (refusal: Refusal) => unknown,
  ): Promise<Answer<unknown>>;
  update(resource: Resource, target: Target, body: unknown): Promise<Answer<unknown>>;
  /** `merge` for custom resources, which know no strategic merge */
  patch(resource: Resource, target: Target, kind: 'merge' | 'strategic', body: unknown): Promise<Answer<unknown>>;
  /** What the server says of itself: a path outside any resource. */
  about(path: string): Promise<Answer<Reply>>;
  close(): void;
}

export interface Listed {
  readonly items: readonly unknown[];
  /** of the whole listing: a watch goes on from it */
  readonly version: string;
  /** when it was asked for: what it says was true then, or later */
  readonly at: Instant;
}

export function kubeApi(
  connection: Connection,
  parts: { readonly caller: Caller; readonly clock: Clock },
  region = '',
): KubeApi {
  const { context } = connection;
  const call = <T>(api: string, kind: CallAbout['class'], work: () => Promise<T>, attempts?: number) => {
    const about: CallAbout = {
      cloud: 'kubernetes',
      account: context,
      region,
      class: kind,
      api,
      ...(attempts !== undefined && { attempts }),
      ...(kind === 'read' && { within: READ_WITHIN }),
    };
    return parts.caller.call(about, work, (error) => failureOf(api, error));
  };
  const ask = async (
    verb: Verb,
    resource: Resource,
    target: Target,
    asked: Omit<Asked, 'path'>,
    heard: (refusal: Refusal) => unknown = () => undefined,
  ) => {
    const path = pathOf(resource, target, asked.method === 'GET' ? {} : { fieldManager: FIELD_MANAGER });
    const sent = async (): Promise<unknown> => {
      try {
        return (await send(connection, { ...asked, path })).body;
      } catch (error) {
        const answer = error instanceof Refusal ? heard(error) : undefined;
        if (answer === undefined) throw error;
        return answer;
      }
    };
    // a review is written down nowhere
    const reads = asked.method === 'GET' || resource === ACCESS_REVIEWS;
    return call(apiName(verb, resource, target.sub), reads ? 'read' : 'write', sent);
  };
  return {
    context,
    get: (resource, target) => ask('get', resource, target, { method: 'GET' }),
    create: (resource, target, body, heard) => ask('create', resource, target, { method: 'POST', body }, heard),
    update: (resource, target, body) => ask('update', resource, target, { method: 'PUT', body }),
    patch: (resource, target, kind, body) =>
      ask('patch', resource, target, { method: 'PATCH', body, contentType: PATCH_TYPE[kind] }),
    about: (path) => call(`get ${path}`, 'read', () => send(connection, { method: 'GET', path })),
    watch: (resource, version, onEvent) => {
      const query = {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: version,
        timeoutSeconds: WATCH_S,
      };
      // once: whoever follows the resource decides when to try again, and from which version
      return call(
        apiName('watch', resource),
        'read',
        () => stream(connection, pathOf(resource, {}, query), onEvent),
        1,
      );
    },
    list: (resource, selector) => {
      const api = apiName('list', resource);
      const page = (query: Query) => async () =>
        pageOf(await send(connection, { method: 'GET', path: pathOf(resource, {}, query) }));
      return listed((query) => call(api, 'read', page(query)), parts.clock, selector);
    },
    close: () => connection.close(),
  };
}

/** Kept by the server with every field that is written: who set it last. */
export const FIELD_MANAGER = 'godwit';
/** The server closes a watch in order after so long, and another follows: a dead connection is found out at the latest then. */
const WATCH_S = '290';
/** Nobody waits longer for a cluster that accepts connections and says nothing. */
const READ_WITHIN = seconds(30);
/** client-go's page size */
const PAGE = '500';
const PATCH_TYPE = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

type Query = Readonly<Record<string, string>>;

function pathOf({ group, version, plural }: Resource, target: Target, query: Query = {}): string {
  const parts = [
    group === '' ? 'api' : `apis/${group}`,
    version,
    ...(target.namespace === undefined ? [] : ['namespaces', encodeURIComponent(target.namespace)]),
    plural,
    ...(target.name === undefined ? [] : [encodeURIComponent(target.name)]),
    ...(target.sub === undefined ? [] : [target.sub]),
  ];
  const asked = new URLSearchParams(query).toString();
  return `/${parts.join('/')}${asked === '' ? '' : `?${asked}`}`;
}

interface ListPage {
  readonly items: readonly unknown[];
  readonly next?: string;
  readonly version: string;
}

/**
 * All pages of one listing, which the server answers from one moment. When that moment is too old for the next page
 * (410), the listing begins anew, whole and in one page: a slow reader would otherwise never come to its end.
 */
async function listed(
  fetch: (query: Query) => Promise<Answer<ListPage>>,
  clock: Clock,
  selector: string | undefined,
): Promise<Answer<Listed>> {
  const select: Query = selector === undefined ? {} : { labelSelector: selector };
  const at = clock.now();
  let version = '';
  const items = await allPages<unknown, string>(async (token) => {
    const page = await fetch({ ...select, limit: PAGE, ...(token !== undefined && { continue: token }) });
    if (page.ok) version = page.value.version;
    return page;
  });
  if (items.ok) return answered({ items: items.value, version, at });
  if (!isGone(items.failure)) return items;
  const again = clock.now();
  const whole = await fetch(select);
  if (!whole.ok) return whole;
  if (whole.value.next !== undefined)
    return failed({ ...items.failure, message: 'the listing expires before its end' });
  return answered({ items: whole.value.items, version: whole.value.version, at: again });
}

/** What was asked for is too old: the version of a watch, the next page of a listing. */
export const isGone = (failure: Failure): boolean => failure.status === 410;

function pageOf({ body }: Reply): ListPage {
  const kind = textAt(body, 'kind') ?? '';
  const version = textAt(body, 'metadata', 'resourceVersion');
  if (!kind.endsWith('List') || version === undefined) {
    throw new BadAnswer(`a listing should be one, and says it is ${kind === '' ? 'nothing' : kind}`);
  }
  const items = member(body, 'items');
  // Go writes null for a list that was never filled
  if (items !== undefined && !Array.isArray(items)) throw new BadAnswer(`${kind} without items`);
  const next = textAt(body, 'metadata', 'continue');
  return { items: listAt(body, 'items'), version, ...(next !== undefined && next !== '' && { next }) };
}
