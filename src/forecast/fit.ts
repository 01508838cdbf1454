import { counted } from '../figures.ts';
import type { ObservedSignal } from '../signals/signal.ts';
import { instant, isoOf, seconds, type Instant, type Seconds } from '../units.ts';
import { blocksUpTo, latticeOf, pointsFor, type Lattice, type LeadBlock, type Span } from './blocks.ts';
import { inArena } from './arena.ts';
import { among, AnswerRoom, askAt, type Asked } from './ask.ts';
import { calibrated, judge, residualsAt, type Calibration, type Judged } from './calibrate.ts';
import { centresOf } from './centre.ts';
import { type DayWidths, dayWidthsOf, evened, partOf, partsOf } from './day-widths.ts';
import { levelShiftOf, longestShift, type LevelShift } from './level-shift.ts';
import { expertsFor, type Experts, type Kept } from './experts.ts';
import type { LinearExperts } from './linear/linear-experts.ts';
import { historyOf, type History } from './history.ts';
import { liftOf, quantileOf, timesAsWide, type Lift, type Spread } from './spread.ts';

/** A series as learnt: everything that {@link predict} needs, and nothing that depends on which quantiles are asked. */
export interface Fitted {
  readonly signal: Pick<ObservedSignal, 'name' | 'market' | 'unit' | 'step'>;
  /** the last step that had begun at the time of the decision */
  readonly origin: Instant;
  readonly learnt?: Learnt;
  readonly notes: readonly string[];
}

export interface Learnt {
  /** offset of the logarithms of centres and spreads */
  readonly wide: number;
  /** the newest value that was seen */
  readonly last: number;
  /** of each expert, what it is called */
  readonly families: readonly string[];
  /** what the blend says of each lead from the newest value on, in logs */
  readonly centres: Float64Array;
  /** how many times as wide quantiles are at each lead as over the whole day */
  readonly widths: Float64Array;
  /** steps from the last value that was seen to the origin */
  readonly missing: number;
  readonly blocks: readonly FittedBlock[];
  /** what a whole fit has left to go on with when the series grows: nothing in it is ever changed */
  readonly ground: Ground;
  /** what came since the whole fit, in logs: the blocks have learnt it */
  readonly since?: Float64Array;
}

export interface Ground {
  readonly history: History;
  readonly lattice: Lattice;
  /** steps ahead of the origin that were asked for */
  readonly steps: number;
  readonly pretrained: LinearExperts | undefined;
  readonly kept: Kept;
  readonly families: readonly string[];
  readonly blocks: readonly FittedBlock[];
}

export interface FittedBlock extends LeadBlock, Lift {
  readonly calibration: Calibration;
  /** points that came true since the whole fit and are in the calibration */
  readonly added?: number;
  /** the same learnt from the older part of the past alone, and how the newer part then came out */
  readonly heldBack?: HeldBack;
}

