import type { Market } from '../market.ts';
import { nothing, roomFor } from '../room.ts';
import { emptyRun, put, type Load, type Run } from '../runs.ts';

/** What scaling up one node group would do. */
export interface Estimate {
  readonly offering: number;
  readonly nodes: number;
  /** replicas of each load that would be placed */
  readonly placed: Float64Array;
}

/**
 * How many nodes of one offering the loads need, as Cluster Autoscaler's binpacking estimator counts them.
 *
 * Groups of equal pods come by falling score, cpu ÷ node cpu + memory ÷ node memory. Each pod looks for room on the nodes
 * opened so far, and the search starts behind the node that was found last, so that pods go round; when none has room, a
 * node is opened, up to `most`. Equal nodes are kept as one row with a count: the outcome is that of pod by pod.
 *
 * Source: kubernetes/autoscaler, cluster-autoscaler/estimator/binpacking_estimator.go, decreasing_pod_orderer.go and
 * simulator/clustersnapshot/predicate (the order in which nodes are searched), as of early 2026.
 *
 * @param loads those that may use the offering and fit on it, in the order of {@link byScore}
 * @param record told the nodes with what stands on each; costs time, so only for the estimate that is chosen
 */
export function estimate(
  market: Market,
  offering: number,
  loads: readonly Load[],
  most: number,
  record?: (run: Run) => void,
): Estimate {
  const packing = new Packing(market, offering, loads, record !== undefined);
  let permits = most;
  const placed = new Float64Array(loads.length);
  for (let l = 0; l < loads.length; l++) {
    const { replicas } = loads[l] as Load;
    const there = packing.goRound(l, replicas);
    const opened = packing.open(l, replicas - there, permits);
    permits -= opened.nodes;
    placed[l] = there + opened.replicas;
  }
  if (record) packing.report(record);
  return { offering, nodes: most - permits, placed };
}

/** Loads in the order in which an estimate for the offering takes them; equals as they come, where Go's sort takes any. */
export function byScore(market: Market, offering: number, loads: readonly Load[]): Load[] {
  const { need, capacity, resources } = market;
  const cpu = capacity[offering * resources] as number;
  const memory = capacity[offering * resources + 1] as number;
  const score = ({ group }: Load): number =>
    (cpu > 0 ? (need[group * resources] as number) / cpu : 0) +
    (memory > 0 ? (need[group * resources + 1] as number) / memory : 0);
  return loads.toSorted((a, b) => score(b) - score(a));
}

interface Rows {
  size: number;
  readonly count: Float64Array;
  readonly used: Float64Array;
  /** pairs of group and replicas on each node, kept only when recording */
  readonly filling: number[][];
}

/** Rows of equal nodes in the order they were opened; those no later pod fits on are set aside. */
class Packing {
  private readonly market: Market;
  private readonly offering: number;
  private readonly loads: readonly Load[];
  private readonly recording: boolean;
  private rows: Rows;
  private next: Rows;
  private readonly done: { readonly count: number; readonly filling: readonly number[] }[] = [];
  /** nodes before the one where the next search starts */
  private cursor = 0;
  /** the least that any load from step s on asks for, at [s × resources + r] */
  private readonly least: Float64Array;
  private readonly room: Float64Array;
  private readonly extra: Float64Array;
  private readonly scratch: Float64Array;

  constructor(market: Market, offering: number, loads: readonly Load[], recording: boolean) {
    this.market = market;
    this.offering = offering;
    this.loads = loads;
    this.recording = recording;
    // a pass cuts a row where the search starts and where it ends, and opens two
    const most = 4 * loads.length + 8;
    const rows = (): Rows => ({
      size: 0,
      count: new Float64Array(most),
      used: new Float64Array(most * market.resources),
      filling: [],
    });
    this.rows = rows();
    this.next = rows();
    this.room = new Float64Array(most);
    this.extra = new Float64Array(most);
    this.scratch = nothing(market);
    this.least = leastFrom(market, loads);
  }

