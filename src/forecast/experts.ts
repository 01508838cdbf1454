import { baseOf, kindsFor, type Base, type BaseKind } from './bases.ts';
import { type DoubleSeasonal, doubleSeasonal, PACES, type Smoothed } from './double-seasonal.ts';
import { type History, wideLog } from './history.ts';
import type { LinearExperts } from './linear/linear-experts.ts';
import { LinearPaths } from './linear/paths.ts';
import { recentSteps, type RecentSteps } from './recent-steps.ts';

/**
 * The predictors that are blended: each base as it is, moved to the level of the last day, and moved to the level of
 * the last quarter of an hour; the last value; smoothing at several paces; the pretrained linear experts; and a regression on recent steps.
 */
export interface Experts {
  readonly history: History;
  readonly smoothings: readonly DoubleSeasonal[];
  readonly linear?: LinearPaths;
  readonly recent?: RecentSteps;
  readonly kinds: readonly BaseKind[];
  /** for each expert, the base it starts from */
  readonly families: readonly string[];
  /** ln load + offset so far, without spikes and holes */
  readonly logs: Float64Array;
  /** what came, in the measure that answers are given in */
  readonly scored: Float64Array;
  readonly stepMs: number;
  /** the first step of the past that every expert has settled by, so that they can be compared */
  readonly settledAt: number;
  /** the base of a kind to be used `lead` steps ahead */
  base(kind: number, lead: number): Base;
  /** what experts of the same history can go on with when it has grown by less than a day */
  kept(): Kept;
}

/** What the whole past was needed for. */
export interface Kept {
  readonly recent?: RecentSteps['learnt'];
  readonly smoothings: readonly Smoothed[];
  /** of each kind of base and each number of seasons ahead, where single steps are cut */
  readonly cuts: readonly (readonly (number | undefined)[])[];
}

/** How much of a departure from the base lasts: for each kind, of the last day's and of the last quarter hour's. */
export type Slopes = Float64Array;

/** A departure of minutes is at most half gone after this time: what is learnt from a few days may not say otherwise. */
const SHORT_HALF_LIFE_S = 10_800;
const VARIANTS = 3;
/** The first part of the past, in which no expert is judged. */
const UNJUDGED = 0.35;
export const LINEAR = 'linear experts';

/**
 * @param leads the furthest lead, in steps, that may be asked for
 * @param usual the furthest that most are asked for
 * @param known what was kept before the history grew by less than a day: only its last days may be asked then
 */
export function expertsFor(
  history: History,
  leads: number,
  pretrained?: LinearExperts,
  usual = leads,
  known?: Kept,
): Experts {
  const kinds = kindsFor(history);
  const day = Math.round(86_400_000 / history.stepMs);
  const season = kinds.reduce((longest, kind) => Math.max(longest, kind.season), 0);
  // of a short past most is judged, though bases of weeks have nothing to say there yet
  const settled = season === 0 ? 0 : Math.round(season) + Math.round(day / 4);
  const settledAt = Math.min(
    settled,
    Math.max(day + Math.round(day / 4), Math.round(UNJUDGED * history.values.length)),
  );
  // the level of a day looks one day back
  const from = Math.max(0, settledAt - day);
  // where a history has grown, what a day has brought is asked, each time with the level of the day before
  const back = Math.max(leads, usual + day) + day + 1;
  // no target lies further ahead, and experts by the hour look into the hour after it
  const reach = usual + Math.ceil(3_600_000 / history.stepMs);
  const since = known ? Math.max(from, history.logs.length - back) : from;
  const weekly = kinds.findIndex((kind) => kind.season === history.seasons.week && kind.seasons > 1);
  // those that rest on older days only are seldom asked, so each is made when it first is
  const bases = kinds.map((): (Base | undefined)[] => []);
  const baseFor = (kind: number, ahead: number): Base | undefined => {
    const there = bases[kind]?.[ahead - 1];
    const of = kinds[kind];
    if (there || !of || !(ahead <= Math.ceil(leads / of.season))) return there;
    const made = baseOf(history, of, ahead, since, reach, known?.cuts[kind]?.[ahead - 1]);
    (bases[kind] ?? [])[ahead - 1] = made;
    return made;
  };
  const shape = baseFor(weekly, 1)?.logs;
  const linear = LinearPaths.of(history, pretrained, shape && ((i) => shape[i] ?? Number.NaN), usual, known && since);
  const daily = kinds.findIndex((kind) => kind.season === history.seasons.day && kind.weekdays && kind.seasons > 1);
  const expected = [weekly, daily].flatMap((kind) => baseFor(kind, 1) ?? []);
  // a past too short to learn from then is too short now
  const recent = known && !known.recent ? undefined : recentSteps(history, expected, from, leads, known?.recent);
  const smoothings = PACES.flatMap((pace, i) => doubleSeasonal(history, pace, known?.smoothings[i]) ?? []);
  return {
    history,
    smoothings,
    ...(linear && { linear }),
    ...(recent && { recent }),
    kinds,
    families: [
      ...kinds.flatMap(({ name }) => Array.from({ length: VARIANTS }, () => name)),
      'last value',
      ...smoothings.map(({ name }) => name),
      ...Array.from({ length: linear?.count ?? 0 }, () => LINEAR),
      ...(recent ? ['recent steps'] : []),
    ],
    logs: history.logs,
    scored: history.scored,
    stepMs: history.stepMs,
    settledAt,
    base(kind, lead) {
      const ahead = Math.ceil(lead / (kinds[kind]?.season ?? 1));
      const base = baseFor(kind, ahead);
      if (!base) throw new RangeError(`no base ${kind} was made for ${lead} steps ahead`);
      return base;
    },
    kept: () => ({
      ...(recent && { recent: recent.learnt }),
      smoothings: smoothings.map((smoothing) => smoothing.kept(back)),
      cuts: bases.map((ofKind) => Array.from(ofKind, (base) => base?.most)),
    }),
  };
}

