import { AnswerRoom, askAt } from './ask.ts';
import { baseOf } from './bases.ts';
import { blendAt, orderOf } from './blend.ts';
import { type LeadBlock, pathFrom } from './blocks.ts';
import type { Calibration } from './calibrate.ts';
import { partOf } from './day-widths.ts';
import type { Experts } from './experts.ts';
import type { History } from './history.ts';
import { longestSharp, sharpShift } from './sharp-shift.ts';
import { quantileOf } from './spread.ts';
import { wideLog } from './wide-log.ts';

/** Load that left for another level a while ago and stays there. */
export interface LevelShift {
  /** the last step before it */
  readonly before: number;
  /** how far what came lies from what was said before it, in logs: a share of the load, by day as by night */
  readonly by: number;
  /** in steps: half of it is over after so long */
  readonly halfLife: number;
  /** the same of the last steps, which counts most for the next ones */
  readonly recent: number;
  /** in steps: by then half as much */
  readonly near: number;
  /** of one that can be told from an odd day: logarithm of the load that earlier weeks expect, at the level before it */
  readonly expected?: (i: number) => number;
}

/** Hours that a shift may have lasted; later the experts have followed it. */
const LASTED_H = [36, 24, 18, 12, 8, 6, 4, 3, 2, 1];
/** Downwards only what has lasted so long is believed: until then the load may come back. */
const DOWN_LASTED_H = 6;
/** A step counts as shifted when it came out beyond this quantile of what was said before … */
const BEYOND = 0.95;
/** … and so many of the steps since must, all on the same side. */
const SHARE = 0.8;
const STEPS_AT_LEAST = 3;
const KNOWN_MS = 14 * 86_400_000;
/** The last hours tell how far the level went. */
const LEVEL_H = 3;
/** After one hour half of a shift is believed to be over in so many; that grows with the square of what it has lasted. */
const HALF_LIFE_H = 2;
/** So many steps are the last ones. */
const RECENT_STEPS = 3;
/** In how many hours the last steps count half and the level half: of a step from one hour to the next, and of any other. */
const SHARP_NEAR_H = 0.25;
const NEAR_H = 1;
/** What came lies, in the middle, so many times as far off as one step in twenty does. */
const FAR = 4;

/** How many steps before now experts must be able to be asked for a shift to be found. */
export const longestShift = ({ stepMs }: { readonly stepMs: number }): number =>
  Math.round(((LASTED_H[0] ?? 0) * 3_600_000) / stepMs);

type Calibrated = LeadBlock & { readonly calibration: Calibration };

/**
 * The longest time over which nearly all that came lies beyond what was said before it. Every hour of such a time adds
 * to the belief that it stays.
 */
export function levelShiftOf(experts: Experts, blocks: readonly Calibrated[]): LevelShift | undefined {
  const { scored, stepMs, settledAt, history } = experts;
  const now = scored.length - 1;
  const perHour = 3_600_000 / stepMs;
  // of a shorter past nobody knows what its weekends are like
  if (scored.length * stepMs < KNOWN_MS) return undefined;
  const sharp = sharpShiftOf(experts);
  if (sharp) return sharp;
  const { linear: _, ...quick } = experts;
  for (const hours of LASTED_H) {
    const lasted = Math.round(hours * perHour);
    const before = now - lasted;
    if (lasted < STEPS_AT_LEAST || before < settledAt || !mayHaveShifted(quick, blocks, before, lasted)) continue;
    const asked = askAt(experts, pathFrom(before, 1, lasted), ROOM);
    const departures = new Float64Array(lasted);
    let over = 0;
    let under = 0;
    let beyond = 0;
    let seen = 0;
    // once too many have come out otherwise, the rest can't change that
    const inside = (1 - SHARE) * lasted + 1e-6;
    for (let lead = 1; lead <= lasted && seen - Math.max(over, under) <= inside; lead++) {
      const block = blockOf(blocks, lead);
      const came = scored[before + lead] ?? Number.NaN;
      if (!block || Number.isNaN(came)) continue;
      const off = came - blendAt(experts, block.calibration, asked, lead - 1, orderOf(block.calibration.weights));
      departures[seen++] = narrow(history, came) - narrow(history, came - off);
      const { spread, widths } = block.calibration;
      const times = widths[partOf(history, before + lead)] as number;
      const most = times * quantileOf(spread, BEYOND);
      const least = times * quantileOf(spread, 1 - BEYOND);
      if (off > most) over++;
      if (off < least) under++;
      if (off > FAR * most || off < FAR * least) beyond++;
    }
    if (seen < STEPS_AT_LEAST || Math.max(over, under) < SHARE * seen || beyond < seen / 2) continue;
    if (under > over && hours < DOWN_LASTED_H) continue;
    const last = departures.slice(Math.max(0, seen - Math.round(LEVEL_H * perHour)), seen).toSorted();
    const recent = departures.slice(Math.max(0, seen - RECENT_STEPS), seen);
    return {
      before,
      by: last[last.length >> 1] ?? 0,
      recent: recent.reduce((a, b) => a + b, 0) / recent.length,
      halfLife: HALF_LIFE_H * hours * lasted,
      near: NEAR_H * perHour,
    };
  }
  return undefined;
}

