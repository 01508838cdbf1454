import { parseDuration, parseMemory } from '../quantity.ts';
import { bad, good, type Checked, type Trouble } from '../trouble.ts';
import { meant } from '../fleet/nearest.ts';
import type { Given } from './prices.ts';

/** Comma-separated names as patterns; undefined when the option is not given. */
export function patternsOf(given: Given, option: string): readonly string[] | undefined {
  const text = given[option];
  if (text === undefined) return undefined;
  return text === true
    ? []
    : text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
}

/** Comma-separated names, each one of `known`. */
export function oneOfEach<T extends string>(
  given: Given,
  option: string,
  known: readonly T[],
): Checked<readonly T[] | undefined> {
  const names = patternsOf(given, option);
  if (names === undefined) return good(undefined);
  const found = names.map((name) => ({ name, match: known.find((k) => k === name) }));
  const wrong = found.filter(({ match }) => match === undefined);
  if (wrong.length > 0) {
    return bad(...wrong.map(({ name }) => trouble(option, name, 'there is none of that name', meant(name, known))));
  }
  if (names.length === 0) return bad(trouble(option, '', 'it is empty', `write one of ${known.join(', ')}`));
  return good(found.flatMap(({ match }) => match ?? []));
}

/** A number that is finite and at least 0. */
export function numberOf(given: Given, option: string): Checked<number | undefined> {
  const text = given[option];
  if (text === undefined || text === true) return good(undefined);
  const n = Number(text);
  if (text.trim() !== '' && Number.isFinite(n) && n >= 0) return good(n);
  return bad(trouble(option, text, 'it is not a number of at least 0', 'write one like 4 or 0.25'));
}

/** MiB. A bare number would be bytes, which nobody means here; nor does anyone less than a mebibyte. */
export function memoryOf(given: Given, option: string): Checked<number | undefined> {
  const text = given[option];
  if (text === undefined || text === true) return good(undefined);
  const bare = /^\s*\d+(?:\.\d+)?\s*$/.test(text);
  if (bare) return bad(trouble(option, text, 'it has no unit', `write ${text.trim()}Gi`));
  const memory = parseMemory(text);
  if (memory === undefined) return bad(trouble(option, text, 'it is not a quantity', 'write one like 16Gi'));
  return memory < 1 ? bad(trouble(option, text, 'it is less than 1 MiB', 'write one like 16Gi')) : good(memory);
}

/** Seconds */
export function durationOf(given: Given, option: string): Checked<number | undefined> {
  const text = given[option];
  if (text === undefined || text === true) return good(undefined);
  const time = parseDuration(text);
  return time === undefined
    ? bad(trouble(option, text, 'it is not a duration', 'write one like 400d or 36h'))
    : good(time);
}

export const FORMATS = ['table', 'json', 'csv'] as const;

function trouble(option: string, value: string, problem: string, remedy: string): Trouble {
  const flag = `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return { file: 'command line', at: flag, value, problem, remedy };
}
