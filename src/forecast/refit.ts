import type { ObservedSignal } from '../signals/signal.ts';
import { inArena } from './arena.ts';
import { AnswerRoom, askAt } from './ask.ts';
import { pointsFor } from './blocks.ts';
import { recalibrate } from './calibrate.ts';
import { expertsFor, type Experts } from './experts.ts';
import {
  answered,
  fit,
  headOf,
  posedAt,
  stepsIn,
  type Fitted,
  type FittedBlock,
  type FitOptions,
  type Ground,
} from './fit.ts';
import { grownHistory, type WhyNot } from './history.ts';
import { longestShift } from './level-shift.ts';
import { liftOf } from './spread.ts';

/**
 * What {@link fit} says of a series that has grown by a few steps since it was fitted, or nearly, in a fraction of the
 * time: slopes stay, weights and spreads get what has come true since, and all experts know the newest values. Where the
 * past, the horizon or the experts are others than then, when the new steps need the whole past to be judged, and when a
 * day has come since all was learnt, it is fitted anew.
 *
 * It always starts from the last whole fit, so it does not matter in how many steps the series has grown since.
 */
export function refit(before: Fitted, signal: ObservedSignal, options: FitOptions = {}): Fitted {
  const later = grownFrom(before, signal, options);
  return typeof later === 'string' ? fit(signal, options) : later;
}

/** {@link refit} without fitting anew: says why it would. */
export function grownFrom(before: Fitted, signal: ObservedSignal, options: FitOptions): Fitted | WhyNot {
  return inArena(() => goneOn(before, signal, options));
}

function goneOn({ learnt }: Fitted, signal: ObservedSignal, options: FitOptions): Fitted | WhyNot {
  if (!learnt) return 'another past';
  const { ground } = learnt;
  const { head, until } = headOf(signal, options);
  const steps = stepsIn(signal, options);
  if (ground.pretrained !== options.experts || ground.steps !== steps) return 'another past';
  const history = grownHistory(ground.history, signal, until, options);
  if (typeof history === 'string') return history;
  const posed = posedAt(head, history, steps);
  if (!('history' in posed)) return 'all is needed';
  const { leads } = posed;
  if (leads > reachOf(ground)) return 'all is needed';
  if (!sameSeasons(ground, history.values.length)) return 'all is needed';
  const experts = expertsFor(history, leads + longestShift(history), options.experts, leads, ground.kept);
  if (experts.families.join() !== ground.families.join()) return 'all is needed';
  const since = history.scored.slice(ground.history.values.length);
  const known = agree(since, learnt.since);
  const blocks = ground.blocks.map((block, b) =>
    grownBlock(experts, block, ground, known ? learnt.blocks[b] : undefined),
  );
  return answered(posed, experts, { blocks, ground, since });
}

/** Whether what came since the whole fit is what it was last time, as far as both know it: the newest step may have grown. */
function agree(now: Float64Array, last?: Float64Array): boolean {
  const both = Math.min(now.length, last?.length ?? 0);
  for (let i = 0; i < both; i++) if (!Object.is(now[i], last?.[i])) return false;
  return true;
}

/** As far as the last block is asked: a quarter of it beyond its end, for values that come in late. */
function reachOf({ blocks, steps }: Ground): number {
  const furthest = blocks.at(-1)?.to ?? 0;
  return furthest + Math.max(3, Math.floor(steps / 4));
}

/** Smoothing takes a second season up as soon as there are two of it: it can't go on from where there was one. */
function sameSeasons({ history: { values, seasons } }: Ground, length: number): boolean {
  const two = 2 * Math.round(seasons.week ?? 0);
  return values.length >= two === length >= two;
}

/** A block with what came true of it in the newest steps; as it was last time where nothing has since. */
function grownBlock(
  experts: Experts,
  block: FittedBlock,
  { lattice, history: { values } }: Ground,
  last: FittedBlock | undefined,
): FittedBlock {
  const { history, settledAt, stepMs } = experts;
  const { calibration } = block;
  const { residuals, days } = calibration.evidence;
  if (residuals.length === 0) return block;
  const [then, end] = [values.length, history.values.length];
  const points = pointsFor(history, lattice, block, { first: Math.max(settledAt, then - block.to), end }, then);
  if (points.count === 0) return block;
  if (last && points.count === last.added) return last;
  const newest = (points.origins.at(-1) ?? 0) + (points.leads.at(-1) ?? 0);
  const later = days + ((newest - then) * stepMs) / DAY_MS;
  const next = recalibrate(experts, calibration, askAt(experts, points, ROOM), later, block.from);
  return { ...block, calibration: next, ...liftOf(next.spread), added: points.count };
}

const DAY_MS = 86_400_000;
/** One block is gone on with after the other. */
const ROOM = new AnswerRoom();
