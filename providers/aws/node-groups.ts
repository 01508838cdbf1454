import {
  DescribeNodegroupCommand,
  ListClustersCommand,
  ListNodegroupsCommand,
  type Nodegroup,
} from '@aws-sdk/client-eks';
import { allPages } from '../../src/calls/pages.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import { seconds } from '../../src/units.ts';
import { isFresh, isRecord, putKept, takeKept } from './kept.ts';
import type { Session } from './session.ts';

/** What of a managed node group rarely changes. Its size is read from its Auto Scaling group, dozens at a time. */
export interface NodeGroupFacts {
  readonly arn: string;
  readonly cluster: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** ms since 1970, when it was described */
  readonly at: number;
  /** its Auto Scaling group */
  readonly group?: string;
}

/** new ones show after so long at the latest, those with an Auto Scaling group at once */
const KEPT_FOR = seconds(3600);
/** tags change seldom, and there is a call for each group */
const DESCRIBED_FOR = seconds(86_400);
const WHAT = 'node-groups';

/**
 * The managed node groups of a region, from the shelf where they were read within the hour: tags of a node group do
 * not reach its Auto Scaling group, so this is the only place to find a pool of the fleet by them.
 *
 * @param tagged `cluster/name` of the groups that the Auto Scaling listing has just shown; one that is not on the
 *   shelf makes it be read anew
 */
export async function listNodeGroups(
  session: Session,
  region: string,
  tagged: ReadonlySet<string>,
): Promise<Answer<readonly NodeGroupFacts[]>> {
  const kept = await takeKept(session, region, WHAT, isFacts);
  const known = new Map((kept?.value ?? []).map((g) => [`${g.cluster}/${g.name}`, g]));
  if (kept && isFresh(session, kept, KEPT_FOR) && [...tagged].every((key) => known.has(key)))
    return answered(kept.value);
  const clusters = await listClusters(session, region);
  if (!clusters.ok) return clusters;
  const now = session.parts.clock.now();
  const facts: NodeGroupFacts[] = [];
  for (const cluster of clusters.value) {
    const names = await listNames(session, region, cluster);
    if (!names.ok) return names;
    for (const name of names.value) {
      const last = known.get(`${cluster}/${name}`);
      if (last && now - last.at < DESCRIBED_FOR * 1000) {
        facts.push(last);
        continue;
      }
      const read = await describeNodeGroup(session, region, cluster, name);
      if (read.ok) facts.push({ ...factsOf(read.value, cluster, name), at: now });
      else if (read.failure.kind.is !== 'notFound') return read; // one may go while the others are read
    }
  }
  await putKept(session, region, WHAT, facts);
  return answered(facts);
}

/** After one was opened: the next listing reads them anew. */
export async function forgetNodeGroups(session: Session, region: string): Promise<void> {
  await putKept(session, region, WHAT, 'changed');
}

export async function describeNodeGroup(
  session: Session,
  region: string,
  cluster: string,
  name: string,
): Promise<Answer<Nodegroup>> {
  const api = 'eks:DescribeNodegroup';
  const read = await session.ask({ region, class: 'read', api }, () =>
    session.eks(region).send(new DescribeNodegroupCommand({ clusterName: cluster, nodegroupName: name })),
  );
  if (!read.ok) return read;
  const { nodegroup } = read.value;
  if (nodegroup) return answered(nodegroup);
  return failed({ kind: { is: 'transient' }, api, code: 'IncompleteAnswer', message: 'the answer has no nodegroup' });
}

/** `arn:aws:eks:us-east-1:123456789012:nodegroup/cluster/name/id` */
export function nodeGroupIn(arn: string): { readonly cluster: string; readonly name: string } | undefined {
  const [, cluster, name] = /^arn:[\w-]+:eks:[\w-]*:\d*:nodegroup\/([^/]+)\/([^/]+)(?:\/|$)/.exec(arn) ?? [];
  return cluster === undefined || name === undefined ? undefined : { cluster, name };
}

export function factsOf(group: Nodegroup, cluster: string, name: string): Omit<NodeGroupFacts, 'at'> {
  const scaled = group.resources?.autoScalingGroups?.[0]?.name;
  return {
    arn: group.nodegroupArn ?? `arn:aws:eks:::nodegroup/${cluster}/${name}/`,
    cluster,
    name,
    tags: group.tags ?? {},
    ...(scaled !== undefined && { group: scaled }),
  };
}

const listClusters = (session: Session, region: string): Promise<Answer<readonly string[]>> =>
  allPages<string, string>(async (token) => {
    const page = await session.ask({ region, class: 'read', api: 'eks:ListClusters' }, () =>
      session
        .eks(region)
        .send(new ListClustersCommand({ maxResults: 100, ...(token !== undefined && { nextToken: token }) })),
    );
    if (!page.ok) return page;
    return answered({ items: page.value.clusters ?? [], ...(page.value.nextToken && { next: page.value.nextToken }) });
  });

const listNames = (session: Session, region: string, cluster: string): Promise<Answer<readonly string[]>> =>
  allPages<string, string>(async (token) => {
    const page = await session.ask({ region, class: 'read', api: 'eks:ListNodegroups' }, () =>
      session.eks(region).send(
        new ListNodegroupsCommand({
          clusterName: cluster,
          maxResults: 100,
          ...(token !== undefined && { nextToken: token }),
        }),
      ),
    );
    if (!page.ok) return page;
    return answered({
      items: page.value.nodegroups ?? [],
      ...(page.value.nextToken && { next: page.value.nextToken }),
    });
  });

const isFacts = (value: unknown): value is readonly NodeGroupFacts[] =>
  Array.isArray(value) &&
  value.every(
    (v) =>
      isRecord(v) &&
      typeof v['at'] === 'number' &&
      ['arn', 'cluster', 'name'].every((k) => typeof v[k] === 'string') &&
      isRecord(v['tags']),
  );
