import { counted } from '../figures.ts';
import type { ObservedSignal } from '../signals/signal.ts';
import { instant, isoOf, type Instant, type Seconds } from '../units.ts';
import { blocksUpTo, pointsFor, type LeadBlock, type Span } from './blocks.ts';
import { blend, calibrate, type Calibration } from './calibrate.ts';
import { levelShiftOf, longestShift, type LevelShift } from './level-shift.ts';
import { expertsFor, type Experts } from './experts.ts';
import type { LinearExperts } from './linear/linear-experts.ts';
import { historyOf, type History } from './history.ts';
import { quantileOf, type Spread } from './spread.ts';

/** A series as learnt: everything that {@link predict} needs, and nothing that depends on which quantiles are asked. */
export interface Fitted {
  readonly signal: Pick<ObservedSignal, 'name' | 'market' | 'unit' | 'step'>;
  /** the last step that had begun at the time of the decision */
  readonly origin: Instant;
  readonly learnt?: Learnt;
  readonly notes: readonly string[];
}

export interface Learnt {
  readonly history: History;
  readonly experts: Experts;
  /** steps from the last value that was seen to the origin */
  readonly missing: number;
  readonly blocks: readonly FittedBlock[];
  /** absent: load is where it was expected */
  readonly shift?: LevelShift;
}

export interface FittedBlock extends LeadBlock {
  readonly calibration: Calibration;
  /** the same learnt from the older part of the past alone, and how the newer part then came out */
  readonly heldBack?: HeldBack;
}

interface HeldBack {
  readonly spread: Spread;
  /** residuals in logs */
  readonly residuals: Float64Array;
  readonly origins: number;
  /** sum over the residuals, in percent */
  readonly smape: number;
}

export interface FitOptions {
  /** the time of the decision: nothing later is looked at; absent = the end of the series */
  readonly until?: Instant;
  /** the furthest that will be predicted */
  readonly horizon?: Seconds;
  /** pretrained on other series; absent = the blend does without */
  readonly experts?: LinearExperts;
  /** 1 for each of the signal's values that is neither learnt from nor scored: an event, an outage */
  readonly excluded?: Uint8Array;
  /** lengths of a season and of seasons of seasons; absent = a day and a week */
  readonly seasons?: readonly Seconds[];
}

const DAY_S = 86_400;
/** What was last seen longer ago than this is no ground for a forecast of today. */
const MISSING_DAYS_AT_MOST = 14;
/** Share of the judged past that is held back from the calibration which the backtest reports on. */
const HELD_BACK = 0.4;

/** Learns one series. Pure and deterministic; a few ms for two weeks of 5-minute steps. */
export function fit(signal: ObservedSignal, options: FitOptions = {}): Fitted {
  const { name, market, unit, step } = signal;
  const stepMs = step * 1000;
  const until = options.until ?? instant(signal.start + (signal.values.length - 1) * stepMs);
  const originStep = Math.floor((until - signal.start) / stepMs);
  const origin = instant(signal.start + originStep * stepMs);
  const series = { name, market, unit, step };
  const history = historyOf(signal, until, options);
  if (!history) return { signal: series, origin, notes: [`no value up to ${isoOf(origin)}: no forecast`] };
  const lastMs = history.startMs + (history.values.length - 1) * stepMs;
  const missing = Math.round((origin - lastMs) / stepMs);
  const lastSeen = isoOf(instant(lastMs));
  if (missing * step > MISSING_DAYS_AT_MOST * DAY_S) {
    return { signal: series, origin, notes: [`no value since ${lastSeen}: no forecast`] };
  }
  const leads = missing + Math.max(1, Math.ceil((options.horizon ?? DAY_S) / step));
  const reach = leads + longestShift(history);
  const experts = expertsFor(history, reach, options.experts, leads);
  const blocks = fitBlocks(history, experts, leads);
  const shift = levelShiftOf(experts, blocks);
  const notes = [...history.notes, ...shortness(history, experts)];
  if (shift) notes.push(toldOf(shift, history));
  if (missing > 0) notes.push(`nothing seen since ${lastSeen}, ${counted(missing, 'step')} before the decision`);
  return { signal: series, origin, notes, learnt: { history, experts, missing, blocks, ...(shift && { shift }) } };
}

function fitBlocks(history: History, experts: Experts, leads: number): FittedBlock[] {
  const judged: Span = { first: experts.settledAt, end: history.values.length };
  const split = Math.round(judged.end - HELD_BACK * (judged.end - judged.first));
  const fitted: FittedBlock[] = [];
  for (const block of blocksUpTo(leads)) {
    const points = pointsFor(history, block, judged);
    const before = fitted.at(-1);
    if (points.count === 0 && before) {
      fitted.push({ ...block, calibration: widened(before, block) });
      continue;
    }
    const calibration = calibrate(experts, points);
    const heldBack = holdBack(
      history,
      experts,
      block,
      { first: judged.first, end: split },
      { ...judged, first: split },
    );
    fitted.push({ ...block, calibration, ...(heldBack && { heldBack }) });
  }
  return fitted;
}

/** Further ahead than the past can show, the error is taken to grow like a random walk's. */
function widened(before: FittedBlock, block: LeadBlock): Calibration {
  const { calibration } = before;
  const { spread } = calibration;
  const by = Math.sqrt(block.to / before.to);
  return {
    ...calibration,
    spread: {
      ...spread,
      residuals: spread.residuals.map((r) => r * by),
      tailStart: spread.tailStart * by,
      tailMean: spread.tailMean * by,
    },
  };
}

/** Fewer residuals than this on either side make no backtest. */
const POINTS_AT_LEAST = 20;

function holdBack(
  history: History,
  experts: Experts,
  block: LeadBlock,
  older: Span,
  newer: Span,
): HeldBack | undefined {
  const past = pointsFor(history, block, older);
  const points = pointsFor(history, block, newer);
  if (past.count < POINTS_AT_LEAST || points.count < POINTS_AT_LEAST) return undefined;
  const calibration = calibrate(experts, past);
  const middle = quantileOf(calibration.spread, 0.5);
  const residuals = new Float64Array(points.count);
  const said = new Float64Array(experts.families.length);
  let smape = 0;
  for (let p = 0; p < points.count; p++) {
    const t = points.origins[p] ?? 0;
    const lead = points.leads[p] ?? 1;
    const centre = blend(experts, calibration, t, lead, said);
    residuals[p] = (history.scored[t + lead] ?? 0) - centre;
    const was = history.values[t + lead] ?? 0;
    const predicted = Math.max(0, Math.exp(centre + middle) - history.wide);
    smape += was + predicted === 0 ? 0 : (200 * Math.abs(was - predicted)) / (was + predicted);
  }
  return {
    spread: calibration.spread,
    residuals,
    origins: new Set(points.origins.subarray(0, points.count)).size,
    smape,
  };
}

function toldOf({ before, by }: LevelShift, { startMs, stepMs }: History): string {
  const since = isoOf(instant(startMs + (before + 1) * stepMs));
  return `since ${since} load is ${by > 0 ? 'above' : 'under'} what was expected, and is taken to stay there for a while`;
}

function shortness({ values, stepMs, seasons }: History, { kinds }: Experts): string[] {
  const days = `${((values.length * stepMs) / 1000 / DAY_S).toFixed(1)} days of history`;
  if (kinds.length === 0) return [`${days}: too short for a daily pattern, the last value is carried on`];
  const knowsWeek = kinds.some((kind) => kind.season === seasons.week);
  return knowsWeek ? [] : [`${days}: too short for a weekly pattern, only the daily one is used`];
}
