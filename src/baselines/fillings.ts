/**
 * How many of which group's replicas stand on each of many nodes, and what they use together: flat arrays, since there
 * may be hundreds of thousands of nodes.
 */
export class Fillings {
  count = 0;
  pods: Int32Array<ArrayBuffer> = new Int32Array(64);
  /** resource r used on node i at [i × resources + r] */
  used: Float64Array<ArrayBuffer>;
  private readonly resources: number;
  private readonly need: Float64Array;
  /** first entry of a node's list, −1 at its end */
  private head = new Int32Array(64);
  private entries = 0;
  private group = new Int32Array(256);
  private replicas = new Int32Array(256);
  private next = new Int32Array(256);

  constructor(resources: number, need: Float64Array) {
    this.resources = resources;
    this.need = need;
    this.used = new Float64Array(64 * resources);
  }

  /** An empty node; its number. */
  add(): number {
    const i = this.count++;
    if (i >= this.pods.length) {
      this.pods = doubled(this.pods);
      this.head = doubled(this.head);
      this.used = doubled(this.used);
    }
    this.head[i] = -1;
    return i;
  }

  put(i: number, g: number, n: number): void {
    this.pods[i] = (this.pods[i] as number) + n;
    for (let r = 0; r < this.resources; r++) {
      const at = i * this.resources + r;
      this.used[at] = (this.used[at] as number) + n * (this.need[g * this.resources + r] as number);
    }
    for (let e = this.head[i] as number; e >= 0; e = this.next[e] as number) {
      if (this.group[e] !== g) continue;
      this.replicas[e] = (this.replicas[e] as number) + n;
      return;
    }
    this.push(i, g, n);
  }

  /** Replicas of g on node i. */
  of(i: number, g: number): number {
    for (let e = this.head[i] as number; e >= 0; e = this.next[e] as number)
      if (this.group[e] === g) return this.replicas[e] as number;
    return 0;
  }

  each(i: number, visit: (g: number, n: number) => void): void {
    for (let e = this.head[i] as number; e >= 0; e = this.next[e] as number)
      if ((this.replicas[e] as number) > 0) visit(this.group[e] as number, this.replicas[e] as number);
  }

  private push(i: number, g: number, n: number): void {
    const e = this.entries++;
    if (e >= this.group.length) {
      this.group = doubled(this.group);
      this.replicas = doubled(this.replicas);
      this.next = doubled(this.next);
    }
    this.group[e] = g;
    this.replicas[e] = n;
    this.next[e] = this.head[i] as number;
    this.head[i] = e;
  }
}

type Numbers = Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** The same numbers with as much room again after them. */
export function doubled<T extends Numbers>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(array.length * 2);
  larger.set(array);
  return larger;
}
