import type { Market } from '../market.ts';
import { mostRoomFor } from '../room.ts';
import type { Spread } from '../spread.ts';
import type { Claims } from './claims.ts';
import type { Nodes } from './nodes.ts';

/** Where pods go: nodes that run, claims, and what new claims may become. */
export interface Scene {
  readonly market: Market;
  readonly nodes: Nodes;
  readonly claims: Claims;
  /** offerings that can be had */
  readonly available: number;
  /** of groups that spread over zones */
  readonly spreads: readonly (Spread | undefined)[];
  /** claims that some later group may still fit on */
  open: Int32Array;
}

/** Pods of g that fit beside what a claim holds, if it becomes an offering of the set. */
export function roomOnClaim({ market, claims }: Scene, c: number, g: number, set: number): number {
  const narrowed = market.sets.meet(claims.mask[c] as number, set);
  if (narrowed === market.sets.empty) return 0;
  const room = mostRoomFor(market, g, narrowed, claims.fill.used, c * market.resources);
  const most = market.perNode[g] as number;
  return room < 1 || most === Infinity ? room : Math.min(room, most - claims.fill.of(c, g));
}

/** Counts the claims from `from` on among the open ones. */
export function join(scene: Scene, from: number): void {
  const added = Int32Array.from({ length: scene.claims.count - from }, (_, i) => from + i);
  const open = new Int32Array(scene.open.length + added.length);
  open.set(scene.open);
  open.set(added, scene.open.length);
  scene.open = open;
}