/**
 * What each expert, standing at step t, says of step t + lead → `out` from `at` on, in the measure of `scored`; NaN where
 * it does not reach.
 */
export function askExperts(experts: Experts, slopes: Slopes, t: number, lead: number, out: Float64Array, at = 0): void {
  const { kinds } = experts;
  for (let k = 0; k < kinds.length; k++) {
    const base = experts.base(k, lead);
    const plain = base.logs[t + lead] ?? Number.NaN;
    out[at + VARIANTS * k] = plain;
    out[at + VARIANTS * k + 1] = plain + (slopes[2 * k] ?? 0) * (base.day[t] ?? 0);
    out[at + VARIANTS * k + 2] = plain + (slopes[2 * k + 1] ?? 0) * (base.short[t] ?? 0);
  }
  let next = at + VARIANTS * kinds.length;
  out[next++] = experts.logs[t] ?? Number.NaN;
  for (const smoothing of experts.smoothings) out[next++] = smoothing.ask(t, lead);
  experts.linear?.ask(t, lead, out, next);
  for (let e = 0; e < experts.families.length; e++) out[at + e] = wideLog(experts.history, out[at + e] as number);
  // these are in that measure already
  const last = experts.scored[t] ?? Number.NaN;
  if (!Number.isNaN(last)) out[at + VARIANTS * kinds.length] = last;
  if (experts.recent) out[at + experts.families.length - 1] = experts.recent.ask(t, lead);
}

/** Those answers of {@link askExperts} that the slopes move, in the same places; the others stay as they are. */
export function askMoved(
  experts: Experts,
  slopes: Slopes,
  t: number,
  lead: number,
  out: Float64Array,
  at: number,
): void {
  const { kinds, history } = experts;
  for (let k = 0; k < kinds.length; k++) {
    const base = experts.base(k, lead);
    const plain = base.logs[t + lead] as number;
    const day = (slopes[2 * k] as number) * (base.day[t] as number);
    const short = (slopes[2 * k + 1] as number) * (base.short[t] as number);
    const first = at + VARIANTS * k;
    out[first + 1] = day === 0 ? (out[first] as number) : wideLog(history, plain + day);
    out[first + 2] = short === 0 ? (out[first] as number) : wideLog(history, plain + short);
  }
}

/** Pairs of an origin and a target in the past. */
export interface Points {
  readonly count: number;
  readonly origins: Int32Array;
  readonly leads: Int32Array;
}

/** Days from the first origin to the last. */
export function daysOf({ stepMs }: Experts, { origins, count }: Points): number {
  return (Math.max(0, (origins[count - 1] ?? 0) - (origins[0] ?? 0)) * stepMs) / 86_400_000;
}

/**
 * Least-squares slopes over the points, drawn towards 0 while there are few days of evidence and kept from 0 to 1:
 * a departure may fade but neither grows nor turns.
 */
export function slopesOver(experts: Experts, points: Points): Slopes {
  const { kinds, logs, stepMs } = experts;
  const slopes = new Float64Array(2 * kinds.length);
  const days = daysOf(experts, points);
  const trust = days / (days + 1);
  const leadS = ((points.leads[0] ?? 1) * stepMs) / 1000;
  for (let k = 0; k < kinds.length; k++) {
    let dayDay = 0;
    let dayNext = 0;
    let shortShort = 0;
    let shortNext = 0;
    for (let p = 0; p < points.count; p++) {
      const t = points.origins[p] ?? 0;
      const lead = points.leads[p] ?? 1;
      const base = experts.base(k, lead);
      const next = (logs[t + lead] ?? 0) - (base.logs[t + lead] ?? Number.NaN);
      if (Number.isNaN(next)) continue;
      const day = base.day[t] ?? 0;
      const short = base.short[t] ?? 0;
      dayDay += day * day;
      dayNext += day * next;
      shortShort += short * short;
      shortNext += short * next;
    }
    slopes[2 * k] = within(dayDay > 0 ? (trust * dayNext) / dayDay : 0, 1);
    slopes[2 * k + 1] = within(
      shortShort > 0 ? (trust * shortNext) / shortShort : 0,
      2 ** (-leadS / SHORT_HALF_LIFE_S),
    );
  }
  return slopes;
}

const within = (slope: number, most: number): number => Math.min(most, Math.max(0, slope));
