import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucket, type Rate } from '../../src/calls/bucket.ts';
import { instant } from '../../src/units.ts';

const at = (ms: number) => instant(Date.UTC(2026, 0, 5) + ms);

/** Takes as many as it gives at once. */
function drained(b: ReturnType<typeof bucket>, ms: number): number {
  let calls = 0;
  for (; b.waitMs(at(ms)) === 0; calls += 1) b.take(at(ms));
  return calls;
}

describe('a bucket of calls', () => {
  it('gives its burst at once, then its rate', () => {
    const b = bucket({ burst: 5, perSecond: 2 });
    expect(drained(b, 0)).toBe(5);
    expect(b.waitMs(at(0))).toBe(500);
    expect(drained(b, 499)).toBe(0);
    expect(drained(b, 500)).toBe(1);
    expect(drained(b, 100_000)).toBe(5);
  });

  it('gives nothing before its time', () => {
    const b = bucket({ burst: 1, perSecond: 1 });
    b.take(at(0));
    expect(() => b.take(at(999))).toThrow('1 ms before its time');
  });

  it.each([
    [0, 1],
    [0.5, 1],
    [1, 0],
    [1, Number.NaN],
  ])('refuses a rate that allows nothing: %d at once, %d a second', (burst, perSecond) => {
    expect(() => bucket({ burst, perSecond })).toThrow(RangeError);
  });

  it('halves its rate when the vendor says too often, and starts again from empty', () => {
    const b = bucket({ burst: 10, perSecond: 8 });
    b.take(at(0));
    b.throttled(at(0), at(10));
    expect(b.perSecond).toBe(4);
    expect(b.waitMs(at(10))).toBe(250);
  });

  it('halves once for calls that were under way together', () => {
    const b = bucket({ burst: 10, perSecond: 8 });
    for (const sent of [1, 2, 3]) b.throttled(at(sent), at(10 + sent));
    expect(b.perSecond).toBe(4);
    b.throttled(at(500), at(510));
    expect(b.perSecond).toBe(2);
  });

  it('never falls below a sixty-fourth, so that it finds out when it may go on', () => {
    const b = bucket({ burst: 10, perSecond: 64 });
    for (let i = 0; i < 20; i += 1) b.throttled(at(i * 1000 + 1), at(i * 1000 + 2));
    expect(b.perSecond).toBe(1);
  });

  it('grows back a fiftieth of the limit with every call that goes well, and never above it', () => {
    const b = bucket({ burst: 10, perSecond: 50 });
    b.throttled(at(0), at(1));
    b.succeeded();
    expect(b.perSecond).toBe(26);
    for (let i = 0; i < 100; i += 1) b.succeeded();
    expect(b.perSecond).toBe(50);
  });

  it('keeps silent as long as it was asked to, all calls together', () => {
    const b = bucket({ burst: 10, perSecond: 8 });
    b.throttled(at(0), at(0), 30_000);
    expect(b.waitMs(at(0))).toBe(30_000);
    expect(b.waitMs(at(29_999))).toBe(1);
    expect(b.waitMs(at(30_000))).toBe(0);
  });

  it('does not believe a request to be silent for a day', () => {
    const b = bucket({ burst: 10, perSecond: 8 });
    b.throttled(at(0), at(0), 86_400_000);
    expect(b.waitMs(at(0))).toBe(3_600_000);
  });

  it('goes on after the clock was set back: neither filled by it nor silent until it has caught up', () => {
    const b = bucket({ burst: 3, perSecond: 1 });
    drained(b, 864_000_000);
    expect(b.waitMs(at(0))).toBe(1000);
    expect(drained(b, 1000)).toBe(1);
    b.throttled(at(864_000_000), at(864_000_000), 10_000);
    expect(b.waitMs(at(2000))).toBeLessThanOrEqual(3_600_000);
  });
});

describe('whatever happens', () => {
  const rates = fc.record({
    burst: fc.integer({ min: 1, max: 50 }),
    perSecond: fc.double({ min: 0.1, max: 50, noNaN: true }),
  });
  const events = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 3000 }),
      outcome: fc.constantFrom('good', 'good', 'good', 'throttled', 'throttled, with a wait' as const),
      tries: fc.integer({ min: 1, max: 8 }),
    }),
    { maxLength: 60 },
  );

  it('no window sees more than the burst and what the rate gives in it', () => {
    fc.assert(
      fc.property(rates, events, (rate: Rate, steps) => {
        const b = bucket(rate);
        const sent: number[] = [];
        let now = 0;
        for (const { afterMs, outcome, tries } of steps) {
          now += afterMs;
          for (let i = 0; i < tries && b.waitMs(at(now)) === 0; i += 1) {
            b.take(at(now));
            sent.push(now);
            if (outcome === 'good') b.succeeded();
            else b.throttled(at(now), at(now), outcome === 'throttled' ? undefined : 700);
            expect(b.perSecond).toBeLessThanOrEqual(rate.perSecond);
          }
        }
        for (let from = 0; from < sent.length; from += 1) {
          for (let to = from; to < sent.length; to += 1) {
            const windowS = ((sent[to] ?? 0) - (sent[from] ?? 0)) / 1000;
            expect(to - from + 1).toBeLessThanOrEqual(rate.burst + rate.perSecond * windowS + 1e-6);
          }
        }
      }),
    );
  });

  it('one who waits as told may send', () => {
    fc.assert(
      fc.property(rates, events, (rate, steps) => {
        const b = bucket(rate);
        let now = 0;
        for (const { afterMs, outcome } of steps) {
          now += afterMs + b.waitMs(at(now + afterMs));
          b.take(at(now));
          if (outcome === 'good') b.succeeded();
          else b.throttled(at(now), at(now), outcome === 'throttled' ? undefined : 700);
        }
      }),
    );
  });
});
