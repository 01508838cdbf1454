import type { Problem } from '../problem.ts';
import { type Change, changeUsd, nodesUsdPerHour, offeringsOf, startsAt, stopsAt } from './bill.ts';
import { type Counts, type Course, countsOf, courseOf, type Filled } from './course.ts';
import type { Timeline } from './stretches.ts';

/**
 * A course through stretches that were placed one by one: nodes that go and come back are kept in between where idling
 * costs less than leaving and launching again, and where an order would come too late.
 *
 * With the need of all stretches known this is the break-even of renting against buying, gap by gap, on the exact bill.
 */
export function bridged(
  line: Timeline,
  change: Change,
  placements: readonly Filled[],
  served: readonly Problem[],
): Course {
  const gaps = new Gaps(
    line,
    change,
    served,
    placements.map((p) => new Map(countsOf(p.nodes))),
  );
  gaps.hold();
  gaps.close();
  return courseOf(line, change, placements, gaps.counts);
}

class Gaps {
  readonly counts: Map<string, number>[];
  private readonly line: Timeline;
  private readonly change: Change;
  private readonly served: readonly Problem[];

  constructor(line: Timeline, change: Change, served: readonly Problem[], counts: Map<string, number>[]) {
    this.line = line;
    this.change = change;
    this.served = served;
    this.counts = counts;
  }

  /** What serves before an order could must have been kept since now. */
  hold(): void {
    const { line, counts } = this;
    for (const id of offeringsOf(line, counts)) {
      for (let at = Math.min(counts.length, line.opens.get(id) ?? 0) - 1; at > 0; at--) {
        const late = startsAt(line, counts, at, id);
        if (late > 0) this.raise(id, at - 1, at - 1, late);
      }
    }
  }

  /** Keeps nodes over gaps, the shortest first, and today's to the end where leaving them costs more. */
  close(): void {
    const { line, counts } = this;
    for (const id of offeringsOf(line, counts)) {
      for (let back = 1; back < counts.length; back++) {
        for (let to = 0; to + 1 < counts.length; to++) {
          const from = to + 1 - back;
          if (from < 0) continue;
          const n = Math.min(startsAt(line, counts, to + 1, id), stopsAt(line, counts, from, id));
          // commitments may pay for a few of them and not for all
          for (let part = n; part > 0 && !this.try(id, from, to, part);) part = Math.floor(part / 2);
        }
      }
      this.stay(id);
    }
  }

  private stay(id: string): void {
    const running = this.line.running.get(id) ?? 0;
    const least = Math.min(...this.counts.map((c) => c.get(id) ?? 0));
    if (least >= running || this.change.leaveUsd(id) <= 0) return;
    const before = this.counts.map((c) => c.get(id) ?? 0);
    const cost = this.cost();
    this.counts.forEach((c) => c.set(id, Math.max(running, c.get(id) ?? 0)));
    if (this.cost() > cost || !this.soundIn(0, this.counts.length - 1)) {
      this.counts.forEach((c, at) => c.set(id, before[at] ?? 0));
    }
  }

  /** Keeps n nodes from one stretch to another where that costs no more and breaks no rule. */
  private try(id: string, from: number, to: number, n: number): boolean {
    const cost = this.cost(from, to);
    this.raise(id, from, to, n);
    if (this.cost(from, to) <= cost && this.soundIn(from, to)) return true;
    this.raise(id, from, to, -n);
    return false;
  }

  private raise(id: string, from: number, to: number, n: number): void {
    for (let at = from; at <= to; at++) this.counts[at]?.set(id, (this.counts[at]?.get(id) ?? 0) + n);
  }

  /** What depends on the nodes of these stretches. */
  private cost(from = 0, to = this.counts.length - 1): number {
    let usd = changeUsd(this.line, this.change, this.counts);
    for (let at = from; at <= to; at++) {
      const hours = this.line.stretches[at]?.hours ?? 0;
      usd += hours * nodesUsdPerHour(this.line, this.counts[at] ?? new Map());
    }
    return usd;
  }

  private soundIn(from: number, to: number): boolean {
    for (let at = from; at <= to; at++) {
      const problem = this.served[at];
      if (problem && !limitsKept(problem, this.counts[at] ?? new Map())) return false;
    }
    return true;
  }
}

/** Whether so many nodes keep what can be had of each offering and every vendor's share. */
export function limitsKept(problem: Problem, counts: Counts): boolean {
  let total = 0;
  const by = new Map<string, number>();
  for (const o of problem.offerings) {
    const n = counts.get(o.id) ?? 0;
    if (n > (o.atMost ?? Infinity)) return false;
    total += n * o.usdPerHour;
    by.set(o.provider, (by.get(o.provider) ?? 0) + n * o.usdPerHour);
  }
  for (const [provider, most] of problem.rules.vendorShareAtMost) {
    if ((by.get(provider) ?? 0) > most * total + 1e-9) return false;
  }
  return true;
}
