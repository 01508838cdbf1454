import type { Options } from './options.ts';

/** Fillings of one node beyond which it is not worth writing them down one by one. */
const MOST = 200;
/** Nodes of the search tree after which it is given up. */
const VISITS = 2000;
/** Room beyond a node's that counts as none: what is said to fit must be what the verification lets pass. */
const HAIR = 1e-9;

/**
 * Every filling of one node to which no replica of these groups can be added, as replicas by group in their order;
 * undefined when there are too many. With them a linear program can't put the halves of a replica on two nodes.
 *
 * @param most most replicas of each group on the node
 */
export function fullFillings(
  options: Options,
  offering: number,
  groups: readonly number[],
  most: readonly number[],
): readonly (readonly number[])[] | undefined {
  const { resources, need, have } = options;
  const room = have.slice(offering * resources, (offering + 1) * resources).map((x) => x * (1 + HAIR) + HAIR);
  const filling = groups.map(() => 0);
  const found: number[][] = [];
  let visits = 0;

  const needOf = (i: number, r: number): number => need[(groups[i] as number) * resources + r] as number;
  const roomFor = (i: number): number => {
    let fit = (most[i] as number) - (filling[i] as number);
    for (let r = 0; r < resources; r++) {
      if (needOf(i, r) > 0) fit = Math.min(fit, Math.floor((room[r] as number) / needOf(i, r)));
    }
    return Math.max(0, fit);
  };
  const put = (i: number, n: number): void => {
    filling[i] = (filling[i] as number) + n;
    for (let r = 0; r < resources; r++) room[r] = (room[r] as number) - n * needOf(i, r);
  };
  const search = (i: number): boolean => {
    if (++visits > VISITS || found.length > MOST) return false;
    if (i === groups.length) {
      if (groups.every((_, j) => roomFor(j) <= 0)) found.push([...filling]);
      return true;
    }
    const fit = roomFor(i);
    // the last group takes all that is left: with less of it the filling would not be full
    for (let n = fit; n >= (i === groups.length - 1 ? fit : 0); n--) {
      put(i, n);
      const through = search(i + 1);
      put(i, -n);
      if (!through) return false;
    }
    return true;
  };
  return search(0) ? found : undefined;
}
