import type { Pattern } from './columns.ts';
import type { Instance } from './instance.ts';

/** Most replicas a node holds on average where its fullest fillings are looked for one by one. */
const FEW_PER_NODE = 4.5;
/** Fillings looked at for each group. */
const LEAVES = 30_000;
/** Fillings kept for each group. */
const KEPT = 4;
const CANDIDATES = 3;

/**
 * The fullest fillings that hold a group, for every group and each of a few candidates. Where a node holds three or
 * four replicas, few fillings leave no room, and a best fleet is made of those; the duals of early rounds don't lead
 * there.
 */
export function fullestFillings(instance: Instance): Pattern[] {
  const { groups, candidates } = instance;
  if (candidates.length > CANDIDATES || perNode(instance) > FEW_PER_NODE) return [];
  return candidates.flatMap((_, o) => {
    const search = new Fullest(instance, o);
    return groups.flatMap((_group, g) => search.around(g).map((filling) => ({ candidate: o, filling })));
  });
}

/** Replicas per node if the largest candidate could be filled to the brim in its scarcest resource. */
function perNode({ groups, resources, need, capacity, candidates }: Instance): number {
  let replicas = 0;
  for (const group of groups) replicas += group.replicas;
  let nodes = 0;
  for (let r = 0; r < resources; r++) {
    let asked = 0;
    groups.forEach((group, g) => (asked += group.replicas * (need[g * resources + r] ?? 0)));
    let have = 0;
    candidates.forEach((_, o) => (have = Math.max(have, capacity[o * resources + r] ?? 0)));
    if (have > 0) nodes = Math.max(nodes, asked / have);
  }
  return nodes > 0 ? replicas / nodes : Infinity;
}

class Fullest {
  private readonly instance: Instance;
  private readonly o: number;
  private readonly scarce: readonly number[];
  private readonly room: Float64Array;
  private readonly size: Float64Array;
  private readonly others: readonly number[];
  private readonly takes: Int32Array;
  private kept: { full: number; filling: Int32Array }[] = [];
  private leaves = 0;

  constructor(instance: Instance, o: number) {
    const { groups, resources, need, capacity } = instance;
    this.instance = instance;
    this.o = o;
    this.scarce = Array.from({ length: resources }, (_, r) => r).filter((r) =>
      groups.some((_g, g) => (need[g * resources + r] ?? 0) > 0 && (capacity[o * resources + r] ?? 0) < 1e15),
    );
    this.room = new Float64Array(resources);
    this.size = Float64Array.from(groups, (_, g) =>
      this.scarce.reduce(
        (sum, r) => sum + (need[g * resources + r] ?? 0) / Math.max(capacity[o * resources + r] ?? 0, 1e-9),
        0,
      ),
    );
    this.others = [...groups.keys()]
      .filter((g) => this.fits(g) > 0)
      .toSorted((a, b) => (this.size[b] ?? 0) - (this.size[a] ?? 0) || a - b);
    this.takes = new Int32Array(groups.length);
  }

  around(g: number): Int32Array[] {
    const { instance, o } = this;
    if (this.fits(g) === 0) return [];
    this.kept = [];
    this.leaves = 0;
    for (const r of this.scarce) this.room[r] = (instance.capacity[o * instance.resources + r] as number) * (1 + 1e-9);
    this.take(g, 1);
    this.descend(0, this.size[g] as number);
    this.take(g, -1);
    return this.kept.map((k) => k.filling);
  }

  private descend(from: number, full: number): void {
    let any = false;
    for (let i = from; i < this.others.length; i++) {
      const g = this.others[i] as number;
      if (!this.roomFor(g)) continue;
      any = true;
      this.take(g, 1);
      this.descend(i, full + (this.size[g] as number));
      this.take(g, -1);
      if (this.leaves > LEAVES) return;
    }
    if (any) return;
    this.leaves++;
    const last = this.kept.at(-1);
    if (this.kept.length === KEPT && last && last.full >= full) return;
    this.kept.push({ full, filling: this.takes.slice() });
    this.kept.sort((a, b) => b.full - a.full);
    this.kept.length = Math.min(this.kept.length, KEPT);
  }

  private roomFor(g: number): boolean {
    const { need, resources } = this.instance;
    if ((this.takes[g] as number) >= Math.min(this.fits(g), this.instance.groups[g]?.replicas ?? 0)) return false;
    for (let k = 0; k < this.scarce.length; k++) {
      const r = this.scarce[k] as number;
      if ((need[g * resources + r] as number) > (this.room[r] as number)) return false;
    }
    return true;
  }

  private take(g: number, n: number): void {
    const { need, resources } = this.instance;
    for (const r of this.scarce) this.room[r] = (this.room[r] as number) - n * (need[g * resources + r] as number);
    this.takes[g] = (this.takes[g] as number) + n;
  }

  private fits(g: number): number {
    return this.instance.fits[g * this.instance.candidates.length + this.o] as number;
  }
}