interface HeldBack {
  readonly spread: Spread;
  /** as multiples of the width of their part of the day, ascending */
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

/** Learns one series. Pure and deterministic; some 35 ms for eight weeks of 5-minute steps. */
export function fit(signal: ObservedSignal, options: FitOptions = {}): Fitted {
  return inArena(() => learn(signal, options));
}

function learn(signal: ObservedSignal, options: FitOptions): Fitted {
  const posed = pose(signal, options);
  if (!('history' in posed)) return posed;
  const { history, leads } = posed;
  const experts = expertsFor(history, leads + longestShift(history), options.experts, leads);
  const lattice = latticeOf(history);
  const blocks = fitBlocks(experts, lattice, leads);
  const { families } = experts;
  const steps = leads - posed.missing;
  const ground = { history, lattice, steps, pretrained: options.experts, kept: experts.kept(), families, blocks };
  return answered(posed, experts, { blocks, ground });
}

/** One block is calibrated after the other. */
const ROOM = new AnswerRoom();

/** What is to be fitted, once it is known that something can be. */
export interface Posed {
  readonly head: Pick<Fitted, 'signal' | 'origin'>;
  readonly history: History;
  readonly missing: number;
  /** the furthest lead that is asked for, from the newest value on */
  readonly leads: number;
}

function pose(signal: ObservedSignal, options: FitOptions): Posed | Fitted {
  const { head, until } = headOf(signal, options);
  const history = historyOf(signal, until, options);
  if (!history) return { ...head, notes: [`no value up to ${isoOf(head.origin)}: no forecast`] };
  return posedAt(head, history, stepsIn(signal, options));
}

/** What a forecast is of, and the time of the decision. */
export function headOf(
  { name, market, unit, step, start, values }: ObservedSignal,
  options: FitOptions,
): { readonly head: Posed['head']; readonly until: Instant } {
  const stepMs = step * 1000;
  const until = options.until ?? instant(start + (values.length - 1) * stepMs);
  const origin = instant(start + Math.floor((until - start) / stepMs) * stepMs);
  return { head: { signal: { name, market, unit, step }, origin }, until };
}

/** Steps ahead that are asked for. */
export const stepsIn = ({ step }: ObservedSignal, { horizon = seconds(DAY_S) }: FitOptions): number =>
  Math.max(1, Math.ceil(horizon / step));

export function posedAt(head: Posed['head'], history: History, steps: number): Posed | Fitted {
  const lastMs = lastSeenMs(history);
  const missing = Math.round((head.origin - lastMs) / history.stepMs);
  if (missing * head.signal.step > MISSING_DAYS_AT_MOST * DAY_S) {
    return { ...head, notes: [`no value since ${isoOf(instant(lastMs))}: no forecast`] };
  }
  return { head, history, missing, leads: missing + steps };
}

const lastSeenMs = ({ startMs, stepMs, values }: History): number => startMs + (values.length - 1) * stepMs;

export function answered(
  { head, history, missing, leads }: Posed,
  experts: Experts,
  { blocks, ground, since }: Pick<Learnt, 'blocks' | 'ground' | 'since'>,
): Fitted {
  const shift = levelShiftOf(experts, blocks);
  const notes = [...history.notes, ...shortness(history, experts)];
  if (shift) notes.push(toldOf(shift, history));
  if (missing > 0) {
    const last = isoOf(instant(lastSeenMs(history)));
    notes.push(`nothing seen since ${last}, ${counted(missing, 'step')} before the decision`);
  }
  const { values, wide } = history;
  const { families } = experts;
  const centres = centresOf(experts, blocks, leads, shift);
  const ofDay = blocks[0]?.calibration.widths;
  const widths = centres.map((_, h) => ofDay?.[partOf(history, values.length + h)] ?? 1);
  return {
    ...head,
    notes,
    learnt: {
      wide,
      last: values.at(-1) ?? 0,
      families,
      centres,
      widths,
      missing,
      blocks,
      ground,
      ...(since && { since }),
    },
  };
}

function fitBlocks(experts: Experts, lattice: Lattice, leads: number): FittedBlock[] {
  const { history } = experts;
  const judged: Span = { first: experts.settledAt, end: history.values.length };
  const split = Math.round(judged.end - HELD_BACK * (judged.end - judged.first));
  const tried = blocksUpTo(leads).map((block) => {
    const points = pointsFor(history, lattice, block, judged);
    if (points.count === 0 && block.from > 1) return { block };
    const asked = askAt(experts, points, ROOM);
    const known = judge(experts, asked);
    return {
      block,
      known,
      held: holdBack(experts, among(asked, judged.first, split), among(asked, split, judged.end)),
    };
  });
  // the time of the day at which errors are large is told by all blocks together
  const widths = dayWidthsOf(tried.flatMap(({ known }) => known?.evidence ?? []));
  const olderWidths = dayWidthsOf(tried.flatMap(({ held }) => held?.older.evidence ?? []));
  const fitted: FittedBlock[] = [];
  for (const { block, known, held } of tried) {
    const before = fitted.at(-1);
    const calibration = known ? calibrated(known, widths) : before && widened(before, block);
    if (!calibration) continue;
    const heldBack = held && checked(history, held, olderWidths);
    fitted.push({ ...block, calibration, ...liftOf(calibration.spread), ...(heldBack && { heldBack }) });
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
    evidence: { ...calibration.evidence, residuals: new Float64Array(0), parts: new Uint8Array(0) },
    spread: timesAsWide(calibration.spread, by),
  };
}

/** Fewer residuals than this on either side make no backtest. */
const POINTS_AT_LEAST = 20;

/** The older part of the past as learnt, and how the newer came out. */
interface Held {
  readonly older: Judged;
  /** in logs, and of each its target */
  readonly residuals: Float64Array;
  readonly targets: Int32Array;
  readonly parts: Uint8Array;
  readonly origins: number;
}

function holdBack(experts: Experts, older: Asked, newer: Asked): Held | undefined {
  if (older.count < POINTS_AT_LEAST || newer.count < POINTS_AT_LEAST) return undefined;
  const known = judge(experts, older);
  return {
    older: known,
    residuals: residualsAt(experts, known, newer),
    targets: newer.origins.map((t, p) => t + (newer.leads[p] as number)),
    parts: partsOf(experts.history, newer),
    origins: new Set(newer.origins).size,
  };
}

function checked(history: History, { older, residuals, targets, parts, origins }: Held, widths: DayWidths): HeldBack {
  const { spread } = calibrated(older, widths);
  const middle = quantileOf(spread, 0.5);
  let smape = 0;
  for (let p = 0; p < targets.length; p++) {
    const target = targets[p] as number;
    const was = history.values[target] as number;
    const centre = (history.scored[target] as number) - (residuals[p] as number);
    const off = middle * (widths[parts[p] as number] as number);
    const predicted = Math.max(0, Math.exp(centre + off) - history.wide);
    smape += was + predicted === 0 ? 0 : (200 * Math.abs(was - predicted)) / (was + predicted);
  }
  return { spread, residuals: evened(residuals, parts, widths).toSorted(), origins, smape };
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
