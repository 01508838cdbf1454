import type { Waiting } from '../../src/calls/waiting.ts';
import type { Clock } from '../../src/ports.ts';
import { instant, type Instant } from '../../src/units.ts';

/** Time that goes on only while everybody waits. */
export interface VirtualTime extends Waiting {
  readonly clock: Clock;
  /** what was slept, in ms, in the order it began */
  readonly slept: readonly number[];
  /** alarms set and neither rung nor called off */
  readonly pending: number;
  set(now: Instant): void;
  /** Goes from one wait's end to the next until `work` is settled. */
  run<T>(work: Promise<T>): Promise<T>;
}

export function virtualTime(start = Date.UTC(2026, 0, 5)): VirtualTime {
  let now = start;
  let timers: { readonly at: number; readonly ring: () => void }[] = [];
  const slept: number[] = [];
  const alarm = (ms: number, ring: () => void): (() => void) => {
    const timer = { at: now + ms, ring };
    timers.push(timer);
    return () => void (timers = timers.filter((other) => other !== timer));
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    clock: { now: () => instant(now) },
    slept,
    get pending() {
      return timers.length;
    },
    set: (to) => void (now = to),
    alarm,
    sleep: (ms) => {
      slept.push(ms);
      return new Promise((resolve) => alarm(ms, resolve));
    },
    async run(work) {
      let over = false;
      const done = (): void => void (over = true);
      work.then(done, done);
      for (;;) {
        await settle();
        if (over) return work;
        const next = timers.toSorted((a, b) => a.at - b.at)[0];
        if (!next) throw new Error('nobody waits for time, and the work is not done');
        now = Math.max(now, next.at);
        timers = timers.filter((timer) => timer !== next);
        next.ring();
      }
    },
  };
}
