import type { Departure, Occurrence } from './evidence.ts';
import type { EventKind } from './window.ts';

/**
 * What an event may be:
 * - `none`: an ordinary stretch;
 * - `rest`: a day of rest as every week has one;
 * - `own`: an effect of its own, level and hours;
 * - `restOwn`: a day of rest with such an effect on top;
 * - `restHours`: a level of its own, spread over the hours as on a day of rest.
 */
export const HYPOTHESES = ['none', 'rest', 'own', 'restOwn', 'restHours'] as const;
export type Hypothesis = (typeof HYPOTHESES)[number];
export type Odds = Readonly<Record<Hypothesis, number>>;

/** What is believed of one key. */
export interface Belief {
  /** probabilities, adding up to 1 */
  readonly odds: Odds;
  readonly own: Effect;
  readonly restOwn: Effect;
  /** past events that speak for it, those elsewhere with their share of a voice */
  readonly voices: number;
}

/**
 * An event is acted on when the odds are better than two to one that it is none of the ordinary: a date on which
 * nothing happens here is far more common in a calendar than one that matters.
 */
const ORDINARY_AT_MOST = 0.3;
/** Of a single one it must be all but certain, for anything else may have gone wrong on that day. */
const ORDINARY_AT_MOST_OF_ONE = 0.02;

export function isBelieved({ odds, voices }: Belief): boolean {
  return odds.none < (voices > 0 && voices <= 1 ? ORDINARY_AT_MOST_OF_ONE : ORDINARY_AT_MOST);
}

/** In logs; variances are of an event to come, its year's whim included. */
export interface Effect {
  readonly level: number;
  readonly levelVariance: number;
  /** of each bin; empty where no event was ever seen */
  readonly shape: Float64Array;
  readonly shapeVariance: number;
}

/** An event seen, and how much it counts: those of other markets for less. */
export interface Voice {
  readonly seen: Occurrence;
  readonly weight: number;
}

/**
 * Odds before anything was seen, and how many keys of evidence they weigh: a holiday is most likely an ordinary day
 * or a day of rest, a day beside one ordinary; a declared event does something.
 */
const BEFORE: Readonly<Record<EventKind, { readonly odds: Odds; readonly weight: number }>> = {
  holiday: { odds: { none: 0.6, rest: 0.2, own: 0.05, restOwn: 0.1, restHours: 0.05 }, weight: 6 },
  near: { odds: { none: 0.88, rest: 0.04, own: 0.04, restOwn: 0.02, restHours: 0.02 }, weight: 10 },
  midnight: { odds: { none: 0.6, rest: 0, own: 0.4, restOwn: 0, restHours: 0 }, weight: 2 },
  declared: { odds: { none: 0.15, rest: 0, own: 0.85, restOwn: 0, restHours: 0 }, weight: 10 },
  outage: { odds: { none: 1, rest: 0, own: 0, restOwn: 0, restHours: 0 }, weight: 1 },
};

/** Standard deviations of effects in logs, before anything was seen: of the level, and of the hours around it. */
interface Scale {
  readonly level: number;
  readonly shape: number;
}
const SCALES: Readonly<Record<EventKind, Readonly<Record<'own' | 'rest', Scale>>>> = {
  holiday: { own: { level: 0.4, shape: 0.2 }, rest: { level: 0.25, shape: 0.15 } },
  near: { own: { level: 0.15, shape: 0.1 }, rest: { level: 0.15, shape: 0.1 } },
  midnight: { own: { level: 1, shape: 1 }, rest: { level: 1, shape: 1 } },
  declared: { own: { level: 1, shape: 0.5 }, rest: { level: 1, shape: 0.5 } },
  outage: { own: { level: 1, shape: 1 }, rest: { level: 1, shape: 1 } },
};
/** Of the noise of ordinary days, what one year's event differs by from another's beyond it. */
const WHIM = 0.5;
/** The bins of one event resemble each other: so many of them speak on their own. */
const BINS_THAT_SPEAK = 4;
/** Rounds over which the keys of a kind tell each other what such events are here. */
const ROUNDS = 4;
/** Freedom of Student's t: days of no event depart further than a normal law allows. */
const FREEDOM = 4;

/** Beliefs for every key that has voices, and one for each kind that any other key of it is met with. */
export interface Beliefs {
  of(key: string, kind: EventKind): Belief;
}

