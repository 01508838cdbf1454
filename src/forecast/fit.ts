import { counted } from '../figures.ts';
import type { ObservedSignal } from '../signals/signal.ts';
import { instant, isoOf, type Instant, type Seconds } from '../units.ts';
import { blocksUpTo, latticeOf, pointsFor, type Lattice, type LeadBlock, type Span } from './blocks.ts';
import { among, askAt, calibrate, recalibrate, residualsAt, type Asked, type Calibration } from './calibrate.ts';
import { centresOf } from './centre.ts';
import { levelShiftOf, longestShift, type LevelShift } from './level-shift.ts';
import { expertsFor, type Experts } from './experts.ts';
import type { LinearExperts } from './linear/linear-experts.ts';
import type { RecentSteps } from './recent-steps.ts';
import { historyOf, type History } from './history.ts';
import { quantileOf, timesAsWide, type Spread } from './spread.ts';

/** A series as learnt: everything that {@link predict} needs, and nothing that depends on which quantiles are asked. */
export interface Fitted {
  readonly signal: Pick<ObservedSignal, 'name' | 'market' | 'unit' | 'step'>;
  /** the last step that had begun at the time of the decision */
  readonly origin: Instant;
  readonly learnt?: Learnt;
  readonly notes: readonly string[];
}

export interface Learnt {
  readonly history: Pick<History, 'startMs' | 'stepMs' | 'seasons' | 'values' | 'seen' | 'wide'>;
  /** of each expert, what it is called */
  readonly families: readonly string[];
  /** what the blend says of each lead from the newest value on, in logs */
  readonly centres: Float64Array;
  /** steps from the last value that was seen to the origin */
  readonly missing: number;
  readonly blocks: readonly FittedBlock[];
  /** where the past was tried, and what it was learnt with: for {@link refit} */
  readonly tried: Tried;
}

