/**
 * Writes traffic/*.csv: two weeks of load on an invented messenger, one file a signal, one column a market.
 *
 *   npx tsx examples/im-fleet/generate.ts
 *
 * Seeded, without a clock: every run writes the same bytes. What makes the load behave like real load (day, week,
 * noise, memory) was measured on public series; README.md beside this file has the figures and their sources.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SEED = 20_261_118;
const STEP_MINUTES = 5;
const STEPS_A_DAY = (24 * 60) / STEP_MINUTES;
const DAYS = 14;
const STEPS = DAYS * STEPS_A_DAY;
/** time of the last row: a Wednesday; late evening in Singapore, afternoon in Berlin, morning in New York */
const END = Date.UTC(2026, 10, 18, 14, 0);

interface Market {
  readonly name: string;
  /** hours from UTC: no market changes its clocks within these two weeks */
  readonly utcOffset: number;
  /** connections at an ordinary weekday's evening peak */
  readonly peak: number;
  readonly weekend: number;
  readonly growthAWeek: number;
}

const MARKETS: readonly Market[] = [
  { name: 'sea', utcOffset: 8, peak: 9_000_000, weekend: 1.07, growthAWeek: 0.009 },
  { name: 'india', utcOffset: 5.5, peak: 11_000_000, weekend: 1.04, growthAWeek: 0.015 },
  { name: 'eu', utcOffset: 1, peak: 6_000_000, weekend: 0.98, growthAWeek: 0.003 },
  { name: 'na', utcOffset: -5, peak: 5_000_000, weekend: 0.97, growthAWeek: 0.002 },
  { name: 'latam', utcOffset: -3, peak: 4_500_000, weekend: 1.05, growthAWeek: 0.008 },
];

/** Curves over the local day, one knot an hour from midnight. Connections: share of a weekday's evening peak. */
const WEEKDAY = curve('.52 .40 .32 .28 .27 .31 .42 .56 .66 .70 .71 .75 .83 .79 .73 .72 .75 .80 .87 .94 .99 1 .90 .70');
const WEEKEND = curve('.60 .48 .38 .32 .29 .29 .33 .42 .55 .66 .74 .79 .83 .83 .81 .81 .83 .86 .91 .96 1 1 .92 .76');
/** How busy a connected user is: asleep with the phone online, at lunch, in the evening. */
const CHATTER = curve(
  '.80 .65 .55 .50 .50 .55 .70 .85 .92 .94 .95 1.0 1.12 1.03 .95 .94 .97 1.02 1.08 1.14 1.20 1.22 1.12 .96',
);
/** Share of messages whose reader is not online, so that a push wakes the phone. */
const ASLEEP = curve('.80 .88 .95 .98 .98 .95 .90 .82 .76 .74 .73 .70 .64 .68 .72 .73 .70 .66 .62 .58 .54 .54 .60 .70');
/** Photos, voice and video: an evening and weekend pleasure. MB a second for each thousand messages a second. */
const PICTURES = curve('36 32 28 26 26 28 30 32 33 33 34 36 40 38 35 35 36 38 42 46 49 49 45 40');
/** The assistant: an office peak in the morning, a larger one at night. Tokens a second for each thousand online. */
const ASSISTANT = curve(
  '2.3 2.0 1.8 1.7 1.7 1.8 2.0 2.3 2.9 3.5 3.6 3.5 3.1 3.2 3.3 3.2 3.2 3.1 2.9 3.2 3.6 3.7 3.3 2.8',
);

/** Messages routed a second for each connection at CHATTER 1, group fan-out included. */
const MESSAGES_PER_CONNECTION = 0.01;
const OPS_PER_MESSAGE = 2.6;
/** Reading contacts, settings and missed messages when a client comes (back) online. */
const OPS_PER_LOGIN = 4;
/** An ordinary client reconnects about every 50 minutes: lifts, tunnels, flat batteries. */
const LOGINS_PER_CONNECTION = 1 / 3000;

/** Slow drifts around the curves, as measured: a level for each day, and a smaller one for each hour. See README. */
const DAY_DRIFT = { everyHours: 24, sd: 0.03, memory: 0.5 };
const HOUR_DRIFT = { everyHours: 1, sd: 0.03, memory: 0.56 };
const MOOD_DRIFT = { everyHours: 1, sd: 0.02, memory: 0.56 };
/** What is left from one five-minute step to the next, as a share of the value. */
const JITTER = { connections: 0.003, messages: 0.015, pushes: 0.02, media: 0.045, ai: 0.03, storage: 0.012 };

type SignalName = keyof typeof JITTER;

/** A final in Singapore goes to penalties on Saturday evening: everybody writes at once. */
const FLASH = { market: 'sea', at: Date.UTC(2026, 10, 14, 14, 10), messages: 1.8, connections: 0.08, halfLifeMin: 9 };
/** A transit provider fails in Europe for 25 minutes on a Tuesday morning; then everybody logs in again. */
const OUTAGE = { market: 'eu', from: Date.UTC(2026, 10, 10, 9, 20), minutes: 25, left: 0.38, backMin: 6 };
/** The metrics pipeline of latam is upgraded on a Sunday: no figures, which is not the same as no load. */
const GAP = { market: 'latam', from: Date.UTC(2026, 10, 8, 5, 0), minutes: 45 };

/** @returns file name → text, in the order the files are written */
export function trafficFiles(): ReadonlyMap<string, string> {
  const markets = MARKETS.map((market, i) => ({ market, load: loadOf(market, random(SEED + i)) }));
  return new Map(
    (Object.keys(JITTER) as SignalName[]).map((signal) => {
      const lines = [['timestamp', ...MARKETS.map((m) => m.name)].join(',')];
      for (let i = 0; i < STEPS; i++) {
        const values = markets.map(({ market, load }) =>
          hidden(market, timeOf(i)) ? '' : Math.round(load[signal][i] ?? 0),
        );
        lines.push([new Date(timeOf(i)).toISOString().replace(':00.000Z', 'Z'), ...values].join(','));
      }
      return [`${signal}.csv`, `${lines.join('\n')}\n`];
    }),
  );
}

