import type { Market } from '../market.ts';
import { mostRoomFor, nothing } from '../room.ts';
import type { Spread } from '../spread.ts';
import { Claims } from './claims.ts';
import type { Nodes } from './nodes.ts';
import { placeSpread } from './provision-spread.ts';
import { join, roomOnClaim, type Scene } from './scene.ts';

/**
 * Karpenter's provisioning of all pending pods: by falling cpu, then memory; each pod to the first node that runs and has
 * room, else to the first claim that can take it, fewest pods first, else to a claim of its own. Prices play no part.
 *
 * Pods that are alike are taken together, with the outcome of one by one: nodes are filled in their order; among claims
 * each pod goes to the one with the fewest pods, so they rise level by level; new claims are filled one after the other.
 *
 * Source: kubernetes-sigs/karpenter pkg/controllers/provisioning/scheduling/{queue,scheduler,nodeclaim}.go, v1.6 to
 * v1.8 (2025) and main of mid-2026, whose order is the same.
 *
 * @param pending replicas of each group; what finds no place is left in it
 */
export function provision(
  market: Market,
  nodes: Nodes,
  available: number,
  spreads: readonly (Spread | undefined)[],
  pending: Int32Array,
): Claims {
  const claims = new Claims(market);
  const scene: Scene = { market, nodes, claims, available, spreads, open: new Int32Array(0) };
  const order = queueOf(market);
  const least = leastFrom(market, order);
  order.forEach((g, step) => {
    if ((pending[g] as number) <= 0 || (market.perNode[g] as number) < 1) return;
    const spread = spreads[g];
    pending[g] = spread
      ? placeSpread(scene, g, spread, pending[g] as number)
      : placeAll(scene, g, pending[g] as number);
    closeFull(scene, least, step + 1);
  });
  return claims;
}

/** The groups in the order in which their pods are taken; of equals by name, where Karpenter takes the older pod first. */
export function queueOf(market: Market): Int32Array {
  const { need, resources } = market;
  return Int32Array.from(market.groups.keys()).toSorted(
    (a, b) =>
      (need[b * resources] as number) - (need[a * resources] as number) ||
      (need[b * resources + 1] as number) - (need[a * resources + 1] as number) ||
      a - b,
  );
}

function placeAll(scene: Scene, g: number, pods: number): number {
  let left = pods - fillNodes(scene, g, pods);
  left -= raiseClaims(scene, g, left);
  return left - openClaims(scene, g, left);
}

function fillNodes({ nodes }: Scene, g: number, pods: number): number {
  let placed = 0;
  for (let i = nodes.nextFor(g, 0); i >= 0 && placed < pods; i = nodes.nextFor(g, i + 1)) {
    const room = nodes.roomFor(i, g);
    const n = Math.min(room, pods - placed);
    if (n > 0) nodes.fill.put(i, g, n);
    if (n === room) nodes.markFull(i, g);
    placed += n;
  }
  return placed;
}

/** Adds pods to claims, always to the one that has the fewest and still fits one. */
function raiseClaims(scene: Scene, g: number, pods: number): number {
  const { market, claims } = scene;
  const { fill } = claims;
  if (pods === 0) return 0;
  const { eligible, room } = eligibleFor(scene, g, market.allowed[g] as number);
  const added = new Map<number, number>();
  let left = pods;
  let joined = 0;
  // claims that were raised to the current level, in the order they now stand in
  let raised: number[] = [];
  let level = 0;
  while (left > 0 && (raised.length > 0 || joined < eligible.length)) {
    if (raised.length === 0) level = fill.pods[eligible[joined] as number] as number;
    const standing = raised;
    while (joined < eligible.length && fill.pods[eligible[joined] as number] === level)
      standing.push(eligible[joined++] as number);
    raised = [];
    for (const c of standing) {
      if (left === 0) break;
      left--;
      const n = (added.get(c) ?? 0) + 1;
      added.set(c, n);
      claims.moveUp(c);
      if (n < (room.get(c) as number)) raised.push(c);
    }
    raised.reverse();
    level++;
  }
  for (const [c, n] of added) {
    fill.put(c, g, n);
    claims.mask[c] = market.sets.meet(claims.mask[c] as number, market.allowed[g] as number);
  }
  return pods - left;
}

/** Claims that can take at least one pod of g on an offering of the set, in their order, with how many each can take. */
function eligibleFor(
  scene: Scene,
  g: number,
  set: number,
): { readonly eligible: readonly number[]; readonly room: ReadonlyMap<number, number> } {
  const room = new Map<number, number>();
  for (const c of scene.open) {
    const n = roomOnClaim(scene, c, g, set);
    if (n > 0) room.set(c, n);
  }
  const eligible = [...room.keys()].toSorted((a, b) => (scene.claims.before(a, b) ? -1 : 1));
  return { eligible, room };
}

/** New claims, each filled before the next: the newest has room and all others have none. */
function openClaims(scene: Scene, g: number, pods: number): number {
  const { market, claims } = scene;
  if (pods === 0) return 0;
  const mask = market.sets.meet(market.allowed[g] as number, scene.available);
  const each = Math.min(mostRoomFor(market, g, mask, nothing(market), 0), market.perNode[g] as number);
  if (each < 1) return 0;
  const from = claims.count;
  for (let left = pods; left > 0; left -= each) claims.open(mask, g, Math.min(each, left));
  join(scene, from);
  return pods;
}

/** Drops claims that no group from step `step` on fits on. */
function closeFull(scene: Scene, least: Float64Array, step: number): void {
  const { market, claims } = scene;
  const { resources, sets } = market;
  scene.open = scene.open.filter((c) => {
    const front = sets.front(claims.mask[c] as number);
    for (let f = 0; f < front.length; f += resources) {
      let fits = true;
      for (let r = 0; r < resources && fits; r++) {
        const have = (front[f + r] as number) * (1 + 1e-9) + 1e-9;
        const asked = (claims.fill.used[c * resources + r] as number) + (least[step * resources + r] as number);
        fits = asked <= have;
      }
      if (fits) return true;
    }
    return false;
  });
}

/** The least that any group from a step on asks for, at [step × resources + r]. */
function leastFrom(market: Market, order: Int32Array): Float64Array {
  const { resources, need } = market;
  const least = new Float64Array((order.length + 1) * resources).fill(Infinity);
  for (let step = order.length - 1; step >= 0; step--)
    for (let r = 0; r < resources; r++)
      least[step * resources + r] = Math.min(
        least[(step + 1) * resources + r] as number,
        need[(order[step] as number) * resources + r] as number,
      );
  return least;
}
