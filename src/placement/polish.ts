import { billOf } from './cost.ts';
import type { Instance } from './instance.ts';
import type { Candidate, Problem } from './problem.ts';
import { fitsOn } from './fits.ts';
import { groupRulesHold } from './standing.ts';
import type { Whole } from './dive.ts';

/** Nodes of one candidate, filled alike. */
export interface FilledNodes {
  readonly candidate: number;
  readonly count: number;
  readonly filling: Int32Array;
}

/** So many replicas of a group onto another node. */
interface Move {
  readonly into: Node;
  readonly g: number;
  readonly n: number;
}

/** Entries with more nodes than this are well filled already and stay as they are. */
const SINGLES = 3;
/** Loose nodes among which pairs are tried: the square of it are looked at. */
const MERGED = 60;

/**
 * Takes out what rounding up has put in too much: spare replicas that no rule needs, nodes that others have room for,
 * and types larger than their content. What a move could break is counted anew before it is kept: the bill, vendor
 * shares, and where replicas leave their location the rules on where their group stands.
 */
export function polish(problem: Problem, instance: Instance, whole: Pick<Whole, 'nodes'>): readonly FilledNodes[] {
  const state = new State(problem, instance, whole);
  state.trimSpares();
  state.emptyNodes();
  state.mergePairs();
  state.rightsize();
  return state.result();
}

interface Node {
  candidate: number;
  filling: Int32Array;
  gone: boolean;
}

class State {
  private readonly problem: Problem;
  private readonly instance: Instance;
  private readonly bulk: FilledNodes[] = [];
  private readonly singles: Node[] = [];
  private readonly counts: Int32Array;
  /** replicas of group g in location l at [g × locations + l] */
  private readonly standing: Int32Array;
  private bill: number;

  constructor(problem: Problem, instance: Instance, whole: Pick<Whole, 'nodes'>) {
    this.problem = problem;
    this.instance = instance;
    this.counts = new Int32Array(instance.candidates.length);
    this.standing = new Int32Array(instance.groups.length * instance.locations.length);
    for (const { pattern, count } of whole.nodes) {
      const l = instance.locationOf[pattern.candidate] ?? 0;
      pattern.filling.forEach((n, g) => {
        const at = g * instance.locations.length + l;
        this.standing[at] = (this.standing[at] ?? 0) + n * count;
      });
    }
    for (const { pattern, count } of whole.nodes) {
      this.counts[pattern.candidate] = (this.counts[pattern.candidate] ?? 0) + count;
      if (count > SINGLES) this.bulk.push({ candidate: pattern.candidate, count, filling: pattern.filling });
      else {
        for (let i = 0; i < count; i++) {
          this.singles.push({ candidate: pattern.candidate, filling: pattern.filling.slice(), gone: false });
        }
      }
    }
    this.bill = this.billed();
  }

  /** Replicas beyond the need that no spread or loss rule asks for, from the emptiest nodes first. */
  trimSpares(): void {
    const { groups, locationOf } = this.instance;
    groups.forEach((group, g) => {
      const here = this.inLocation(g);
      let total = here.reduce((sum, n) => sum + n, 0);
      if (total <= group.replicas) return;
      for (const node of this.loosest()) {
        const l = locationOf[node.candidate] ?? 0;
        while (total > group.replicas && (node.filling[g] ?? 0) > 0) {
          here[l] = (here[l] ?? 0) - 1;
          if (groupRulesHold(this.instance, g, here) !== undefined) {
            here[l] = (here[l] ?? 0) + 1;
            break;
          }
          node.filling[g] = (node.filling[g] ?? 0) - 1;
          total--;
        }
      }
    });
  }

  /** Nodes whose replicas find room on others, the emptiest first. */
  emptyNodes(): void {
    const loosest = this.loosest();
    for (const node of loosest) {
      const least = this.instance.candidates[node.candidate]?.atLeast ?? 0;
      if ((this.counts[node.candidate] ?? 0) <= least) continue;
      const moves = this.roomFor(node, loosest);
      if (!moves) continue;
      this.count(node.candidate, -1);
      const bill = this.billed();
      if (bill > this.bill + 1e-12 || !this.sharesHold()) {
        this.count(node.candidate, 1);
        continue;
      }
      this.bill = bill;
      node.gone = true;
      for (const { into, g, n } of moves) {
        into.filling[g] = (into.filling[g] ?? 0) + n;
        this.moved(g, node.candidate, into.candidate, n);
      }
    }
  }

