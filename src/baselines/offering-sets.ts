/**
 * Sets of offerings, each known by a number: what a node may still become, or where a group may run.
 *
 * Schedulers narrow such sets all the time, and meet the same few again and again: a set is stored once, and what is
 * asked of it (its members, its largest nodes, its cheapest first) is worked out once.
 */
export class OfferingSets {
  /** the set without members */
  readonly empty = 0;
  private readonly words: number;
  private readonly capacity: Float64Array;
  private readonly price: Float64Array;
  private readonly atMost: Float64Array;
  private readonly resources: number;
  private readonly bits: Uint32Array[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly meets = new Map<number, number>();
  private readonly memberLists: (Int32Array | undefined)[] = [];
  private readonly fronts: (Float64Array | undefined)[] = [];
  private readonly ladders: (Int32Array | undefined)[] = [];

  /**
   * @param capacity resource r of offering o at [o × resources + r]
   * @param price $/h of a node of offering o
   * @param atMost nodes of offering o that can be had, Infinity where there is no limit
   */
  constructor(capacity: Float64Array, price: Float64Array, atMost: Float64Array, resources: number) {
    this.capacity = capacity;
    this.price = price;
    this.atMost = atMost;
    this.resources = resources;
    this.words = Math.max(1, Math.ceil(price.length / 32));
    this.intern(new Uint32Array(this.words));
  }

  of(offerings: Iterable<number>): number {
    const bits = new Uint32Array(this.words);
    for (const o of offerings) bits[o >>> 5] = (bits[o >>> 5] as number) | (1 << (o & 31));
    return this.intern(bits);
  }

  has(set: number, offering: number): boolean {
    return (((this.bits[set] as Uint32Array)[offering >>> 5] as number) & (1 << (offering & 31))) !== 0;
  }

  /** What two sets share. */
  meet(a: number, b: number): number {
    if (a === b) return a;
    const key = a < b ? a * 0x4000000 + b : b * 0x4000000 + a;
    const known = this.meets.get(key);
    if (known !== undefined) return known;
    const [x, y] = [this.bits[a] as Uint32Array, this.bits[b] as Uint32Array];
    const shared = this.intern(x.map((word, i) => word & (y[i] as number)));
    this.meets.set(key, shared);
    return shared;
  }

  /** Its offerings, by number. */
  members(set: number): Int32Array {
    return (this.memberLists[set] ??= Int32Array.from(membersOf(this.bits[set] as Uint32Array)));
  }

  /**
   * The capacities of its largest nodes, row after row: those that no other of the set exceeds in every resource. What
   * fits on some node of the set fits on one of these.
   */
  front(set: number): Float64Array {
    return (this.fronts[set] ??= this.frontOf(set));
  }

  /**
   * Its offerings by price, then by number, without those that a cheaper one without limit equals in every resource:
   * the first that fits is the cheapest that fits.
   */
  ladder(set: number): Int32Array {
    return (this.ladders[set] ??= this.ladderOf(set));
  }

  private intern(bits: Uint32Array): number {
    const key = bits.join();
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    this.byKey.set(key, this.bits.length);
    return this.bits.push(bits) - 1;
  }

  private frontOf(set: number): Float64Array {
    const kept: number[] = [];
    // larger first: what beats another is then met before it
    const size = (o: number): number => this.capacity[o * this.resources] as number;
    for (const o of [...this.members(set)].toSorted((a, b) => size(b) - size(a) || a - b)) {
      if (kept.some((k) => this.holdsAllOf(k, o))) continue;
      for (let i = kept.length - 1; i >= 0; i--) if (this.holdsAllOf(o, kept[i] as number)) kept.splice(i, 1);
      kept.push(o);
    }
    const rows = new Float64Array(kept.length * this.resources);
    kept.forEach((o, i) =>
      rows.set(this.capacity.subarray(o * this.resources, (o + 1) * this.resources), i * this.resources),
    );
    return rows;
  }

  private ladderOf(set: number): Int32Array {
    const kept: number[] = [];
    const price = (o: number): number => this.price[o] as number;
    for (const o of [...this.members(set)].toSorted((a, b) => price(a) - price(b) || a - b))
      if (!kept.some((k) => this.atMost[k] === Infinity && this.holdsAllOf(k, o))) kept.push(o);
    return Int32Array.from(kept);
  }

  private holdsAllOf(a: number, b: number): boolean {
    for (let r = 0; r < this.resources; r++)
      if ((this.capacity[a * this.resources + r] as number) < (this.capacity[b * this.resources + r] as number))
        return false;
    return true;
  }
}

function* membersOf(bits: Uint32Array): Generator<number> {
  for (let w = 0; w < bits.length; w++)
    for (let word = bits[w] as number; word !== 0; word &= word - 1) yield w * 32 + 31 - Math.clz32(word & -word);
}
