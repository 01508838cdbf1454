import { answered, failed, type Answer } from '../../src/failure.ts';
import type { Purchase } from '../../src/catalog/offering.ts';
import { matters, type Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { fieldsOf, listOf, partOf, textOf, textsOf, type Fields } from './fields.ts';
import { groupKey } from './groups.ts';

/** A node pool of a GKE cluster. */
export interface NodePool {
  /** `projects/p/locations/l/clusters/c/nodePools/n` */
  readonly id: string;
  readonly name: string;
  readonly cluster: string;
  readonly zones: readonly string[];
  /** {@link groupKey} of each group that its nodes run in */
  readonly groups: readonly string[];
  readonly type: string;
  readonly purchase: Purchase;
  /** labels of its machines at Compute */
  readonly labels: Fields;
  /** labels of its nodes in Kubernetes */
  readonly nodeLabels: Fields;
  /** set while GKE's own autoscaler steers it */
  readonly autoscaled: boolean;
  readonly etag?: string;
}

/** Every node pool of every cluster of a project, in one call. */
export async function listNodePools(calls: Calls, account: Account): Promise<Answer<readonly NodePool[]>> {
  const api = 'container.clusters.list';
  const { project } = account;
  const answer = await calls.one(api, { project, region: '' }, { parent: `projects/${project}/locations/-` });
  if (!answer.ok) return answer;
  const lost = textsOf(answer.value['missingZones']).filter(matters(account));
  if (lost.length > 0) {
    return failed({
      kind: { is: 'transient' },
      api,
      code: 'MISSING_ZONES',
      message: `the list leaves out ${lost.join(', ')}`,
    });
  }
  return answered(
    listOf(answer.value['clusters']).flatMap((cluster) => {
      const [name, location] = [textOf(cluster['name']), textOf(cluster['location'])];
      if (name === undefined || location === undefined) return [];
      const id = `projects/${project}/locations/${location}/clusters/${name}`;
      return listOf(cluster['nodePools']).flatMap((pool) => nodePoolOf(pool, id) ?? []);
    }),
  );
}

/** @param cluster `projects/p/locations/l/clusters/c` */
export function nodePoolOf(fields: Fields, cluster: string): NodePool | undefined {
  const name = textOf(fields['name']);
  const config = fieldsOf(fields['config']);
  if (name === undefined) return undefined;
  const links = textsOf(fields['instanceGroupUrls']);
  const groups = links.flatMap((link) => {
    const [zone, group] = [partOf(link, 'zones'), groupNameIn(link)];
    return zone === undefined || group === undefined ? [] : [groupKey(zone, group)];
  });
  const zones = textsOf(fields['locations']);
  const etag = textOf(fields['etag']);
  return {
    id: `${cluster}/nodePools/${name}`,
    name,
    cluster: partOf(cluster, 'clusters') ?? '',
    zones: zones.length > 0 ? zones : [...new Set(links.flatMap((link) => partOf(link, 'zones') ?? []))],
    groups,
    // what GKE gives a pool whose config names none
    type: textOf(config['machineType']) ?? 'e2-medium',
    purchase: config['spot'] === true || config['preemptible'] === true ? 'spot' : 'on-demand',
    labels: fieldsOf(config['resourceLabels']),
    nodeLabels: fieldsOf(config['labels']),
    autoscaled: fieldsOf(fields['autoscaling'])['enabled'] === true,
    ...(etag !== undefined && { etag }),
  };
}

/** GKE has linked to the group and to its manager at one time or another; both have the same name. */
const groupNameIn = (link: string): string | undefined =>
  partOf(link, 'instanceGroupManagers') ?? partOf(link, 'instanceGroups');