const timeOf = (i: number): number => END - (STEPS - 1 - i) * STEP_MINUTES * 60_000;

function loadOf(market: Market, draw: () => number): Record<SignalName, number[]> {
  const day = drift(DAY_DRIFT, draw);
  const within = drift(HOUR_DRIFT, draw);
  const mood = drift(MOOD_DRIFT, draw);
  const load: Record<SignalName, number[]> = {
    connections: [],
    messages: [],
    pushes: [],
    media: [],
    ai: [],
    storage: [],
  };
  let before: number | undefined;
  for (let i = 0; i < STEPS; i++) {
    const t = timeOf(i);
    const hour = localHour(market, t);
    const flash = flashAt(market, t);
    const growth = 1 + market.growthAWeek * ((i - STEPS) / (7 * STEPS_A_DAY));
    const usual = market.peak * dayShape(market, t) * growth * day(i) * within(i);
    const online = usual * stillOnline(market, t) * (1 + FLASH.connections * flash);
    const sent = MESSAGES_PER_CONNECTION * online * CHATTER(hour) * mood(i) * (1 + FLASH.messages * flash);
    const logins = online * LOGINS_PER_CONNECTION + Math.max(0, online - (before ?? online)) / (STEP_MINUTES * 60);
    before = online;
    const jitter = (signal: SignalName): number => 1 + JITTER[signal] * draw();
    load.connections.push(online * jitter('connections'));
    load.messages.push(sent * jitter('messages'));
    load.pushes.push(sent * ASLEEP(hour) * jitter('pushes'));
    load.media.push((sent / 1000) * PICTURES(hour) * (isWeekend(market, t) ? 1.12 : 1) * jitter('media'));
    load.ai.push((online / 1000) * ASSISTANT(hour) * (isWeekend(market, t) ? 0.9 : 1) * jitter('ai'));
    load.storage.push((sent * OPS_PER_MESSAGE + logins * OPS_PER_LOGIN) * jitter('storage'));
  }
  return load;
}

const localHour = (market: Market, t: number): number => (t / 3_600_000 + market.utcOffset) % 24;

/** The epoch's day 0 was a Thursday. */
const localWeekday = (market: Market, t: number): number =>
  (Math.floor((t / 3_600_000 + market.utcOffset) / 24) + 4) % 7;

const isWeekend = (market: Market, t: number): boolean => [0, 6].includes(localWeekday(market, t));

/** Friday's late evening already looks like the weekend, and Sunday's like a working week to come. */
function dayShape(market: Market, t: number): number {
  const hour = localHour(market, t);
  const day = localWeekday(market, t);
  const weekend = day === 6 ? 1 : day === 5 ? ramp(hour, 17, 22) : day === 0 ? 1 - ramp(hour, 17, 22) : 0;
  return weekend * market.weekend * WEEKEND(hour) + (1 - weekend) * WEEKDAY(hour);
}

/** 0 before `from`, 1 after `to`, straight between. */
const ramp = (hour: number, from: number, to: number): number => Math.min(1, Math.max(0, (hour - from) / (to - from)));

function flashAt(market: Market, t: number): number {
  const minutes = (t - FLASH.at) / 60_000;
  if (market.name !== FLASH.market || minutes < 0) return 0;
  return Math.exp((-Math.LN2 * minutes) / FLASH.halfLifeMin);
}

function stillOnline(market: Market, t: number): number {
  const minutes = (t - OUTAGE.from) / 60_000;
  if (market.name !== OUTAGE.market || minutes < 0) return 1;
  if (minutes < OUTAGE.minutes) return OUTAGE.left;
  return 1 - (1 - OUTAGE.left) * Math.exp(-(minutes - OUTAGE.minutes + STEP_MINUTES) / OUTAGE.backMin);
}

function hidden(market: Market, t: number): boolean {
  const minutes = (t - GAP.from) / 60_000;
  return market.name === GAP.market && minutes >= 0 && minutes < GAP.minutes;
}

/** A level around 1 that remembers: first-order autoregressive knots with a straight line between them, in logs. */
function drift(of: { everyHours: number; sd: number; memory: number }, draw: () => number): (i: number) => number {
  const every = (of.everyHours * 60) / STEP_MINUTES;
  const knots: number[] = [];
  for (let k = 0, x = draw(); k <= STEPS / every; k++) {
    knots.push(x * of.sd);
    x = of.memory * x + Math.sqrt(1 - of.memory ** 2) * draw();
  }
  return (i) => {
    const k = Math.floor(i / every);
    const into = i / every - k;
    return Math.exp((knots[k] ?? 0) * (1 - into) + (knots[k + 1] ?? 0) * into);
  };
}

/** A smooth, closed curve through 24 hourly knots (Catmull-Rom). */
function curve(knots: string): (hour: number) => number {
  const y = knots.split(' ').map(Number);
  const at = (i: number): number => y[(i + y.length) % y.length] ?? 0;
  return (hour) => {
    const i = Math.floor(hour);
    const u = hour - i;
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)));
  };
}

/** Standard normal draws from a seed: mulberry32 into Box-Muller. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z = (z + Math.imul(z ^ (z >>> 7), z | 61)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'traffic');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of trafficFiles()) {
    writeFileSync(join(folder, name), text);
    console.log(`traffic/${name}: ${STEPS} rows, ${(text.length / 1024).toFixed(0)} KiB`);
  }
}
