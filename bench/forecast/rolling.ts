import type { ObservedSignal } from '../../src/signals/signal.ts';
import type { Asked } from './asked.ts';
import { originsOf, type Window, windowAt } from './past.ts';
import { readAt, recordedIn } from './series.ts';

/** A recorded series at the step at which it is measured. */
export interface AtStep {
  readonly name: string;
  readonly signal: ObservedSignal;
}

const HOUR_S = 3600;
/** What minutes are also added up to. */
const FIVE_MINUTES_S = 300;
/** Below an hour every origin tells of minutes only: more of them are looked at. */
export const FINE_ORIGINS = 5;

/** Every series that is an hour's or finer, by the hour. */
export function* hourly({ folder }: Pick<Asked, 'folder'>, chosen: (name: string) => boolean): Iterable<AtStep> {
  for (const one of recordedIn(folder).recorded)
    if (one.stepS <= HOUR_S && chosen(one.name)) yield { name: one.name, signal: readAt(one, HOUR_S) };
}

/** Every series finer than an hour at its own step, those of minutes at five minutes too. */
export function* fine({ folder }: Pick<Asked, 'folder'>, chosen: (name: string) => boolean): Iterable<AtStep> {
  for (const one of recordedIn(folder).recorded) {
    if (one.stepS >= HOUR_S) continue;
    for (const stepS of one.stepS === 60 ? [60, FIVE_MINUTES_S] : [one.stepS]) {
      const name = `${one.name} ${stepS / 60} min`;
      if (chosen(name)) yield { name, signal: readAt(one, stepS) };
    }
  }
}

/** What was known and what came, from origins over the second half of a series. */
export function* rolling(signal: ObservedSignal, steps: number, origins: number, days: number): Iterable<Window> {
  const day = Math.round(86_400 / signal.step);
  for (const origin of originsOf(signal.values.length, day, steps, origins))
    yield windowAt(signal, origin, steps, days * day);
}
