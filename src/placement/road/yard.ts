import { add, type Seats, type Terrain } from './terrain.ts';

/** A node on the way: what it holds, and what it is to hold in the end. */
export interface Stand {
  readonly offering: number;
  readonly id: string;
  /** within its offering, from 1; given when it is opened */
  number: number;
  state: 'to come' | 'open' | 'closed';
  /** it is one of the placement's nodes; all others are closed in the end */
  readonly stays: boolean;
  readonly have: Seats;
  readonly want: ReadonlyMap<number, number>;
}

/** What was done. `from` and `to` are nodes; opening and closing have one of them, like starting and stopping. */
export interface Deed {
  readonly kind: 'open' | 'start' | 'move' | 'stop' | 'close';
  readonly from?: Stand;
  readonly to?: Stand;
  readonly group: number;
  readonly replicas: number;
}

/** The nodes as the way has left them so far. Every change is a deed on record, and can be undone. */
export class Yard {
  readonly terrain: Terrain;
  readonly nodes: Stand[];
  readonly deeds: Deed[] = [];
  /** nodes that may be open at once */
  readonly most: number;
  /** replicas of each group that are to be started, and stopped, for good */
  readonly toStart: Int32Array;
  readonly toStop: Int32Array;
  open = 0;
  /** most nodes that were open at once */
  peak: number;
  private readonly openOf: Int32Array;
  private readonly numbered: Map<string, number> = new Map();

  constructor(terrain: Terrain, nodes: readonly Stand[], most: number) {
    this.terrain = terrain;
    this.nodes = nodes.map((node) => ({ ...node, have: new Map(node.have) }));
    this.most = most;
    this.openOf = new Int32Array(terrain.offerings.length);
    this.toStart = new Int32Array(terrain.groups.length);
    this.toStop = new Int32Array(terrain.groups.length);
    const balance = new Int32Array(terrain.groups.length);
    for (const node of this.nodes) {
      for (const [g, n] of node.want) balance[g] = (balance[g] as number) + n;
      for (const [g, n] of node.have) balance[g] = (balance[g] as number) - n;
      if (node.state === 'open') this.count(node, 1);
      this.numbered.set(node.id, Math.max(this.numbered.get(node.id) ?? 0, node.number));
    }
    balance.forEach((n, g) => {
      this.toStart[g] = Math.max(0, n);
      this.toStop[g] = Math.max(0, -n);
    });
    this.peak = this.open;
  }

  /** How many more replicas of a group fit on a node as it is now. */
  room(node: Stand, g: number): number {
    return node.state === 'open' && node.offering >= 0 ? this.terrain.room(g, node.offering, node.have) : 0;
  }

  mayOpen(offering: number): boolean {
    return this.open < this.most && !this.soldOut(offering);
  }

  soldOut(offering: number): boolean {
    return (this.openOf[offering] as number) >= (this.terrain.offerings[offering]?.atMost ?? Infinity);
  }

  /** One more node that is given back in the end. */
  lend(offering: number): Stand {
    const id = this.terrain.offerings[offering]?.id ?? '';
    const node: Stand = { offering, id, number: 0, state: 'to come', stays: false, have: new Map(), want: new Map() };
    this.nodes.push(node);
    this.do({ kind: 'open', to: node, group: -1, replicas: 0 });
    return node;
  }

  do(deed: Deed): void {
    this.carryOut(deed, 1);
    this.peak = Math.max(this.peak, this.open);
    this.deeds.push(deed);
  }

  /** Takes back everything after the first `mark` deeds. */
  undoTo(mark: number): void {
    while (this.deeds.length > mark) {
      const deed = this.deeds.pop() as Deed;
      this.carryOut(deed, -1);
      if (deed.kind === 'open' && deed.to && !deed.to.stays) this.nodes.splice(this.nodes.indexOf(deed.to), 1);
    }
  }

  /** @param way 1 = forwards, -1 = back */
  private carryOut({ kind, from, to, group: g, replicas }: Deed, way: 1 | -1): void {
    const n = way * replicas;
    if (kind === 'open' && to) {
      const number = (this.numbered.get(to.id) ?? 0) + way;
      this.numbered.set(to.id, number);
      to.number = way > 0 ? number : 0;
      to.state = way > 0 ? 'open' : 'to come';
      this.count(to, way);
    } else if (kind === 'close' && from) {
      from.state = way > 0 ? 'closed' : 'open';
      this.count(from, way > 0 ? -1 : 1);
    } else {
      if (from) add(from.have, g, -n);
      if (to) add(to.have, g, n);
      if (kind === 'start') this.toStart[g] = (this.toStart[g] as number) - n;
      if (kind === 'stop') this.toStop[g] = (this.toStop[g] as number) - n;
    }
  }

  private count(node: Stand, by: number): void {
    this.open += by;
    if (node.offering >= 0) this.openOf[node.offering] = (this.openOf[node.offering] as number) + by;
  }
}

/** Replicas of a group that a node holds beyond what it is to hold. */
export const spare = (node: Stand, g: number): number => (node.have.get(g) ?? 0) - (node.want.get(g) ?? 0);

/** Whether replicas are still to come to it. */
export function waits(node: Stand): boolean {
  for (const [g, n] of node.want) if ((node.have.get(g) ?? 0) < n) return true;
  return false;
}

export const sizeOf = ({ have }: Stand): number => [...have.values()].reduce((sum, n) => sum + n, 0);