export function beliefsFrom(voices: readonly Voice[]): Beliefs {
  const keys = new Map<string, Voice[]>();
  for (const voice of voices) {
    const known = keys.get(voice.seen.key);
    if (known) known.push(voice);
    else keys.set(voice.seen.key, [voice]);
  }
  const weighed = [...keys.values()].map((of) => ({ of, kind: of[0]?.seen.kind ?? 'holiday', support: supportOf(of) }));
  const before = new Map<EventKind, Odds>();
  const oddsOf = (kind: EventKind): Odds => before.get(kind) ?? BEFORE[kind].odds;
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of new Set(weighed.map((each) => each.kind))) {
      const told = weighed.filter((each) => each.kind === kind).map(({ support }) => posterior(oddsOf(kind), support));
      before.set(kind, pooled(BEFORE[kind], told));
    }
  }
  const beliefs = new Map(
    weighed.map(({ of, kind, support }): [string, Belief] => [
      of[0]?.seen.key ?? '',
      {
        odds: posterior(oddsOf(kind), support),
        own: effectOf(of, 'plain', SCALES[kind].own),
        restOwn: effectOf(of, 'rest', SCALES[kind].rest),
        voices: of.reduce((sum, { weight }) => sum + weight, 0),
      },
    ]),
  );
  return {
    of: (key, kind) =>
      beliefs.get(key) ?? {
        // what was never seen of an owner's event nobody can know, whatever others of theirs did
        odds: kind === 'declared' ? BEFORE.outage.odds : oddsOf(kind),
        own: NO_EFFECT,
        restOwn: NO_EFFECT,
        voices: 0,
      },
  };
}

const NO_EFFECT: Effect = { level: 0, levelVariance: 0.01, shape: new Float64Array(0), shapeVariance: 0 };

function pooled({ odds, weight }: { odds: Odds; weight: number }, told: readonly Odds[]): Odds {
  return mapped((h) => (weight * odds[h] + told.reduce((sum, each) => sum + each[h], 0)) / (weight + told.length));
}

function posterior(before: Odds, support: Odds): Odds {
  const most = Math.max(...HYPOTHESES.filter((h) => before[h] > 0).map((h) => support[h]));
  const raw = mapped((h) => (before[h] > 0 ? before[h] * Math.exp(support[h] - most) : 0));
  const total = HYPOTHESES.reduce((sum, h) => sum + raw[h], 0);
  return mapped((h) => raw[h] / total);
}

function mapped(of: (h: Hypothesis) => number): Odds {
  return {
    none: of('none'),
    rest: of('rest'),
    own: of('own'),
    restOwn: of('restOwn'),
    restHours: of('restHours'),
  };
}

/** Log likelihood of what was seen under each hypothesis. */
function supportOf(voices: readonly Voice[]): Odds {
  const kind = voices[0]?.seen.kind ?? 'holiday';
  const exact = (against: 'plain' | 'rest'): number =>
    voices.reduce((sum, { seen, weight }) => {
      const found = seen[against];
      return found ? sum + weight * chance(found, seen) : -Infinity;
    }, 0);
  return {
    none: exact('plain'),
    rest: exact('rest'),
    own: levelsOwn(voices, 'plain', SCALES[kind].own.level) + hoursOwn(voices, 'plain', SCALES[kind].own.shape),
    restOwn: levelsOwn(voices, 'rest', SCALES[kind].rest.level) + hoursOwn(voices, 'rest', SCALES[kind].rest.shape),
    restHours: levelsOwn(voices, 'plain', SCALES[kind].own.level) + hoursOwn(voices, 'rest', SCALES[kind].rest.shape),
  };
}

/** Of a departure by noise alone: Student's t for the level, and for the hours by their energy. */
function chance({ level, shape }: Departure, { noise }: Occurrence): number {
  const z = level / noise.level;
  const bins = speaking(shape);
  const energy = energyOf(shape) / noise.shape ** 2;
  return (
    -0.06 - // the constant by which t's density differs from the normal's
    Math.log(noise.level) -
    ((FREEDOM + 1) / 2) * Math.log(1 + (z * z) / FREEDOM) -
    bins * Math.log(noise.shape) -
    ((FREEDOM + bins) / 2) * Math.log(1 + (bins * energy) / FREEDOM) +
    // at the energy that noise has, this is the normal law's own value
    ((FREEDOM + bins) / 2) * Math.log(1 + bins / FREEDOM) -
    bins / 2
  );
}

/**
 * Of levels that share one unknown effect, on top of noise and of each year's whim: a normal law throughout.
 *
 * @param scale standard deviation of effects before anything was seen
 */
