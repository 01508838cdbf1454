import type { Instance } from './instance.ts';
import type { Items } from './knapsack.ts';

/** The groups that may be on candidate o and whose replicas are worth something there, as knapsack items. */
export function itemsOn(
  instance: Instance,
  o: number,
  items: ItemList,
  worth: (g: number, l: number) => number,
): ItemList {
  const { groups, candidates, fits, locationOf, need, resources } = instance;
  items.clear();
  for (const g of instance.groupsOn[o] ?? []) {
    const value = worth(g, locationOf[o] ?? 0);
    if (value <= 0) continue;
    items.push(g, value, Math.min(fits[g * candidates.length + o] ?? 0, groups[g]?.replicas ?? 0), need, resources);
  }
  return items;
}

/** The knapsack's items, in arrays that are used again for every candidate. */
export class ItemList implements Items {
  count = 0;
  readonly value: Float64Array;
  readonly most: Int32Array;
  readonly need: Float64Array;
  private readonly group: Int32Array;

  constructor(groups: number, resources: number) {
    this.value = new Float64Array(groups);
    this.most = new Int32Array(groups);
    this.need = new Float64Array(groups * resources);
    this.group = new Int32Array(groups);
  }

  clear(): void {
    this.count = 0;
  }

  push(g: number, value: number, most: number, need: Float64Array, resources: number): void {
    const i = this.count++;
    this.group[i] = g;
    this.value[i] = value;
    this.most[i] = most;
    for (let r = 0; r < resources; r++) this.need[i * resources + r] = need[g * resources + r] ?? 0;
  }

  spread(counts: Int32Array, groups: number): Int32Array {
    const filling = new Int32Array(groups);
    for (let i = 0; i < this.count; i++) filling[this.group[i] ?? 0] = counts[i] ?? 0;
    return filling;
  }

  /** Only the items that pass stay, in their order. */
  filter(keeps: (i: number) => boolean): void {
    const resources = this.need.length / this.value.length;
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if (!keeps(i)) continue;
      this.group[kept] = this.group[i] ?? 0;
      this.value[kept] = this.value[i] ?? 0;
      this.most[kept] = this.most[i] ?? 0;
      this.need.copyWithin(kept * resources, i * resources, (i + 1) * resources);
      kept++;
    }
    this.count = kept;
  }

  /** As {@link spread}, for counts that need not be whole. */
  spreadParts(counts: Float64Array): Float64Array {
    const filling = new Float64Array(this.value.length);
    for (let i = 0; i < this.count; i++) filling[this.group[i] ?? 0] = counts[i] ?? 0;
    return filling;
  }
}
