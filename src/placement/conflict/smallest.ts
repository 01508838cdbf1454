/**
 * The irreducible clashing sets that these orders lead to: without any one of its members the rest of such a set no
 * longer clashes. QuickXplain (Junker, 2004): about 2k·log₂(n/k) questions for a set of k out of n.
 *
 * @param orders the same members in different orders; an earlier one is rather kept than a later one
 * @param clashes whether a set clashes. All members together do; more members never clash less
 * @returns each set once
 */
export function irreducibleClashes<T>(
  orders: readonly (readonly T[])[],
  clashes: (set: readonly T[]) => boolean,
): T[][] {
  const number = new Map((orders[0] ?? []).map((member, i) => [member, i]));
  const keyOf = (set: readonly T[]): string =>
    set
      .map((member) => number.get(member) ?? -1)
      .toSorted((a, b) => a - b)
      .join(' ');
  const known = new Map<string, boolean>();
  const ask = (set: readonly T[]): boolean => {
    const key = keyOf(set);
    const answer = known.get(key) ?? clashes(set);
    known.set(key, answer);
    return answer;
  };
  const found = new Map<string, T[]>();
  for (const order of orders) {
    const set = irreducible(order, ask);
    if (!found.has(keyOf(set))) found.set(keyOf(set), set);
  }
  return [...found.values()];
}

function irreducible<T>(order: readonly T[], clashes: (set: readonly T[]) => boolean): T[] {
  const search = (behind: readonly T[], grown: boolean, among: readonly T[]): T[] => {
    if (grown && clashes(behind)) return [];
    if (among.length <= 1) return [...among];
    const half = Math.ceil(among.length / 2);
    const first = among.slice(0, half);
    const second = among.slice(half);
    const ofSecond = search([...behind, ...first], first.length > 0, second);
    const ofFirst = search([...behind, ...ofSecond], ofSecond.length > 0, first);
    return [...ofFirst, ...ofSecond];
  };
  const found = search([], false, order);
  // a solver's tolerance may leave one too many: ask for each once more
  return found.reduce<T[]>((kept, member) => {
    const rest = kept.filter((other) => other !== member);
    return clashes(rest) ? rest : kept;
  }, found);
}
