import { baseOf, kindsFor, type Base, type BaseKind } from './bases.ts';
import { type DoubleSeasonal, doubleSeasonal, PACES, type Smoothed } from './double-seasonal.ts';
import type { History } from './history.ts';
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

/** Of each base: as it is, at the level of the last day, at that of the last quarter of an hour. */
export const VARIANTS = 3;
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
  const lately = Math.max(from, history.logs.length - back);
  const since = known ? lately : from;
  const weekly = kinds.findIndex((kind) => kind.season === history.seasons.week && kind.seasons > 1);
  // those that rest on older days only are seldom asked, so each is made when it first is
  const bases = kinds.map((): (Base | undefined)[] => []);
  const baseFor = (kind: number, ahead: number): Base | undefined => {
    const there = bases[kind]?.[ahead - 1];
    const of = kinds[kind];
    if (there || !of || !(ahead <= Math.ceil(leads / of.season))) return there;
    // so far ahead only a shift of the last hours is looked for
    const begin = ahead > Math.ceil(usual / of.season) ? lately : since;
    const made = baseOf(history, of, ahead, begin, reach, known?.cuts[kind]?.[ahead - 1]);
    (bases[kind] ?? [])[ahead - 1] = made;
    return made;
  };
  const linear = LinearPaths.of(history, pretrained, baseFor(weekly, 1)?.logs, usual, since);
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