  /** Sends pods of the step's load round the open nodes; how many found room. */
  goRound(step: number, pods: number): number {
    if (pods === 0 || !this.anyRoom(step)) return 0;
    const start = this.cutAtCursor();
    const { rows, room, extra } = this;
    const { group } = this.loadAt(step);
    const { market, offering } = this;
    const cap = market.perNode[group] as number;
    let all = 0;
    let largest = 0;
    for (let i = 0; i < rows.size; i++) {
      const fits = roomFor(market, group, market.capacity, offering, rows.used, i * market.resources);
      const here = Math.min(fits, cap);
      room[i] = here;
      extra[i] = 0;
      all += here * (rows.count[i] as number);
      if (here > largest) largest = here;
    }
    const rounds = pods >= all ? largest : this.fullRounds(pods, largest);
    let rest = pods >= all ? 0 : pods - this.placedIn(rounds);
    const placed = Math.min(pods, all);
    let last = -1;
    let lastOffset = 0;
    for (let j = 0; j < rows.size && rest > 0; j++) {
      const i = (start + j) % rows.size;
      if ((room[i] as number) <= rounds) continue;
      const here = Math.min(rest, rows.count[i] as number);
      extra[i] = here;
      rest -= here;
      [last, lastOffset] = [i, here];
    }
    // no pods left over after whole rounds: the last of a round is the one just before where it began
    for (let j = rows.size - 1; j >= 0 && last < 0; j--) {
      const i = (start + j) % rows.size;
      if ((room[i] as number) >= rounds) [last, lastOffset] = [i, rows.count[i] as number];
    }
    let before = lastOffset;
    for (let i = 0; i < last; i++) before += rows.count[i] as number;
    this.settle(step, rounds, before);
    return placed;
  }

  /** Opens nodes for pods that found no room: each is filled before the next is opened. */
  open(step: number, pods: number, permits: number): { readonly nodes: number; readonly replicas: number } {
    const { market, offering, rows } = this;
    const { group } = this.loadAt(step);
    const fits = roomFor(market, group, market.capacity, offering, nothing(market), 0);
    const each = Math.min(fits, market.perNode[group] as number);
    if (pods <= 0 || permits <= 0 || each <= 0) return { nodes: 0, replicas: 0 };
    const nodes = Math.min(permits, Math.ceil(pods / each));
    const replicas = Math.min(pods, nodes * each);
    const full = Math.floor(replicas / each);
    this.scratch.fill(0);
    if (full > 0) this.emit(rows, step, full, this.scratch, 0, undefined, each);
    if (replicas > full * each) this.emit(rows, step, 1, this.scratch, 0, undefined, replicas - full * each);
    return { nodes, replicas };
  }

  report(record: (run: Run) => void): void {
    const { rows, market } = this;
    const open = Array.from({ length: rows.size }, (_, i) => ({
      count: rows.count[i] as number,
      filling: rows.filling[i] ?? [],
    }));
    for (const { count, filling } of [...this.done, ...open]) {
      const run = emptyRun(market, this.offering, count);
      for (let k = 0; k < filling.length; k += 2) put(market, run, filling[k] as number, filling[k + 1] as number);
      record(run);
    }
  }

  private loadAt(step: number): Load {
    return this.loads[step] as Load;
  }

  private anyRoom(step: number): boolean {
    const { rows, market } = this;
    const { group } = this.loadAt(step);
    for (let i = 0; i < rows.size; i++)
      if (roomFor(market, group, market.capacity, this.offering, rows.used, i * market.resources) > 0) return true;
    return false;
  }

