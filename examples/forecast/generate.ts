/**
 * Writes connections.csv and markets.csv: hourly load of an invented messenger.
 *
 *   npx tsx examples/forecast/generate.ts
 *
 * Seeded, without a clock: every run writes the same bytes.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** the first hour after the last row: a Wednesday noon */
const END = Date.UTC(2027, 1, 3, 12);

/** Share of a weekday's evening peak, one an hour from local midnight. */
const WEEKDAY = [
  0.45, 0.34, 0.28, 0.25, 0.25, 0.3, 0.42, 0.55, 0.64, 0.68, 0.7, 0.74, 0.8, 0.76, 0.71, 0.71, 0.74, 0.8, 0.88, 0.95, 1,
  0.98, 0.86, 0.65,
];
const WEEKEND = [
  0.54, 0.42, 0.34, 0.29, 0.27, 0.28, 0.33, 0.42, 0.54, 0.64, 0.72, 0.77, 0.81, 0.8, 0.79, 0.8, 0.83, 0.87, 0.92, 0.97,
  1.01, 1, 0.91, 0.73,
];

interface Market {
  readonly name: string;
  /** hours from UTC */
  readonly utcOffset: number;
  readonly peak: number;
}
const EU: Market = { name: 'eu', utcOffset: 1, peak: 420_000 };
const MARKETS: readonly Market[] = [
  EU,
  { name: 'na', utcOffset: -5, peak: 260_000 },
  { name: 'sea', utcOffset: 8, peak: 610_000 },
];

/** A launch three weeks before the end: two days half as busy again. The next one is in events.yaml. */
const LAUNCH = { from: Date.UTC(2027, 0, 13), to: Date.UTC(2027, 0, 15), times: 1.5 };
/** The exporter was down: no rows. */
const SILENT = { from: Date.UTC(2027, 0, 22, 2), to: Date.UTC(2027, 0, 22, 7) };

/** Nine weeks of one market, with a launch and hours without rows. */
export function connectionsText(): string {
  const rows = loadOf(EU, 63, 7).filter(({ at }) => at < SILENT.from || at >= SILENT.to);
  const lines = rows.map(({ at, load }) => {
    const lift = at >= LAUNCH.from && at < LAUNCH.to ? LAUNCH.times : 1;
    return `${isoOf(at)},${Math.round(load * lift)}`;
  });
  return ['timestamp,value', ...lines, ''].join('\n');
}

/** Four weeks of three markets, below one another. */
export function marketsText(): string {
  const lines = MARKETS.flatMap((market, m) =>
    loadOf(market, 28, 11 + m).map(({ at, load }) => `${market.name},${isoOf(at)},${Math.round(load)}`),
  );
  return ['unique_id,ds,y', ...lines, ''].join('\n');
}

const isoOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;

/** Day and week, a little growth, and noise of which an hour keeps four fifths from the hour before. */
function loadOf({ utcOffset, peak }: Market, days: number, seed: number): readonly { at: number; load: number }[] {
  const random = randomFrom(seed);
  let noise = 0;
  return Array.from({ length: days * 24 }, (_, i) => {
    const at = END - (days * 24 - i) * HOUR_MS;
    const local = at + utcOffset * HOUR_MS;
    const weekday = Math.floor(local / DAY_MS + 4) % 7;
    const curve = weekday === 0 || weekday === 6 ? WEEKEND : WEEKDAY;
    noise = 0.8 * noise + 0.03 * (random() + random() + random() - 1.5);
    const growth = 1 + 0.004 * ((at - END) / (7 * DAY_MS));
    return { at, load: peak * growth * (curve[Math.floor(local / HOUR_MS) % 24] ?? 0) * Math.exp(noise) };
  });
}

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(fileURLToPath(new URL('connections.csv', import.meta.url)), connectionsText());
  writeFileSync(fileURLToPath(new URL('markets.csv', import.meta.url)), marketsText());
}
