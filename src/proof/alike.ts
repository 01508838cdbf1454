import { HAIR, type Scene } from './scene.ts';
import { Search } from './search.ts';
import { Table } from './table.ts';

/** A node of one offering, as a knapsack. */
export interface Node {
  readonly o: number;
  /** $/h that its filling may be worth */
  readonly enough: number;
  /** of each resource that the items take */
  readonly capacity: Float64Array;
}

/** What can be on the nodes of offerings on which every group is worth the same: the items of their knapsacks. */
export class Alike {
  private readonly scene: Scene;
  private readonly groups: readonly number[];
  private readonly resources: readonly number[];
  private readonly worth: Float64Array;
  private readonly need: Float64Array;
  /** most of each on one node, whatever the node */
  private readonly most: Float64Array;
  /** what all of them together take of each resource */
  private readonly whole: Float64Array;
  private readonly knapsack: Search;

  /**
   * @param worths $/h of one replica of each group
   * @param needed replicas of each group
   */
  constructor(scene: Scene, worths: Float64Array, needed: readonly number[]) {
    const width = scene.resources.length;
    const needOf = (g: number, r: number): number => scene.need[g * width + r] as number;
    this.scene = scene;
    this.groups = [...worths.keys()].filter((g) => (worths[g] as number) > 0 && (needed[g] ?? 0) > 0);
    this.resources = [...scene.resources.keys()].filter((r) => this.groups.some((g) => needOf(g, r) > 0));
    this.worth = Float64Array.from(this.groups, (g) => worths[g] as number);
    this.need = Float64Array.from(this.groups.flatMap((g) => this.resources.map((r) => needOf(g, r))));
    this.most = Float64Array.from(this.groups, (g) =>
      Math.min(needed[g] ?? 0, scene.groups[g]?.perNodeAtMost ?? Infinity),
    );
    this.whole = Float64Array.from(this.resources, (r) =>
      this.groups.reduce((sum, g, i) => sum + (this.most[i] as number) * needOf(g, r), 0),
    );
    this.knapsack = new Search(this.items);
  }

  private get items(): ConstructorParameters<typeof Search>[0] {
    return { count: this.groups.length, resources: this.resources.length, worth: this.worth, need: this.need };
  }

  node(o: number, enough: number): Node {
    const width = this.scene.resources.length;
    const capacity = Float64Array.from(this.resources, (r, at) =>
      Math.min((this.scene.have[o * width + r] as number) * (1 + HAIR), this.whole[at] as number),
    );
    return { o, enough, capacity };
  }

  /** What multipliers prove of a node; no lower than it needs to be. */
  bound({ capacity, enough }: Node): number {
    return this.knapsack.bound(capacity, this.mostOn(capacity), enough);
  }

  /** @param nodes the last of which the multipliers were asked about */
  table(nodes: readonly Node[]): Table | undefined {
    const largest = Float64Array.from(this.resources, (_, r) =>
      nodes.reduce((most, { capacity }) => Math.max(most, capacity[r] as number), 0),
    );
    return Table.of(this.items, this.mostOn(largest), largest, this.knapsack.byImportance());
  }

  search({ capacity, enough }: Node, steps: number): ReturnType<Search['run']> {
    return this.knapsack.run(capacity, this.mostOn(capacity), enough, steps);
  }

  /** A filling in words, and what it is worth. */
  told(counts: readonly number[]): { readonly usd: number; readonly filling: string } {
    const parts = counts.flatMap((n, i) => (n > 0 ? [`${n} × ${this.scene.groups[this.groups[i] ?? -1]?.name}`] : []));
    return { usd: counts.reduce((sum, n, i) => sum + n * (this.worth[i] as number), 0), filling: parts.join(' + ') };
  }

  /** How many of each one node holds alone. */
  private mostOn(capacity: Float64Array): Float64Array {
    return this.most.map((most, i) => {
      let n = most;
      for (let r = 0; r < capacity.length; r++) {
        const need = this.need[i * capacity.length + r] as number;
        if (need > 0) n = Math.min(n, Math.floor((capacity[r] as number) / need + HAIR));
      }
      return n;
    });
  }
}