  /** Cuts the row that the search starts inside of, so that it starts with a row; which one. */
  private cutAtCursor(): number {
    const { rows, next } = this;
    let before = 0;
    let start = 0;
    next.size = 0;
    for (let i = 0; i < rows.size; i++) {
      const count = rows.count[i] as number;
      const inside = this.cursor - before;
      if (inside === 0) start = next.size;
      if (inside > 0 && inside < count) {
        this.copy(i, inside);
        start = next.size;
        this.copy(i, count - inside);
      } else this.copy(i, count);
      before += count;
    }
    if (this.cursor >= before) this.cursor = 0;
    [this.rows, this.next] = [next, rows];
    return start;
  }

  private copy(row: number, count: number): void {
    const { rows, next, market } = this;
    const to = next.size++;
    next.count[to] = count;
    for (let r = 0; r < market.resources; r++)
      next.used[to * market.resources + r] = rows.used[row * market.resources + r] as number;
    if (this.recording) next.filling[to] = rows.filling[row] as number[];
  }

  /** Most rounds, each a pod to every node with room, that so many pods last for. */
  private fullRounds(pods: number, largest: number): number {
    let [low, high] = [0, largest];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.placedIn(middle) <= pods) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private placedIn(rounds: number): number {
    const { rows, room } = this;
    let placed = 0;
    for (let i = 0; i < rows.size; i++) placed += (rows.count[i] as number) * Math.min(room[i] as number, rounds);
    return placed;
  }

  /** Writes the rows anew with the pods of the step on them; `before` nodes lie before where the next search starts. */
  private settle(step: number, rounds: number, before: number): void {
    const { rows, next, room, extra, market } = this;
    next.size = 0;
    let passed = 0;
    let cursor = 0;
    for (let i = 0; i < rows.size; i++) {
      const each = Math.min(room[i] as number, rounds);
      const more = extra[i] as number;
      const rest = (rows.count[i] as number) - more;
      const from = i * market.resources;
      if (more > 0 && this.emit(next, step, more, rows.used, from, rows.filling[i], each + 1))
        cursor += Math.max(0, Math.min(more, before - passed));
      passed += more;
      if (rest > 0 && this.emit(next, step, rest, rows.used, from, rows.filling[i], each))
        cursor += Math.max(0, Math.min(rest, before - passed));
      passed += rest;
    }
    [this.rows, this.next] = [next, rows];
    this.cursor = cursor;
  }

  /** Adds nodes with so many pods more than `used`; false when no later load can fit on them and they are set aside. */
  private emit(
    to: Rows,
    step: number,
    count: number,
    used: Float64Array,
    from: number,
    filling: readonly number[] | undefined,
    pods: number,
  ): boolean {
    const { market, offering, least } = this;
    const { resources, need, capacity } = market;
    const { group } = this.loadAt(step);
    const at = to.size * resources;
    let open = true;
    for (let r = 0; r < resources; r++) {
      const sum = (used[from + r] as number) + pods * (need[group * resources + r] as number);
      to.used[at + r] = sum;
      const most = (capacity[offering * resources + r] as number) * (1 + 1e-9) + 1e-9;
      if (sum + (least[(step + 1) * resources + r] as number) > most) open = false;
    }
    if (this.recording) {
      const stands = [...(filling ?? []), ...(pods > 0 ? [group, pods] : [])];
      if (open) to.filling[to.size] = stands;
      else this.done.push({ count, filling: stands });
    }
    if (!open) return false;
    to.count[to.size++] = count;
    return true;
  }
}

/** The least that the loads from each on ask for; after the last nothing more comes, and everything is set aside. */
function leastFrom(market: Market, loads: readonly Load[]): Float64Array {
  const { resources, need } = market;
  const least = new Float64Array((loads.length + 1) * resources).fill(Infinity);
  for (let step = loads.length - 1; step >= 0; step--) {
    const { group } = loads[step] as Load;
    for (let r = 0; r < resources; r++)
      least[step * resources + r] = Math.min(
        least[(step + 1) * resources + r] as number,
        need[group * resources + r] as number,
      );
  }
  return least;
}
