import { answered, type Answer, type Failure } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { ObservedPool, PoolList } from '../../src/ports.ts';
import { directGroup, listDirect } from './direct.ts';
import { doubtsOf } from './doubts.ts';
import { listGroups, tagOf, type Group, type WhichGroups } from './groups.ts';
import type { Machine } from './instances.ts';
import { changedBy } from './last-set.ts';
import { makeOf } from './make.ts';
import { describeNodeGroup, listNodeGroups, type NodeGroupFacts } from './node-groups.ts';
import type { Place } from './places.ts';
import { poolOf, type Seen } from './pool.ts';
import { unseenGroup } from './unseen.ts';

/** The node pools of one region: Auto Scaling groups and managed node groups. All of them, or why not. */
export async function listRegionPools(
  place: Place,
  fleet: Fleet,
  machines: Promise<Answer<readonly Machine[]>>,
): Promise<Answer<PoolList>> {
  const found = await findGroups(place, fleet, machines);
  if (!found.ok) return found;
  const { session } = place;
  const region = place.region.name;
  // without them a pool lacks the start times and node names of its instances, and nothing else
  const known = await machines;
  const byId = new Map(known.ok ? known.value.map((m) => [m.id, m]) : []);
  const pools: ObservedPool[] = [];
  const passedOver: PoolList['passedOver'][number][] = [...found.value.passedOver];
  const read = await Promise.all(
    named(found.value.groups).map(async (one) => ({
      ...one,
      make: await makeOf(session, region, one.group),
      by: await changedBy(session, region, one.group),
    })),
  );
  for (const { group, name, id, make, by } of read) {
    if (!make.ok) return make;
    const seen = poolOf(group, make.value, { name, id }, region, byId, by);
    if ('pool' in seen && place.region.zones.includes(seen.pool.zone)) pools.push(seen.pool);
    else passedOver.push({ name, place: `aws/${region}`, reason: reasonOf(seen) });
  }
  const doubts = [...found.value.doubts, ...(await doubtsOf(session, fleet, region, pools, passedOver.length))];
  return answered({ pools, passedOver, doubts });
}

const reasonOf = (seen: Seen): string =>
  'pool' in seen ? `it is in ${seen.pool.zone}, which the fleet does not use` : seen.reason;

interface Found {
  readonly groups: readonly { readonly group: Group; readonly node?: NodeGroupFacts }[];
  readonly passedOver: PoolList['passedOver'];
  readonly doubts: readonly string[];
}

const NODE_GROUP = 'eks:nodegroup-name';
const CLUSTER = 'eks:cluster-name';

async function findGroups(
  place: Place,
  fleet: Fleet,
  machines: Promise<Answer<readonly Machine[]>>,
): Promise<Answer<Found>> {
  const { session } = place;
  const region = place.region.name;
  const which = selectionOf(fleet, region);
  if (!which) return answered({ groups: [], passedOver: [], doubts: [] });
  const [own, managed, direct] = await Promise.all([
    listGroups(session, region, which.groups),
    listGroups(session, region, { filters: [{ Name: 'tag-key', Values: [NODE_GROUP] }] }),
    listDirect(session, region),
  ]);
  if (!own.ok) return own;
  if (!managed.ok) return managed;
  if (!direct.ok) return direct;
  const eks = new Map(
    managed.value.flatMap((g) => (nodeGroupKey(g) === undefined ? [] : [[nodeGroupKey(g) ?? '', g]])),
  );
  const nodes = await listNodeGroups(session, region, new Set(eks.keys()));
  if (!nodes.ok && !(eks.size === 0 && withoutEks(nodes.failure))) return nodes;
  const facts = (nodes.ok ? nodes.value : []).filter((f) => which.node(f, eks.get(`${f.cluster}/${f.name}`)));
  const groups: Found['groups'][number][] = own.value
    .filter((g) => nodeGroupKey(g) === undefined && which.own(g))
    .map((group) => ({ group }));
  if (direct.value.length > 0) {
    // their machines are all there is of them: without those the listing would have a hole
    const running = await machines;
    if (!running.ok) return running;
    const launched = direct.value.map((template) => directGroup(template, running.value));
    groups.push(...launched.filter((g) => which.own(g)).map((group) => ({ group })));
  }
  const passedOver: PoolList['passedOver'][number][] = [];
  for (const node of facts) {
    const group = eks.get(`${node.cluster}/${node.name}`);
    if (group) {
      groups.push({ group, node });
      continue;
    }
    const unseen = await describeNodeGroup(session, region, node.cluster, node.name);
    if (!unseen.ok && unseen.failure.kind.is === 'notFound') continue;
    if (!unseen.ok) return unseen;
    const made = await unseenGroup(session, region, unseen.value);
    if (!made.ok) return made;
    if ('reason' in made.value) passedOver.push({ name: node.name, place: `aws/${region}`, reason: made.value.reason });
    else groups.push({ group: made.value, node });
  }
  for (const name of which.missing(groups)) {
    passedOver.push({
      name,
      place: `aws/${region}`,
      reason: 'no Auto Scaling group or node group there has this name',
    });
  }
  return answered({ groups, passedOver, doubts: [] });
}

/** A role without EKS, or a region or emulator that has none: no node group is there to be overlooked. */
const withoutEks = ({ kind }: Failure): boolean => ['unauthorized', 'notFound', 'invalid', 'unknown'].includes(kind.is);

function nodeGroupKey(group: Group): string | undefined {
  const [cluster, name] = [tagOf(group, CLUSTER), tagOf(group, NODE_GROUP)];
  return cluster === undefined || name === undefined ? undefined : `${cluster}/${name}`;
}

interface SelectionOfGroups {
  readonly groups: WhichGroups;
  own(group: Group): boolean;
  node(facts: NodeGroupFacts, group: Group | undefined): boolean;
  missing(found: Found['groups']): readonly string[];
}

/** By the fleet's tag, or by name where only declared pools are managed; undefined = nothing to look for. */
function selectionOf({ findPoolsByTag: tag, pools }: Fleet, region: string): SelectionOfGroups | undefined {
  if (tag) {
    const tagged = (group: Group | undefined): boolean => group !== undefined && tagOf(group, tag.key) === tag.value;
    return {
      groups: { filters: [{ Name: `tag:${tag.key}`, Values: [tag.value] }] },
      own: tagged,
      node: (facts, group) => facts.tags[tag.key] === tag.value || tagged(group),
      missing: () => [],
    };
  }
  const names = new Set(pools.filter((p) => p.provider === 'aws' && p.region === region).map((p) => p.name));
  if (names.size === 0) return undefined;
  return {
    groups: { names: [...names] },
    own: (group) => names.has(group.AutoScalingGroupName),
    node: (facts) => names.has(facts.name),
    missing: (found) => {
      const have = new Set(found.map(({ group, node }) => node?.name ?? group.AutoScalingGroupName));
      return [...names].filter((name) => !have.has(name));
    },
  };
}

/** A node group goes by its own name; two of one name in a region by their clusters' too. */
function named(found: Found['groups']): { group: Group; name: string; id: string }[] {
  const taken = new Map<string, number>();
  const plain = ({ group, node }: Found['groups'][number]): string => node?.name ?? group.AutoScalingGroupName;
  for (const one of found) taken.set(plain(one), (taken.get(plain(one)) ?? 0) + 1);
  return found
    .map((one) => ({
      group: one.group,
      name: one.node && (taken.get(plain(one)) ?? 0) > 1 ? `${one.node.cluster}/${one.node.name}` : plain(one),
      id: one.node?.arn ?? one.group.AutoScalingGroupARN,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
