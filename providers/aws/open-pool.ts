import { offeringId, type Arch } from '../../src/catalog/offering.ts';
import type { Answer } from '../../src/failure.ts';
import { globMatch } from '../../src/fleet/glob.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { ObservedPool, OpenOrder, Receipt } from '../../src/ports.ts';
import { listMachines } from './instances.ts';
import { nodeGroupIn } from './node-groups.ts';
import type { Opening } from './opening.ts';
import { openGroup } from './open-group.ts';
import { openNodeGroup } from './open-node-group.ts';
import type { Place } from './places.ts';
import { listRegionPools } from './pools.ts';
import { refused, type Asked } from './token.ts';

const API = 'autoscaling:CreateAutoScalingGroup';

/** Opens a pool like a live one of the same region: an Auto Scaling group, or a managed node group beside it. */
export async function openFromTemplate(place: Place, fleet: Fleet, order: OpenOrder): Promise<Answer<Receipt>> {
  const template = fleet.templates.find((t) => t.name === order.template && t.provider === 'aws');
  if (!template) return refused(API, 'NoSuchTemplate', `the fleet has no template ${order.template} for aws`);
  const pattern = template.like;
  if (pattern === undefined) return refused(API, 'NoModel', `template ${template.name} names no live pool to be like`);
  if (order.size > template.max)
    return refused(API, 'OutOfBounds', `template ${template.name} allows ${template.max} nodes, not ${order.size}`);
  const listed = await listRegionPools(place, fleet, listMachines(place.session, order.region));
  if (!listed.ok) return listed;
  const archOf = await archesOf(place);
  const models = listed.value.pools.flatMap((p) =>
    p.live && globMatch(pattern, p.name) && p.name !== order.name ? [{ ...p, live: p.live }] : [],
  );
  if (models.length === 0)
    return refused(
      API,
      'NoModel',
      `${order.region} has no pool ${pattern} that template ${template.name} could be like`,
    );
  const arch = archOf(order.type);
  const fit = models.filter((p) => arch === undefined || archOf(p.type) === undefined || archOf(p.type) === arch);
  const [like] = fit.toSorted((a, b) => unlikeness(a, order) - unlikeness(b, order) || (a.name < b.name ? -1 : 1));
  if (!like)
    return refused(
      API,
      'OtherArchitecture',
      `${order.type} is ${arch}, and no pool ${pattern} in ${order.region} has an image for it`,
    );
  const asked: Asked = {
    v: 1,
    cloud: 'aws',
    kind: 'open',
    region: order.region,
    opId: order.opId,
    size: order.size,
    offering: offeringId({ provider: 'aws', ...order }),
    since: place.session.parts.clock.now(),
  };
  const opening: Opening = { order, template, like, tag: fleet.findPoolsByTag, asked };
  return nodeGroupIn(like.live.id) ? openNodeGroup(place, opening) : openGroup(place, opening);
}

/** The closest model first: one in the same zone needs no other subnet, one of the same purchase no other policy. */
const unlikeness = (p: ObservedPool, order: OpenOrder): number =>
  (p.type === order.type ? 0 : 1) + (p.purchase === order.purchase ? 0 : 2) + (p.zone === order.zone ? 0 : 4);

/** An image is made for one architecture; undefined = the package does not know the type. */
async function archesOf({ session }: Place): Promise<(type: string) => Arch | undefined> {
  const catalog = await session.parts.lists.prices('aws');
  if (!catalog.ok) return () => undefined;
  const { types, indexOf } = catalog.value;
  return (type) => types[indexOf.get(type) ?? -1]?.arch;
}