interface Tried {
  /** ms since the epoch */
  readonly anchor: number;
  /** in steps */
  readonly stride: number;
  readonly pretrained: LinearExperts | undefined;
  /** what recent steps taught; absent = too short a past */
  readonly recent?: RecentSteps['learnt'];
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

/** Learns one series. Pure and deterministic; some 70 ms for eight weeks of 5-minute steps. */
export function fit(signal: ObservedSignal, options: FitOptions = {}): Fitted {
  const posed = pose(signal, options);
  if (!('history' in posed)) return posed;
  const { history, leads } = posed;
  const experts = expertsIn(posed, options);
  const lattice = latticeOf(history);
  const blocks = fitBlocks(experts, lattice, leads);
  return answered(posed, experts, blocks, triedIn(experts, lattice, options));
}

/**
 * What {@link fit} says of a series that has grown by a few steps since it was fitted, or nearly, in a fraction of the
 * time: slopes stay, weights and spreads get what has come true since, and all experts know the newest values. Where the
 * past, the horizon or the experts are others than then, and when a day has come since all was learnt, it is fitted anew.
 */
export function refit(before: Fitted, signal: ObservedSignal, options: FitOptions = {}): Fitted {
  const posed = pose(signal, options);
  if (!('history' in posed)) return posed;
  const { learnt } = before;
  const { history, leads } = posed;
  const lattice = learnt && latticeIn(history, learnt.tried);
  const grown = learnt && lattice && grownBy(learnt, history);
  const sameSeries = before.signal.step === signal.step && learnt?.tried.pretrained === options.experts;
  if (!learnt || grown === undefined || !lattice || !sameSeries || learnt.centres.length !== leads) {
    return fit(signal, options);
  }
  const experts = expertsIn(posed, options, learnt.tried.recent);
  if (experts.families.join() !== learnt.families.join()) return fit(signal, options);
  const blocks = grown === 0 ? learnt.blocks : learnt.blocks.map((block) => grownBlock(experts, block, lattice, grown));
  return answered(posed, experts, blocks, learnt.tried);
}

/** What is to be fitted, once it is known that something can be. */
interface Posed {
  readonly head: Pick<Fitted, 'signal' | 'origin'>;
  readonly history: History;
  readonly missing: number;
  /** the furthest lead that is asked for, from the newest value on */
  readonly leads: number;
}

function pose(signal: ObservedSignal, options: FitOptions): Posed | Fitted {
  const { name, market, unit, step } = signal;
  const stepMs = step * 1000;
  const until = options.until ?? instant(signal.start + (signal.values.length - 1) * stepMs);
  const originStep = Math.floor((until - signal.start) / stepMs);
  const origin = instant(signal.start + originStep * stepMs);
  const head = { signal: { name, market, unit, step }, origin };
  const history = historyOf(signal, until, options);
  if (!history) return { ...head, notes: [`no value up to ${isoOf(origin)}: no forecast`] };
  const lastMs = lastSeenMs(history);
  const missing = Math.round((origin - lastMs) / stepMs);
  if (missing * step > MISSING_DAYS_AT_MOST * DAY_S) {
    return {
      ...head,
      notes: [`no value since ${isoOf(instant(lastMs))}: no forecast`],
    };
  }
  return {
    head,
    history,
    missing,
    leads: missing + Math.max(1, Math.ceil((options.horizon ?? DAY_S) / step)),
  };
}

const lastSeenMs = ({ startMs, stepMs, values }: History): number => startMs + (values.length - 1) * stepMs;

function expertsIn({ history, leads }: Posed, { experts }: FitOptions, known?: RecentSteps['learnt']): Experts {
  return expertsFor(history, leads + longestShift(history), experts, leads, known);
}

function answered({ head, history, missing }: Posed, experts: Experts, blocks: readonly FittedBlock[], tried: Tried) {
  const shift = levelShiftOf(experts, blocks);
  const notes = [...history.notes, ...shortness(history, experts)];
  if (shift) notes.push(toldOf(shift, history));
  if (missing > 0) {
    const since = isoOf(instant(lastSeenMs(history)));
    notes.push(`nothing seen since ${since}, ${counted(missing, 'step')} before the decision`);
  }
  const { startMs, stepMs, seasons, values, seen, wide } = history;
  const learnt: Learnt = {
    history: { startMs, stepMs, seasons, values, seen, wide },
    families: experts.families,
    centres: centresOf(experts, blocks, shift),
    missing,
    blocks,
    tried,
  };
  return { ...head, notes, learnt };
}

function triedIn({ history, recent }: Experts, { anchor, stride }: Lattice, { experts }: FitOptions): Tried {
  const { startMs, stepMs } = history;
  return { anchor: startMs + anchor * stepMs, stride, pretrained: experts, ...(recent && { recent: recent.learnt }) };
}

/** The lattice of then in steps of a history of now; undefined where steps begin at other times, or a day has passed. */
function latticeIn({ startMs, stepMs, values }: History, { anchor, stride }: Tried): Lattice | undefined {
  const at = (anchor - startMs) / stepMs;
  const since = values.length - 1 - at;
  return Number.isInteger(at) && since >= 0 && since * stepMs <= DAY_S * 1000 ? { anchor: at, stride } : undefined;
}

/** Steps that a history has more than was learnt; undefined where it is another in what both hold. */
function grownBy({ history: was }: Learnt, { startMs, stepMs, values, seen, seasons }: History): number | undefined {
  if (seasons.day !== was.seasons.day || seasons.week !== was.seasons.week) return undefined;
  const slid = (startMs - was.startMs) / stepMs;
  const both = was.values.length - slid;
  // a history that begins earlier than it did was another
  if (!(Number.isInteger(slid) && slid >= 0 && both > 0 && values.length >= both)) return undefined;
  for (let i = 0; i < both; i++) {
    const [today, then] = [values[i] as number, was.values[i + slid] as number];
    if (seen[i] !== was.seen[i + slid] || (today !== then && (today === today || then === then))) return undefined;
  }
  return values.length - both;
}

/** A block with what came true of it in the newest steps. */
function grownBlock(experts: Experts, block: FittedBlock, lattice: Lattice, grown: number): FittedBlock {
  const { history, settledAt, stepMs } = experts;
  const end = history.values.length;
  const { calibration } = block;
  const { residuals, days } = calibration.evidence;
  if (residuals.length === 0) return block;
  const first = Math.max(settledAt, end - grown - block.to);
  const points = pointsFor(history, lattice, block, { first, end }, end - grown);
  if (points.count === 0) return block;
  const asked = askAt(experts, points);
  const later = days + (grown * stepMs) / 86_400_000;
  return {
    ...block,
    calibration: recalibrate(experts, calibration, asked, later, block.from),
  };
}

function fitBlocks(experts: Experts, lattice: Lattice, leads: number): FittedBlock[] {
  const { history } = experts;
  const judged: Span = { first: experts.settledAt, end: history.values.length };
  const split = Math.round(judged.end - HELD_BACK * (judged.end - judged.first));
  const fitted: FittedBlock[] = [];
  for (const block of blocksUpTo(leads)) {
    const points = pointsFor(history, lattice, block, judged);
    const before = fitted.at(-1);
    if (points.count === 0 && before) {
      fitted.push({ ...block, calibration: widened(before, block) });
      continue;
    }
    const asked = askAt(experts, points);
    const calibration = calibrate(experts, asked);
    const heldBack = holdBack(experts, among(asked, judged.first, split), among(asked, split, judged.end));
    fitted.push({ ...block, calibration, ...(heldBack && { heldBack }) });
  }
  return fitted;
}

/** Further ahead than the past can show, the error is taken to grow like a random walk's. */
function widened(before: FittedBlock, block: LeadBlock): Calibration {
  const { calibration } = before;
  const by = Math.sqrt(block.to / before.to);
  return {
    ...calibration,
    // its own past is still to come
    evidence: { ...calibration.evidence, residuals: new Float64Array(0) },
    spread: timesAsWide(calibration.spread, by),
  };
}

/** Fewer residuals than this on either side make no backtest. */
const POINTS_AT_LEAST = 20;

function holdBack(experts: Experts, older: Asked, newer: Asked): HeldBack | undefined {
  if (older.count < POINTS_AT_LEAST || newer.count < POINTS_AT_LEAST) return undefined;
  const { history } = experts;
  const calibration = calibrate(experts, older);
  const middle = quantileOf(calibration.spread, 0.5);
  const residuals = residualsAt(experts, calibration, newer);
  let smape = 0;
  for (let p = 0; p < newer.count; p++) {
    const target = (newer.origins[p] as number) + (newer.leads[p] as number);
    const was = history.values[target] as number;
    const centre = (history.scored[target] as number) - (residuals[p] as number);
    const predicted = Math.max(0, Math.exp(centre + middle) - history.wide);
    smape += was + predicted === 0 ? 0 : (200 * Math.abs(was - predicted)) / (was + predicted);
  }
  return {
    spread: calibration.spread,
    residuals,
    origins: new Set(newer.origins).size,
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