export const blockOf = (blocks: readonly Calibrated[], lead: number): Calibrated | undefined =>
  blocks.find(({ to }) => lead <= to) ?? blocks.at(-1);

const ROOM = new AnswerRoom();

/** Steps looked at before all are. */
const SAMPLE = 8;

/**
 * Whether at least half of a few steps of the time lie beyond what was said, all on one side: of a shift, of which more
 * than that do by far, no expert says otherwise, so those are asked that are cheap to ask.
 */
function mayHaveShifted(quick: Experts, blocks: readonly Calibrated[], before: number, lasted: number): boolean {
  const stride = Math.max(1, Math.floor(lasted / SAMPLE));
  const asked = askAt(quick, pathFrom(before, stride, Math.floor(lasted / stride), stride), ROOM);
  let [over, under, seen] = [0, 0, 0];
  for (let p = 0; p < asked.count; p++) {
    const lead = asked.leads[p] as number;
    const block = blockOf(blocks, lead);
    const came = quick.scored[before + lead] ?? Number.NaN;
    if (!block || Number.isNaN(came)) continue;
    const off = came - blendAt(quick, block.calibration, asked, p, orderOf(block.calibration.weights));
    seen++;
    const { spread, widths } = block.calibration;
    const times = widths[partOf(quick.history, before + lead)] as number;
    if (off > times * quantileOf(spread, BEYOND)) over++;
    if (off < times * quantileOf(spread, 1 - BEYOND)) under++;
    if (seen - Math.max(over, under) > lasted / stride / 2) return false;
  }
  return 2 * Math.max(over, under) >= seen;
}

function sharpShiftOf(experts: Experts): LevelShift | undefined {
  const { history, kinds, settledAt, stepMs, logs } = experts;
  const weekly = kinds.findIndex(({ season, seasons }) => season === history.seasons.week && seasons > 1);
  if (weekly < 0) return undefined;
  const { offset } = history;
  const base = experts.base(weekly, 1).logs;
  const n = logs.length;
  // nearly always the last days show that there is none, and only where they don't the whole past is looked at
  const recent = Math.max(settledAt, n - longestSharp(stepMs));
  const late = sharpShift(
    loadsOf(logs.subarray(recent), offset),
    loadsOf(base.subarray(recent, n), offset),
    stepMs,
    knownFrom(base.subarray(recent, n)),
    'recent',
  );
  const kind = kinds[weekly];
  if (!late || !kind) return undefined;
  const past = baseOf(history, kind, 1, settledAt, 0).logs;
  const came = loadsOf(logs, offset);
  const expected = loadsOf(past, offset);
  const found = sharpShift(came, expected, stepMs, knownFrom(past, settledAt));
  if (!found) return undefined;
  const { before, by, from } = found;
  const lasted = logs.length - 1 - before;
  const perHour = 3_600_000 / stepMs;
  const sum = (of: Float64Array): number => of.subarray(-RECENT_STEPS).reduce((a, b) => a + b, 0);
  return {
    before,
    by,
    recent: Math.log(Math.max(1e-9, sum(came)) / Math.max(1e-9, sum(expected))) - from,
    halfLife: (HALF_LIFE_H * lasted * lasted) / perHour,
    near: SHARP_NEAR_H * perHour,
    expected: (i) => Math.log(Math.max(0, Math.exp(base[i] ?? Number.NaN) - offset) * Math.exp(from)),
  };
}

function loadsOf(logs: Float64Array, offset: number): Float64Array {
  const loads = new Float64Array(logs.length);
  for (let i = 0; i < loads.length; i++) loads[i] = Math.max(0, Math.exp(logs[i] as number) - offset);
  return loads;
}

/** The first step from there on that has a value. */
function knownFrom(logs: Float64Array, from = 0): number {
  let i = from;
  while (i < logs.length && Number.isNaN(logs[i])) i++;
  return i;
}

/**
 * What is said of a step ahead where the level has shifted: as far from what was expected of it before the shift as the
 * shift still reaches, and never nearer to that than the blend is.
 *
 * @param now what the blend says today of that step
 * @param earlier what it said of that step before the shift
 * @param at the last step that was seen
 */
export function followed(
  history: History,
  { by, recent, halfLife, near, expected }: LevelShift,
  now: number,
  earlier: number,
  lead: number,
  at: number,
): number {
  const plain = expected?.(at + lead) ?? Number.NaN;
  const far = (by + (recent - by) * 2 ** (-lead / near)) * 2 ** (-lead / halfLife);
  const still = Number.isNaN(plain)
    ? wideLog(history.widening, narrow(history, earlier) + far)
    : Math.log(Math.exp(plain + far) + history.wide);
  return by > 0 ? Math.max(now, still) : Math.min(now, still);
}

/** The logarithm in which patterns are looked for, of a load given in the one that errors are measured in. */
const narrow = ({ offset, wide }: History, log: number): number => Math.log(Math.max(0, Math.exp(log) - wide) + offset);