  /** Each node on the cheapest candidate of its location that still holds its content. */
  rightsize(): void {
    const { candidates, locationOf } = this.instance;
    for (const node of this.singles) {
      const now = node.candidate;
      if (node.gone || (this.counts[now] ?? 0) <= (candidates[now]?.atLeast ?? 0)) continue;
      const price = candidates[now]?.usdPerHour ?? 0;
      for (let o = 0; o < candidates.length; o++) {
        const c = candidates[o];
        // a dearer list price can still be the smaller bill: a commitment may cover it
        if (!c || o === node.candidate || locationOf[o] !== locationOf[now] || c.usdPerHour >= price * 1.5) continue;
        if ((c.atMost ?? Infinity) <= (this.counts[o] ?? 0) || !this.holds(o, node.filling)) continue;
        const before = node.candidate;
        this.count(before, -1);
        this.count(o, 1);
        const bill = this.billed();
        if (bill < this.bill - 1e-9 && this.sharesHold()) {
          this.bill = bill;
          node.candidate = o;
        } else {
          this.count(before, 1);
          this.count(o, -1);
        }
      }
    }
  }

  /** Two nodes of a location into one that costs less than both, the emptiest first. */
  mergePairs(): void {
    const loosest = this.loosest().slice(0, MERGED);
    for (const a of loosest) {
      for (const b of loosest) {
        if (a === b || a.gone || b.gone) continue;
        if (this.instance.locationOf[a.candidate] !== this.instance.locationOf[b.candidate]) continue;
        this.merge(a, b);
      }
    }
  }

  private merge(a: Node, b: Node): void {
    const { candidates, locationOf } = this.instance;
    const filling = a.filling.map((n, g) => n + (b.filling[g] ?? 0));
    const price = (candidates[a.candidate]?.usdPerHour ?? 0) + (candidates[b.candidate]?.usdPerHour ?? 0);
    const [from, also] = [a.candidate, b.candidate];
    if (![from, also].every((o) => (this.counts[o] ?? 0) > (candidates[o]?.atLeast ?? 0))) return;
    this.count(from, -1);
    this.count(also, -1);
    let best = -1;
    let bill = this.bill - 1e-9;
    for (let o = 0; o < candidates.length; o++) {
      const c = candidates[o];
      if (!c || locationOf[o] !== locationOf[from] || c.usdPerHour > price) continue;
      if ((c.atMost ?? Infinity) <= (this.counts[o] ?? 0) || !this.holds(o, filling)) continue;
      this.count(o, 1);
      const trial = this.billed();
      if (trial < bill && this.sharesHold()) {
        bill = trial;
        best = o;
      }
      this.count(o, -1);
    }
    if (best < 0) {
      this.count(from, 1);
      this.count(also, 1);
      return;
    }
    this.count(best, 1);
    this.bill = bill;
    a.candidate = best;
    a.filling = filling;
    b.gone = true;
  }

  result(): readonly FilledNodes[] {
    const merged = new Map<string, { candidate: number; count: number; filling: Int32Array }>();
    for (const n of [...this.bulk, ...this.singles.filter((s) => !s.gone).map((s) => ({ ...s, count: 1 }))]) {
      const key = `${n.candidate}:${n.filling.join(',')}`;
      const known = merged.get(key);
      if (known) known.count += n.count;
      else merged.set(key, { candidate: n.candidate, count: n.count, filling: n.filling });
    }
    return [...merged.values()];
  }

  /**
   * Where all of a node's replicas could go: its own location first, then others that egress does not tell apart. The
   * groups' rules on where they stand are counted anew for every replica that changes location.
   */
  private roomFor(node: Node, among: readonly Node[]): Move[] | undefined {
    const others = among.filter((s) => s !== node && !s.gone && this.near(s, node));
    const here = this.instance.locationOf[node.candidate];
    const order = others.toSorted(
      (a, b) =>
        Number(this.instance.locationOf[b.candidate] === here) - Number(this.instance.locationOf[a.candidate] === here),
    );
    const trial = new Map<Node, Int32Array>();
    const moves: Move[] = [];
    for (let g = 0; g < node.filling.length; g++) {
      let left = node.filling[g] ?? 0;
      for (const into of order) {
        if (left === 0) break;
        const filling = trial.get(into) ?? into.filling.slice();
        let n = 0;
        while (left > 0) {
          filling[g] = (filling[g] ?? 0) + 1;
          if (!this.holds(into.candidate, filling)) {
            filling[g] = (filling[g] ?? 0) - 1;
            break;
          }
          left--;
          n++;
        }
        if (n === 0) continue;
        trial.set(into, filling);
        moves.push({ into, g, n });
      }
      if (left > 0) return undefined;
    }
    return this.rulesHoldAfter(node, moves) ? moves : undefined;
  }

