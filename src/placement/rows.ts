import type { Instance } from './instance.ts';
import type { Group } from './problem.ts';

export interface Entry {
  readonly row: number;
  readonly value: number;
}

export interface Row {
  /** what the rule is called in certificates: `group/gateway/eu`, `vendorShareAtMost/aws`, `available/<offering>` */
  readonly name: string;
  readonly lower: number;
  readonly upper: number;
  /** rows of one such name are each other's like in zones that are; absent = there is none like it */
  readonly like?: string;
}

export interface Auxiliary {
  readonly kind: 'missing' | 'smallest-zone' | 'credit' | 'load-share' | 'flow' | 'kept';
  /** group index for `missing`, `smallest-zone` and `load-share`, candidate index for `kept` */
  readonly of: number;
  /** $/h for each unit */
  readonly cost: number;
  readonly upper: number;
  readonly entries: readonly Entry[];
}

/** A row that is open to one side. */
export const FREE = Infinity;

/** Gathers the rows of the master problem, what replicas and nodes put into them, and the columns beside. */
export class Builder {
  readonly rows: Row[] = [];
  readonly nodeTerms: Entry[][];
  readonly replicaTerms: Entry[][];
  readonly auxiliary: Auxiliary[] = [];
  readonly instance: Instance;
  private readonly only: number | undefined;

  /** @param only rows of this group alone */
  constructor(instance: Instance, only?: number) {
    this.instance = instance;
    this.only = only;
    this.nodeTerms = instance.candidates.map(() => []);
    this.replicaTerms = Array.from({ length: instance.groups.length * instance.locations.length }, () => []);
  }

  eachGroup(visit: (group: Group, g: number) => void): void {
    this.instance.groups.forEach((group, g) => {
      if (this.only === undefined || this.only === g) visit(group, g);
    });
  }

  /** @param like see {@link Row} */
  row(name: string, lower: number, upper: number, like?: string): number {
    this.rows.push({ name, lower, upper, ...(like !== undefined && { like }) });
    return this.rows.length - 1;
  }

  replica(g: number, l: number, row: number, value: number): void {
    this.replicaTerms[g * this.instance.locations.length + l]?.push({ row, value });
  }

  node(o: number, row: number, value: number): void {
    this.nodeTerms[o]?.push({ row, value });
  }

  /** a missing replica of group g also counts in this row */
  alsoMissing(g: number, entry: Entry): void {
    const at = this.auxiliary.findIndex((a) => a.kind === 'missing' && a.of === g);
    const column = this.auxiliary[at];
    if (column) this.auxiliary[at] = { ...column, entries: [...column.entries, entry] };
  }

  /** The zone, by `provider/region/zone`, that stands for this one and those like it. */
  zoneLike(zone: string): string {
    return this.instance.symmetry.zoneLike.get(zone) ?? zone;
  }

  /** The offering that stands for candidate o and those like it. */
  offeringLike(o: number): string {
    const { symmetry, candidates } = this.instance;
    return candidates[symmetry.like[o] ?? o]?.id ?? '';
  }

  /** locations where group g may have replicas */
  locationsOf(g: number): number[] {
    const { candidates, fits, locationOf } = this.instance;
    const found = new Set<number>();
    for (let o = 0; o < candidates.length; o++) {
      if ((fits[g * candidates.length + o] ?? 0) > 0) found.add(locationOf[o] ?? 0);
    }
    return [...found].toSorted((a, b) => a - b);
  }
}
