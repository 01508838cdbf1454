import { instant, isoOf, type Instant } from '../units.ts';

/** Columns of the starter's CSV file, by signal and market. */
export const STARTER_COLUMNS = {
  connections: { eu: 'eu_connections', na: 'na_connections' },
  messages: { eu: 'eu_messages', na: 'na_messages' },
} as const;

/** as the fleet file writes it */
export const STARTER_STEP = '15m';
const STEP_MS = 900_000;
/** two weeks: each weekday is seen twice */
const STEPS = 14 * 96;

/**
 * Made-up load of two markets, as CSV, the last row at or just before `end`: a day that peaks in the evening, weekends
 * a little fuller, and a jitter of a few per cent that is the same for every call.
 */
export function starterLoad(end: Instant): string {
  const last = Math.floor(end / STEP_MS) * STEP_MS;
  const { connections, messages } = STARTER_COLUMNS;
  const rows = [`timestamp,${connections.eu},${connections.na},${messages.eu},${messages.na}\n`];
  const jitter = jitterFrom(20_260_301);
  for (let i = STEPS - 1; i >= 0; i--) {
    const time = last - i * STEP_MS;
    const eu = 1_200_000 * activity(time, 1) * jitter();
    const na = 900_000 * activity(time, -5) * jitter();
    const values = [eu, na, (eu / 50) * jitter(), (na / 45) * jitter()].map(Math.round);
    rows.push(`${isoOf(instant(time))},${values.join(',')}\n`);
  }
  return rows.join('');
}

/** Share of the peak at a time, for users `offset` hours east of Greenwich. */
function activity(ms: number, offset: number): number {
  const local = ms / 3_600_000 + offset;
  const hour = ((local % 24) + 24) % 24;
  // 1970-01-01 was a Thursday
  const weekday = (Math.floor(local / 24) + 4) % 7;
  const evening = 0.5 + 0.5 * Math.cos(((hour - 20) / 24) * 2 * Math.PI);
  const noon = 0.12 * Math.max(0, Math.cos(((hour - 12.5) / 6) * Math.PI));
  return (0.3 + 0.58 * evening ** 1.3 + noon) * (weekday === 0 || weekday === 6 ? 1.06 : 1);
}

/** Factors around 1, at most 3% off: the minimal standard generator of Park and Miller (CACM 31, 1988). */
function jitterFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return 0.97 + 0.06 * (state / 2_147_483_647);
  };
}