  private rulesHoldAfter(node: Node, moves: readonly Move[]): boolean {
    const { locationOf } = this.instance;
    const away = moves.filter((m) => locationOf[m.into.candidate] !== locationOf[node.candidate]);
    for (const { into, g, n } of away) this.moved(g, node.candidate, into.candidate, n);
    const hold = [...new Set(away.map((m) => m.g))].every(
      (g) => groupRulesHold(this.instance, g, this.inLocation(g)) === undefined,
    );
    for (const { into, g, n } of away) this.moved(g, into.candidate, node.candidate, n);
    return hold;
  }

  /** Whether replicas may change between two nodes without changing what egress costs. */
  private near(a: Node, b: Node): boolean {
    const { candidates, locationOf } = this.instance;
    if (locationOf[a.candidate] === locationOf[b.candidate]) return true;
    const [x, y] = [candidates[a.candidate], candidates[b.candidate]];
    if (!x || !y) return false;
    return this.problem.rules.flows.length === 0 || (x.provider === y.provider && x.region === y.region);
  }

  /** Loose nodes, the emptiest first. */
  private loosest(): Node[] {
    const full = new Map(this.singles.map((s) => [s, s.gone ? 0 : this.fullness(s)]));
    return this.singles.filter((s) => !s.gone).toSorted((a, b) => (full.get(a) ?? 0) - (full.get(b) ?? 0));
  }

  /** Replicas of a group in each location. */
  private inLocation(g: number): Int32Array {
    const width = this.instance.locations.length;
    return this.standing.subarray(g * width, (g + 1) * width);
  }

  private moved(g: number, from: number, to: number, n: number): void {
    const { locationOf } = this.instance;
    const here = this.inLocation(g);
    here[locationOf[from] ?? 0] = (here[locationOf[from] ?? 0] ?? 0) - n;
    here[locationOf[to] ?? 0] = (here[locationOf[to] ?? 0] ?? 0) + n;
  }

  private holds(o: number, filling: Int32Array): boolean {
    return fitsOn(this.instance, o, filling);
  }

  /** The fullest resource of a node, 0 to 1. */
  private fullness(node: Node): number {
    const { resources, need, capacity } = this.instance;
    let most = 0;
    for (let r = 0; r < resources; r++) {
      let used = 0;
      for (let g = 0; g < node.filling.length; g++) used += (node.filling[g] ?? 0) * (need[g * resources + r] ?? 0);
      most = Math.max(most, used / Math.max(capacity[node.candidate * resources + r] ?? 0, 1e-9));
    }
    return most;
  }

  private count(o: number, by: number): void {
    this.counts[o] = (this.counts[o] ?? 0) + by;
  }

  /** The bill, and what starting nodes and opening pools costs where the problem weighs that. */
  private billed(): number {
    const { change } = this.problem;
    const launch = change ? change.launchUsd / change.horizonHours : 0;
    const open = change ? (change.openUsd ?? 0) / change.horizonHours : 0;
    const nodes: { candidate: Candidate; count: number }[] = [];
    let launches = 0;
    let opened = 0;
    this.instance.candidates.forEach((candidate, o) => {
      const count = this.counts[o] ?? 0;
      if (count > 0) nodes.push({ candidate, count });
      launches += Math.max(0, count - (this.instance.running[o] ?? 0));
      if (count > 0 && (this.instance.running[o] ?? 0) === 0) opened++;
    });
    return billOf(this.problem, nodes).usdPerHour + launches * launch + opened * open;
  }

  private sharesHold(): boolean {
    const shares = this.problem.rules.vendorShareAtMost;
    if (shares.size === 0) return true;
    const byProvider = new Map<string, number>();
    let total = 0;
    this.instance.candidates.forEach((c, o) => {
      const usd = c.usdPerHour * (this.counts[o] ?? 0);
      byProvider.set(c.provider, (byProvider.get(c.provider) ?? 0) + usd);
      total += usd;
    });
    return [...shares].every(([provider, most]) => (byProvider.get(provider) ?? 0) <= most * total + 1e-9);
  }
}
