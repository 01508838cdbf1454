import type { Forecast } from '../forecast/forecast.ts';
import { counted, named } from '../figures.ts';

type Noted = Pick<Forecast, 'signal' | 'market' | 'notes'>;

interface Kind {
  readonly is: RegExp;
  /** what the same note on several signals comes to */
  readonly of: (notes: readonly string[]) => string;
}

/** The notes of forecasts that change what a person makes of the plan; the others stand in the document alone. */
const KINDS: readonly Kind[] = [
  {
    is: /^nothing seen since (\S+),/,
    of: (notes) => `nothing seen in the last steps before the decision, the longest since ${since(notes)}`,
  },
  {
    is: /too short for a daily pattern/,
    of: () => 'history too short for a daily pattern, the last value is carried on',
  },
  {
    is: /^[\d,]+ spikes? over/,
    of: (notes) => `${counted(sum(notes), 'spike')} cut and left out of the pattern`,
  },
  {
    is: /^unknown event: /,
    of: (notes) =>
      `what ${named([...new Set(notes.map(eventIn))], 6)} will do is not known: state times to plan for it`,
  },
  {
    is: /^event: /,
    of: (notes) => `moved by events: ${named([...new Set(notes.map(eventIn))], 6)}`,
  },
  {
    is: /^[\d,]+ steps? of zero load/,
    of: (notes) => `${counted(sum(notes), 'step')} of zero load taken for an outage, not for lack of load`,
  },
];

/** One line for each kind of note, over all the signals that have it. */
export function forecastWarnings(forecasts: readonly Noted[]): readonly string[] {
  return KINDS.flatMap(({ is, of }) => {
    const told = forecasts.flatMap(({ signal, market, notes }) => {
      const note = notes.find((text) => is.test(text));
      return note === undefined ? [] : [{ name: `${signal}/${market}`, note }];
    });
    const [only] = told;
    if (!only) return [];
    if (told.length === 1) return [`forecast of ${only.name}: ${only.note}`];
    const names = told.map(({ name }) => name);
    return [`forecasts of ${named(names, 6)}: ${of(told.map(({ note }) => note))}`];
  });
}

const sum = (notes: readonly string[]): number =>
  notes.reduce((total, note) => total + Number(/^[\d,]+/.exec(note)?.[0].replaceAll(',', '') ?? 0), 0);

/** `event: Christmas Day: down to …` → `Christmas Day` */
const eventIn = (note: string): string => note.split(': ')[1] ?? note;

/** Times of one form sort as they follow each other. */
const since = (notes: readonly string[]): string =>
  notes.map((note) => /since (\S+),/.exec(note)?.[1] ?? '').toSorted()[0] ?? '';
