/**
 * Shares the slots of nodes out among units: first in proportion, the unit with most left first, then along chains of
 * exchanges while a unit is left over. A sharing that keeps every cap is found whenever there is one.
 *
 * @param capOf most pods of unit u on node j
 * @returns pods of unit u on node j at [j][u]
 */
export function dealt(
  slots: readonly number[],
  pods: readonly number[],
  capOf: (node: number, unit: number) => number,
): readonly (readonly number[])[] {
  const left = [...pods];
  const on = slots.map(() => pods.map(() => 0));
  const free = [...slots];
  const order = slots.map((_, j) => j).toSorted((a, b) => (slots[b] ?? 0) - (slots[a] ?? 0) || a - b);
  for (const j of order) {
    const row = on[j] ?? [];
    while ((free[j] ?? 0) > 0) {
      let most = -1;
      for (let u = 0; u < pods.length; u++) {
        if ((left[u] ?? 0) <= 0 || (row[u] ?? 0) >= capOf(j, u)) continue;
        if (most < 0 || (left[u] ?? 0) / (pods[u] ?? 1) > (left[most] ?? 0) / (pods[most] ?? 1)) most = u;
      }
      if (most < 0) break;
      row[most] = (row[most] ?? 0) + 1;
      left[most] = (left[most] ?? 0) - 1;
      free[j] = (free[j] ?? 0) - 1;
    }
  }
  for (let u = 0; u < pods.length; u++) while ((left[u] ?? 0) > 0 && exchange(on, free, left, capOf, u)) continue;
  return on;
}

/** Breadth-first search for a chain unit → node → unit → node … that ends at a node with a free slot. */
function exchange(
  on: number[][],
  free: number[],
  left: number[],
  capOf: (node: number, unit: number) => number,
  start: number,
): boolean {
  const cameToNode = new Map<number, number>();
  const cameToUnit = new Map<number, number>();
  const queue = [start];
  for (let u = queue.shift(); u !== undefined; u = queue.shift()) {
    const unit = u;
    for (let j = 0; j < on.length; j++) {
      if (cameToNode.has(j) || (on[j]?.[unit] ?? 0) >= capOf(j, unit)) continue;
      cameToNode.set(j, unit);
      if ((free[j] ?? 0) > 0) {
        free[j] = (free[j] ?? 0) - 1;
        left[start] = (left[start] ?? 0) - 1;
        shift(on, cameToNode, cameToUnit, j, start);
        return true;
      }
      on[j]?.forEach((n, v) => {
        if (n === 0 || v === start || cameToUnit.has(v)) return;
        cameToUnit.set(v, j);
        queue.push(v);
      });
    }
  }
  return false;
}

function shift(
  on: number[][],
  cameToNode: ReadonlyMap<number, number>,
  cameToUnit: ReadonlyMap<number, number>,
  end: number,
  start: number,
): void {
  for (let node = end; ;) {
    const unit = cameToNode.get(node) ?? start;
    const row = on[node];
    if (row) row[unit] = (row[unit] ?? 0) + 1;
    if (unit === start) return;
    node = cameToUnit.get(unit) ?? end;
    const from = on[node];
    if (from) from[unit] = (from[unit] ?? 0) - 1;
  }
}