function levelsOwn(voices: readonly Voice[], against: 'plain' | 'rest', scale: number): number {
  let told = 0;
  let precision = 0;
  let sum = 0;
  for (const { seen, weight } of voices) {
    const found = seen[against];
    if (!found) return -Infinity;
    const variance = seen.noise.level ** 2 * (1 + WHIM ** 2);
    told -= (weight / 2) * (Math.log(variance) + found.level ** 2 / variance);
    precision += weight / variance;
    sum += (weight * found.level) / variance;
  }
  return told + gain(precision, sum ** 2, scale ** 2);
}

/** The same of the hours around the level. */
function hoursOwn(voices: readonly Voice[], against: 'plain' | 'rest', scale: number): number {
  let told = 0;
  const shapes: { shape: Float64Array; weight: number; variance: number }[] = [];
  for (const { seen, weight } of voices) {
    const found = seen[against];
    if (!found) return -Infinity;
    const variance = seen.noise.shape ** 2 * (1 + WHIM ** 2);
    told -= ((weight * speaking(found.shape)) / 2) * (Math.log(variance) + energyOf(found.shape) / variance);
    shapes.push({ shape: found.shape, weight, variance });
  }
  const { precision, energy, bins } = common(shapes);
  return told + bins * gain(precision, energy, scale ** 2);
}

/** What a common unknown of variance `scale` adds to the log likelihood, given Σ1/v and (Σx/v)². */
function gain(precision: number, sumSquared: number, scale: number): number {
  const widened = 1 + scale * precision;
  return (scale * sumSquared) / (2 * widened) - Math.log(widened) / 2;
}

/** What the hours of several events have in common: Σ1/v, and the mean over bins of (Σx/v)². */
function common(shapes: readonly { shape: Float64Array; weight: number; variance: number }[]) {
  const [first] = shapes;
  if (!first) return { precision: 0, energy: 0, bins: 0 };
  const sums = new Float64Array(first.shape.length);
  let precision = 0;
  for (const { shape, weight, variance } of shapes) {
    precision += weight / variance;
    for (let b = 0; b < sums.length; b++) {
      const one = shape[b] ?? Number.NaN;
      sums[b] = (sums[b] ?? 0) + (Number.isNaN(one) ? 0 : (weight * one) / variance);
    }
  }
  return { precision, energy: energyOf(sums), bins: speaking(first.shape) };
}

/** Mean square over the bins that are known. */
function energyOf(shape: Float64Array): number {
  let sum = 0;
  let known = 0;
  for (const one of shape) {
    if (Number.isNaN(one)) continue;
    sum += one * one;
    known++;
  }
  return known === 0 ? 0 : sum / known;
}

/** The mean takes one away. */
function speaking(shape: Float64Array): number {
  return Math.min(BINS_THAT_SPEAK, shape.length - 1);
}

/** The effect that events share, drawn towards none by how little they are. */
function effectOf(voices: readonly Voice[], against: 'plain' | 'rest', scale: Scale): Effect {
  const found = voices.flatMap(({ seen, weight }) => {
    const departure = seen[against];
    return departure ? [{ ...departure, weight, noise: seen.noise }] : [];
  });
  const [first] = found;
  if (!first) return NO_EFFECT;
  const n = found.reduce((sum, { weight }) => sum + weight, 0);
  const noise = {
    level: Math.sqrt(found.reduce((sum, f) => sum + f.weight * f.noise.level ** 2, 0) / n),
    shape: Math.sqrt(found.reduce((sum, f) => sum + f.weight * f.noise.shape ** 2, 0) / n),
  };
  const whim = { level: (WHIM * noise.level) ** 2, shape: (WHIM * noise.shape) ** 2 };
  const trustLevel = n / (n + (noise.level ** 2 + whim.level) / scale.level ** 2);
  const trustShape = n / (n + (noise.shape ** 2 + whim.shape) / scale.shape ** 2);
  const level = (trustLevel * found.reduce((sum, f) => sum + f.weight * f.level, 0)) / n;
  const shape = Float64Array.from(first.shape, (_, b) => {
    let sum = 0;
    let weights = 0;
    for (const f of found) {
      const one = f.shape[b] ?? Number.NaN;
      if (Number.isNaN(one)) continue;
      sum += f.weight * one;
      weights += f.weight;
    }
    return weights === 0 ? 0 : (trustShape * sum) / weights;
  });
  return {
    level,
    levelVariance: (1 - trustLevel) * scale.level ** 2 + whim.level,
    shape,
    shapeVariance: (1 - trustShape) * scale.shape ** 2 + whim.shape,
  };
}
