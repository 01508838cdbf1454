import { answered, failed, type Answer } from '../../src/failure.ts';
import type { Fleet, Region } from '../../src/fleet/fleet.ts';
import { listAt, textAt } from '../../src/manifest/json.ts';
import type { ProviderParts } from '../../src/ports.ts';
import { kubeApi, type KubeApi } from './api.ts';
import { connectTo } from './connect.ts';
import { CLUSTER_API, VERSIONS } from './machine-deployments.ts';

/** An own cluster as it is reached: one of a region's contexts. */
export interface Site {
  readonly region: Region;
  readonly context: string;
  readonly api: KubeApi;
  /** version of Cluster API that it serves; undefined = none that is known here */
  machines(): Promise<Answer<string | undefined>>;
}

/** Sockets and what the servers say of themselves are kept between calls; a fresh process asks again. */
export interface Sites {
  open(region: Region, context: string): Answer<Site>;
}

export function sites(parts: ProviderParts): Sites {
  const known = new Map<string, Site>();
  return {
    open(region, context) {
      const key = `${region.name}\n${context}`;
      const before = known.get(key);
      if (before) return answered(before);
      const connection = connectTo(parts.env, context);
      if (!connection.ok) return connection;
      const api = kubeApi(connection.value, parts, region.name);
      const served = machineVersion(api);
      const site: Site = { region, context, api, machines: served };
      known.set(key, site);
      return answered(site);
    },
  };
}

/** The own clusters of a fleet that it names a context for: the others are never asked. */
export function ownRegions(fleet: Pick<Fleet, 'clouds'>): readonly Region[] {
  return fleet.clouds
    .filter((cloud) => cloud.provider === 'kubernetes')
    .flatMap((cloud) => cloud.regions.filter((region) => (region.contexts ?? []).length > 0));
}

/** Asked once: what a server serves changes with an upgrade, and then this process is told by a 404. */
function machineVersion(api: KubeApi): () => Promise<Answer<string | undefined>> {
  let known: string | undefined;
  return async () => {
    if (known !== undefined) return answered(known);
    const group = await api.about(`/apis/${CLUSTER_API}`);
    if (!group.ok) return group.failure.kind.is === 'notFound' ? answered(undefined) : group;
    const served = listAt(group.value.body, 'versions').map((v) => textAt(v, 'version'));
    known = VERSIONS.find((version) => served.includes(version));
    return answered(known);
  };
}

/** A pool's place: `namespace/name`, after the context where its region has several. */
export interface PoolPlace {
  readonly site: Site;
  /** of Cluster API */
  readonly version: string;
  readonly namespace: string;
  readonly name: string;
}

export const poolId = (
  { region, context }: Pick<Site, 'region' | 'context'>,
  namespace: string,
  name: string,
): string => [...((region.contexts ?? []).length > 1 ? [context] : []), namespace, name].join('/');

/** Finds the cluster that a pool's id is about. */
export async function placeOfPool(
  all: Sites,
  fleet: Fleet,
  regionName: string,
  id: string,
): Promise<Answer<PoolPlace>> {
  const parts = id.split('/');
  const name = parts.pop() ?? '';
  const namespace = parts.pop() ?? '';
  const region = ownRegions(fleet).find((r) => r.name === regionName);
  const context = parts.length > 0 ? parts.join('/') : region?.contexts?.[0];
  if (!region || context === undefined || namespace === '' || name === '') {
    const message = `the fleet has no cluster ${regionName} with a context that could have the pool ${id}`;
    return failed({ kind: { is: 'invalid' }, api: 'kubeconfig', code: 'NoCluster', message });
  }
  const site = all.open(region, context);
  if (!site.ok) return site;
  const version = await site.value.machines();
  if (!version.ok) return version;
  if (version.value === undefined) return failed(noMachines(context));
  return answered({ site: site.value, version: version.value, namespace, name });
}

export const noMachines = (context: string) =>
  ({
    kind: { is: 'notFound' },
    api: `get /apis/${CLUSTER_API}`,
    code: 'NotServed',
    message: `the cluster of context ${context} serves no ${VERSIONS.join(' or ')} of ${CLUSTER_API}`,
  }) as const;
