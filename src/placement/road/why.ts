import { counted, named } from '../../figures.ts';
import { totals } from './running.ts';
import type { Terrain } from './terrain.ts';
import { spare, type Stand, type Yard } from './yard.ts';

/** Most places that are told one by one. */
const TOLD = 3;

/** What no order of moves could put right, in words. */
export function hopeless(terrain: Terrain, stands: readonly Stand[]): readonly string[] {
  const have = totals(stands.map((node) => ({ seats: node.have })));
  const want = totals(stands.map((node) => ({ seats: new Map(node.want) })));
  const fewer = terrain.groups.flatMap(({ name, replicas }, g) => {
    const [now, then] = [have.get(g) ?? 0, want.get(g) ?? 0];
    return then < Math.min(replicas, now)
      ? [`the placement has ${counted(then, 'replica')} of ${name}, and ${now} of the ${replicas} it needs run now`]
      : [];
  });
  const tooMany = terrain.offerings.flatMap(({ id, atMost = Infinity }, o) => {
    const n = stands.filter((node) => node.stays && node.offering === o).length;
    return n > atMost ? [`the placement has ${n} nodes of ${id}, and ${atMost} can be had`] : [];
  });
  return [...fewer, ...tooMany];
}

/** Where the yard is stuck, in words: what waits, what is in its way, and why that cannot go. */
export function noWay({ nodes, terrain }: Yard): readonly string[] {
  const nameOf = (g: number): string => terrain.groups[g]?.name ?? '';
  const stuck = nodes.flatMap((node) =>
    node.state !== 'open'
      ? []
      : [...node.want]
          .filter(([g, n]) => (node.have.get(g) ?? 0) < n)
          .map(([g]) => {
            const inTheWay = [...node.have.keys()].filter((other) => spare(node, other) > 0).map(nameOf);
            const blocked = inTheWay.length > 0 ? `until ${named(inTheWay)} moves` : 'beside what it holds';
            return `${nameOf(g)} finds no room on node ${node.number} of ${node.id} ${blocked}`;
          }),
  );
  const closed = nodes.filter(({ state }) => state === 'to come');
  const more = stuck.length > TOLD ? [`and ${stuck.length - TOLD} more like these`] : [];
  return [
    ...stuck.slice(0, TOLD),
    ...more,
    ...(stuck.length > 0
      ? ['no way was found to make room meanwhile, on nodes that run or on more that can be had']
      : []),
    ...(closed.length > 0
      ? [`${counted(closed.length, 'node')} can’t open before others close, and no way was found to empty those`]
      : []),
  ];
}
